package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.Search;
import dev.longshore.shared.units.DataSize;
import dev.longshore.shared.units.Durations;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.MachineLoad;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A container with a backlog delays itself alone: the lines of all others are found on time.
///
/// `-Dlongshore.fairness.backlog=1GiB` and `-Dlongshore.fairness.for=2m` make it larger and longer.
final class FairnessE2E {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);
  private static final DataSize BACKLOG =
      DataSize.parse(System.getProperty("longshore.fairness.backlog", "150MiB"));
  private static final Duration WRITING =
      Durations.parse(System.getProperty("longshore.fairness.for", "20s"));
  private static final int CONTAINERS = 50;
  private static final int LINES = CONTAINERS * Math.toIntExact(WRITING.toSeconds());
  private static final Duration ON_TIME = Duration.ofSeconds(5);

  @TempDir Path folder;

  private final ObjectMapper json = new ObjectMapper();
  private final Elastic elastic =
      new Elastic(ElasticsearchServer.shared().config(), Clock.system());
  private final Search search = new Search(elastic);
  private final String dataStream =
      "logs-kubernetes.container_logs-fairness_" + Long.toString(System.nanoTime(), 36);
  private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();

  /// By the number of the line, in [System#nanoTime].
  private final AtomicLongArray writtenNanos = new AtomicLongArray(LINES);

  private final long[] foundNanos = new long[LINES];
  private final AtomicInteger written = new AtomicInteger();
  private int found;

  @AfterEach
  void close() {
    writer.shutdownNow();
    elastic.close();
  }

  @Test
  void fiftyContainersAreOnTimeWhileOneHasABacklog() throws Exception {
    writeBacklog();
    AgentHome home =
        new AgentHome(
            folder,
            """
            tail:
              paths: ["%s/pods/*/*/*.log"]
            kubernetes:
              enabled: false
            elasticsearch:
              urls: ["%s"]
              dataStream: %s
            """
                .formatted(folder, ElasticsearchServer.shared().url(), dataStream));
    long leftBytes;
    Duration ran;
    try (MachineLoad _ = MachineLoad.measured();
        AgentProcess agent = home.start()) {
      await()
          .ignoreExceptionsInstanceOf(IOException.class)
          .atMost(Duration.ofSeconds(60))
          .until(() -> search.count(dataStream, "*") > 0);
      long beginNanos = System.nanoTime();
      ScheduledFuture<?> writing =
          writer.scheduleAtFixedRate(
              this::writeLine, 0, 1_000_000 / CONTAINERS, TimeUnit.MICROSECONDS);
      await()
          .ignoreExceptionsInstanceOf(IOException.class)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(200))
          .atMost(WRITING.plus(Duration.ofSeconds(90)))
          .until(
              () -> {
                look();
                return found == LINES || (writing.isDone() && written.get() < LINES);
              });
      assertThat(found).as("lines that were found").isEqualTo(LINES);
      ran = Duration.ofNanos(System.nanoTime() - beginNanos);
      leftBytes = backlogBytes(agent);
      assertThat(leftBytes).as("what the backlog has left, in bytes").isPositive();
    }
    long[] lateNanos = new long[LINES];
    Arrays.setAll(lateNanos, n -> foundNanos[n] - writtenNanos.get(n));
    Arrays.sort(lateNanos);
    Duration p99 = percentile(lateNanos, 0.99);
    System.out.printf(
        "beside a backlog of %s, of which %d MiB went in %d s, %d lines of %d containers were found after p50 %d ms, p99 %d ms, at most %d ms%n",
        BACKLOG,
        (BACKLOG.bytes() - leftBytes) >> 20,
        ran.toSeconds(),
        LINES,
        CONTAINERS,
        percentile(lateNanos, 0.5).toMillis(),
        p99.toMillis(),
        percentile(lateNanos, 1).toMillis());
    assertThat(p99).as("from write to searchable").isLessThan(ON_TIME);
  }

  private static Duration percentile(long[] sortedNanos, double share) {
    return Duration.ofNanos(sortedNanos[(int) Math.ceil(sortedNanos.length * share) - 1]);
  }

  private Path log(String pod) throws IOException {
    Path container =
        Files.createDirectories(folder.resolve("pods").resolve("shop_" + pod + "_0a1b/app"));
    return container.resolve("0.log");
  }

  private void writeBacklog() throws IOException {
    String begin = STAMP.format(Instant.now()) + " stdout F GET /cart/";
    String rest =
        " HTTP/1.1 200 5316 \"https://shop.example/checkout\" \"Mozilla/5.0 (X11; Linux x86_64)\" 0.013\n";
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(log("importer-5b6c")))) {
      long bytes = 0;
      for (long n = 0; bytes < BACKLOG.bytes(); n++) {
        byte[] line = (begin + n + rest).getBytes(StandardCharsets.US_ASCII);
        out.write(line);
        bytes += line.length;
      }
    }
  }

  /// The next line of the next container; the last one ends it.
  private void writeLine() {
    int number = written.get();
    if (number == LINES) {
      throw new IllegalStateException("all lines are written");
    }
    String line = STAMP.format(Instant.now()) + " stdout F parcel " + number + "\n";
    writtenNanos.set(number, System.nanoTime());
    try {
      Files.writeString(
          log("till-" + number % CONTAINERS),
          line,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    written.incrementAndGet();
  }

  /// Notes which lines are found now and were not before.
  private void look() throws IOException {
    search.each(
        Search.Query.all(dataStream, "message:parcel", "message"),
        hit -> {
          String message = String.valueOf(hit.text("message"));
          int number = Integer.parseInt(message.substring("parcel ".length()));
          if (foundNanos[number] == 0) {
            foundNanos[number] = System.nanoTime();
            found++;
          }
          return true;
        });
  }

  /// What is unread of the backlog, and what is read of it and not indexed.
  private long backlogBytes(AgentProcess agent) throws IOException {
    long bytes = 0;
    for (JsonNode container : json.readTree(agent.get("/status")).path("containers")) {
      if (container.path("pod").asText().startsWith("importer-")) {
        bytes += container.path("lagBytes").asLong() + container.path("bufferedBytes").asLong();
      }
    }
    return bytes;
  }
}
