package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.bulk.InMemoryDataStream;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.shared.elastic.ObjectMapping;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.RecordedExit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// A dispatcher on a workbench: queue and server in memory, time by hand, one turn after the other.
final class DispatcherFixture {
  static final String LOGS = "logs-kubernetes.container_logs-default";
  static final String LETTERS = "logs-longshore.dead_letter-default";

  final Ledger ledger = new Ledger();
  final InMemoryBlockSource source = new InMemoryBlockSource(ledger);
  final ScriptedTransport elasticsearch = new ScriptedTransport();
  final InMemoryDataStream generations = new InMemoryDataStream();
  final ManualClock clock = new ManualClock();
  final DiskStore disk;
  final Dispatcher dispatcher;

  DispatcherFixture(Path folder) {
    this(folder, DataSize.ofKiB(16), 2, DataSize.ofMiB(1), 1);
  }

  DispatcherFixture(
      Path folder, DataSize maxBatch, int requestsInFlight, DataSize maxDeadLetters, long seed) {
    disk = new DiskStore(folder.resolve("dead-letters"), maxDeadLetters);
    dispatcher =
        new Dispatcher(
            new ShipConfig(
                LOGS,
                maxBatch,
                requestsInFlight,
                Duration.ofDays(7),
                null,
                ObjectMapping.FLATTENED,
                List.of()),
            source,
            DispatcherFixture::encode,
            elasticsearch,
            new InDoubtResolver(elasticsearch, generations, Runnable::run, clock),
            disk,
            new RefreshIntervals(_ -> Optional.of(Duration.ofSeconds(1)), Runnable::run, clock),
            ledger,
            new MemoryBudget(64 << 20).share("batches", Dispatcher.MEMORY_RESERVE.bytes()),
            clock,
            new Random(seed),
            new ShipMetrics(new SimpleMeterRegistry()),
            new Supervisor(clock, new RecordedExit()));
  }

  /// `{"m":"<line>"}`, and `{"safe":"<line>"}` in the safe form; a line with `unencodable` fails.
  static void encode(
      Block block, RecordCursor cursor, long reference, int ordinal, boolean safe, BulkBody body) {
    String line =
        new String(
            block.payload(), cursor.rawOffset(), cursor.rawBytes() - 1, StandardCharsets.UTF_8);
    String item =
        "{\"create\":{\"_id\":\""
            + reference
            + "."
            + ordinal
            + "\"}}\n"
            + (safe ? "{\"safe\":\"" : "{\"m\":\"")
            + line
            + "\"}\n";
    byte[] bytes = item.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, body.ensure(bytes.length), body.length(), bytes.length);
    body.length(body.length() + bytes.length);
    if (line.contains("unencodable")) {
      throw new IllegalArgumentException("half an item is written");
    }
    body.endItem(reference, ordinal);
  }

  /// Turns until there is nothing to do without time passing.
  void work() {
    for (int i = 0; i < 100_000; i++) {
      if (dispatcher.turn() == 0) {
        return;
      }
    }
    throw new AssertionError("the dispatcher does not come to rest");
  }

  /// Lets time pass in steps of 10 ms, with all turns that they give work for.
  void pass(Duration duration) {
    work();
    for (long millis = 0; millis < duration.toMillis(); millis += 10) {
      clock.advance(Duration.ofMillis(10));
      work();
    }
  }

  Account account() {
    return ledger.account(InMemoryBlockSource.CHECKOUT);
  }
}
