package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.PrometheusServer;
import dev.longshore.testkit.slack.SlackMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Alerting as a process, between a real Prometheus, amtool and a Slack that stands in, does what
/// its README says.
@Tag("prometheus")
final class AlertingE2E {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String RULES =
      """
      groups:
        - name: dock
          interval: 1s
          rules:
            - alert: PodNotReady
              expr: pod_ready == 0
              for: 2s
              labels: {severity: page, evaluated: %s}
              annotations: {summary: "{{ $labels.pod }} is not ready"}
            - record: pod:ready:sum
              expr: sum(pod_ready)
      """;

  @TempDir Path dir;

  private AlertingHome home;
  private PrometheusServer prometheus;

  @BeforeEach
  void open() throws IOException {
    home = new AlertingHome(dir.resolve("home"));
    Path folder = Files.createDirectories(dir.resolve("prometheus"));
    Path rules = Files.writeString(folder.resolve("rules.yml"), RULES.formatted("there"));
    prometheus =
        PrometheusServer.start(
            folder, List.of(rules), List.of("127.0.0.1:" + home.port), AlertingHome.PREFIX);
    home.rules(RULES.formatted("here"));
  }

  @AfterEach
  void close() {
    home.close();
    prometheus.close();
  }

  private static void within(ThrowingRunnable check) {
    await()
        .atMost(AlertingHome.PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .untilAsserted(check);
  }

  @Test
  void whatPrometheusPushesAndWhatWeEvaluateAgainstItAgree() throws Exception {
    AlertingProcess alerting = home.start(prometheus.url(), "");
    prometheus.set("pod_ready{pod=\"cart\"}", 0);
    prometheus.set("pod_ready{pod=\"web\"}", 1);
    within(() -> assertThat(firing(alerting)).containsExactly("cart here", "cart there"));
    prometheus.set("pod_ready{pod=\"web\"}", 0);
    within(
        () ->
            assertThat(firing(alerting))
                .containsExactly("cart here", "cart there", "web here", "web there"));
    assertThat(home.amtool("alert", "query", "pod=cart").output())
        .contains("PodNotReady", "cart is not ready", "active");
    within(
        () ->
            assertThat(home.slack.topLevel("team"))
                .singleElement()
                .extracting(SlackMessage::visible)
                .asString()
                .contains("FIRING 4 · PodNotReady"));
    assertThat(alerting.send("GET", "/", "").body()).contains("<title>Longshore alerting</title>");
    assertThat(alerting.get("/metrics"))
        .contains("longshore_alerts_received_total", "longshore_notifications_total")
        .contains("alertmanager_build_info");

    prometheus.set("pod_ready{pod=\"cart\"}", 1);
    prometheus.set("pod_ready{pod=\"web\"}", 1);
    within(() -> assertThat(firing(alerting)).isEmpty());
    within(
        () ->
            assertThat(home.slack.topLevel("team"))
                .singleElement()
                .extracting(SlackMessage::visible)
                .asString()
                .contains("RESOLVED · PodNotReady"));
    assertThat(alerting.terminate()).isZero();
  }

  private static Set<String> firing(AlertingProcess alerting) throws IOException {
    Set<String> firing = new TreeSet<>();
    for (JsonNode alert : JSON.readTree(alerting.get("/api/v2/alerts"))) {
      JsonNode labels = alert.path("labels");
      firing.add(labels.path("pod").asText() + " " + labels.path("evaluated").asText());
    }
    return firing;
  }

  @Test
  void amtoolAddsQueriesSilencesAndTestsRoutes() throws Exception {
    // The amtool of Debian is older than `app_token`, and reads the configuration itself.
    home.routing(
        home.routing("1s", "3s")
            .replaceAll(
                "app_token: \\S+ app_url: '[^']+'",
                "api_url: '" + home.slack.webhook("team") + "'"));
    home.start(prometheus.url(), "");
    assertThat(home.amtool("alert", "add", "DiskFull", "node=n1", "severity=page").exit()).isZero();
    within(() -> assertThat(home.amtool("alert", "query").output()).contains("DiskFull", "active"));
    String id =
        home.amtool("silence", "add", "node=n1", "--comment=being replaced", "--author=ops")
            .output()
            .lines()
            .filter(it -> it.matches("[0-9a-f-]{36}"))
            .findFirst()
            .orElseThrow();
    assertThat(home.amtool("silence", "query").output()).contains(id, "being replaced");
    within(
        () ->
            assertThat(home.amtool("alert", "query", "--silenced", "DiskFull").output())
                .contains("suppressed"));
    assertThat(home.amtool("silence", "expire", id).exit()).isZero();
    assertThat(home.amtool("silence", "query").output()).doesNotContain(id);
    assertThat(home.amtool("config", "routes", "test", "alertname=LongshoreSourceDown").output())
        .contains("platform");
    assertThat(home.amtool("config", "routes", "test", "alertname=DiskFull").output())
        .contains("team");
    assertThat(home.amtool("config", "show").output())
        .contains("receiver: team")
        .contains("<secret>")
        .doesNotContain("/services/");
  }

  @Test
  void goesOnWhereItWasAfterAKill() throws Exception {
    home.rules(RULES.formatted("here").replace("for: 2s", "for: 20s"));
    AlertingProcess first = home.start(prometheus.url(), "");
    prometheus.set("pod_ready{pod=\"cart\"}", 0);
    within(
        () ->
            assertThat(first.get("/explain?alert=PodNotReady"))
                .contains("\"pending\"", "fires when it has held for 20s"));
    String activeAt = activeAt(first);
    // Answered when it is on disk, and with it all that was before.
    assertThat(
            home.amtool("silence", "add", "node=n1", "--comment=being replaced", "--author=ops")
                .exit())
        .isZero();
    first.kill();
    AlertingProcess second = home.start(prometheus.url(), "");
    within(() -> assertThat(activeAt(second)).isEqualTo(activeAt));
    within(() -> assertThat(second.get("/api/v2/alerts")).contains("\"evaluated\":\"here\""));
    within(() -> assertThat(home.slack.topLevel("team")).hasSize(1));
    second.kill();
    prometheus.set("pod_ready{pod=\"cart\"}", 1);
    home.start(prometheus.url(), "");
    within(
        () ->
            assertThat(home.slack.topLevel("team"))
                .singleElement()
                .extracting(SlackMessage::visible)
                .asString()
                .contains("RESOLVED"));
  }

  private static String activeAt(AlertingProcess alerting) throws IOException {
    for (JsonNode alert :
        JSON.readTree(alerting.get("/explain?alert=evaluated%3Dhere")).path("alerts")) {
      return alert.path("activeAt").asText();
    }
    throw new IOException("not known yet");
  }

  @Test
  void aSecondProcessOnTheSameFolderRefusesToStart() throws Exception {
    home.start(prometheus.url(), "");
    AlertingProcess second = home.launch(prometheus.url(), "");
    assertThat(second.awaitEnd(Duration.ofSeconds(60))).isEqualTo(1);
    assertThat(second.log()).contains("is in use by another process");
  }

  @Test
  void aBrokenFileKeepsTheLastGoodOneAndSaysSoHoweverItIsReloaded() throws Exception {
    AlertingProcess alerting = home.start(prometheus.url(), "");
    // As a ConfigMap is mounted: a link to a folder, which is made to point elsewhere.
    String rules = RULES.formatted("here");
    home.rules(rules + "      - alert: Broken\n        exprr: 1\n");
    within(() -> assertThat(home.slack.view("platform")).contains("LongshoreConfigurationBroken"));
    assertThat(home.slack.view("platform")).contains("dock.yml:12", "field 'expr' must be set");
    prometheus.set("pod_ready{pod=\"cart\"}", 0);
    within(() -> assertThat(firing(alerting)).contains("cart here"));

    home.rules(rules);
    within(() -> assertThat(alerting.log()).contains("configuration reloaded"));
    within(() -> assertThat(home.slack.view("platform")).contains("RESOLVED"));

    home.routing(home.routing("1s", "3s").replace("receiver: team", "receiver: nobody"));
    assertThat(alerting.send("POST", "/-/reload", "").body())
        .contains("alertmanager.yml:3", "there is no receiver 'nobody'");
    assertThat(alerting.get("/api/v2/receivers")).contains("team");
    assertThat(alerting.get("/metrics")).contains("longshore_config_last_reload_successful 0.0");

    home.routing(home.routing("1s", "3s") + "  - name: fresh\n");
    alerting.signal("HUP");
    within(() -> assertThat(alerting.get("/api/v2/receivers")).contains("fresh"));
    assertThat(alerting.get("/metrics")).contains("longshore_config_last_reload_successful 1.0");
  }

  @Test
  void aMountedConfigMapThatChangesIsTaken() throws Exception {
    Path mounted = Files.createDirectories(dir.resolve("home/rules/mounted"));
    Path before = Files.createDirectories(mounted.resolve("..2026_01"));
    Path after = Files.createDirectories(mounted.resolve("..2026_02"));
    Files.writeString(before.resolve("dock.yml"), RULES.formatted("before"));
    Files.writeString(after.resolve("dock.yml"), RULES.formatted("after"));
    Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..2026_01"));
    Files.createSymbolicLink(
        dir.resolve("home/rules/link.yml"), Path.of("mounted/..data/dock.yml"));
    Files.delete(dir.resolve("home/rules/dock.yml"));
    AlertingProcess alerting = home.start(prometheus.url(), "");
    prometheus.set("pod_ready{pod=\"cart\"}", 0);
    within(() -> assertThat(firing(alerting)).contains("cart before"));
    Files.createSymbolicLink(mounted.resolve("..next"), Path.of("..2026_02"));
    Files.move(
        mounted.resolve("..next"),
        mounted.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    within(() -> assertThat(firing(alerting)).contains("cart after").doesNotContain("cart before"));
  }

  @Test
  void aHeartbeatComesWhileItWorks() throws Exception {
    AtomicInteger beats = new AtomicInteger();
    HttpServer watcher =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    watcher.createContext(
        "/",
        exchange -> {
          try (exchange) {
            beats.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
          }
        });
    watcher.start();
    try {
      AlertingProcess alerting =
          home.start(
              prometheus.url(),
              "heartbeat: {url: \"http://127.0.0.1:%d/\", interval: 1s}"
                  .formatted(watcher.getAddress().getPort()));
      within(() -> assertThat(beats.get()).isGreaterThan(2));
      alerting.terminate();
      assertThat(alerting.log()).contains("stopped");
    } finally {
      watcher.stop(0);
    }
  }

  @Test
  void aSlackThatTakesNothingRaisesAnAlertToAnotherReceiverAndLosesNothing() throws Exception {
    home.start(prometheus.url(), "");
    home.slack.token("token_revoked");
    prometheus.set("pod_ready{pod=\"cart\"}", 0);
    within(
        () ->
            assertThat(home.slack.view("platform"))
                .contains("LongshoreNotificationsFailing", "token_revoked"));
    home.slack.token("");
    // What only a person can repair is tried again within the half minute.
    within(
        () ->
            assertThat(home.slack.topLevel("team"))
                .singleElement()
                .extracting(SlackMessage::visible)
                .asString()
                .contains("cart"));
  }

  @Test
  void aSourceThatIsDownResolvesNothingAndIsTold() throws Exception {
    AlertingProcess alerting = home.start(prometheus.url(), "");
    prometheus.set("pod_ready{pod=\"cart\"}", 0);
    within(() -> assertThat(firing(alerting)).contains("cart here"));
    prometheus.stop();
    within(() -> assertThat(home.slack.view("platform")).contains("LongshoreSourceDown"));
    assertThat(firing(alerting)).contains("cart here");
    prometheus.start();
    within(() -> assertThat(home.slack.view("platform")).contains("RESOLVED"));
    assertThat(firing(alerting)).contains("cart here");
  }

  @Test
  void theCommandsCheckExplainAndDrill() throws Exception {
    home.start(prometheus.url(), "");
    String config = dir.resolve("home/alerting.yaml").toString();
    CommandLine.Result check = run("check", "--config", config);
    assertThat(check.output())
        .contains("1 alerting rules, 1 recording rules evaluated by Prometheus", "is valid");
    assertThat(check.exit()).isZero();

    CommandLine.Result drill =
        run("drill", "PodNotReady", "--labels", "pod=cart", "--for", "3s", "--url", api());
    assertThat(drill.output()).contains("It goes to team");
    within(
        () ->
            assertThat(home.slack.view("team"))
                .contains("DRILL: cart is not ready", "nothing is wrong"));
    within(() -> assertThat(home.slack.view("team")).contains("RESOLVED"));

    CommandLine.Result explain = run("explain", "PodNotReady", "--url", api());
    assertThat(explain.output())
        .contains("rule PodNotReady", "is inactive", "longshore_drill=\"true\"")
        .contains("routed to receiver 'team'", "posted in #team");
    assertThat(run("explain", "Nothing", "--url", api()).exit()).isEqualTo(1);
    assertThat(run("drill", "Nothing", "--url", api()).output())
        .contains("there is no rule 'Nothing'; the rules that run are PodNotReady");
  }

  private String api() {
    return home.api().toString();
  }

  private static CommandLine.Result run(String... arguments)
      throws IOException, InterruptedException {
    String[] all = new String[arguments.length + 1];
    all[0] = "alerting";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return CommandLine.longshore(Duration.ofSeconds(60), Map.of(), all);
  }

  @Test
  void aPostOf50MegabytesIsRefusedAndTheRestGoesOn() throws Exception {
    AlertingProcess alerting = home.start(prometheus.url(), "");
    String large = "[{\"labels\":{\"alertname\":\"" + "x".repeat(50 << 20) + "\"}}]";
    int status;
    try {
      status = alerting.send("POST", "/api/v2/alerts", large).statusCode();
    } catch (IOException e) {
      // It is refused before it is read, so the connection may be gone already.
      status = 413;
    }
    assertThat(status).isEqualTo(413);
    assertThat(alerting.get("/-/healthy")).contains("OK");
    prometheus.set("pod_ready{pod=\"cart\"}", 0);
    within(() -> assertThat(firing(alerting)).contains("cart here"));
  }
}
