package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.bulk.InMemoryDataStream;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.event.Ledger;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.RecordedExit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shipping thread starts, drains within the time that it is given, and ends; what it could not
/// deliver stays in the queue.
class DispatcherThreadTest {
  @TempDir Path folder;

  private final Ledger ledger = new Ledger();
  private final InMemoryBlockSource source = new InMemoryBlockSource(ledger);
  private final ScriptedTransport elasticsearch = new ScriptedTransport();

  @Test
  void drainsWhatIsQueuedAndEnds() {
    try (Dispatcher dispatcher = dispatcher()) {
      dispatcher.start();
      for (int i = 0; i < 500; i++) {
        source.add(DispatcherFixture.LOGS, "line " + i);
        dispatcher.wakeup();
      }

      assertThat(dispatcher.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(source.acknowledged()).hasSize(500);
      assertThat(ledger.account(InMemoryBlockSource.CHECKOUT).buffered()).isZero();
    }
  }

  @Test
  void givesUpDrainingWhenTheTimeIsOver() {
    elasticsearch.answer(request -> null);
    Dispatcher dispatcher = dispatcher();
    dispatcher.start();
    source.add(DispatcherFixture.LOGS, "line");
    dispatcher.wakeup();

    assertThat(dispatcher.drain(Duration.ofMillis(300))).isFalse();
    dispatcher.close();
    dispatcher.close();

    assertThat(source.acknowledged()).isEmpty();
  }

  @Test
  void drainsAtOnceWhenThereIsNothing() {
    try (Dispatcher dispatcher = dispatcher()) {
      dispatcher.start();

      assertThat(dispatcher.drain(Duration.ofSeconds(20))).isTrue();
    }
  }

  private Dispatcher dispatcher() {
    return new Dispatcher(
        ShipConfig.defaults(),
        source,
        DispatcherFixture::encode,
        elasticsearch,
        new InDoubtResolver(elasticsearch, new InMemoryDataStream(), Runnable::run, Clock.system()),
        new DiskStore(folder, DataSize.ofMiB(1)),
        new RefreshIntervals(
            _ -> Optional.of(Duration.ofSeconds(1)), Runnable::run, Clock.system()),
        ledger,
        new MemoryBudget(64 << 20).share("batches", Dispatcher.MEMORY_RESERVE.bytes()),
        Clock.system(),
        new Random(1),
        new ShipMetrics(new SimpleMeterRegistry()),
        new Supervisor(Clock.system(), new RecordedExit()));
  }
}
