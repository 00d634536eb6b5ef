package dev.longshore.rulelab.ruletest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.reload.BrokenException;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A test file tells what the whole way of an alert does, from a recorded answer to the words that
/// people read, in virtual time; and says exactly what is not as it expects.
final class RuleTestsTest {
  @TempDir Path dir;

  @BeforeEach
  void writeRulesAndRouting() throws IOException {
    write(
        "rules.yml",
        """
        groups:
          - name: dock
            rules:
              - alert: PodDown
                expr: up{job="web"} == 0
                for: 2m
                labels: {severity: page}
                annotations: {summary: "{{ $labels.pod }} is down"}
        """);
    write(
        "alertmanager.yml",
        """
        route:
          receiver: team
          group_by: [alertname]
          routes:
            - matchers: ['alertname=~"Longshore.*"']
              receiver: platform
            - matchers: ['quiet="at-night"']
              receiver: team
              mute_time_intervals: [night]
        time_intervals:
          - name: night
            time_intervals:
              - times: [{start_time: '01:00', end_time: '04:00'}]
                location: Europe/Berlin
        receivers:
          - name: team
            slack_configs:
              - {channel: '#alerts', app_token: xoxb-test, send_resolved: true}
          - name: platform
            webhook_configs:
              - {url: 'http://127.0.0.1:1/'}
        """);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(dir.resolve(name), text);
  }

  private List<String> findings(String tests) throws IOException, BrokenException {
    write("test.yml", "rule_files: [rules.yml]\nrouting: alertmanager.yml\n" + tests);
    List<RuleTests.Result> results = new RuleTests(Clock.system()).run(dir.resolve("test.yml"));
    assertThat(results).hasSize(1);
    return results.getFirst().findings();
  }

  @Test
  void followsAnAlertFromItsAnswerToTheWordsOfItsMessage() throws Exception {
    assertThat(
            findings(
                """
                tests:
                  - name: pages once, and is resolved
                    answers:
                      - expr: up{job="web"}   == 0
                        series: [{labels: '{pod="web-1"}', values: '_ 0x7 _x10'}]
                    alert_rule_test:
                      - {eval_time: 2m, alertname: PodDown, exp_alerts: []}
                      - eval_time: 3m
                        alertname: PodDown
                        exp_alerts:
                          - exp_labels: {severity: page, pod: web-1}
                            exp_annotations: {summary: web-1 is down}
                    notifications:
                      - {at: 3m30s, receiver: team, contains: [FIRING 1, web-1 is down]}
                      - {at: 9m, kind: edit, receiver: team, contains: [RESOLVED]}
                """))
        .isEmpty();
  }

  @Test
  void nothingIsResolvedWhileTheSourceIsAwayForTenMinutesAndOneMessageSaysSo() throws Exception {
    assertThat(
            findings(
                """
                tests:
                  - name: Prometheus answers 503 for ten minutes
                    answers:
                      - expr: up{job="web"} == 0
                        series: [{labels: '{pod="web-1"}', values: '0x30'}]
                        failures: [{from: 5m, to: 15m, unavailable: 503 Service Unavailable}]
                    alert_rule_test:
                      - eval_time: 14m
                        alertname: PodDown
                        exp_alerts: [{exp_labels: {severity: page, pod: web-1}}]
                    notifications:
                      - {at: 2m30s, receiver: team, contains: [FIRING 1]}
                      - {at: 6m, kind: edit, receiver: team, contains: [not known since, 503]}
                      - {at: 6m30s, receiver: platform, contains: [LongshoreSourceDown, 503]}
                      - {at: 15m, kind: edit, receiver: team, contains: [FIRING 1]}
                      - {at: 16m30s, receiver: platform, contains: ['"status":"resolved"']}
                """))
        .isEmpty();
  }

  @Test
  void whatIsResolvedWhileItIsSilencedIsEditedAndPingsNobody() throws Exception {
    assertThat(
            findings(
                """
                tests:
                  - name: silenced
                    answers:
                      - expr: up{job="web"} == 0
                        series: [{labels: '{pod="web-1"}', values: '0x10 _x20'}]
                    silences: [{matchers: ['alertname="PodDown"'], from: 5m, to: 1h}]
                    notifications:
                      - {at: 2m30s, receiver: team, contains: [FIRING 1]}
                      - {at: 5m, kind: edit, receiver: team, contains: [SILENCED 1]}
                      - {at: 11m, kind: edit, receiver: team, contains: [RESOLVED]}
                """))
        .isEmpty();
  }

  @Test
  void aSilenceThatEndsWhileItFiresPingsOnce() throws Exception {
    assertThat(
            findings(
                """
                tests:
                  - name: the silence ends first
                    until: 50m
                    answers:
                      - expr: up{job="web"} == 0
                        series: [{labels: '{pod="web-1"}', values: '0x60'}]
                    silences: [{matchers: ['alertname="PodDown"'], from: 1m, to: 20m}]
                    notifications:
                      - {at: 22m30s, receiver: team, contains: [FIRING 1]}
                """))
        .isEmpty();
  }

  @Test
  void aNightIsAnHourShorterWhenClocksAreSetForward() throws Exception {
    write(
        "rules.yml",
        """
        groups:
          - name: dock
            rules:
              - alert: Slow
                expr: slow == 1
                labels: {quiet: at-night}
        """);
    // At 01:00 UTC clocks in Berlin go from 02:00 to 03:00: the night ends at 02:00 UTC.
    assertThat(
            findings(
                """
                tests:
                  - name: the night of the change
                    start: 2026-03-29T00:30:00Z
                    answers:
                      - expr: slow == 1
                        series: [{labels: '{}', values: '1x200'}]
                    notifications:
                      - {at: 1h30m30s, receiver: team, contains: [FIRING 1, Slow]}
                """))
        .isEmpty();
  }

  @Test
  void saysWhatIsNotAsExpected() throws Exception {
    assertThat(
            findings(
                """
                tests:
                  - name: wrong in every way
                    answers:
                      - expr: up{job="web"} == 0
                        series: [{labels: '{pod="web-1"}', values: '0x20'}]
                      - expr: nobody == 0
                    alert_rule_test:
                      - eval_time: 5m
                        alertname: PodDown
                        exp_alerts:
                          - exp_labels: {severity: page, pod: web-2}
                    notifications:
                      - {at: 10m, receiver: team, contains: [FIRING 7]}
                """))
        .anySatisfy(
            it -> assertThat(it).contains("line 10: PodDown at 5m", "web-2", "does not fire"))
        .anySatisfy(it -> assertThat(it).contains("fires unexpectedly", "web-1"))
        .anySatisfy(it -> assertThat(it).contains("line 15: no post to team at 10m", "FIRING 7"))
        .anySatisfy(it -> assertThat(it).startsWith("unexpected: 2m30s post to team slack[0]"))
        .anySatisfy(it -> assertThat(it).contains("line 8: nobody asked for `nobody == 0`"));
  }

  @Test
  void theExamplesOfThePagePass() throws Exception {
    write(
        "alertmanager.yml",
        """
        route: {receiver: team, group_by: [alertname]}
        receivers:
          - name: team
            slack_configs:
              - {channel: '#alerts', app_token: xoxb-test, send_resolved: true}
        """);
    write(
        "log-rules.yml",
        """
        groups:
          - name: shop
            rules:
              - alert: CardsDeclined
                logs:
                  query: log.level:error AND service.name:checkout
                  by: [service.name]
                  within: 5m
                  frequency: {num_events: 3}
                labels: {severity: page}
                annotations: {summary: "{{ $value }} cards declined"}
        """);
    List<String> examples =
        Arrays.stream(
                Files.readString(ProjectFolder.find().resolve("alerting/TESTING-RULES.md"))
                    .split("```yaml\n"))
            .skip(1)
            .map(it -> it.substring(0, it.indexOf("```")))
            .toList();
    assertThat(examples).hasSize(2);
    for (String example : examples) {
      write("test.yml", example);
      assertThat(new RuleTests(Clock.system()).run(dir.resolve("test.yml")))
          .singleElement()
          .satisfies(it -> assertThat(it.findings()).isEmpty());
    }
  }

  /// The keys that promtool's files have for time and for samples of PromQL.
  @Test
  void keysOfPromtoolsFilesAreKnown() throws Exception {
    for (String start :
        List.of("1774728000", "2026-03-28T20:00:00Z", "2026-03-28T21:00:00+01:00")) {
      assertThat(
              findings(
                  """
                  fuzzy_compare: true
                  tests:
                    - start_timestamp: %s
                      answers:
                        - {expr: 'up{job="web"} == 0', series: [{labels: '{pod="web-1"}', values: 0x9}]}
                      notifications: [{at: 2m30s, receiver: team, contains: ['date^1774728120^']}]
                  """
                      .formatted(start)))
          .as(start)
          .isEmpty();
    }
    assertThatThrownBy(
            () -> findings("tests: [{start: 2026-03-28T20:00:00Z, start_timestamp: 1774728000}]"))
        .hasMessageContaining("start_timestamp: is promtool's key for `start`");
    assertThatThrownBy(() -> findings("tests: [{start: soon}, {start_timestamp: 1.2.3}]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("start 'soon': is not a time")
        .hasMessageContaining("start_timestamp '1.2.3': is not a time");
  }

  @Test
  void refusesABrokenFileWithItsLines() {
    assertThatThrownBy(
            () ->
                findings(
                    """
                    tests:
                      - name: x
                        input_series: []
                        answers:
                          - expr: a
                            series: [{labels: '{a=~"b"}', values: 1 2 three}]
                        alert_rule_test:
                          - {eval_time: soon, alertname: A}
                        notification: []
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("test.yml:5:")
        .hasMessageContaining("there is no PromQL engine here")
        .hasMessageContaining("write labels with =")
        .hasMessageContaining("'three' is no value")
        .hasMessageContaining("test.yml:10:")
        .hasMessageContaining("did you mean 'notifications'?");
  }

  @Test
  void refusesToTestARuleThatIsBroken() throws IOException {
    write("rules.yml", "groups: [{name: dock, rules: [{alert: X}]}]");
    assertThatThrownBy(() -> findings("tests: [{name: x}]"))
        .isInstanceOf(BrokenException.class)
        .hasMessageContaining("rules.yml:1")
        .hasMessageContaining("field 'expr' must be set in rule");
  }
}
