package dev.longshore.alerting.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.gotemplate.AlertData;
import dev.longshore.gotemplate.Template;
import dev.longshore.gotemplate.TemplateException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: what Prometheus takes is taken; what it refuses is refused with its words, file, group,
/// rule and line; and a broken rule costs no other.
final class RuleReaderTest {
  private static final String FILE =
      """
      groups:
        - name: node
          interval: 1m
          limit: 100
          query_offset: 30s
          labels: {team: platform, severity: info}
          rules:
            - alert: DiskFull
              expr: |
                node_filesystem_avail_bytes{mountpoint="/"} # the root
                  / node_filesystem_size_bytes < 0.1
              for: 1h30m
              keep_firing_for: 5m
              labels:
                severity: page
                "k8s.io/name": '{{ $labels.instance }}'
              annotations:
                summary: '{{ $labels.instance }} has {{ $value | humanizePercentage }} left'
            - record: node:free:ratio
              expr: 1
              labels: {from: longshore}
      """;

  private static Reading read(String text) {
    return RuleReader.readText("node.yml", text);
  }

  /// A file with one rule of these lines.
  private static Reading rule(String... lines) {
    String rule = String.join("\n        ", lines);
    return read("groups:\n  - name: node\n    rules:\n      - " + rule + "\n");
  }

  private static List<String> problems(Reading reading) {
    return reading.allProblems().stream().map(RuleProblem::toString).toList();
  }

  private static String render(Map<String, Template> templates, String name, AlertData data)
      throws TemplateException {
    return Objects.requireNonNull(templates.get(name)).execute(data);
  }

  @Test
  void readsEveryKey() throws TemplateException {
    Reading reading = read(FILE);

    assertThat(problems(reading)).isEmpty();
    assertThat(reading.warnings()).isEmpty();
    RuleSet rules = new LastGood().update(Map.of("node.yml", reading), Instant.EPOCH);
    RuleGroup group = rules.groups().getFirst();
    assertThat(group.name()).isEqualTo("node");
    assertThat(group.interval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(group.limit()).isEqualTo(100);
    assertThat(group.queryOffset()).isEqualTo(Duration.ofSeconds(30));
    AlertingRule alert = (AlertingRule) group.rules().get(0);
    assertThat(alert.location()).hasToString("node.yml:8");
    assertThat(alert.holdFor()).isEqualTo(Duration.ofMinutes(90));
    assertThat(alert.keepFiringFor()).isEqualTo(Duration.ofMinutes(5));
    assertThat(alert.labelTexts())
        .containsEntry("team", "platform")
        .containsEntry("severity", "page")
        .containsKey("k8s.io/name");
    AlertData data = new AlertData(Map.of("instance", "node-7"), 0.05, Map.of(), "");
    assertThat(render(alert.annotations(), "summary", data)).isEqualTo("node-7 has 5% left");
    assertThat(render(alert.labels(), "k8s.io/name", data)).isEqualTo("node-7");
    RecordingRule record = (RecordingRule) group.rules().get(1);
    assertThat(record.name()).isEqualTo("node:free:ratio");
    assertThat(record.labels())
        .containsEntry("from", "longshore")
        .containsEntry("team", "platform");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "alert: A ~ field 'expr' must be set in rule",
        "expr: up ~ one of 'record' or 'alert' must be set",
        "{alert: A, record: b, expr: up} ~ only one of 'record' and 'alert' must be set",
        "{record: b, expr: up, for: 5m} ~ invalid field 'for' in recording rule",
        "{record: b, expr: up, keep_firing_for: 5m} ~ invalid field 'keep_firing_for' in recording"
            + " rule",
        "{record: b, expr: up, annotations: {a: b}} ~ invalid field 'annotations' in recording"
            + " rule",
        "{record: 'up{a=1}', expr: up} ~ braces present in the recording rule name; should it be in"
            + " expr?",
        "{alert: A, expr: up, for: 5} ~ not a valid duration string: \"5\"",
        "{alert: A, expr: up, for: 1m1h} ~ not a valid duration string",
        "{alert: A, expr: up, for: 9999999y} ~ duration out of range",
        "{alert: A, expr: up, fro: 5m} ~ unknown key; did you mean 'for'?",
        "{alert: A, expr: 'up{'} ~ could not parse expression: 1:3: parse error: unclosed left"
            + " brace",
        "{alert: A, expr: 'up)'} ~ could not parse expression: 1:3: parse error: unexpected right"
            + " parenthesis ')'",
        "{alert: A, expr: 'up[5m}'} ~ unexpected '}' where the bracket is to be closed",
        "{alert: A, expr: 'up{a=\"b}'} ~ unterminated quoted string",
        "{alert: A, expr: 'up == $x'} ~ unexpected character: '$'",
        "{alert: A, expr: 'up >'} ~ unexpected end of input after '>'",
        "{alert: A, expr: '# up'} ~ no expression found in input",
        "{alert: A, expr: up, labels: {__name__: b}} ~ invalid label name: \"__name__\"",
        "{alert: A, expr: up, labels: {'': b}} ~ invalid label name: \"\"",
        "{alert: A, expr: up, labels: [b]} ~ is a list; write keys below it",
        "{alert: A, expr: up, labels: {a: [b]}} ~ is a list where one value belongs",
        "{alert: A, expr: up, annotations: {s: '{{ $value | humanise }}'}} ~ annotation \"s\":"
            + " template: __alert_A:1: function \"humanise\" not defined; did you mean"
            + " \"humanize\"?",
        "{alert: A, expr: up, labels: {s: '{{ if }}'}} ~ label \"s\": template: __alert_A:1:"
            + " missing value for if",
        "just text ~ is a single value; write keys and values",
      })
  void refusesWhatPrometheusRefuses(String rule, String message) {
    Reading reading = rule(rule);

    assertThat(reading.problems()).isEmpty();
    assertThat(problems(reading))
        .singleElement()
        .asString()
        .startsWith("node.yml:4: group \"node\", rule 1")
        .contains(message);
    assertThat(reading.groups().getFirst().rules()).singleElement().returns(null, it -> it.rule());
  }

  @Test
  void refusesALabelOf10Kilobytes() {
    assertThat(problems(rule("alert: A", "expr: up", "labels: {a: " + "x".repeat(10_241) + "}")))
        .singleElement()
        .asString()
        .contains("the label a has 10242 bytes; at most 10240 are accepted");
    assertThat(problems(rule("alert: A", "expr: up", "labels: {a: " + "x".repeat(10_239) + "}")))
        .isEmpty();
  }

  @Test
  void namesAGroupWithoutANameAndOneThatIsThereTwice() {
    assertThat(problems(read("groups:\n  - rules: []\n")))
        .singleElement()
        .asString()
        .contains("Groupname must not be empty");
    assertThat(problems(read("groups:\n  - name: a\n  - name: a\n")))
        .singleElement()
        .asString()
        .isEqualTo(
            "node.yml:3: name: groupname: \"a\" is repeated in the same file; it is in line 2");
  }

  @Test
  void costsNoOtherRuleWhateverOneIs() {
    Reading reading =
        read(
            """
            groups:
              - name: a
                rules:
                  - {alert: A, expr: up}
                  - {alert: B, expr: 'up('}
                  - nonsense
                  - {alert: C, expr: up}
              - name: b
                interval: soon
                rules: [{alert: D, expr: up}]
              - name: c
                rules: [{alert: E, expr: up}]
            """);

    assertThat(reading.problems()).isEmpty();
    assertThat(reading.groups().get(0).rules())
        .extracting(it -> it.rule() != null)
        .containsExactly(true, false, false, true);
    assertThat(reading.groups().get(1).problems()).hasSize(1);
    assertThat(reading.groups().get(2).problems()).isEmpty();
    assertThat(reading.groups().get(2).rules())
        .extracting(it -> it.rule() != null)
        .containsExactly(true);
  }

  @Test
  void warnsOfTemplatesThatCanOnlyFail() {
    Reading reading = rule("alert: A", "expr: up", "annotations: {s: '{{ .Lables.pod }}'}");

    assertThat(problems(reading)).isEmpty();
    assertThat(reading.warnings())
        .singleElement()
        .asString()
        .startsWith("node.yml:6: group \"node\", rule 1, \"A\": annotation \"s\": ")
        .contains("can't evaluate field Lables");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "up",
        "'sum by (a) (rate(x{a=~\".+\", b!=\"c\"}[5m:1m] offset -5m @ start()) > bool 0)'",
        "{\"utf.name\", a=\"b\"}",
        "'up == 1 # done ('",
        "`raw {`",
        "1e3 % -Inf ^ 2 atan2 x{}",
      })
  void takesWhatMayBePromql(String expression) {
    assertThat(PromqlText.problemWith(expression)).isNull();
  }

  @Test
  void readsOrRefusesWhateverTheTextIs() {
    String[] words = {
      "groups:",
      "- name: a",
      "  rules:",
      "- alert: A",
      "expr: up",
      "  expr: 'up('",
      "for: 5m",
      "labels: {a: b}",
      "annotations:",
      "  s: '{{ $value }}'",
      "  s: \"{{",
      "- record: x",
      "[",
      "]",
      "{",
      "}",
      "&a",
      "*a",
      "<<: *a",
      "? ",
      "|",
      ">",
      "-",
      ":",
      "\n",
      "\n  ",
      "\n    ",
      "\n      ",
      "é",
      "\t",
      "\u0000",
      "!!binary x",
      "interval: -1",
      "limit: x",
      "---",
      "...",
      "%YAML",
      "null",
      "~"
    };
    Random random = new Random(20260301);
    for (int i = 0; i < 8_000; i++) {
      StringBuilder text =
          new StringBuilder(random.nextBoolean() ? "groups:\n- name: a\n  rules:\n" : "");
      int count = random.nextInt(1, 16);
      for (int j = 0; j < count; j++) {
        text.append(words[random.nextInt(words.length)]).append(random.nextInt(3) > 0 ? "\n" : " ");
      }
      Reading reading;
      try {
        reading = read(text.toString());
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("not handled: " + text, e);
      }
      for (RuleProblem problem : reading.allProblems()) {
        assertThat(problem.toString()).startsWith("node.yml");
        assertThat(problem.message()).isNotBlank();
      }
    }
  }

  @Test
  void filesOfPrometheusRelativesAreRead() {
    Reading mimir =
        read(
            """
            namespace: shop
            groups:
              - name: shop
                source_tenants: [a, b]
                align_evaluation_time_on_interval: true
                evaluation_delay: 1m
                partial_response_strategy: abort
                concurrency: 4
                rules:
                  - alert: DiskFull
                    expr: free < 1
            """);
    assertThat(problems(mimir)).isEmpty();
    for (String empty : List.of("", "null\n", "# only a comment\n", "groups:\n", "groups: []\n")) {
      assertThat(problems(read(empty))).as(empty).isEmpty();
    }
  }

  @Test
  void whatIsNoRuleFileIsSaidInWords() {
    assertThat(
            problems(
                read(
                    """
                    apiVersion: monitoring.coreos.com/v1
                    kind: PrometheusRule
                    metadata: {name: shop}
                    spec: {groups: []}
                    """)))
        .singleElement()
        .asString()
        .contains("write what stands under its spec");
    assertThat(problems(rule("alert: A", "expr: 'sum(rate({app=\"x\"} |= \"error\" [5m])) > 1'")))
        .singleElement()
        .asString()
        .contains("LogQL is for Loki");
  }

  @Test
  void filesOfVmalertAreReadWhereTheyMeanTheSameHere() {
    Reading same =
        read(
            """
            groups:
              - name: shop
                type: prometheus
                limit: -1
                debug: true
                notifier_headers: ["X-Team: shop"]
                rules:
                  - {alert: DiskFull, expr: free < 1, debug: true, update_entries_limit: 10}
            """);
    assertThat(problems(same)).isEmpty();

    Reading other =
        read(
            """
            groups:
              - {name: shop, type: graphite, rules: [{alert: A, expr: up}]}
              - {name: cart, params: {extra_label: [a=b]}, tenant: "1", rules: [{alert: A, expr: up}]}
            """);
    assertThat(problems(other).toString())
        .contains("only `prometheus` is evaluated")
        .contains("is not sent with queries");
  }

  @Test
  void aFileMayNameAnAnchorAsOftenAsItLikes() {
    StringBuilder text =
        new StringBuilder(
            """
            groups:
              - name: shop
                rules:
                  - {alert: A0, expr: up, labels: &page {severity: page}}
            """);
    for (int i = 1; i < 200; i++) {
      text.append("      - {alert: A%d, expr: up, labels: *page}\n".formatted(i));
    }
    Reading many = read(text.toString());
    assertThat(problems(many)).isEmpty();
    assertThat(many.groups().getFirst().rules()).hasSize(200);
  }
}
