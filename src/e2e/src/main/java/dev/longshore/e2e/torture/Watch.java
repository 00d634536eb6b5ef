package dev.longshore.e2e.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.ops.LedgerTotals;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What the running agent says of itself: which files it has seen, what it holds, what it counts as
/// lost. Losses of runs that have ended are kept here, since an agent's ledger begins with its
/// process.
final class Watch {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LOST_METRIC = "longshore_agent_tail_lost_bytes_total ";

  private final TorturedAgent agent;
  private final Yard yard;
  private final Path statusFile;

  /// By run of the agent, and by container: what it said last.
  private final Map<Integer, Map<String, Long>> lostByRun = new ConcurrentHashMap<>();

  private final AtomicLong lostBytes = new AtomicLong();
  private final AtomicInteger looks = new AtomicInteger();
  private volatile @Nullable View last;

  /// @param statusFile which always holds the last status page
  Watch(TorturedAgent agent, Yard yard, Path statusFile) {
    this.statusFile = statusFile;
    this.agent = agent;
    this.yard = yard;
  }

  /// One look at the status page.
  ///
  /// @param lagBytes what is written and not read
  /// @param bufferedBlocks what is read and not acknowledged
  /// @param heldFiles deleted files that it still knows
  /// @param unbalanced containers whose account does not add up; empty when each does
  record View(
      long lagBytes, long bufferedBlocks, long bufferBytes, int heldFiles, String unbalanced) {
    /// Nothing is left to do.
    boolean drained() {
      return lagBytes == 0 && bufferedBlocks == 0 && heldFiles == 0;
    }
  }

  /// Looks at the status page, and notes which files the agent has seen.
  ///
  /// @throws IOException when it does not answer
  View look() throws IOException {
    int run = agent.run();
    String text = agent.get("/status");
    Files.writeString(statusFile, text);
    JsonNode status = JSON.readTree(text);
    boolean sameRun = run == agent.run();
    long lag = 0;
    int held = 0;
    StringBuilder unbalanced = new StringBuilder();
    for (JsonNode container : status.path("containers")) {
      lag += container.path("lagBytes").asLong();
      String key = container.path("pod").asText() + "/" + container.path("container").asText();
      if (sameRun && container.path("lostBytes").asLong() > 0) {
        lostByRun
            .computeIfAbsent(run, _ -> new ConcurrentHashMap<>())
            .put(key, container.path("lostBytes").asLong());
      }
      if (container.path("buffered").asLong() < 0 || container.path("bufferedBytes").asLong() < 0) {
        unbalanced.append(key).append(": ").append(container.path("buffered")).append(' ');
      }
      for (JsonNode file : container.path("files")) {
        Generation generation = yard.generation(file.path("generation").asText());
        if (generation != null) {
          held += generation.deleted ? 1 : 0;
          if (sameRun) {
            generation.seenInRun = run;
          }
        }
      }
    }
    JsonNode buffer = status.path("buffer");
    View view =
        new View(
            lag,
            buffer.path("blocks").asLong(),
            buffer.path("diskBytes").asLong(),
            held,
            unbalanced.toString());
    last = view;
    looks.incrementAndGet();
    return view;
  }

  /// The last one that succeeded.
  @Nullable View last() {
    return last;
  }

  /// How often the ledger was looked at, all runs of the agent together.
  int looks() {
    return looks.get();
  }

  /// The ledger of all containers that the agent has, together.
  ///
  /// @throws IOException when it does not answer
  LedgerTotals ledger() throws IOException {
    LedgerTotals all = LedgerTotals.EMPTY;
    for (JsonNode container : JSON.readTree(agent.get("/status")).path("containers")) {
      all = all.plus(LedgerTotals.read(container));
    }
    return all;
  }

  /// Records that are in no queue although it is empty, by container; empty when there are none.
  String leftInLedger() throws IOException {
    StringBuilder left = new StringBuilder();
    for (JsonNode container : JSON.readTree(agent.get("/status")).path("containers")) {
      if (container.path("buffered").asLong() != 0
          || container.path("bufferedBytes").asLong() != 0) {
        left.append(container.path("pod").asText())
            .append('/')
            .append(container.path("container").asText())
            .append(": ")
            .append(container.path("buffered").asLong())
            .append(" records; ");
      }
    }
    return left.toString();
  }

  /// Waits until the agent knows no deleted file any more.
  ///
  /// @return whether that came to be in time
  boolean awaitNothingHeld(Duration within) throws InterruptedException {
    Clock clock = Clock.system();
    long start = clock.nanoTime();
    while (clock.nanoTime() - start < within.toNanos() && agent.isAlive()) {
      try {
        if (look().heldFiles() == 0) {
          return true;
        }
      } catch (IOException e) {
        // It is asked again.
      }
      clock.sleep(Duration.ofMillis(200));
    }
    return false;
  }

  /// Adds what this run of the agent has lost to what others have; it is about to end.
  void endRun() throws IOException {
    look();
    lostBytes.addAndGet(lostBytesNow());
  }

  private long lostBytesNow() throws IOException {
    for (String line : agent.get("/metrics").split("\n", -1)) {
      if (line.startsWith(LOST_METRIC)) {
        return (long) Double.parseDouble(line.substring(LOST_METRIC.length()));
      }
    }
    throw new IOException("/metrics does not show " + LOST_METRIC);
  }

  /// What all runs that have ended say they have lost.
  long lostBytes() {
    return lostBytes.get();
  }

  /// The same, by container, as far as its account was still open when it was looked at.
  Map<String, Long> lostByContainer() {
    Map<String, Long> sum = new TreeMap<>();
    lostByRun
        .values()
        .forEach(run -> run.forEach((container, bytes) -> sum.merge(container, bytes, Long::sum)));
    return sum;
  }
}
