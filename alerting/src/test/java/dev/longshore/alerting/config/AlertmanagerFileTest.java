package dev.longshore.alerting.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.slack.SlackAccess;
import dev.longshore.alerting.receiver.slack.SlackSettings;
import dev.longshore.alerting.receiver.slack.SlackText;
import dev.longshore.alerting.receiver.webhook.WebhookSettings;
import dev.longshore.alerting.route.Route;
import dev.longshore.shared.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An Alertmanager file is read as it is; what is not supported is named with its line.
final class AlertmanagerFileTest {
  private static final String FULL =
      """
      global:
        resolve_timeout: 10m
        slack_api_url: 'https://hooks.slack.com/services/T000/B000/XXXX'
        http_config:
          proxy_url: 'http://proxy:3128'
          follow_redirects: false
      templates:
        - 'templates/*.tmpl'
      route:
        receiver: team
        group_by: ['alertname', cluster]
        group_wait: 45s
        group_interval: 1m30s
        repeat_interval: 1d
        routes:
          - matchers: [ 'severity="page"', team=~"shop|billing" ]
            receiver: pages
            group_by: ['...']
            continue: true
            mute_time_intervals: [weekend]
            routes:
              - match: {service: checkout}
                match_re: {pod: 'checkout-.*'}
                group_wait: 0s
          - matchers:
              - severity = ticket
            active_time_intervals: [office]
      time_intervals:
        - name: office
          time_intervals:
            - times: [{start_time: '09:00', end_time: '17:00'}]
              weekdays: ['monday:friday']
              location: Europe/Berlin
      mute_time_intervals:
        - name: weekend
          time_intervals:
            - weekdays: [saturday, sunday]
      inhibit_rules:
        - source_matchers: [severity="critical"]
          target_match: {severity: warning}
          equal: [alertname, node]
      receivers:
        - name: team
          slack_configs:
            - channel: '#alerts'
              send_resolved: true
              title: '{{ .CommonLabels.alertname }}'
              fields: [{title: Team, value: '{{ .CommonLabels.team }}', short: true}]
              actions:
                - {type: button, text: Runbook, url: '{{ .CommonAnnotations.runbook_url }}'}
        - name: pages
          slack_configs:
            - app_token_file: token
              channel: '#pages'
          webhook_configs:
            - url: http://127.0.0.1:8080/hook
              max_alerts: 10
              http_config:
                basic_auth: {username: longshore, password: harbour}
      """;

  @TempDir Path dir;

  @Test
  void readsTheTree() throws IOException {
    AlertmanagerFile file = load(FULL);
    Route root = file.routing().root();
    assertThat(root.grouping().names()).containsExactly("alertname", "cluster");
    assertThat(root.timing())
        .isEqualTo(
            new Route.Timing(Duration.ofSeconds(45), Duration.ofSeconds(90), Duration.ofDays(1)));

    Route pages = root.routes().getFirst();
    assertThat(pages.key()).isEqualTo("{}/{severity=\"page\",team=~\"shop|billing\"}");
    assertThat(pages.grouping().all()).isTrue();
    assertThat(pages.continues()).isTrue();
    assertThat(pages.timing()).isEqualTo(root.timing());

    Route checkout = pages.routes().getFirst();
    assertThat(checkout.receiver()).isEqualTo("pages");
    assertThat(checkout.timing().groupWait()).isZero();
    assertThat(checkout.muteTimeIntervals()).isEmpty();
    assertThat(
            root.match(
                Labels.of(
                    "severity",
                    "page",
                    "team",
                    "shop",
                    "service",
                    "checkout",
                    "pod",
                    "checkout-7d9f")))
        .extracting(Route::key)
        .containsExactly(checkout.key());
    assertThat(file.resolveTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(file.templates()).containsExactly(dir.resolve("templates/*.tmpl").toString());
  }

  @Test
  void readsIntervalsByBothNames() throws IOException {
    AlertmanagerFile file = load(FULL);
    Route pages = file.routing().root().routes().getFirst();
    Route tickets = file.routing().root().routes().getLast();
    Instant sunday = Instant.parse("2026-11-22T10:00:00Z");
    Instant monday = Instant.parse("2026-11-23T08:30:00Z");
    assertThat(file.routing().mutedBy(pages, sunday)).containsExactly("weekend");
    assertThat(file.routing().mutedBy(pages, monday)).isEmpty();
    assertThat(file.routing().mutedBy(tickets, sunday)).containsExactly("office");
    assertThat(file.routing().mutedBy(tickets, monday)).isEmpty();
  }

  @Test
  void readsReceiversWithTheDefaultsOfTheGlobalSection() throws IOException {
    AlertmanagerFile file = load(FULL);
    SlackSettings team = (SlackSettings) file.receivers().getFirst().integrations().getFirst();
    assertThat(((SlackAccess.Url) team.access()).url().value())
        .isEqualTo("https://hooks.slack.com/services/T000/B000/XXXX");
    assertThat(team.sendResolved()).isTrue();
    assertThat(team.http().proxy().url()).hasToString("http://proxy:3128");
    assertThat(team.texts())
        .containsEntry(SlackText.CHANNEL, "#alerts")
        .containsEntry(SlackText.TITLE, "{{ .CommonLabels.alertname }}");
    assertThat(team.fields()).hasSize(1);
    assertThat(team.actions()).hasSize(1);

    Files.writeString(dir.resolve("token"), "xoxb-1\n");
    SlackSettings pages = (SlackSettings) file.receivers().getLast().integrations().getFirst();
    assertThat(((SlackAccess.Bot) pages.access()).token().value()).isEqualTo("xoxb-1");
    assertThat(pages.sendResolved()).isFalse();
    WebhookSettings hook = (WebhookSettings) file.receivers().getLast().integrations().getLast();
    assertThat(hook.url().value()).isEqualTo("http://127.0.0.1:8080/hook");
    assertThat(hook.maxAlerts()).isEqualTo(10);
    assertThat(hook.sendResolved()).isTrue();
    assertThat(hook.http().basicAuth()).isNotNull();
    assertThat(hook.http().proxy().url()).isNull();
  }

  @Test
  void whatIsShownOfTheFileHoldsNoSecretAndIsStillYaml() throws IOException {
    AlertmanagerFile file = load(FULL);
    assertThat(file.original())
        .doesNotContain("XXXX")
        .doesNotContain("harbour")
        .doesNotContain("127.0.0.1:8080")
        .contains("password: <secret>}")
        .contains("url: '{{ .CommonAnnotations.runbook_url }}'")
        .contains("receiver: team")
        .contains("slack_api_url: <secret>");
  }

  @Test
  void everyKindOfReceiverLoadsWithItsKeys() throws Exception {
    AlertmanagerFile file = load(RealFiles.EVERY_RECEIVER);
    assertThat(file.unsupported()).isEmpty();
    assertThat(file.receivers().getFirst().integrations()).hasSize(16);
    for (Integration integration : file.receivers().getFirst().integrations()) {
      ReceiverRig.open(integration).close();
    }
  }

  @Test
  void whatIsShownOfTheFileHoldsNoPasswordOfAProxyNoCommentAndNoAlias() throws IOException {
    AlertmanagerFile file =
        load(
            """
            # the old token was COMMENTSECRET
            global:
              http_config:
                proxy_url: 'http://proxyuser:PROXYPASS@proxy:3128'
            route: {receiver: team}
            receivers:
              - name: team
                webhook_configs:
                  - url: &hook https://hooks.example.com/HOOKSECRET
                  - url: *hook
            """);

    assertThat(file.original())
        .doesNotContain("PROXYPASS", "COMMENTSECRET", "HOOKSECRET", "&", "*hook")
        .contains("http://proxyuser:xxxxx@proxy:3128", "- url: <secret>");
    assertThat(load(file.original()).receivers()).hasSize(1);
  }

  @Test
  void namesEveryProblemWithItsLine() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    route:
                      receiver: nowhere
                      group_by: ['...', alertname]
                      routes:
                        - matchers: ['severity=~"("']
                          group_interval: 0s
                          mute_time_intervals: [christmas]
                        - reciever: team
                    receivers:
                      - name: team
                        slack_configs:
                          - channel: '#alerts'
                        pagerduty_configs:
                          - routing_key: abc
                      - name: team
                    time_intervals:
                      - name: night
                        time_intervals:
                          - times: [{start_time: '22:00', end_time: '06:00'}]
                            location: Europe/Atlantis
                    """))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.problems().stream().map(it -> it.line() + " " + it.message()))
                    .anyMatch(it -> it.startsWith("2 there is no receiver 'nowhere'; known: team"))
                    .anyMatch(it -> it.startsWith("3 ") && it.contains("..."))
                    .anyMatch(it -> it.startsWith("5 ") && it.contains("regular expression"))
                    .anyMatch(it -> it.startsWith("6 ") && it.contains("duration above zero"))
                    .anyMatch(it -> it.startsWith("7 ") && it.contains("christmas"))
                    .anyMatch(it -> it.startsWith("8 ") && it.contains("did you mean 'receiver'"))
                    .anyMatch(it -> it.startsWith("12 ") && it.contains("how Slack is reached"))
                    .anyMatch(it -> it.startsWith("15 ") && it.contains("there already"))
                    .anyMatch(it -> it.startsWith("19 ") && it.contains("written as two"))
                    .anyMatch(it -> it.startsWith("20 ") && it.contains("Europe/Atlantis")));
  }

  @Test
  void emptyListsOfTheRootAndLabelsOfReceiversAreTaken() throws IOException {
    AlertmanagerFile file =
        load(
            """
            route: {receiver: team, matchers: [], mute_time_intervals: [], active_time_intervals: []}
            receivers:
              - name: team
                labels: {owner: sre, tier: 1}
            """);

    assertThat(file.receiverLabels())
        .containsExactly(Map.entry("team", Labels.of("owner", "sre", "tier", "1")));
  }

  /// What is made of it (PagerDuty's `dedup_key`, Opsgenie's alias, Jira's label) then stays the
  /// same.
  @Test
  void keysOfRoutesAreAlertmanagers() throws IOException {
    AlertmanagerFile file =
        load(
            """
            route:
              receiver: team
              routes:
                - match: {team: shop}
                  match_re: {service: cart|checkout, pod: '.*'}
                  matchers: [service=~"c.*", team!=x]
            receivers: [{name: team}]
            """);

    assertThat(file.routing().root().routes().getFirst().key())
        .isEqualTo(
            "{}/{pod=~\"^(?:.*)$\",service=~\"^(?:cart|checkout)$\",service=~\"c.*\","
                + "team=\"shop\",team!=\"x\"}");
  }

  @Test
  void namesWhatAlertmanagerRefusesThoughItCouldBeRead() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    global:
                      http_config:
                        basic_auth: {username: a, username_file: b, password: c}
                    route: {receiver: team}
                    receivers:
                      - name: team
                        telegram_configs:
                          - {bot_token: '1:a', chat_id: 0}
                    time_intervals:
                      - name: never
                        time_intervals:
                          - days_of_month: ['20:-20', '20:-12', '30:-1']
                    """))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.problems().stream().map(it -> it.line() + " " + it.message()))
                    .containsExactlyInAnyOrder(
                        "3 excludes username_file; write one of them",
                        "8 is no chat; write its number, such as -1001234567890",
                        "12 '20:-20' has no day in any month: the last day, 12 at most, is before"
                            + " the first"));
  }

  @Test
  void theRootMayNotBeConditional() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    route:
                      matchers: [a=b]
                      continue: true
                      active_time_intervals: [office]
                    receivers: []
                    """))
        .hasMessageContaining("root route matches everything")
        .hasMessageContaining("siblings")
        .hasMessageContaining("root route can't have time intervals")
        .hasMessageContaining("needs a receiver");
  }

  @Test
  void theRootMayHaveEmptyMatchersAsGeneratorsWriteThem() throws IOException {
    AlertmanagerFile file =
        load(
            """
            route: {receiver: a, matchers: [], match: {}, match_re: {}}
            receivers: [{name: a}]
            """);
    assertThat(file.routing().root().matchers()).isEmpty();
  }

  @Test
  void aRegularExpressionThatWasForgottenIsNoneThatMatchesTheEmptyText() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    route:
                      receiver: a
                      routes: [{match: {team: }, match_re: {cluster: }}]
                    receivers: [{name: a}]
                    """))
        .hasMessageContaining("match_re.cluster: has no value")
        .hasMessageNotContaining("team");
  }

  @Test
  void aUrlWithoutAHostIsToldBeforeSomethingIsSent() throws IOException {
    assertThatThrownBy(
            () ->
                load(
                    """
                    route: {receiver: a}
                    receivers:
                      - name: a
                        webhook_configs: [{url: 'http://${HOST}:5001/hook'}, {url: 'http:///hook'}]
                        slack_configs: [{channel: c, api_url: '{{ slack_url }}'}]
                    """))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.problems().stream().map(it -> it.path()))
                    .containsExactlyInAnyOrder(
                        "receivers[0].webhook_configs[0].url",
                        "receivers[0].webhook_configs[1].url",
                        "receivers[0].slack_configs[0].api_url"));
    AlertmanagerFile file =
        load(
            """
            route: {receiver: a}
            receivers:
              - name: a
                webhook_configs:
                  - url: HTTP://my_hook:5001
                  - url: 'https://user:p|w@[::1]:8080?a={b}'
                  - url: 'http://{{ .CommonLabels.team }}/hook'
            """);
    assertThat(file.receivers().getFirst().integrations()).hasSize(3);
  }

  @Test
  void aReceiverOfAnotherKindIsSaidAndTheRestOfTheFileWorks() throws Exception {
    AlertmanagerFile file =
        load(
            """
            global:
              smtp_smarthost: 'mail:25'
              pagerduty_url: https://events.pagerduty.com/v2/enqueue
            route: {receiver: a}
            receivers:
              - name: a
                carrierpigeon_configs:
                  - loft: abc
                webhook_configs:
                  - url: http://127.0.0.1/hook
            """);
    assertThat(file.receivers().getFirst().integrations()).hasSize(1);
    assertThat(file.unsupported())
        .singleElement()
        .satisfies(it -> assertThat(it).contains("'a'", "line 7", "carrierpigeon_configs"));
  }

  @Test
  void whatConnectionsCannotDoIsToldWithTheWayOut() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    route: {receiver: a}
                    receivers:
                      - name: a
                        webhook_configs:
                          - url: http://127.0.0.1/hook
                            http_config:
                              no_proxy: example.com
                              proxy_connect_header: {X: [y]}
                              tls_config: {server_name: 'hooks example', max_version: TLS11}
                    """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no_proxy: goes together with proxy_url")
        .hasMessageContaining(
            "proxy_connect_header.X: can't be sent to a proxy; a header can whose name begins with")
        .hasMessageContaining("leaves no version")
        .hasMessageContaining("server_name: is not a host name or an address");
  }

  @Test
  void readsAllOfHttpConfig() throws IOException {
    AlertmanagerFile file =
        load(
            """
            route: {receiver: a}
            receivers:
              - name: a
                webhook_configs:
                  - url: http://alert_hook:8080/x
                    http_config:
                      oauth2:
                        client_id: longshore
                        client_secret_file: secret
                        token_url: https://sso.example/token
                        scopes: [alerts]
                        endpoint_params: {audience: hooks}
                        tls_config: {insecure_skip_verify: true}
                      proxy_from_environment: true
                      follow_redirects: true
                      enable_http2: false
                      http_headers:
                        X-Scope-OrgID: {values: [team-a]}
                        X-Token: {secrets: [abc], files: [token]}
                      tls_config: {min_version: TLS13}
            """);
    WebhookSettings hook = (WebhookSettings) file.receivers().getFirst().integrations().getFirst();
    HttpSettings.OAuth2 oauth2 = Objects.requireNonNull(hook.http().oauth2());
    assertThat(oauth2.tokenUrl()).isEqualTo("https://sso.example/token");
    assertThat(oauth2.scopes()).containsExactly("alerts");
    assertThat(oauth2.parameters()).containsEntry("audience", "hooks");
    assertThat(oauth2.tls().insecureSkipVerify()).isTrue();
    assertThat(hook.http().proxy().fromEnvironment()).isTrue();
    assertThat(hook.http().headers()).containsOnlyKeys("X-Scope-OrgID", "X-Token");
    assertThat(hook.http().tls().versions()).containsExactly("TLSv1.3");
    assertThat(file.original()).doesNotContain("abc").contains("secrets: [<secret>]");
  }

  @Test
  void theSmallestFileIsEnough() throws IOException {
    AlertmanagerFile file = load("route: {receiver: a}\nreceivers: [{name: a}]\n");
    assertThat(file.routing().root().timing()).isEqualTo(Route.Timing.STANDARD);
    assertThat(file.receivers()).hasSize(1);
    assertThat(file.templates()).isEqualTo(List.of());
  }

  private AlertmanagerFile load(String text) throws IOException {
    Path file = dir.resolve("alertmanager.yml");
    Files.writeString(file, text);
    return AlertmanagerFile.load(file);
  }
}
