package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.Agent;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.BulkSink;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.RecordedExit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An agent in this process with a log of its own and a sink in place of Elasticsearch, and its
/// metrics over time. It can be ended and started again, as another pod too.
final class RunningAgent implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(60);

  private static final String PROCESS_START = "process_start_time_seconds";
  private static final String SEARCHABLE = "longshore_agent_searchable_timestamp_seconds";

  /// In it whatever goes on has gone on: a healthy agent knows of its files each second.
  private static final Duration GOES_ON = Duration.ofSeconds(6);

  final BulkSink sink = BulkSink.remembering();
  final AlertTimeline alerts;

  private final Path folder;
  private final RecordedExit exit = new RecordedExit();
  private final HttpClient http = HttpClient.newHttpClient();
  private Path log;
  private String pod = "agent-x";
  private URI ops = URI.create("http://127.0.0.1:1");
  private Supervisor supervisor = new Supervisor(Clock.system(), exit);
  private double startedEpochSeconds;
  private @Nullable Agent agent;

  /// With one line in its log, not started.
  RunningAgent(Path folder) throws IOException {
    this.folder = folder;
    alerts = new AlertTimeline(folder);
    log = useLog("checkout-7d9f");
    line("paid");
  }

  /// What goes beyond the defaults of these tests, as lines of the configuration.
  ///
  /// @param minFree `buffer.minFree`
  /// @param tail further members of `tail`, in YAML's flow style, each with a comma before it
  /// @param kubernetes the section `kubernetes`, in YAML's flow style
  record Settings(String minFree, String tail, String kubernetes) {
    static final Settings DEFAULT = new Settings("1MiB", "", "{enabled: false}");
  }

  void start(Settings settings) throws IOException {
    ops = URI.create("http://127.0.0.1:" + FreePorts.one());
    Path config = writeConfig(settings, ops);
    startedEpochSeconds = epochSeconds();
    supervisor = new Supervisor(Clock.system(), exit);
    agent = Agent.of(AgentConfig.load(config, Map.of()), Clock.system(), supervisor);
    agent.start();
  }

  void start() throws IOException {
    start(Settings.DEFAULT);
  }

  Path writeConfig(Settings settings, URI listen) throws IOException {
    Path config = folder.resolve("agent.yaml");
    Files.writeString(
        config,
        """
        node:
          name: node-1
        tail: {paths: ["%s/pods/*/*/*.log"]%s}
        kubernetes: %s
        elasticsearch:
          urls: ["%s"]
        buffer:
          dir: "%s"
          maxSize: 16MiB
          minFree: %s
        ops:
          listen: "%s"
        """
            .formatted(
                folder,
                settings.tail,
                settings.kubernetes,
                sink.url(),
                bufferFolder(),
                settings.minFree,
                listen.getAuthority()));
    return config;
  }

  Path bufferFolder() {
    return folder.resolve("buffer");
  }

  Path log() {
    return log;
  }

  Supervisor supervisor() {
    return supervisor;
  }

  /// The next metrics are those of a pod that replaced the one before.
  void replacedBy(String newPod) {
    pod = newPod;
  }

  void stop() {
    if (agent != null) {
      agent.close();
      agent = null;
    }
  }

  /// Writes to the log of another container from now on.
  Path useLog(String podOfLog) throws IOException {
    log =
        folder.resolve(
            "pods/shop_%s_0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/app/0.log".formatted(podOfLog));
    Files.createDirectories(log.getParent());
    if (!Files.exists(log)) {
      Files.createFile(log);
    }
    return log;
  }

  void line(String message) throws IOException {
    append(message, 1);
  }

  void append(String message, int lines) throws IOException {
    String second = Clock.system().now().truncatedTo(ChronoUnit.SECONDS).toString();
    String prefix = second.substring(0, second.length() - 1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append(prefix).append(".%09dZ stdout F ".formatted(i));
      text.append(message).append(' ').append(i).append('\n');
    }
    Files.writeString(log, text, StandardOpenOption.APPEND);
  }

  /// Holds the metrics for 45 minutes, as they are once the agent has delivered something.
  void healthy() {
    untilHealthy();
    phase(AlertTimeline.LONG);
  }

  void untilHealthy() {
    await().atMost(SOON).until(() -> sink.items() > 0);
    until("longshore_ready{check=\"elasticsearch\",}", "1.0");
  }

  /// Holds the metrics for 45 minutes, as they are once a series has a value.
  void phase(String series, String value) {
    phase(series, value, AlertTimeline.LONG);
  }

  void phase(String series, String value, Duration length) {
    until(series, value);
    phase(length);
  }

  void until(String series, String value) {
    await().atMost(SOON).until(() -> value.equals(scrape().values().get(series)));
  }

  void untilPositive(String series) {
    await().atMost(SOON).until(() -> value(series) > 0);
  }

  /// Holds the metrics as they are now.
  void phase(Duration length) {
    AlertTimeline.Scrape scrape = scrape();
    alerts.answers(pod, scrape, scrape, length);
  }

  /// Waits until all that was written by now can be found.
  void untilSearchable() {
    double since = epochSeconds();
    await().atMost(SOON).until(() -> value(SEARCHABLE) > since);
  }

  /// Holds the metrics for 45 minutes, in which points in time and ages go on as they do now.
  void phaseInTime() throws InterruptedException {
    Clock.system().sleep(GOES_ON);
    AlertTimeline.Scrape first = scrape();
    Clock.system().sleep(GOES_ON);
    alerts.answers(pod, first, scrape(), AlertTimeline.LONG);
  }

  double value(String series) {
    return Double.parseDouble(scrape().values().getOrDefault(series, "0"));
  }

  AlertTimeline.Scrape scrape() {
    AlertTimeline.Scrape scrape = scrape(get("/metrics"));
    // This process is older than the agent.
    scrape.values().computeIfPresent(PROCESS_START, (_, _) -> String.valueOf(startedEpochSeconds));
    return scrape;
  }

  /// What Prometheus takes of a page of metrics at this moment.
  static AlertTimeline.Scrape scrape(String page) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : page.lines().toList()) {
      int space = line.lastIndexOf(' ');
      if ((line.startsWith("longshore_") || line.startsWith(PROCESS_START)) && space > 0) {
        values.put(line.substring(0, space), line.substring(space + 1));
      }
    }
    return new AlertTimeline.Scrape(epochSeconds(), values);
  }

  private static double epochSeconds() {
    return Clock.system().epochMillis() / 1e3;
  }

  /// A page of the ops port; empty while it does not answer.
  String get(String page) {
    try {
      return http.send(HttpRequest.newBuilder(ops.resolve(page)).build(), BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Asserts that an alert fires in the second of three phases alone.
  void assertFiresInTheSecondPhaseAlone(String alert) throws Exception {
    alerts.assertFiring(alert, false, true, false);
  }

  @Override
  public void close() {
    stop();
    sink.close();
    http.close();
    assertThat(exit.codes()).isEmpty();
  }
}
