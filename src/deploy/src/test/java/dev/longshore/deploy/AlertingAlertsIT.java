package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.Alerting;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PodServer;
import dev.longshore.testkit.PrometheusStandIn;
import dev.longshore.testkit.PrometheusStandIn.Reply;
import dev.longshore.testkit.TcpRelay;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An alert of the chart on alerting fires by the fault that it names, and ends with it: the
/// metrics of the product before, during and after the fault, each phase held for a while of
/// Prometheus' time, under the chart's own rules in promtool.
class AlertingAlertsIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /// A message that was refused is tried again after so long at the most.
  private static final int LONGEST_WAIT_MINUTES = 6;

  private static final String LABELS =
      "job=\"logging/longshore-alerting\",namespace=\"logging\",pod=\"alerting-0\"";

  /// Samples of a phase: 45 minutes, longer than any alert waits.
  private static final int SAMPLES = 90;

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Travelling clock = new Travelling();
  private final List<Phase> phases = new ArrayList<>();
  private HttpServer webhook;
  private volatile int answer = 200;
  private PrometheusStandIn prometheus;
  private Alerting alerting;
  private URI api;

  /// The metrics when a phase was noticed, and some time later in it; none while it does not
  /// answer.
  private record Phase(Map<String, String> begin, Map<String, String> end) {
    static final Phase WITHOUT_TARGET = new Phase(Map.of(), Map.of());

    /// What Prometheus' own `up` is all the while.
    String up() {
      return this == WITHOUT_TARGET
          ? "_x" + (SAMPLES + 1)
          : (end.isEmpty() ? "0x" : "1x") + SAMPLES;
    }
  }

  /// The machine's time, and what a test lets pass besides.
  private static final class Travelling implements Clock {
    private final AtomicLong passedMillis = new AtomicLong();

    @Override
    public long nanoTime() {
      return Clock.system().nanoTime() + passedMillis.get() * 1_000_000;
    }

    @Override
    public long epochMillis() {
      return Clock.system().epochMillis() + passedMillis.get();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      Clock.system().sleep(duration);
    }
  }

  @BeforeEach
  void start() throws Exception {
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    webhook.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(answer, -1);
          }
        });
    webhook.start();
    prometheus = PrometheusStandIn.start(_ -> Reply.vector());
    Files.createDirectories(folder.resolve("rules"));
    Files.writeString(
        folder.resolve("rules/dock.yml"),
        """
        groups:
          - name: dock
            interval: 1s
            rules:
              - {alert: PodDown, expr: up == 0}
        """);
    routing("");
    serve("");
    phase("longshore_source_up", "1.0");
  }

  /// Starts alerting, with more keys in its file.
  private void serve(String more) throws Exception {
    int port = FreePorts.one();
    api = URI.create("http://127.0.0.1:" + port);
    Path config =
        Files.writeString(
            folder.resolve("alerting.yaml"),
            """
            rules: ["rules/*.yml"]
            routing: alertmanager.yml
            prometheus: [{name: main, url: "%s"}]
            state: {dir: "%s"}
            api: {listen: "127.0.0.1:%d"}
            %s
            """
                .formatted(prometheus.url(), folder.resolve("state"), port, more));
    alerting = Alerting.of(AlertingConfig.load(config, Map.of()), clock);
    alerting.start();
  }

  private void routing(String more) throws IOException {
    Files.writeString(
        folder.resolve("alertmanager.yml"),
        """
        route: {receiver: hook, group_wait: 1s, group_interval: 5s}
        receivers:
          - name: hook
            webhook_configs: [{url: "http://127.0.0.1:%d/"}]
        %s
        """
            .formatted(webhook.getAddress().getPort(), more));
  }

  @AfterEach
  void stop() {
    alerting.close();
    prometheus.close();
    webhook.stop(0);
    http.shutdownNow();
  }

  @Test
  void sourceDownWhilePrometheusGivesNoAnswer() throws Exception {
    prometheus.answers(_ -> Reply.error(503, "unavailable", "starting"));
    phase("longshore_source_up", "0.0");
    prometheus.answers(_ -> Reply.vector());
    phase("longshore_source_up", "1.0");

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAlertingSourceDown");
  }

  @Test
  void ruleFailsWhilePrometheusRefusesItsExpression() throws Exception {
    prometheus.answers(_ -> Reply.error(422, "execution", "many-to-many matching not allowed"));
    Map<String, String> begin = scrape();
    await()
        .atMost(SOON)
        .until(
            () ->
                value("longshore_rule_evaluation_failures_total")
                    > value(begin, "longshore_rule_evaluation_failures_total") + 2);
    phases.add(new Phase(begin, scrape()));
    prometheus.answers(_ -> Reply.vector());
    steady("longshore_rule_evaluation_failures_total");

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAlertingRuleFails");
  }

  @Test
  void channelsFailAndMessagesWaitWhileAReceiverTakesNothing() throws Exception {
    answer = 404;
    post("PodDown");
    await().atMost(SOON).until(() -> value("longshore_notifications_failing_channels") > 0);
    pass(Duration.ofMinutes(12));
    await()
        .atMost(SOON)
        .until(
            () ->
                value("longshore_outbox_oldest_seconds") > 600
                    && value("longshore_notifications_failing_channels") > 0);
    phases.add(new Phase(scrape(), scrape()));
    answer = 200;
    // An attempt that was under way may have been refused just now, and waits once more.
    AtomicInteger minutes = new AtomicInteger(2 * LONGEST_WAIT_MINUTES);
    await()
        .atMost(SOON)
        .until(
            () -> {
              if (minutes.getAndDecrement() > 0) {
                pass(Duration.ofMinutes(1));
              }
              return value("longshore_notifications_failing_channels") == 0
                  && value("longshore_outbox_oldest_seconds") < 600;
            });
    phases.add(new Phase(scrape(), scrape()));

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAlertingChannelsFailing");
    assertThatItFiresInTheSecondPhaseAlone("LongshoreAlertingMessagesWaiting");
  }

  @Test
  void configurationBrokenWhileAChangedFileCannotBeTaken() throws Exception {
    routing("nonsense: true");
    alerting.reload();
    phase("longshore_config_last_reload_successful", "0.0");
    routing("");
    alerting.reload();
    phase("longshore_config_last_reload_successful", "1.0");

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAlertingConfigurationBroken");
  }

  @Test
  void downWhileAlertingDoesNotAnswer() throws Exception {
    alerting.close();
    assertThat(scrape()).isEmpty();
    phases.add(new Phase(scrape(), scrape()));
    serve("");
    phase("longshore_source_up", "1.0");

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAlertingDown");
  }

  @Test
  void downWhilePrometheusKnowsNoAlerting() throws Exception {
    phases.add(Phase.WITHOUT_TARGET);
    phases.add(phases.getFirst());

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAlertingDown");
  }

  @Test
  void evaluationsMissedWhileAGroupTakesLongerThanItsInterval() throws Exception {
    String missed = "longshore_rule_group_iterations_missed_total";
    CountDownLatch slow = new CountDownLatch(1);
    prometheus.answers(
        _ -> {
          awaitQuietly(slow);
          return Reply.vector();
        });
    Map<String, String> begin = scrape();
    await().atMost(SOON).until(() -> value(missed) > value(begin, missed) + 1);
    phases.add(new Phase(begin, scrape()));
    slow.countDown();
    steady(missed);

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAlertingEvaluationsMissed");
  }

  @Test
  void stateNotSavedWhileTheDatabaseCannotBeWritten() throws Exception {
    String url = "jdbc:sqlite:" + folder.resolve("state/longshore.db");
    try (Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      statement.execute("begin immediate");
      post("PodDown");
      phase("longshore_state_failing", "1.0");
    }
    phase("longshore_state_failing", "0.0");

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAlertingStateNotSaved");
  }

  @Test
  void clusterRulesUnseenWhileTheApiServerIsAway() throws Exception {
    phases.clear();
    alerting.close();
    try (PodServer server = new PodServer();
        TcpRelay relay = TcpRelay.start(server.url())) {
      Path kubeconfig = folder.resolve("kubeconfig");
      PodServer.writeKubeconfig(kubeconfig, relay.url());
      serve("kubernetes: {enabled: true, kubeconfig: \"%s\"}".formatted(kubeconfig));
      phase("longshore_cluster_rules_watching", "1.0");
      relay.away(true);
      phase("longshore_cluster_rules_watching", "0.0");
      relay.away(false);
      phase("longshore_cluster_rules_watching", "1.0");
    }

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAlertingClusterRulesUnseen");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void post(String alertName) throws IOException, InterruptedException {
    var posted =
        http.send(
            HttpRequest.newBuilder(api.resolve("/api/v2/alerts"))
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "[{\"labels\": {\"alertname\": \"%s\"}}]".formatted(alertName)))
                .build(),
            BodyHandlers.ofString());
    assertThat(posted.statusCode()).isEqualTo(200);
  }

  private void pass(Duration duration) {
    clock.passedMillis.addAndGet(duration.toMillis());
  }

  /// Keeps the metrics as they are once those of a name have a value.
  private void phase(String name, String value) {
    await().atMost(SOON).until(() -> value(name) == Double.parseDouble(value));
    steady(name);
  }

  private void steady(String name) {
    await()
        .atMost(SOON)
        .until(
            () -> {
              double before = value(name);
              double evaluations = value("longshore_rule_evaluations_total");
              await()
                  .atMost(SOON)
                  .until(() -> value("longshore_rule_evaluations_total") > evaluations + 1);
              return value(name) == before;
            });
    phases.add(new Phase(scrape(), scrape()));
  }

  private double value(String name) {
    return value(scrape(), name);
  }

  private static double value(Map<String, String> scrape, String name) {
    return scrape.entrySet().stream()
        .filter(it -> it.getKey().equals(name) || it.getKey().startsWith(name + "{"))
        .mapToDouble(it -> Double.parseDouble(it.getValue()))
        .sum();
  }

  private Map<String, String> scrape() {
    Map<String, String> values = new LinkedHashMap<>();
    String page;
    try {
      page =
          http.send(
                  HttpRequest.newBuilder(api.resolve("/metrics")).build(), BodyHandlers.ofString())
              .body();
    } catch (IOException e) {
      return values;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    for (String line : page.lines().toList()) {
      int space = line.lastIndexOf(' ');
      if (line.startsWith("longshore_") && space > 0) {
        values.put(line.substring(0, space), line.substring(space + 1));
      }
    }
    return values;
  }

  private void assertThatItFiresInTheSecondPhaseAlone(String alert) throws Exception {
    assertThat(phases).hasSize(3);
    Path rules = folder.resolve("alerts.yaml");
    Files.writeString(
        rules,
        Files.readString(new Chart("longshore-alerting").folder().resolve("alerts.yaml"))
            .replace("[[job]]", "logging/longshore-alerting"));
    List<Map<String, Object>> series = new ArrayList<>();
    for (String name : phases.getFirst().end().keySet()) {
      StringBuilder values = new StringBuilder();
      phases.forEach(phase -> values.append(values(phase, name)).append(' '));
      series.add(Map.of("series", labelled(name), "values", values.toString().strip()));
    }
    series.add(
        Map.of(
            "series",
            labelled("up"),
            "values",
            String.join(" ", phases.stream().map(Phase::up).toList())));
    List<Map<String, Object>> asked = new ArrayList<>();
    for (int phase = 0; phase < phases.size(); phase++) {
      Map<String, Object> at = new LinkedHashMap<>();
      at.put("expr", "count(ALERTS{alertname=\"" + alert + "\",alertstate=\"firing\"})");
      // A phase has one sample more than its multiplier says; the last of it is what counts.
      at.put("eval_time", ((phase + 1) * (SAMPLES + 1) - 1) * 30 + "s");
      at.put("exp_samples", phase == 1 ? List.of(Map.of("labels", "{}", "value", 1)) : List.of());
      asked.add(at);
    }
    Path tests = folder.resolve("tests.json");
    new ObjectMapper()
        .writeValue(
            tests.toFile(),
            Map.of(
                "rule_files",
                List.of(rules.toString()),
                "evaluation_interval",
                "30s",
                "tests",
                List.of(
                    Map.of("interval", "30s", "input_series", series, "promql_expr_test", asked))));
    Process promtool =
        new ProcessBuilder("promtool", "test", "rules", tests.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(promtool.exitValue()).as("%s: %s", alert, output).isZero();
  }

  /// From one scrape to the other: what counts rises by the same with each sample.
  private static String values(Phase phase, String name) {
    String begin = phase.begin.get(name);
    String end = phase.end.get(name);
    if (begin == null || end == null || begin.equals("NaN") || end.equals("NaN")) {
      return "_x" + (SAMPLES + 1);
    }
    BigDecimal step =
        new BigDecimal(end)
            .subtract(new BigDecimal(begin))
            .divide(BigDecimal.valueOf(SAMPLES), MathContext.DECIMAL32)
            .max(BigDecimal.ZERO);
    return new BigDecimal(begin).toPlainString() + "+" + step.toPlainString() + "x" + SAMPLES;
  }

  /// With the labels that the ServiceMonitor adds.
  private static String labelled(String series) {
    int brace = series.indexOf('{');
    if (brace < 0) {
      return series + "{" + LABELS + "}";
    }
    String own = series.substring(brace + 1, series.length() - 1);
    return series.substring(0, brace + 1) + (own.endsWith(",") ? own : own + ",") + LABELS + "}";
  }
}
