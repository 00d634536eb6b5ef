package dev.longshore.rulelab.elastalert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.gotemplate.AlertData;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.RuleContext;
import dev.longshore.gotemplate.Template;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  /// In ElastAlert each element of `fields` has its own known values, and `query_key` has no part
  /// in them.
  @Test
  void newTermsOfSeveralFieldsAreARuleEach() throws IOException {
    Imported imported =
        ElastAlertRule.convert(
            "old.yaml",
            """
            name: Strangers
            type: new_term
            index: [auth-*, vpn-*]
            fields: [[user, host], agent]
            query_key: tenant
            priority: 2
            """);
    Files.writeString(dir.resolve("new.yml"), imported.rules());
    RuleSet rules = new RuleFiles(List.of("new.yml"), dir, Clock.system()).load();

    assertThat(rules.groups().getFirst().rules())
        .allSatisfy(
            rule -> {
              AlertingRule alerting = (AlertingRule) rule;
              assertThat(alerting.name()).isEqualTo("Strangers");
              assertThat(alerting.labels()).containsOnlyKeys("priority");
              LogCondition condition = (LogCondition) alerting.condition();
              assertThat(condition.index()).isEqualTo("auth-*,vpn-*");
              assertThat(condition.by()).isEmpty();
            })
        .extracting(rule -> ((LogCondition) ((AlertingRule) rule).condition()).test())
        .containsExactly(
            new LogPredicate.NewTerm(List.of("user", "host"), Duration.ofDays(30)),
            new LogPredicate.NewTerm(List.of("agent"), Duration.ofDays(30)));
    assertThat(imported.notes().toString()).contains("query_key: what is new goes by fields alone");
  }

  @Test
  void variablesOfItsEnvironmentAreNamedWhereTheyWouldBeTakenAtTheirWord() {
    String rule =
        """
        name: A
        type: any
        index: b
        es_host: ${ES_HOST}
        filter: [{term: {cluster: '${CLUSTER}'}}]
        """;
    assertThat(ElastAlertRule.convert("old.yaml", rule).notes())
        .extracting(Imported.Note::text)
        .containsExactly(
            "${CLUSTER} stands for a variable of ElastAlert's environment; write its value");
  }

  /// `percentiles` is the only name that ElastAlert has for it.
  @Test
  void aMetricOfPercentilesIsOurPercentile() throws IOException {
    LogCondition condition =
        condition(
            """
            name: Slow
            type: metric_aggregation
            index: web-*
            metric_agg_key: numbers.duration
            metric_agg_type: percentiles
            percentile_range: 95
            max_threshold: 500
            buffer_time: {minutes: 10}
            """);
    assertThat(condition.test())
        .isEqualTo(
            new LogPredicate.Metric(
                "numbers.duration", LogPredicate.Metric.Function.PERCENTILE, 95.0, 500.0, null));
  }

  /// Rule editors write the list of arguments also where it is empty.
  @Test
  void aTextWithoutArgumentsIsAnAnnotation() throws IOException {
    AlertingRule rule =
        converted(
            """
            name: Plain
            type: any
            index: web-*
            alert_subject: Somebody should look
            alert_subject_args: []
            alert_text: At the web servers
            alert_text_args: []
            """);
    assertThat(rule.annotationTexts())
        .containsEntry("summary", "Somebody should look")
        .containsEntry("description", "At the web servers");
  }

  /// Filled in as Python's `str.format` does it, as far as the arguments are known here.
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "'{0} on {1}, {0}' ~ [num_hits, host.name] ~ '12 on web-1, 12'",
        "'{} of {} at {}' ~ [name, num_hits, host.name] ~ 'Logins of 12 at web-1'",
        "'{{{0}}} {{}} {{{{' ~ [host.name] ~ '{web-1} {} {{'",
        "'{{ x }} {y}' ~ [] ~ '{{ x }} {y}'",
        "'prio {0}' ~ [priority] ~ 'prio 2'",
      })
  void textsWithArgumentsAreTemplatesOfAnnotations(String text, String arguments, String expected)
      throws Exception {
    AlertingRule rule =
        converted(
            """
            name: Logins
            type: frequency
            index: auth-*
            num_events: 5
            timeframe: {minutes: 5}
            query_key: [host.name, user]
            priority: 2
            alert_text: '%s'
            alert_text_args: %s
            """
                .formatted(text, arguments));
    AlertData data = new AlertData(Map.of("host_name", "web-1"), 12.0, Map.of(), "");
    Template description = Objects.requireNonNull(rule.annotations().get("description"));
    assertThat(description.execute(data, Functions.prometheus(RuleContext.empty())))
        .isEqualTo(expected);
  }

  @Test
  void textsThatNeedTheLineAreToldAndNotGuessed() {
    for (String text :
        List.of(
            "{alert_text: '{0}', alert_text_args: [message]}",
            "{alert_text: '{0:.2f}', alert_text_args: [num_hits]}",
            "{alert_text: '{1}', alert_text_args: [num_hits]}",
            "{alert_text: '{{ host }}', alert_text_type: alert_text_jinja}",
            "{alert_text: '{u}', alert_text_kw: {user: u}}")) {
      String rule = "{name: A, type: any, index: b, " + text.substring(1, text.length() - 1) + "}";
      assertThat(ElastAlertRule.convert("old.yaml", rule).notes())
          .as(rule)
          .anySatisfy(it -> assertThat(it.text()).startsWith("alert_text is filled in from"));
    }
  }

  @Test
  void labelsThatWerePostedToAnAlertmanagerAreKept() throws IOException {
    String text =
        """
        name: Payments fail
        type: any
        index: web-*
        alert: [alertmanager]
        alertmanager_hosts: ["http://alertmanager:9093"]
        alertmanager_alertname: PaymentsFail
        alertmanager_labels: {severity: critical, team: money, host: "{{ host.name }}"}
        alertmanager_annotations: {runbook_url: "https://runbooks.example/payments"}
        alertmanager_fields: {shop: shop.id}
        """;
    AlertingRule rule = converted(text);
    assertThat(rule.name()).isEqualTo("PaymentsFail");
    assertThat(rule.labelTexts()).isEqualTo(Map.of("severity", "critical", "team", "money"));
    assertThat(rule.annotationTexts())
        .containsEntry("runbook_url", "https://runbooks.example/payments");
    assertThat(ElastAlertRule.convert("old.yaml", text).notes())
        .anySatisfy(it -> assertThat(it.text()).startsWith("alertmanager_labels.host is filled in"))
        .anySatisfy(it -> assertThat(it.text()).startsWith("alertmanager_fields: labels of"));
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
    assertThat(rule.annotationTexts()).containsExactly(Map.entry("summary", "Many errors"));
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

  @Test
  void wordsOfAMatchAreLookedForOneByOne() throws IOException {
    assertThat(query("match: {message: disk full}")).isEqualTo("message:disk\\ full");
    assertThat(query("match: {message: {query: disk full, operator: and}}"))
        .isEqualTo("message:(disk AND full)");
    assertThat(query("match: {message: {query: disk full, minimum_should_match: 100%}}"))
        .isEqualTo("message:(disk AND full)");
    assertThat(query("match: {message: OR}")).isEqualTo("message:\\OR");
    assertThat(query("match_phrase: {message: disk full}")).isEqualTo("message:\"disk full\"");
    assertThat(query("match_phrase: {message: {query: disk full, slop: 2}}"))
        .isEqualTo("message:\"disk full\"~2");
    assertThat(query("multi_match: {query: disk full, fields: [message, error^2]}"))
        .isEqualTo("(message:disk\\ full OR error:disk\\ full)");
  }

  @Test
  void optionsOfAFieldAreConvertedToo() throws IOException {
    assertThat(query("term: {level: {value: warn, case_insensitive: true}}"))
        .isEqualTo("level:/[wW][aA][rR][nN]/");
    assertThat(query("prefix: {path: {value: /api, case_insensitive: true}}"))
        .isEqualTo("path:/\\/[aA][pP][iI].*/");
    assertThat(query("wildcard: {pod: {wildcard: checkout-*, boost: 2}}"))
        .isEqualTo("pod:checkout\\-*");
    assertThat(query("prefix: {pod: a*b}")).isEqualTo("pod:a\\*b*");
    assertThat(query("regexp: {pod: {value: 'a/b.*'}}")).isEqualTo("pod:/a\\/b.*/");
    assertThat(query("regexp: {pod: '/a\\/b\\\\/c//'}")).isEqualTo("pod:/\\/a\\/b\\\\\\/c\\/\\//");
    assertThat(query("wildcard: {pod: 'a\\*b*\\c:\\\\'}")).isEqualTo("pod:a\\*b*c\\:\\\\");
    assertThat(query("wildcard: {pod: {value: 'a\\*b*', case_insensitive: true}}"))
        .isEqualTo("pod:/[aA]\\*[bB].*/");
    assertThat(query("query_string: {query: disk OR net, default_field: message}"))
        .isEqualTo("message:(disk OR net)");
    assertThat(query("query_string: {query: '*', analyze_wildcard: true}")).isEqualTo("(*)");
    assertThat(query("range: {status: {gte: 500, lt: 600, boost: 1}}"))
        .isEqualTo("status:[500 TO 600}");
    assertThat(query("missing: {field: user}")).isEqualTo("(NOT _exists_:user)");
  }

  @Test
  void aBoolQueryMeansWhatItsMinimumSays() throws IOException {
    String clauses = "should: [{term: {a: 1}}, {term: {b: 2}}]";
    assertThat(query("bool: {" + clauses + "}")).isEqualTo("(a:\"1\" OR b:\"2\")");
    assertThat(query("bool: {" + clauses + ", minimum_should_match: 1}"))
        .isEqualTo("(a:\"1\" OR b:\"2\")");
    assertThat(query("bool: {" + clauses + ", minimum_should_match: 2}"))
        .isEqualTo("(a:\"1\" AND b:\"2\")");
    assertThat(
            query(
                "bool: {must: [{exists: {field: c}}], " + clauses + ", minimum_should_match: '1'}"))
        .isEqualTo("(_exists_:c AND (a:\"1\" OR b:\"2\"))");
    assertThat(query("bool: {must_not: [{term: {a: 1}}], boost: 1.0}")).isEqualTo("(NOT a:\"1\")");
  }

  private String query(String filter) throws IOException {
    return condition("name: a\nindex: logs\ntype: any\nfilter:\n  - " + filter).query();
  }

  @Test
  void whatAnImportedFileSaysIsPartOfTheRule() {
    Imported imported =
        ElastAlertRule.convert(
            "old.yaml",
            "{name: a, type: any, import: base.yaml, filter: [{term: {a: 1}}]}",
            file ->
                file.equals("base.yaml")
                    ? "{index: logs, type: frequency, import: more.yaml, filter: [{term: {b: 2}}]}"
                    : "{jira_project: OPS}");
    assertThat(imported.rules()).contains("index: logs", "b:\\\"2\\\" AND a:\\\"1\\\"", "any: {}");
    assertThat(imported.notes())
        .singleElement()
        .satisfies(it -> assertThat(it.text()).startsWith("jira_project has no counterpart"));
    assertThat(why("{name: a, type: any, import: base.yaml}"))
        .isEqualTo("import of base.yaml: there is no file base.yaml");
  }

  @Test
  void thingsThatSomethingElseDoesAreSaid() {
    Imported imported =
        ElastAlertRule.convert(
            "old.yaml",
            """
            name: a
            type: metric_aggregation
            index: logs
            metric_agg_key: ms
            metric_agg_type: avg
            max_threshold: 1
            limit_execution: "0 8-18 * * *"
            match_enhancements: [my.Enhancement]
            es_host: es
            """);
    assertThat(imported.notes())
        .extracting(Imported.Note::text)
        .anyMatch(it -> it.contains("active_time_intervals"))
        .anyMatch(it -> it.startsWith("match_enhancements: they may drop"))
        .anyMatch(it -> it.startsWith("buffer_time is not in the rule"))
        .hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "{name: a, type: any, index: b, is_enabled: no} ~ is_enabled is false",
        "{name: a, type: flatline, index: b, timeframe: {hours: 1}} ~ threshold is missing",
        "{name: a, type: spike, index: b, spike_height: 2, field_value: ms, timeframe: {hours: 1}}"
            + " ~ field_value: a spike",
        "{name: a, type: any, index: b, filter: [{match: {m: {query: a b, fuzziness: AUTO}}}]} ~"
            + " option fuzziness",
        "{name: a, type: any, index: b, filter: [{match: {m: {query: a b c, minimum_should_match:"
            + " 2}}}]} ~ minimum_should_match: 2",
        "{name: a, type: any, index: b, filter: [{match: {m: a <b}}]} ~ which Lucene's syntax can't"
            + " escape",
        "{name: a, type: any, index: b, filter: [{range: {t: {gte: now-1d, time_zone: '+01:00'}}}]}"
            + " ~ option time_zone",
        "{name: a, type: any, index: b, filter: [{query_string: {query: a b, default_operator:"
            + " AND}}]} ~ default_operator",
        "{name: a, type: any, index: b, filter: [{bool: {must: [{term: {a: 1}}], should: [{term:"
            + " {b: 1}}]}}]} ~ minimum_should_match",
        "{name: a, type: any, index: b, filter: [{term: {a: {value: 1, fuzzy: 2}}}]} ~ option"
            + " fuzzy",
        "{name: a, type: any, index: b, filter: [{nested: {path: a}}]} ~ no counterpart to the"
            + " filter",
        "{name: a, type: any, index: b, filter: [{eql: any}]} ~ no counterpart to the filter",
        "{name: a, type: any, index: b, filter: [{query_string: {query: ' '}}]} ~ query_string's query"
            + " is empty",
        "{name: a, type: spike_aggregation, index: b} ~ no counterpart to the type"
            + " spike_aggregation",
        "{name: a, type: opsgenie, index: b} ~ there is no counterpart to the type opsgenie; any,",
        "{name: a, type: any, index: b, timestamp_field: time} ~ timestamp_field is time",
        "{name: a, type: any, index: b, is_enabled: false} ~ is_enabled is false",
        "{name: a, type: frequency, index: b, num_events: 1} ~ timeframe is missing",
        "{name: a, type: any} ~ index is missing",
        "{name: a, type: any, index: b, filter: [{geo_distance: {}}]} ~ no counterpart to the"
            + " filter",
        "{name: a, type: frequency, index: b, num_events: 1, timeframe: {fortnights: 1}} ~ unknown"
            + " unit",
        "'just text' ~ it has no keys",
        "'{a: [' ~ is no YAML"
      })
  void saysWhyARuleIsNotConverted(String text, String why) {
    assertThat(why(text)).contains(why);
  }
}
