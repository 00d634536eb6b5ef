package dev.longshore.alerting.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Matchers mean here what they mean in Alertmanager, in both of its forms.
final class MatchersTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "severity=page  ¦ {severity=\"page\"}",
        "severity=\"page\"  ¦ {severity=\"page\"}",
        "{severity=\"page\"}  ¦ {severity=\"page\"}",
        "{severity = \"page\" , team!=shop}  ¦ {severity=\"page\",team!=\"shop\"}",
        "{severity=\"page\",}  ¦ {severity=\"page\"}",
        "team=~\"a|b\",pod!~\"x.*\"  ¦ {team=~\"a|b\",pod!~\"x.*\"}",
        "{foo=\"bar,baz\"}  ¦ {foo=\"bar,baz\"}",
        "foo=bar baz  ¦ {foo=\"bar baz\"}",
        "foo=\"a\\\"b\"  ¦ {foo=\"a\\\"b\"}",
        "foo=  ¦ {foo=\"\"}",
        "{}  ¦ {}",
        "{\"my.label\"=\"x\"}  ¦ {\"my.label\"=\"x\"}",
        "\"größe\"=groß  ¦ {\"größe\"=\"groß\"}",
        "{foo=\"\\u00e9\", \"a b\"=~\"c+\"}  ¦ {foo=\"é\",\"a b\"=~\"c+\"}"
      })
  void reads(String text, String expected) {
    assertThat(Matchers.toString(Matchers.parse(text))).isEqualTo(expected);
  }

  @Test
  void whatIsWrittenReadsBackAsTheSame() {
    List<Matcher> matchers =
        List.of(
            new Matcher("a", Matcher.Op.EQUAL, "line\nwith \"quotes\" and \\, all of it"),
            new Matcher("my.label", Matcher.Op.DOES_NOT_MATCH, "a{1,3}"));
    assertThat(Matchers.parse(Matchers.toString(matchers))).isEqualTo(matchers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"=x", "foo", "foo==~x\"", "foo=\"bar", "foo=~\"(\"", "a=b\"c"})
  void refusesAndSaysWhy(String text) {
    assertThatThrownBy(() -> Matchers.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'");
  }

  @Test
  void aRegularExpressionMatchesTheWholeValue() {
    Matcher matcher = Matchers.parse("pod=~\"checkout|cart\"").getFirst();
    assertThat(matcher.matches("checkout")).isTrue();
    assertThat(matcher.matches("checkout-7d9f")).isFalse();
  }

  @Test
  void aLabelThatIsNotThereIsEmpty() {
    Labels labels = Labels.of("alertname", "PodDown");
    assertThat(Matchers.parse("team=\"\"").getFirst().matches(labels)).isTrue();
    assertThat(Matchers.parse("team!=\"shop\"").getFirst().matches(labels)).isTrue();
    assertThat(Matchers.parse("team=~\".*\"").getFirst().matches(labels)).isTrue();
    assertThat(Matchers.parse("team=~\".+\"").getFirst().matches(labels)).isFalse();
  }

  @Test
  void anExpressionThatWouldExplodeElsewhereTakesLinearTime() {
    Matcher matcher = Matchers.parse("path=~\"(a+)+b\"").getFirst();
    assertThat(matcher.matches("a".repeat(50_000))).isFalse();
  }

  /// What Alertmanager 0.33.1 has in `groupKey` for a route with these.
  @Test
  void inTheKeyOfAGroupTheyAreWrittenAsByAlertmanager() {
    assertThat(
            Matchers.sorted(
                Matchers.parse(
                    "{severity=\"critical\", föö-bar=\"1\", \"a b\"=\"c\", alertname=~\"A|B\"}")))
        .isEqualTo("{\"a b\"=\"c\",alertname=~\"A|B\",föö-bar=\"1\",severity=\"critical\"}");
  }
}
