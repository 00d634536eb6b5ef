package dev.longshore.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.AgentProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// An agent that runs while it is measured.
///
/// @param startedNanos `System.nanoTime()` just before it was started
record AgentRun(AgentProcess agent, long startedNanos) implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(60);

  /// Making an AOT cache takes the agent some seconds at its end.
  private static final Duration END_LIMIT = Duration.ofMinutes(2);

  private static final ObjectMapper JSON = new ObjectMapper(new JsonFactory());

  /// How far it was when it was looked at.
  ///
  /// @param records that were indexed
  /// @param cost of the whole process until then
  /// @param seconds since its start
  record Progress(long records, ProcessCost cost, double seconds) {}

  ProcessCost cost() throws IOException {
    return ProcessCost.of(agent.pid());
  }

  /// Waits until at least so many records are indexed. Asking costs the agent something too: with
  /// many containers it should be seldom.
  ///
  /// @throws IOException when the agent ends early or takes too long
  Progress untilIndexed(long records, Duration every) throws IOException {
    while (System.nanoTime() - startedNanos < LIMIT.toNanos()) {
      if (!agent.isAlive()) {
        throw new IOException("the agent ended:\n" + agent.log());
      }
      long indexed = indexed();
      if (indexed >= records) {
        return new Progress(indexed, cost(), (System.nanoTime() - startedNanos) / 1e9);
      }
      LockSupport.parkNanos(TimeUnit.NANOSECONDS.convert(every));
    }
    throw new IOException("not done after " + LIMIT + ":\n" + agent.log());
  }

  /// Waits until as many records are indexed as were written.
  ///
  /// @throws IOException also when there are more
  Progress untilAllIndexed(long records, Duration every) throws IOException {
    Progress progress = untilIndexed(records, every);
    if (progress.records() > records) {
      throw new IOException(
          progress.records() + " records were indexed, and only " + records + " written");
    }
    return progress;
  }

  private long indexed() throws IOException {
    long indexed = 0;
    try {
      for (JsonNode container : JSON.readTree(agent.get("/status")).path("containers")) {
        indexed += container.path("indexed").asLong();
      }
    } catch (IOException e) {
      // Not listening yet; isAlive tells a start that failed.
      return 0;
    }
    return indexed;
  }

  /// Ends it as a node does.
  void end() throws IOException {
    agent.terminate(END_LIMIT);
  }

  @Override
  public void close() {
    agent.close();
  }
}
