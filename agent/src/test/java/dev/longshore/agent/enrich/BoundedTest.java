package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Labels and annotations always fit a `flattened` field and the limit, and what is missing is
/// counted.
class BoundedTest {

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  @Test
  void keysKeepTheirDots() {
    Bounded bounded =
        Bounded.of(Map.of("app", "shop", "app.kubernetes.io/name", "checkout"), Map.of(), 1024);

    assertThat(text(bounded.labelsJson()))
        .isEqualTo("{\"app\":\"shop\",\"app.kubernetes.io/name\":\"checkout\"}");
    assertThat(bounded.annotationsJson()).isEmpty();
    assertThat(bounded.truncated()).isZero();
  }

  @Test
  void theLargestAnnotationsGoFirst() {
    Bounded bounded =
        Bounded.of(
            Map.of("tier", "backend"),
            Map.of("small", "a", "large", "x".repeat(900), "middle", "y".repeat(100)),
            1000);

    assertThat(text(bounded.labelsJson())).isEqualTo("{\"tier\":\"backend\"}");
    assertThat(text(bounded.annotationsJson())).contains("small", "middle").doesNotContain("large");
    assertThat(bounded.truncated()).isEqualTo(1);
  }

  @Test
  void ofFiveThousandLabelsTheApplicationsNameStays() {
    Map<String, String> labels = new TreeMap<>();
    for (int i = 0; i < 5_000; i++) {
      labels.put("a%04d".formatted(i), "v");
    }
    labels.put("app.kubernetes.io/name", "checkout");

    Bounded bounded = Bounded.of(labels, Map.of(), 12 << 10);

    assertThat(text(bounded.labelsJson())).contains("\"app.kubernetes.io/name\":\"checkout\"");
    assertThat(bounded.labelsJson().length).isLessThan(12 << 10);
    assertThat(bounded.truncated()).isBetween(3_500, 4_900);
  }

  @Test
  void aValueBeyondLucenesTermIsCutOnACharacterAndSaysSo() {
    String value = "ä".repeat(20_000);

    Bounded bounded = Bounded.of(Map.of(), Map.of("note", value), 256 << 10);

    String json = text(bounded.annotationsJson());
    assertThat(json).startsWith("{\"note\":\"ä").endsWith("ä… (cut, 40000 bytes in all)\"}");
    assertThat(json.getBytes(StandardCharsets.UTF_8).length - "{\"\":\"\"}".length())
        .isBetween(Bounded.MAX_TERM_BYTES - 3, Bounded.MAX_TERM_BYTES - 1);
    assertThat(bounded.truncated()).isEqualTo(1);
  }

  @Test
  void aKeyWithANulIsLeftOut() {
    Bounded bounded = Bounded.of(Map.of("a\0b", "c", "d", "e"), Map.of(), 1024);

    assertThat(text(bounded.labelsJson())).isEqualTo("{\"d\":\"e\"}");
    assertThat(bounded.truncated()).isEqualTo(1);
  }

  @Test
  void halfACharacterBecomesAReplacement() {
    Bounded bounded = Bounded.of(Map.of(), Map.of("note", "x\ud83dy \ud83d\ude80"), 1024);

    assertThat(text(bounded.annotationsJson())).isEqualTo("{\"note\":\"x\ufffdy \ud83d\ude80\"}");
  }
}
