package dev.longshore.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
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
  /// @throws IOException when the agent ends early or takes too long, or when the server had some
  ///   of them before
  Progress untilIndexed(long records, Duration every) throws IOException {
    while (System.nanoTime() - startedNanos < LIMIT.toNanos()) {
      if (!agent.isAlive()) {
        throw new IOException("the agent ended:\n" + agent.log());
      }
      JsonNode containers = containers();
      long indexed = sum(containers, "indexed");
      if (indexed >= records) {
        return new Progress(indexed, cost(), (System.nanoTime() - startedNanos) / 1e9);
      }
      long duplicate = sum(containers, "duplicate");
      if (duplicate > 0 && indexed + duplicate >= records) {
        throw new IOException(
            duplicate
                + " of "
                + records
                + " records were in Elasticsearch before; delete the data stream there, or let the"
                + " bench start a server of its own");
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

  /// Of `/status`; missing while the agent is not listening yet.
  private JsonNode containers() {
    try {
      return JSON.readTree(agent.get("/status")).path("containers");
    } catch (IOException e) {
      // A start that failed is told by isAlive.
      return MissingNode.getInstance();
    }
  }

  /// @param outcome of a record, as `/status` calls it
  private static long sum(JsonNode containers, String outcome) {
    long records = 0;
    for (JsonNode container : containers) {
      records += container.path(outcome).asLong();
    }
    return records;
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
