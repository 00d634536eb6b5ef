package dev.longshore.alerting.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  /// As dashboards make them of a variable with all its values, with dots escaped.
  @Test
  void thousandsOfWordsAreTakenAndLookedUp() {
    String words =
        IntStream.range(0, 5_000)
            .mapToObj(i -> "checkout-7d9f-%d\\.shop".formatted(i))
            .collect(Collectors.joining("|"));
    for (String expression : List.of(words, "(" + words + ")", "(?:" + words + ")")) {
      Matcher matcher = new Matcher("pod", Matcher.Op.MATCHES, expression);
      assertThat(matcher.matches("checkout-7d9f-4999.shop")).isTrue();
      assertThat(matcher.matches("checkout-7d9f-5000.shop")).isFalse();
      assertThat(matcher.matches("checkout-7d9f-4999xshop")).isFalse();
      assertThat(new Matcher("pod", Matcher.Op.DOES_NOT_MATCH, expression).matches("cart"))
          .isTrue();
    }
    assertThatThrownBy(() -> new Matcher("pod", Matcher.Op.MATCHES, words + "|cart.*"))
        .hasMessageContaining("expression too large");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "",
        "|",
        "a|",
        "|a",
        "a|b",
        "(a|b)",
        "(?:a|b)",
        "(a)|(b)",
        "((a|b))",
        "()",
        "(a|)",
        "a\\.b|c\\-d",
        "a\\|b",
        "(a\\)|b)",
        "\\(a\\)",
        "a\\_b",
        "\\d",
        "\\n|a",
        "\\Qa|b\\E",
        "a.b",
        "(?i:a)",
        "(?i)a",
        "^a$",
        "a|b$",
        "[ab]",
        "a b|c",
        "größe|a",
        "a{1}",
        "\\\\|a"
      })
  void wordsMatchWhatTheExpressionMatches(String expression) {
    Matcher matcher = new Matcher("pod", Matcher.Op.MATCHES, expression);
    Pattern pattern = Matcher.compiled(expression, Pattern.DOTALL);
    for (String value :
        List.of(
            "",
            "a",
            "b",
            "A",
            "|",
            "a|b",
            "ab",
            "a.b",
            "axb",
            "c-d",
            "a)",
            "(a)",
            "a)|b",
            "a_b",
            "1",
            "\n",
            "a b",
            "größe",
            "\\",
            "a|",
            expression)) {
      assertThat(matcher.matches(value)).as(value).isEqualTo(pattern.matcher(value).matches());
    }
  }

  @Test
  void anExpressionThatWouldTakeLongWithAValueMatchesNothing() {
    // Some 1,400 instructions: up to 2,800 characters.
    String expression = "(checkout.{1000}|.*\\pL{4}x)";
    for (Matcher.Op op : List.of(Matcher.Op.MATCHES, Matcher.Op.DOES_NOT_MATCH)) {
      Matcher matcher = new Matcher("message", op, expression);
      assertThat(matcher.matches("a".repeat(1_000))).isEqualTo(op == Matcher.Op.DOES_NOT_MATCH);
      assertThat(matcher.matches("a".repeat(10_000))).isFalse();
    }
    assertThat(new Matcher("message", Matcher.Op.MATCHES, ".*a.*").matches("a".repeat(60_000)))
        .isTrue();
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
