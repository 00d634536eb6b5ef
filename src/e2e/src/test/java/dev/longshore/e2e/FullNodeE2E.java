package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.BulkSink;
import dev.longshore.testkit.BulkSink.BulkRequest;
import dev.longshore.testkit.MemoryGroup;
import dev.longshore.testkit.PodServer;
import dev.longshore.testkit.ProductJava;
import dev.longshore.testkit.ProjectFolder;
import dev.longshore.testkit.SinkAnswer;
import dev.longshore.testkit.TcpRelay;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node at its limits, shipped by one agent process with its own JVM flags in the memory that the
/// chart gives it: the process lives on, and each line is indexed once.
final class FullNodeE2E {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int KUBELETS_MAX_PODS = 110;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter ROTATED =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /// What each written line has, with a number of its own.
  private static final Pattern TOKEN = Pattern.compile("token-\\d+;");

  @TempDir Path folder;

  private final BulkSink sink = BulkSink.remembering();

  /// The ids under which a token was taken.
  private final Map<String, Set<String>> idsByToken = new ConcurrentHashMap<>();

  private Instant now = Instant.parse("2026-11-23T05:48:55Z");
  private int tokens;
  private String peakResident = "unknown";
  private final int limitMiB = memoryOfTheChart();
  private final MemoryGroup group = MemoryGroup.limitedTo((long) limitMiB << 20);

  FullNodeE2E() throws IOException {
    answer(new SinkAnswer.Success());
  }

  @AfterEach
  void close() {
    sink.close();
    group.close();
  }

  @Test
  void ships110ContainersWithARotatedGzipAndALiveFileEach() throws Exception {
    for (int pod = 0; pod < KUBELETS_MAX_PODS; pod++) {
      Path container = container("shop_checkout-" + pod + "_0a1b");
      try (OutputStream out = rotated(container, true)) {
        lines(out, 1_000);
      }
      try (OutputStream out = live(container)) {
        lines(out, 20);
      }
    }
    try (AgentProcess agent = start(home(sinkUrl(), "enabled: false"))) {
      assertEveryLineOnce(agent, "110 containers with a .gz each");
    }
  }

  @Test
  void ships60ContainersWithRecordsOfAMegabyteWholeAndOpen() throws Exception {
    byte[] whole = "x".repeat(930_000).getBytes(StandardCharsets.US_ASCII);
    byte[] part = "y".repeat(16 * 1024).getBytes(StandardCharsets.US_ASCII);
    for (int pod = 0; pod < 60; pod++) {
      try (OutputStream out = live(container("shop_export-" + pod + "_0a1b"))) {
        for (int record = 0; record < 3; record++) {
          line(out, "F", token(), whole);
        }
        line(out, "P", token(), part);
        for (int more = 1; more < 60; more++) {
          line(out, "P", "", part);
        }
      }
    }
    try (AgentProcess agent = start(home(sinkUrl(), "enabled: false"))) {
      within(agent, () -> assertThat(idsByToken.size()).isGreaterThanOrEqualTo(3 * 60));
      for (int pod = 0; pod < 60; pod++) {
        try (OutputStream out = live(container("shop_export-" + pod + "_0a1b"))) {
          line(out, "F", "", "the end".getBytes(StandardCharsets.US_ASCII));
        }
      }
      assertEveryLineOnce(agent, "60 containers with records of 1 MB");
    }
  }

  @Test
  void ships200DataStreamsWhenElasticsearchWasAwayAndThenSlow() throws Exception {
    try (PodServer pods = new PodServer();
        TcpRelay relay = TcpRelay.start(sink.url())) {
      pods.writeKubeconfig(folder.resolve("kubeconfig"));
      for (int stream = 0; stream < 200; stream++) {
        String name = "team-" + stream;
        String uid = pods.create(pod(name, "team_" + stream));
        try (OutputStream out = live(container("shop_" + name + "_" + uid))) {
          lines(out, 1_000);
        }
      }
      relay.away(true);
      AgentHome home =
          home(
              relay.url().toString(), "kubeconfig: \"%s\"".formatted(folder.resolve("kubeconfig")));
      try (AgentProcess agent = start(home)) {
        within(agent, () -> assertThat(agent.get("/status")).contains("team-199"));
        answer(new SinkAnswer.Delayed(Duration.ofSeconds(5), new SinkAnswer.Success()));
        relay.away(false);
        within(agent, () -> assertThat(sink.requests()).isGreaterThan(4));
        answer(new SinkAnswer.Success());
        assertEveryLineOnce(agent, "200 data streams");
        assertThat(dataStreams()).hasSize(200);
      }
    }
  }

  @Test
  void shipsAThousandGenerationsInOneFolder() throws Exception {
    Path container = container("shop_restless_0a1b");
    for (int generation = 0; generation < 999; generation++) {
      try (OutputStream out = rotated(container, generation % 2 == 0)) {
        lines(out, 3);
      }
    }
    try (OutputStream out = live(container)) {
      lines(out, 3);
    }
    try (AgentProcess agent = start(home(sinkUrl(), "enabled: false"))) {
      assertEveryLineOnce(agent, "1,000 generations");
    }
  }

  private void assertEveryLineOnce(AgentProcess agent, String what) throws IOException {
    within(agent, () -> assertThat(idsByToken.size()).isEqualTo(tokens));
    assertThat(agent.terminate(Duration.ofSeconds(30))).as(agent.log()).isZero();
    assertThat(idsByToken.values().stream().filter(ids -> ids.size() > 1).limit(10))
        .as("lines with two ids")
        .isEmpty();
    assertThat(agent.log()).doesNotContain("OutOfMemoryError");
    System.out.printf(
        "%s: %d lines, peak %s resident, %s in the cgroup%n",
        what,
        tokens,
        peakResident,
        group.peakBytes().isPresent() ? group.peakBytes().getAsLong() / 1024 + " kB" : "unknown");
  }

  private interface Check {
    void run() throws IOException;
  }

  private void within(AgentProcess agent, Check check) {
    await()
        .atMost(PATIENCE)
        .failFast(() -> assertThat(agent.isAlive()).as(agent::log).isTrue())
        .ignoreExceptionsInstanceOf(IOException.class)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(
            () -> {
              notePeak(agent);
              check.run();
            });
  }

  private void notePeak(AgentProcess agent) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + agent.pid() + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        peakResident = line.substring("VmHWM:".length()).strip();
      }
    }
  }

  private void answer(SinkAnswer answer) {
    sink.answerOthers(
        request -> {
          note(request);
          return answer;
        });
  }

  private Set<String> dataStreams() {
    Set<String> streams = new TreeSet<>();
    idsByToken
        .values()
        .forEach(ids -> ids.forEach(id -> streams.add(id.substring(0, id.indexOf('/')))));
    return streams;
  }

  private void note(BulkRequest request) {
    for (BulkSink.Item item : request.content()) {
      Matcher token = TOKEN.matcher(item.document());
      if (token.find()) {
        idsByToken
            .computeIfAbsent(token.group(), _ -> ConcurrentHashMap.newKeySet())
            .add(item.dataStream() + "/" + item.id());
      }
    }
  }

  private String sinkUrl() {
    return sink.url().toString();
  }

  private AgentHome home(String elasticsearch, String kubernetes) throws IOException {
    return new AgentHome(
        folder,
        """
        node: {name: worker-1}
        tail: {paths: ["%s/pods/*/*/*.log"]}
        kubernetes: {%s}
        elasticsearch: {urls: ["%s"]}
        policy: {maxDataStreams: 250}
        """
            .formatted(folder, kubernetes, elasticsearch));
  }

  /// Starts the agent in a memory cgroup with the chart's limit, and has the JVM see it.
  private AgentProcess start(AgentHome home) throws IOException {
    return home.start(
        group.prefix(), List.of("-XX:MaxRAM=" + limitMiB + "m", ProductJava.BOTH_COMPILERS));
  }

  /// The memory limit of the chart's container, in MiB.
  private static int memoryOfTheChart() throws IOException {
    String values =
        Files.readString(ProjectFolder.find().resolve("deploy/charts/longshore-agent/values.yaml"));
    Matcher limit =
        Pattern.compile("(?s)\nresources:.*?limits:\\s+memory: (\\d+)Mi").matcher(values);
    assertThat(limit.find()).as("the chart's memory limit").isTrue();
    return Integer.parseInt(limit.group(1));
  }

  private static Pod pod(String name, String dataset) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("shop")
        .addToAnnotations("longshore.dev/dataset", dataset)
        .endMetadata()
        .withNewSpec()
        .withNodeName("worker-1")
        .addNewContainer()
        .withName("app")
        .endContainer()
        .endSpec()
        .build();
  }

  private Path container(String pod) throws IOException {
    return Files.createDirectories(folder.resolve("pods").resolve(pod).resolve("app"));
  }

  private static OutputStream live(Path container) throws IOException {
    return new BufferedOutputStream(
        Files.newOutputStream(
            container.resolve("0.log"), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  private OutputStream rotated(Path container, boolean gzip) throws IOException {
    now = now.plusSeconds(1);
    String name = "0.log." + ROTATED.format(now) + (gzip ? ".gz" : "");
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(container.resolve(name)));
    return gzip ? new GZIPOutputStream(out) : out;
  }

  private void lines(OutputStream out, int count) throws IOException {
    byte[] rest = "GET /cart 200 ".repeat(20).getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < count; i++) {
      line(out, "F", token(), rest);
    }
  }

  private String token() {
    return "token-" + tokens++ + "; ";
  }

  private void line(OutputStream out, String flag, String begin, byte[] rest) throws IOException {
    now = now.plusNanos(1_000);
    String head = STAMP.format(now) + " stdout " + flag + " " + begin;
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(rest);
    out.write('\n');
  }
}
