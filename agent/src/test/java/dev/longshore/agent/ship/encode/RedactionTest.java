package dev.longshore.agent.ship.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.LogFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What must not leave the node is in no field of a document and in no dead letter; the document's
/// id is the same as without redaction.
class RedactionTest {
  private static final String TOKEN = "gh" + "p_" + "a1B2".repeat(9);

  @Test
  void aMessageIsShippedWithoutTheSecretAndSaysSo() {
    Document item = new Encoding().message("pushing with " + TOKEN + " to origin");

    assertThat(item.message()).isEqualTo("pushing with [redacted] to origin");
    assertThat(item.get("log", "flags")).isEqualTo(List.of("redacted"));
  }

  @Test
  void theIdIsThatOfTheBytesThatWereRead() {
    String raw = Encoding.TIME + " stdout F password=hunter2\n";

    Document shipped = new Encoding().raw(raw);
    Document plain = new Encoding().redact("-secrets").raw(raw);

    assertThat(plain.message()).isEqualTo("password=hunter2");
    assertThat(shipped.message()).isEqualTo("password=[redacted]");
    assertThat(shipped.action()).isEqualTo(plain.action());
  }

  @Test
  void aParsedBodyIsShippedWithoutTheSecret() {
    Document item =
        new Encoding()
            .message(
                "{\"msg\":\"login\",\"password\":\"hunter2\",\"pin\":{\"api_key\":12345},\"t\":\""
                    + TOKEN
                    + "\"}");

    assertThat(item.get("json"))
        .isEqualTo(
            Map.of(
                "msg",
                "login",
                "password",
                "[redacted]",
                "pin",
                Map.of("api_key", "[redacted]"),
                "t",
                "[redacted]"));
    assertThat(item.source()).doesNotContain("hunter2", TOKEN, "12345,");
  }

  @Test
  void aTraceIsShippedWithoutTheSecret() {
    Document item =
        new Encoding()
            .lines(
                "java.lang.IllegalStateException: no access with "
                    + TOKEN
                    + "\n\tat com.example.Shop.open(Shop.java:7)"
                    + "\nCaused by: java.io.IOException: https://app:hunter2@db/shop refused");

    assertThat(String.valueOf(item.get("error", "stack_trace")))
        .contains("no access with [redacted]", "https://app:[redacted]@db/shop");
    assertThat(item.source()).doesNotContain("hunter2", TOKEN);
  }

  @Test
  void aTraceInAParsedBodyIsShippedWithoutTheSecret() {
    Document item =
        new Encoding()
            .safe()
            .message(
                "{\"level\":\"error\",\"msg\":\"failed\",\"stack_trace\":\"java.io.IOException: "
                    + TOKEN
                    + "\\n\\tat com.example.Shop.open(Shop.java:7)\"}");

    assertThat(String.valueOf(item.get("error", "stack_trace")))
        .contains("IOException: [redacted]");
    assertThat(item.source()).doesNotContain(TOKEN);
  }

  @Test
  void aSecretThatTheRuntimeSplitIsFound() {
    String first = Encoding.TIME + " stdout P pushing with " + TOKEN.substring(0, 15) + "\n";
    String second = Encoding.TIME + " stdout F " + TOKEN.substring(15) + " to origin\n";

    Document item = new Encoding().flags(Block.FLAG_JOINED).raw(first + second);

    assertThat(item.message()).isEqualTo("pushing with [redacted] to origin");
  }

  @Test
  void aSecretInDockersFormatIsFound() {
    Document item =
        new Encoding()
            .format(LogFormat.DOCKER_JSON)
            .raw(
                "{\"log\":\"{\\\"password\\\":\\\"hunter2\\\"}\\n\",\"stream\":\"stdout\","
                    + "\"time\":\"2026-11-23T05:48:55.123456789Z\"}\n");

    assertThat(item.get("json", "password")).isEqualTo("[redacted]");
  }

  @Test
  void aSecretThatIsCutAtTheLongestRecordIsShippedInNoPiece() {
    String line = Encoding.TIME + " stdout F x " + TOKEN;
    int cut = line.length() - 20;

    Document first = new Encoding().flags(Block.FLAG_FRAGMENT).raw(line.substring(0, cut));
    Document second =
        new Encoding()
            .flags(Block.FLAG_FRAGMENT | Block.FLAG_LAST_FRAGMENT | Block.FLAG_UNPARSED)
            .fragment(1)
            .raw(line.substring(cut) + " end\n");

    assertThat(first.message()).isEqualTo("x [redacted]");
    assertThat(second.message()).isEqualTo("[redacted] end");
  }

  @Test
  void aPodHasMoreLeftOut() {
    assertThat(new Encoding().redact("email").message("mail to jane@example.com").message())
        .isEqualTo("mail to [redacted]");
  }

  @Test
  void aDeadLetterHoldsTheMessageWithoutTheSecret() {
    assertThat(new Encoding().original("password=hunter2 was refused"))
        .isEqualTo("password=[redacted] was refused\n");
    assertThat(new Encoding().original("nothing to hide"))
        .isEqualTo(Encoding.TIME + " stdout F nothing to hide\n");
  }
}
