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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A container with a backlog delays itself alone: the lines of all others are found while little
/// of it goes in, however fast the machine is. How long they took is printed.
///
/// `-Dlongshore.fairness.backlog=1GiB` and `-Dlongshore.fairness.for=2m` make it larger and longer.
final class FairnessE2E {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);
  private static final DataSize BACKLOG =
      DataSize.parse(System.getProperty("longshore.fairness.backlog", "150MiB"));
  private static final Duration WRITING =
      Durations.parse(System.getProperty("longshore.fairness.for", "10s"));
  private static final int CONTAINERS = 50;
  private static final int LINES = CONTAINERS * Math.toIntExact(WRITING.toSeconds());

  /// How much of the backlog may be found between a line's writing and its being found.
  private static final double OVERTAKEN = 0.25;

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

  /// By the number of the line, how many lines of the backlog were found when it was written, and
  /// then when it was found.
  private final AtomicLongArray backlogAtWriting = new AtomicLongArray(LINES);

  private final long[] backlogAtFinding = new long[LINES];
  private final AtomicLong backlogFound = new AtomicLong();
  private final AtomicInteger written = new AtomicInteger();
  private int found;

  @AfterEach
  void close() {
    writer.shutdownNow();
    elastic.close();
  }

  @Test
  void fiftyContainersAreOnTimeWhileOneHasABacklog() throws Exception {
    long backlogLines = writeBacklog();
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
    try (AgentProcess agent = home.start()) {
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
    double[] overtaken = new double[LINES];
    Arrays.setAll(
        overtaken, n -> (double) (backlogAtFinding[n] - backlogAtWriting.get(n)) / backlogLines);
    Arrays.sort(overtaken);
    double p99 = overtaken[percentile(0.99)];
    System.out.printf(
        "beside a backlog of %s, of which %d MiB went in %d s, %d lines of %d containers were found after p50 %d ms, p99 %d ms, at most %d ms, while p99 %.1f %% of it went in%n",
        BACKLOG,
        (BACKLOG.bytes() - leftBytes) >> 20,
        ran.toSeconds(),
        LINES,
        CONTAINERS,
        TimeUnit.NANOSECONDS.toMillis(lateNanos[percentile(0.5)]),
        TimeUnit.NANOSECONDS.toMillis(lateNanos[percentile(0.99)]),
        TimeUnit.NANOSECONDS.toMillis(lateNanos[percentile(1)]),
        p99 * 100);
    assertThat(p99).as("share of the backlog that overtook a line").isLessThan(OVERTAKEN);
  }

  private static int percentile(double share) {
    return (int) Math.ceil(LINES * share) - 1;
  }

  private Path log(String pod) throws IOException {
    Path container =
        Files.createDirectories(folder.resolve("pods").resolve("shop_" + pod + "_0a1b/app"));
    return container.resolve("0.log");
  }

  /// @return how many lines it has
  private long writeBacklog() throws IOException {
    String begin = STAMP.format(Instant.now()) + " stdout F GET /cart/";
    String rest =
        " HTTP/1.1 200 5316 \"https://shop.example/checkout\" \"Mozilla/5.0 (X11; Linux x86_64)\" 0.013\n";
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(log("importer-5b6c")))) {
      long bytes = 0;
      long n = 0;
      for (; bytes < BACKLOG.bytes(); n++) {
        byte[] line = (begin + n + rest).getBytes(StandardCharsets.US_ASCII);
        out.write(line);
        bytes += line.length;
      }
      return n;
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
    backlogAtWriting.set(number, backlogFound.get());
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

  /// Notes which lines are found now and were not before, and how much of the backlog is.
  private void look() throws IOException {
    long backlog = search.count(dataStream, "message:cart");
    backlogFound.set(backlog);
    search.each(
        Search.Query.all(dataStream, "message:parcel", "message"),
        hit -> {
          String message = String.valueOf(hit.text("message"));
          int number = Integer.parseInt(message.substring("parcel ".length()));
          if (foundNanos[number] == 0) {
            backlogAtFinding[number] = backlog;
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
