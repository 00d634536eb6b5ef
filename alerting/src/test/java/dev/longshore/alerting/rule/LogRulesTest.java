package dev.longshore.alerting.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: every kind of log rule is read as its page says, and what can't be meant is refused
/// with file, line, value and what would be accepted.
final class LogRulesTest {

  private static Reading read(String text) {
    return RuleReader.readText("logs.yml", text);
  }

  /// A file with one rule over errors that has this test.
  private static Reading test(String test) {
    return logs("query: log.level:error", test);
  }

  private static Reading logs(String... lines) {
    return read(
        """
        groups:
          - name: checkout
            rules:
              - alert: Errors
                logs:
        """
            + String.join("\n", lines).indent(10));
  }

  private static LogCondition condition(Reading reading) {
    assertThat(problems(reading)).isEmpty();
    RuleSet rules = new LastGood().update(Map.of("logs.yml", reading), Instant.EPOCH);
    AlertingRule rule = (AlertingRule) rules.groups().getFirst().rules().getFirst();
    return (LogCondition) rule.condition();
  }

  private static List<String> problems(Reading reading) {
    return reading.allProblems().stream().map(RuleProblem::toString).toList();
  }

  @Test
  void everyExampleOfThePageIsRead() throws IOException {
    List<LogPredicate> tests = new ArrayList<>();
    Matcher examples =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("LOG-RULES.md")));
    while (examples.find()) {
      String example = examples.group(1);
      String file =
          example.startsWith("groups:")
              ? example
              : "groups:\n  - name: page\n    rules:\n" + example.indent(6);
      tests.add(condition(read(file)).test());
    }
    assertThat(tests.stream().map(Object::getClass).distinct().map(Class::getSimpleName))
        .containsExactlyInAnyOrder(
            Arrays.stream(LogPredicate.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .toArray(String[]::new));
  }

  @Test
  void whatIsNotStatedHasItsDefault() {
    LogCondition condition = condition(test("any: {}"));
    assertThat(condition)
        .isEqualTo(
            new LogCondition(
                "log.level:error",
                "logs-*",
                List.of(),
                Duration.ofMinutes(5),
                null,
                new LogPredicate.Any()));
    assertThat(condition(test("new_error: {unseen_for: 7d}")).keys())
        .containsExactly("kubernetes.namespace", "service.name", "error.fingerprint");
    assertThat(condition(test("spike: {spike_height: 3}")).test())
        .isEqualTo(new LogPredicate.Spike(3, LogPredicate.Spike.Direction.UP, 0, 0, false));
  }

  @Test
  void onlyWhatMoreLinesCanNotUndoIsEager() {
    assertThat(eager("any: {}")).isTrue();
    assertThat(eager("frequency: {num_events: 3}")).isTrue();
    assertThat(eager("spike: {spike_height: 3}")).isTrue();
    assertThat(eager("spike: {spike_height: 3, spike_type: both}")).isFalse();
    assertThat(eager("flatline: {threshold: 3}")).isFalse();
    assertThat(eager("new_term: {fields: a}")).isTrue();
    assertThat(eager("change: {compare_key: a}")).isTrue();
    assertThat(eager("cardinality: {cardinality_field: a, max_cardinality: 3}")).isTrue();
    assertThat(eager("cardinality: {cardinality_field: a, min_cardinality: 3}")).isFalse();
    assertThat(eager("percentage: {match: a, max_percentage: 3}")).isFalse();
    assertThat(eager("metric: {metric_agg_key: a, metric_agg_type: sum, max_threshold: 3}"))
        .isTrue();
    assertThat(eager("metric: {metric_agg_key: a, metric_agg_type: min, min_threshold: 3}"))
        .isTrue();
    assertThat(eager("metric: {metric_agg_key: a, metric_agg_type: max, min_threshold: 3}"))
        .isFalse();
    assertThat(eager("metric: {metric_agg_key: a, metric_agg_type: avg, max_threshold: 3}"))
        .isFalse();
    assertThat(eager("new_error: {}")).isTrue();
  }

  private static boolean eager(String test) {
    return condition(test(test)).test().isEager();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "~ logs: does not say what must hold; write one of any, frequency,",
        "any: ~ does not say what must hold",
        "{any: {}, frequency: {num_events: 3}} ~ there are any and frequency",
        "frequency: {} ~ num_events: is missing; write a whole number from 1",
        "frequency: {num_events: 0} ~ num_events '0': is too small; write a whole number from 1",
        "frequency: {num_events: many} ~ num_events 'many': is not a whole number",
        "frequency: {number: 3} ~ unknown key",
        "frequencies: {num_events: 3} ~ did you mean 'frequency'?",
        "spike: {} ~ spike_height: is missing",
        "spike: {spike_height: -1} ~ spike_height '-1': is not a number above 0",
        "'spike: {spike_height: 3, spike_type: sideways}' ~ write one of up, down, both",
        "new_term: {} ~ fields: is missing; write the names of fields",
        "new_term: {fields: 'a b'} ~ 'a b' is not the name of a field",
        "change: {} ~ compare_key: is missing",
        "cardinality: {max_cardinality: 3} ~ cardinality_field: is missing",
        "cardinality: {cardinality_field: a} ~ write max_cardinality, min_cardinality, or both",
        "'percentage: {max_percentage: 120, match: a}' ~ write a number from 0 to 100",
        "percentage: {max_percentage: 5} ~ match: is missing",
        "'metric: {metric_agg_key: a, max_threshold: 1}' ~ metric_agg_type: is missing; write one of"
            + " avg, min, max",
        "'metric: {metric_agg_key: a, metric_agg_type: percentile, max_threshold: 1}' ~"
            + " percentile_range: is missing",
        "'metric: {metric_agg_key: a, metric_agg_type: avg}' ~ write max_threshold, min_threshold",
        "new_error: {unseen_for: 1000d} ~ write a duration from 1s to 90d"
      })
  void refusesATest(String test, String problem) {
    String line = test == null ? "" : test.startsWith("{") ? test.replaceAll("^\\{|}$", "") : test;
    Reading reading =
        line.startsWith("any: {}, ")
            ? test("any: {}\n" + line.substring("any: {}, ".length()))
            : test(line);
    assertThat(problems(reading))
        .isNotEmpty()
        .allSatisfy(it -> assertThat(it).startsWith("logs.yml:"))
        .anySatisfy(it -> assertThat(it).contains("rule 1, \"Errors\"").contains(problem));
  }

  @Test
  void refusesAWindowThatNobodyMeans() {
    assertThat(problems(logs("query: a", "any: {}", "within: 5")))
        .containsExactly(
            "logs.yml:8: group \"checkout\", rule 1, \"Errors\": logs.within '5': is not a duration;"
                + " write a duration from 1s to 1w, such as 30s, 5m or 1h30m");
    assertThat(problems(logs("any: {}"))).singleElement().asString().contains("query: is missing");
    assertThat(problems(logs("query: a", "any: {}", "by: [a.b, a.b]")))
        .singleElement()
        .asString()
        .contains("a.b is there twice");
    assertThat(problems(logs("query: a", "any: {}", "by: [a.b, a_b]")))
        .singleElement()
        .asString()
        .contains("the fields a.b and a_b would both become the label a_b");
    assertThat(problems(logs("query: a", "any: {}", "index: 'a b'")))
        .singleElement()
        .asString()
        .contains("such as logs-app-*");
  }

  @Test
  void aRuleHasEitherAnExpressionOrLogs() {
    String both =
        """
        groups:
          - name: checkout
            rules:
              - {alert: A, expr: up, logs: {query: a, any: {}}}
              - {record: b, logs: {query: a, any: {}}}
              - {alert: C}
        """;
    assertThat(problems(read(both)))
        .hasSize(3)
        .anySatisfy(it -> assertThat(it).contains("only one of 'expr' and 'logs' must be set"))
        .anySatisfy(it -> assertThat(it).contains("invalid field 'logs' in recording rule"))
        .anySatisfy(it -> assertThat(it).contains("'expr' must be set in rule, or 'logs'"));
  }

  @Test
  void fieldsBecomeTheLabelsThatMetricsHave() {
    assertThat(LogCondition.label("kubernetes.namespace")).isEqualTo("namespace");
    assertThat(LogCondition.label("kubernetes.labels.app.kubernetes.io/name"))
        .isEqualTo("kubernetes_labels_app_kubernetes_io_name");
  }
}
