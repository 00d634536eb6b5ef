package dev.longshore.rulelab.ruletest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.reload.BrokenException;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A test file tries log rules on lines that it records, with all that belongs to them: lines that
/// come late, nodes that are behind or silent, and Elasticsearch away.
final class LogRuleTestsTest {
  @TempDir Path dir;

  @BeforeEach
  void writeRulesAndRouting() throws IOException {
    write(
        "rules.yml",
        """
        groups:
          - name: shop
            interval: 1m
            rules:
              - alert: ManyErrors
                logs:
                  query: log.level:error
                  by: [service.name]
                  within: 5m
                  frequency: {num_events: 3}
                labels: {severity: page}
                annotations: {summary: "{{ $labels.service }} logged {{ $value }} errors"}
              - alert: KeyRejected
                logs: {query: 'message:"bad key"', within: 5m, any: {}}
                annotations: {summary: "{{ $value }} lines"}
              - alert: NoOrders
                logs: {query: 'message:"order accepted"', within: 10m, flatline: {threshold: 1}}
        """);
    write(
        "alertmanager.yml",
        """
        route: {receiver: team, group_by: [alertname], group_wait: 0s}
        receivers:
          - name: team
            slack_configs:
              - {channel: '#alerts', app_token: xoxb-test, send_resolved: true}
        """);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(dir.resolve(name), text);
  }

  private List<String> findings(String test) throws IOException, BrokenException {
    write("test.yml", "rule_files: [rules.yml]\nrouting: alertmanager.yml\ntests:\n" + test);
    List<RuleTests.Result> results = new RuleTests(Clock.system()).run(dir.resolve("test.yml"));
    assertThat(results).hasSize(1);
    return results.getFirst().findings();
  }

  /// So that the flatline rule has its orders.
  private static final String ORDERS =
      """
            - query: message:"order accepted"
              lines: [{at: -15m, times: 80, every: 1m}]
      """;

  @Test
  void followsLinesToTheWordsOfTheMessageAndToItsEnd() throws Exception {
    assertThat(
            findings(
                """
                  - name: a burst of one service
                    logs:
                      - query: log.level:error
                        lines:
                          - at: 2m
                            times: 3
                            every: 5s
                            fields: {service.name: cart, message: card declined}
                          - {at: 2m, times: 2, fields: {service.name: checkout}}
                """
                    + ORDERS
                    + """
                    alert_rule_test:
                      - {eval_time: 2m, alertname: ManyErrors, exp_alerts: []}
                      - eval_time: 3m
                        alertname: ManyErrors
                        exp_alerts:
                          - exp_labels: {severity: page, service: cart}
                            exp_annotations: {summary: cart logged 3 errors}
                      - {eval_time: 8m, alertname: ManyErrors, exp_alerts: []}
                    notifications:
                      - at: 3m
                        receiver: team
                        contains: [FIRING 1, cart logged 3 errors, 3 in 5m, card declined]
                      - {at: 8m, kind: edit, receiver: team, contains: [RESOLVED]}
                """))
        .isEmpty();
  }

  @Test
  void aLineThatIsFoundFourMinutesLateCountsOnceAtItsOwnTime() throws Exception {
    assertThat(
            findings(
                """
                  - name: ElastAlert would have missed it
                    logs:
                      - query: message:"bad key"
                        lines: [{at: 3m, found: 7m, fields: {message: bad key}}]
                """
                    + ORDERS
                    + """
                    nodes:
                      - node: node-7
                        says:
                          - {behind: 0s}
                          - {from: 3m, complete_to: 3m}
                          - {from: 7m, behind: 0s}
                    until: 30m
                    alert_rule_test:
                      - {eval_time: 6m, alertname: KeyRejected, exp_alerts: []}
                      - eval_time: 7m
                        alertname: KeyRejected
                        exp_alerts: [{exp_annotations: {summary: 1 lines}}]
                      - {eval_time: 9m, alertname: KeyRejected, exp_alerts: []}
                    notifications:
                      - {at: 7m, receiver: team, contains: [FIRING 1, 1 lines]}
                      - {at: 9m, kind: edit, receiver: team, contains: [RESOLVED]}
                      - {at: 12m, kind: reply, receiver: team, contains: [all resolved]}
                """))
        .isEmpty();
  }

  @Test
  void whatANodeThatIsBehindBringsIsStillTold() throws Exception {
    assertThat(
            findings(
                """
                  - name: twenty minutes behind
                    logs:
                      - query: message:"bad key"
                        lines: [{at: 12m, found: 30m, fields: {message: bad key}}]
                """
                    + ORDERS
                    + """
                    nodes:
                      - {node: node-1, says: [{behind: 1s}]}
                      - node: node-7
                        says:
                          - {behind: 1s}
                          - {from: 10m, complete_to: 10m}
                          - {from: 30m, behind: 1s}
                    until: 45m
                    notifications:
                      - {at: 30m, receiver: team, contains: [FIRING 1, 1 lines]}
                      - {at: 35m, kind: reply, receiver: team, contains: [all resolved]}
                """))
        .isEmpty();
  }

  @Test
  void silenceIsToldOnlyWhenAllNodesAreComplete() throws Exception {
    String test =
        """
          - name: no orders, or not yet
            logs:
              - query: message:"order accepted"
                lines: [{at: -15m, times: 16, every: 1m}]
            nodes:
              - {node: node-1, says: [{behind: 0s}]}
              - {node: node-7, says: [{behind: %s}]}
            alert_rule_test:
              - {eval_time: 10m, alertname: NoOrders, exp_alerts: []}
              - eval_time: 11m
                alertname: NoOrders
                exp_alerts: [%s]
              - {eval_time: 14m, alertname: NoOrders, exp_alerts: [{exp_labels: {}}]}
        """;
    assertThat(findings(test.formatted("0s", "{exp_labels: {}}"))).isEmpty();
    String told =
        """
            notifications:
              - {at: 13m, receiver: team, contains: [NoOrders, node-7 is 2 min behind]}
        """;
    assertThat(findings(test.formatted("2m", "") + told)).isEmpty();
  }

  @Test
  void aNodeThatIsSilentIsNamedAndNotWaitedForForEver() throws Exception {
    assertThat(
            findings(
                """
                  - name: node-7 is gone
                    logs:
                      - query: message:"order accepted"
                        lines: [{at: -15m, times: 21, every: 1m}]
                    nodes:
                      - {node: node-1, says: [{behind: 0s}]}
                      - {node: node-7, says: [{behind: 0s}, {from: 6m, silent: true}]}
                    notifications:
                      - {at: 16m, receiver: team, contains: [NoOrders, node-7 is silent for 10 min]}
                """))
        .isEmpty();
  }

  @Test
  void nothingIsResolvedWhileElasticsearchIsAway() throws Exception {
    assertThat(
            findings(
                """
                  - name: away
                    logs:
                      - query: log.level:error
                        lines: [{at: 1m, times: 3, fields: {service.name: cart}}]
                        failures: [{from: 4m, to: 12m, unavailable: HTTP 503}]
                """
                    + ORDERS
                    + """
                    alert_rule_test:
                      - eval_time: 11m
                        alertname: ManyErrors
                        exp_alerts: [{exp_labels: {severity: page, service: cart}}]
                      - {eval_time: 13m, alertname: ManyErrors, exp_alerts: []}
                """))
        .isEmpty();
  }

  @Test
  void saysWhichLinesNobodyAskedFor() throws Exception {
    assertThat(
            findings(
                """
                  - name: mistyped
                    logs:
                      - {query: 'log.level:eror', lines: [{at: 1m}]}
                    alert_rule_test:
                      - {eval_time: 2m, alertname: ManyErrors, exp_alerts: []}
                """))
        .singleElement()
        .asString()
        .startsWith("line 6: nobody asked for `log.level:eror`");
  }

  @Test
  void refusesWhatCanNotBe() {
    assertThatThrownBy(
            () ->
                findings(
                    """
                      - name: x
                        logs:
                          - query: a
                            lines:
                              - {at: 5m, found: 3m}
                              - {at: soon}
                              - {times: 10000}
                              - {fields: {a: 1}, field: {}}
                          - {query: ' a'}
                        nodes:
                          - {node: n, says: [{from: 5m, behind: 1s}, {from: 3m, silent: true}]}
                          - {node: m}
                          - {node: o, says: [{behind: 1s, silent: true}]}
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("test.yml:8:")
        .hasMessageContaining("is before `at`")
        .hasMessageContaining("such as 30s or -1h")
        .hasMessageContaining("there are more than 10000 lines in this test")
        .hasMessageContaining("did you mean 'fields'?")
        .hasMessageContaining("has lines already")
        .hasMessageContaining("write them in order of time")
        .hasMessageContaining("write such as [{from: 0s, behind: 5s}]")
        .hasMessageContaining("write one of `behind: 5s`, `complete_to: 10m` and `silent: true`");
  }
}
