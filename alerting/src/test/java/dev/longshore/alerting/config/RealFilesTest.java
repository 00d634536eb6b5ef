package dev.longshore.alerting.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.route.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Files as people and charts write them load as Alertmanager loads them.
final class RealFilesTest {
  @TempDir Path dir;

  @Test
  void whatAChartRendersOfValuesThatAreNotSetIsTakenAsByAlertmanager() throws Exception {
    AlertmanagerFile file =
        load(
            """
            route:
              receiver: a
              routes: [{receiver: "", matchers: [team="shop"], mute_time_intervals: [night]}]
            receivers:
              - name: a
                webhook_configs:
                  - {url: 'http://127.0.0.1/hook'}
            inhibit_rules: [{}, {equal: [node]}]
            time_intervals:
              - name: night
                time_intervals: [{location: ''}, {location: EST}, {location: MST}]
            """);
    assertThat(file.routing().root().routes().getFirst().receiver()).isEqualTo("a");
    assertThat(file.routing().inhibitRules()).as("these inhibit nothing").isEmpty();
    assertThat(file.routing().intervals().get("night"))
        .extracting(
            it -> it.zone().getRules().getOffset(Instant.EPOCH.plus(Duration.ofDays(20_000))))
        .containsExactly(ZoneOffset.UTC, ZoneOffset.ofHours(-5), ZoneOffset.ofHours(-7));
  }

  @Test
  void yamlIsReadAsGoReadsIt() throws Exception {
    AlertmanagerFile file =
        load(
            """
            global: {resolve_timeout: 5m, http_config: {follow_redirects: true}}
            route:
              receiver: a
              group_wait: 7s
              group_by: [alertname]
              continue: false
              routes:
                - receiver: a
                  continue: yes
                  matchers: [severity="page"]
                  group_by: []
            receivers:
              - name: a
                webhook_configs:
                  - &hook
                    url: http://127.0.0.1/hook
                    send_resolved: no
                  - <<: *hook
                    max_alerts: 3
            """);
    assertThat(file.routing().root().routes().getFirst().continues()).isTrue();
    assertThat(file.routing().root().routes().getFirst().grouping().names())
        .as("an empty list inherits")
        .containsExactly("alertname");
    assertThat(file.receivers().getFirst().integrations())
        .hasSize(2)
        .allSatisfy(it -> assertThat(it.sendResolved()).isFalse());
  }

  @Test
  void inhibitRulesMayHaveTargetsOnly() throws Exception {
    AlertmanagerFile file =
        load(
            """
            route: {receiver: 'null'}
            receivers: [{name: 'null'}]
            inhibit_rules:
              - target_matchers: ['alertname = InfoInhibitor']
            """);
    assertThat(file.routing().inhibitRules()).hasSize(1);
  }

  @Test
  void whatTheStatusPageShowsLoadsAndEachSecretThatIsMissingIsSaid() throws IOException {
    AlertmanagerFile file = load(RealFiles.STATUS_PAGE);
    assertThat(file.receivers().getFirst().integrations()).hasSize(2);
    assertThat(file.unsupported())
        .hasSize(3)
        .anySatisfy(it -> assertThat(it).contains("<secret> stands in place of a secret"));
  }

  static List<String> realFilesLoad() {
    return List.of(
        RealFiles.KUBE_PROMETHEUS_STACK,
        RealFiles.OPERATOR_OUTPUT,
        RealFiles.OLD_AND_WIDE,
        RealFiles.SLACK_WITH_EVERYTHING);
  }

  @ParameterizedTest
  @MethodSource
  void realFilesLoad(String text) throws IOException {
    assertThat(load(text).receivers()).isNotEmpty();
  }

  @Test
  void matchersOfEverySyntaxMatchTheSame() throws IOException {
    AlertmanagerFile file = load(RealFiles.OLD_AND_WIDE);
    Route root = file.routing().root();
    for (Labels labels :
        List.of(
            Labels.of("service", "files", "severity", "page"),
            Labels.of("team", "bücher", "severity", "page"),
            Labels.of("severity", "page", "env", "prod"))) {
      assertThat(root.match(labels)).extracting(Route::receiver).containsExactly("team-pager");
    }
    assertThat(root.match(Labels.of("severity", "info")))
        .extracting(Route::receiver)
        .containsExactly("null");
  }

  @Test
  void whatAlertmanagerTakesForNothingIsTaken() throws IOException {
    AlertmanagerFile file =
        load(
            """
            global: {resolve_timeout: 0s}
            route: {receiver: a, routes: ~, group_by: ~, matchers: ~}
            receivers:
              - name: a
                webhook_configs:
                  - {url: 'http://hook:8080/', http_config: {tls_config: {server_name: ''}}}
            inhibit_rules: ~
            templates: ~
            mute_time_intervals:
            """);
    assertThat(file.resolveTimeout()).isZero();
    assertThat(file.receivers().getFirst().integrations()).hasSize(1);
  }

  private AlertmanagerFile load(String text) throws IOException {
    Path file = dir.resolve("alertmanager.yml");
    Files.writeString(file, text);
    return AlertmanagerFile.load(file);
  }
}
