package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.ProductJava;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// A storm of alerts, and the people and programs that look at it, do not end the process, which
/// runs with its own JVM flags in the memory that the chart gives it; and each group is told.
final class ManyAlertsE2E {
  private static final int ALERTS = 100_000;
  private static final int GROUPS = 100;

  /// As many as Prometheus sends at a time.
  private static final int BATCH = 256;

  private static final int SENDERS = 4;
  private static final int READERS = 16;

  /// Of a reader between two lists: half of what the page waits that shows as many.
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /// A probe of the kubelet may take 5 s by the chart.
  private static final Duration PROBE = Duration.ofSeconds(5);

  private static final Pattern GROUP = Pattern.compile("\"alertname\":\"Storm(\\d+)\"");

  @TempDir Path dir;

  private final Clock clock = Clock.system();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer webhook;
  private AlertingProcess alerting;
  private URI api;

  @BeforeEach
  void open() throws IOException, InterruptedException {
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.setExecutor(threads);
    webhook.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Matcher group = GROUP.matcher(body);
            if (group.find()) {
              told.add(group.group(1));
            }
            exchange.sendResponseHeaders(200, -1);
          }
        });
    webhook.start();
    int port = FreePorts.one();
    api = URI.create("http://127.0.0.1:" + port);
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        """
        route: {receiver: hook, group_by: [alertname], group_wait: 5s, group_interval: 30s}
        receivers:
          - name: hook
            webhook_configs: [{url: "http://127.0.0.1:%d/"}]
        """
            .formatted(webhook.getAddress().getPort()));
    Files.createDirectories(dir.resolve("rules"));
    Files.writeString(
        dir.resolve("alerting.yaml"),
        """
        rules: ["rules/*.yml"]
        routing: alertmanager.yml
        prometheus: [{name: main, url: "http://127.0.0.1:%d"}]
        state: {dir: "%s"}
        api: {listen: "127.0.0.1:%d"}
        """
            .formatted(FreePorts.one(), dir.resolve("state"), port));
    alerting =
        AlertingProcess.start(
                dir.resolve("alerting.yaml"),
                dir.resolve("log"),
                api,
                List.of("-XX:MaxRAM=" + memoryOfTheChart(), ProductJava.BOTH_COMPILERS),
                Map.of())
            .awaitReady();
  }

  /// What `resources.limits.memory` is by default, as the JVM writes it.
  private static String memoryOfTheChart() throws IOException {
    String values =
        Files.readString(
            ProjectFolder.find().resolve("deploy/charts/longshore-alerting/values.yaml"));
    Matcher limit = Pattern.compile("limits:\\s+memory: (\\d+)Mi").matcher(values);
    assertThat(limit.find()).isTrue();
    return limit.group(1) + "m";
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    alerting.close();
    webhook.stop(0);
    http.shutdownNow();
  }

  @Test
  void holdsAHundredThousandAlertsWhileSixteenLook(TestReporter reporter) throws Exception {
    AtomicInteger complete = new AtomicInteger();
    AtomicInteger busy = new AtomicInteger();
    AtomicLong readBytes = new AtomicLong();
    AtomicLong slowestProbe = new AtomicLong();
    for (int i = 0; i < READERS; i++) {
      String path = i % 2 == 0 ? "/api/v2/alerts" : "/api/v2/alerts/groups";
      var _ = threads.submit(() -> read(path, complete, busy, readBytes));
    }
    Future<?> probes = threads.submit(() -> probe(slowestProbe));

    long start = clock.nanoTime();
    postAll();
    long posted = clock.nanoTime();
    await()
        .atMost(PATIENCE)
        .until(() -> told.size() == GROUPS || !alerting.isAlive() || probes.isDone());
    int before = complete.get();
    await().atMost(PATIENCE).until(() -> complete.get() > before + 4 || !alerting.isAlive());

    assertThat(alerting.isAlive()).as(() -> tail(alerting.log())).isTrue();
    String peak = peakResident();
    reporter.publishEntry(
        "%d alerts posted in %d ms; %d complete lists (%d MiB), %d refused; peak %s; slowest probe %d ms"
            .formatted(
                ALERTS,
                Duration.ofNanos(posted - start).toMillis(),
                complete.get(),
                readBytes.get() >> 20,
                busy.get(),
                peak,
                slowestProbe.get()));
    assertThat(probes.isDone()).as("a probe failed").isFalse();
    assertThat(told).hasSize(GROUPS);
    assertThat(alerting.get("/metrics")).containsPattern("longshore_alerts_known 10000[01]");
    assertThat(slowestProbe.get()).isLessThan(PROBE.toMillis());
    assertThat(Long.parseLong(peak.replaceAll("\\D", "")))
        .as(peak)
        .isLessThan(Long.parseLong(memoryOfTheChart().replace("m", "")) * 1024);
  }

  private void postAll() throws Exception {
    List<Future<?>> senders = new ArrayList<>();
    AtomicInteger next = new AtomicInteger();
    for (int i = 0; i < SENDERS; i++) {
      senders.add(
          threads.submit(
              () -> {
                for (int from = next.getAndAdd(BATCH);
                    from < ALERTS;
                    from = next.getAndAdd(BATCH)) {
                  post(from);
                }
                return true;
              }));
    }
    for (Future<?> sender : senders) {
      sender.get();
    }
  }

  private void post(int from) throws IOException, InterruptedException {
    StringBuilder body = new StringBuilder("[");
    for (int i = from; i < Math.min(from + BATCH, ALERTS); i++) {
      body.append(i == from ? "" : ",").append(alert(i));
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(api + "/api/v2/alerts"))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body.append(']').toString()))
            .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    for (int i = 0; answer.statusCode() == 429 && i < 20; i++) {
      clock.sleep(Duration.ofMillis(500));
      answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    }
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static String alert(int i) {
    return """
    {"labels":{"alertname":"Storm%d","severity":"page","namespace":"shop-%d","pod":"checkout-%d-x7k2p","container":"app",
     "job":"kubelet","instance":"10.1.%d.%d:10250","cluster":"production"},
     "annotations":{"summary":"Pod shop-%d/checkout-%d-x7k2p restarts all the time",
     "description":"%s","runbook_url":"https://runbooks.example.com/storm"},
     "generatorURL":"http://prometheus.example.com/graph?g0.expr=increase%%28kube_pod_container_status_restarts_total%%5B15m%%5D%%29"}"""
        .formatted(
            i % GROUPS,
            i % 50,
            i,
            i / 250 % 250,
            i % 250,
            i % 50,
            i,
            "It was restarted. ".repeat(10));
  }

  private boolean read(
      String path, AtomicInteger complete, AtomicInteger busy, AtomicLong readBytes)
      throws Exception {
    byte[] buffer = new byte[64 << 10];
    while (true) {
      HttpResponse<InputStream> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(api + path)).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
          readBytes.addAndGet(read);
        }
      }
      if (answer.statusCode() == 200) {
        complete.incrementAndGet();
      } else {
        assertThat(answer.statusCode()).isIn(429, 503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        busy.incrementAndGet();
      }
      clock.sleep(PAUSE);
    }
  }

  private boolean probe(AtomicLong slowest) throws Exception {
    while (true) {
      long start = clock.nanoTime();
      HttpResponse<String> answer = alerting.send("GET", "/-/healthy", "");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      slowest.accumulateAndGet((clock.nanoTime() - start) / 1_000_000, Math::max);
      clock.sleep(Duration.ofMillis(200));
    }
  }

  private String peakResident() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + alerting.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .findFirst()
        .orElse("unknown")
        .replaceAll("\\s+", " ");
  }

  private static String tail(String log) {
    return log.substring(Math.max(0, log.length() - 4000));
  }
}
