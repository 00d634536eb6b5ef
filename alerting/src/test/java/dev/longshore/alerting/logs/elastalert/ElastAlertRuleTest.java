package dev.longshore.alerting.logs.elastalert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: what ElastAlert's common rules mean, the rules made of them mean; and what has no
/// counterpart is said instead of guessed.
final class ElastAlertRuleTest {
  @TempDir Path dir;

  private AlertingRule converted(String text) throws IOException {
    Imported imported = ElastAlertRule.convert("old.yaml", text);
    assertThat(imported.isConverted()).as(imported.notes().toString()).isTrue();
    Files.writeString(dir.resolve("new.yml"), imported.rules());
    RuleSet rules = new RuleFiles(List.of("new.yml"), dir, Clock.system()).load();
    assertThat(rules.quarantined()).as(imported.rules()).isEmpty();
    return (AlertingRule) rules.groups().getFirst().rules().getFirst();
  }

  private LogCondition condition(String text) throws IOException {
    return (LogCondition) converted(text).condition();
  }

  private static String why(String text) {
    Imported imported = ElastAlertRule.convert("old.yaml", text);
    assertThat(imported.isConverted()).isFalse();
    return imported.notes().getFirst().text();
  }

  @Test
  void aFrequencyRuleIsConvertedWithAllThatItSays() throws IOException {
    String text =
        """
        name: Many errors
        type: frequency
        index: logstash-%Y.%m.%d
        num_events: 50
        timeframe: {hours: 1, minutes: 30}
        query_key: [kubernetes.namespace, app]
        query_delay: {minutes: 2}
        priority: 2
        alert_subject: Many errors
        alert_text: "on {0}"
        alert_text_args: [host]
        realert: {minutes: 5}
        alert: [slack]
        slack_webhook_url: https://hooks.example/x
        jira_project: OPS
        filter:
          - query:
              query_string:
                query: "level:ERROR OR level:FATAL"
          - term: {app.name: "ca\\"rt"}
          - not: {range: {status: {gte: 200, lt: 300}}}
        """;
    AlertingRule rule = converted(text);
    assertThat(rule.name()).isEqualTo("Many errors");
    assertThat(rule.labelTexts()).containsEntry("priority", "2");
    assertThat(rule.annotationTexts())
        .containsExactly(java.util.Map.entry("summary", "Many errors"));
    assertThat(rule.condition())
        .isEqualTo(
            new LogCondition(
                "(level:ERROR OR level:FATAL) AND app.name:\"ca\\\"rt\""
                    + " AND (NOT status:[200 TO 300})",
                "logstash-*",
                List.of("kubernetes.namespace", "app"),
                Duration.ofMinutes(90),
                Duration.ofMinutes(2),
                new LogPredicate.Frequency(50)));
    assertThat(ElastAlertRule.convert("old.yaml", text).notes())
        .anySatisfy(it -> assertThat(it.text()).startsWith("alert_text is filled in from the line"))
        .anySatisfy(it -> assertThat(it.text()).startsWith("realert: an alert is one incident"))
        .anySatisfy(it -> assertThat(it.text()).startsWith("alert: the routing file says who"))
        .contains(new Imported.Note(15, "jira_project has no counterpart and was left out"))
        .hasSize(5);
  }

  @Test
  void theOtherCommonTypesAreConverted() throws IOException {
    assertThat(test("type: any")).isEqualTo(new LogPredicate.Any());
    assertThat(
            test(
                "type: spike",
                "spike_height: 3",
                "spike_type: both",
                "threshold_cur: 5",
                "timeframe: {minutes: 5}"))
        .isEqualTo(new LogPredicate.Spike(3, LogPredicate.Spike.Direction.BOTH, 0, 5, false));
    assertThat(test("type: flatline", "threshold: 2", "timeframe: {minutes: 5}"))
        .isEqualTo(new LogPredicate.Flatline(2, Duration.ofDays(1)));
    assertThat(test("type: new_term", "fields: [[a, b]]", "terms_window_size: {days: 7}"))
        .isEqualTo(new LogPredicate.NewTerm(List.of("a", "b"), Duration.ofDays(7)));
    assertThat(test("type: new_term", "query_key: a"))
        .isEqualTo(new LogPredicate.NewTerm(List.of("a"), Duration.ofDays(30)));
    assertThat(test("type: change", "compare_key: country", "query_key: user", "ignore_null: true"))
        .isEqualTo(new LogPredicate.Change(List.of("country"), true, Duration.ofDays(1)));
    assertThat(
            test(
                "type: cardinality",
                "cardinality_field: a",
                "max_cardinality: 5",
                "timeframe: {minutes: 5}"))
        .isEqualTo(new LogPredicate.Cardinality("a", 5L, null, Duration.ofDays(1)));
    assertThat(
            test(
                "type: percentage_match",
                "match_bucket_filter: [{terms: {level: [error, fatal]}}]",
                "max_percentage: 5",
                "min_denominator: 100"))
        .isEqualTo(new LogPredicate.Percentage("level:(\"error\" OR \"fatal\")", 5.0, null, 100));
    assertThat(
            test(
                "type: metric_aggregation",
                "metric_agg_key: ms",
                "metric_agg_type: avg",
                "max_threshold: 800"))
        .isEqualTo(new LogPredicate.Metric("ms", LogPredicate.Metric.Function.AVG, 0, 800.0, null));
  }

  private LogPredicate test(String... lines) throws IOException {
    return condition("name: a\nindex: logs\n" + String.join("\n", lines)).test();
  }

  @Test
  void listsBecomePartOfTheQuery() throws IOException {
    assertThat(
            condition("{name: a, index: b, type: blacklist, compare_key: ip, blacklist: [x, y]}")
                .query())
        .isEqualTo("ip:(\"x\" OR \"y\")");
    assertThat(
            condition(
                    "{name: a, index: b, type: whitelist, compare_key: ip, whitelist: [x],"
                        + " ignore_null: true, filter: [{exists: {field: user}}]}")
                .query())
        .isEqualTo("(_exists_:user) AND NOT ip:(\"x\") AND _exists_:ip");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "{name: a, type: opsgenie, index: b} ~ there is no counterpart to the type opsgenie; any,",
        "{name: a, type: any, index: b, timestamp_field: time} ~ timestamp_field is time",
        "{name: a, type: any, index: b, is_enabled: false} ~ is_enabled is false",
        "{name: a, type: frequency, index: b, num_events: 1} ~ timeframe is missing",
        "{name: a, type: any} ~ index is missing",
        "{name: a, type: any, index: b, filter: [{geo_distance: {}}]} ~ no counterpart to the filter",
        "{name: a, type: new_term, index: b, fields: [x, y]} ~ write a rule for each of them",
        "{name: a, type: frequency, index: b, num_events: 1, timeframe: {fortnights: 1}} ~ unknown unit",
        "'just text' ~ it has no keys",
        "'{a: [' ~ is no YAML"
      })
  void saysWhyARuleIsNotConverted(String text, String why) {
    assertThat(why(text)).contains(why);
  }
}
