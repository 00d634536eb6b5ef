package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.Agent;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.BulkSink;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.RecordedExit;
import dev.longshore.testkit.SinkAnswer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An alert of the chart on the agent fires by the fault that it names, and ends with it: a real
/// agent's metrics before, during and after the fault, each held for a while of Prometheus' time,
/// under the chart's own rules in promtool.
@SuppressWarnings("NullAway.Init") // each test starts its agent with its own settings
class AgentAlertsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String LABELS =
      "job=\"logging/longshore-agent\",node=\"node-1\",namespace=\"logging\",pod=\"agent-x\"";

  /// Samples of a phase: 45 minutes, longer than any alert waits.
  private static final int SAMPLES = 90;

  @TempDir Path folder;
  private BulkSink sink;
  private Supervisor supervisor;
  private Agent agent;
  private URI ops;
  private Path log;
  private final RecordedExit exit = new RecordedExit();
  private final List<Map<String, String>> phases = new ArrayList<>();

  @BeforeEach
  void make() throws IOException {
    sink = BulkSink.counting();
    log = folder.resolve("pods/shop_checkout-7d9f_0f1e2d3c-4b5a/app/0.log");
    Files.createDirectories(log.getParent());
    Files.writeString(log, "2026-11-23T06:00:00.000000001Z stdout F paid\n");
  }

  @AfterEach
  void stop() {
    agent.close();
    sink.close();
    assertThat(exit.codes()).isEmpty();
  }

  @Test
  void notReadyWhileTheCredentialsAreRefused() throws Exception {
    start("1MiB");
    healthy();

    sink.answerOthers(_ -> SinkAnswer.Refusal.of(401, "security_exception"));
    append(1);
    phase("longshore_ready{check=\"elasticsearch\",}", "0.0");
    sink.answerOthers(_ -> new SinkAnswer.Success());
    phase("longshore_ready{check=\"elasticsearch\",}", "1.0");

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAgentNotReady");
  }

  @Test
  void bufferFullAndNotShippingWhileElasticsearchTakesNothing() throws Exception {
    start("1MiB");
    healthy();

    sink.answerOthers(_ -> SinkAnswer.Refusal.of(503, "unavailable"));
    // One container would be stopped by its share of the buffer before.
    for (int pod = 0; pod < 60; pod++) {
      log = folder.resolve("pods/shop_order-%d_0f1e2d3c-4b5a/app/0.log".formatted(pod));
      Files.createDirectories(log.getParent());
      Files.createFile(log);
      append(20_000);
    }
    await()
        .atMost(SOON)
        .until(() -> isPositive("longshore_agent_reading_paused{reason=\"buffer_full\",}"));
    phases.add(scrape());
    sink.answerOthers(_ -> new SinkAnswer.Success());
    await().atMost(Duration.ofMinutes(2)).until(() -> sink.items() > 60 * 20_000);
    phase("longshore_agent_buffer_pending_blocks", "0.0");

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAgentBufferFull");
    assertThatItFiresInTheSecondPhaseAlone("LongshoreAgentNotShipping");
  }

  @Test
  void diskFullWhileThereIsLessThanTheFloorOfFreeSpace() throws Exception {
    start("1MiB");
    healthy();
    agent.close();

    start("16TiB");
    append(1);
    phase("longshore_agent_reading_paused{reason=\"below_min_free\",}", "1.0");
    assertThat(get("/readyz")).contains("is below buffer.minFree 16TiB");
    agent.close();
    start("1MiB");
    phase("longshore_agent_reading_paused{reason=\"below_min_free\",}", "0.0");

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAgentDiskFull");
  }

  @Test
  void stuckWhileAThreadMakesNoTurns() throws Exception {
    start("1MiB");
    SupervisedThread thread =
        supervisor.platform(
            "stuck", Duration.ofNanos(1), new java.util.concurrent.CountDownLatch(1)::await);
    healthy();

    thread.start();
    phase("longshore_thread_stuck{thread=\"stuck\",}", "1.0");
    assertThat(get("/healthz")).contains("thread stuck is stuck");
    thread.interrupt();
    phase("longshore_thread_stuck{thread=\"stuck\",}", "0.0");

    assertThatItFiresInTheSecondPhaseAlone("LongshoreAgentStuck");
  }

  private void start(String minFree) throws IOException {
    int port = FreePorts.one();
    ops = URI.create("http://127.0.0.1:" + port);
    Path config = folder.resolve("agent.yaml");
    Files.writeString(
        config,
        """
        node:
          name: node-1
        tail:
          paths: ["%s/pods/*/*/*.log"]
        kubernetes:
          enabled: false
        elasticsearch:
          urls: ["%s"]
        buffer:
          dir: "%s"
          maxSize: 16MiB
          minFree: %s
        ops:
          listen: "127.0.0.1:%d"
        """
            .formatted(folder, sink.url(), folder.resolve("buffer"), minFree, port));
    supervisor = new Supervisor(Clock.system(), exit);
    agent = Agent.of(AgentConfig.load(config, Map.of()), Clock.system(), supervisor);
    agent.start();
  }

  private void append(int lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append("2026-11-23T06:00:01.000000001Z stdout F paid order ").append(i).append("\n");
    }
    Files.writeString(log, text, java.nio.file.StandardOpenOption.APPEND);
  }

  private void healthy() {
    await().atMost(SOON).until(() -> sink.items() > 0);
    phase("longshore_ready{check=\"elasticsearch\",}", "1.0");
  }

  /// Keeps the metrics as they are once a series has a value.
  private void phase(String series, String value) {
    await().atMost(SOON).until(() -> value.equals(scrape().get(series)));
    phases.add(scrape());
  }

  private boolean isPositive(String series) {
    return Double.parseDouble(scrape().getOrDefault(series, "0")) > 0;
  }

  private String get(String page) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(ops.resolve(page)).build(), BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Map<String, String> scrape() {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : get("/metrics").lines().toList()) {
      int space = line.lastIndexOf(' ');
      if (line.startsWith("longshore_") && space > 0) {
        values.put(line.substring(0, space), line.substring(space + 1));
      }
    }
    return values;
  }

  private void assertThatItFiresInTheSecondPhaseAlone(String alert) throws Exception {
    Path rules = folder.resolve("alerts.yaml");
    Files.writeString(
        rules,
        Files.readString(new Chart("longshore-agent").folder().resolve("alerts.yaml"))
            .replace("[[job]]", "logging/longshore-agent"));
    List<Map<String, Object>> series = new ArrayList<>();
    for (String name : phases.getFirst().keySet()) {
      StringBuilder values = new StringBuilder();
      for (Map<String, String> phase : phases) {
        String value = phase.get(name);
        values.append(value == null ? "_" : number(value)).append("x").append(SAMPLES).append(" ");
      }
      series.add(Map.of("series", labelled(name), "values", values.toString().strip()));
    }
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

  private static String number(String value) {
    return value.equals("NaN") ? "_" : new java.math.BigDecimal(value).toPlainString();
  }

  /// With the labels that the PodMonitor adds; a label of the agent's own goes before.
  private static String labelled(String series) {
    int brace = series.indexOf('{');
    if (brace < 0) {
      return series + "{" + LABELS + "}";
    }
    String own = series.substring(brace + 1, series.length() - 1);
    StringBuilder added = new StringBuilder();
    for (String label : LABELS.split(",", -1)) {
      if (!own.contains(label.substring(0, label.indexOf('=') + 1))) {
        added.append(",").append(label);
      }
    }
    return series.substring(0, brace + 1)
        + (own.endsWith(",") ? own.substring(0, own.length() - 1) : own)
        + added
        + "}";
  }
}
