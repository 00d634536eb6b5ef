package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.bulk.InMemoryDataStream;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
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
import java.util.concurrent.atomic.AtomicBoolean;
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

  @Test
  void saysWhyNothingIsShippedWhereEachTurnFails() {
    AtomicBoolean failing = new AtomicBoolean(true);
    BlockSource faulty =
        new BlockSource() {
          @Override
          public long next(Block into) {
            if (failing.get()) {
              throw new IllegalStateException("no block can be read at the moment");
            }
            return source.next(into);
          }

          @Override
          public void read(long reference, Block into) {
            source.read(reference, into);
          }

          @Override
          public boolean recovered(long reference) {
            return source.recovered(reference);
          }

          @Override
          public void acknowledge(long... references) {
            source.acknowledge(references);
          }
        };
    source.add(DispatcherFixture.LOGS, "line");
    try (Dispatcher dispatcher = dispatcher(faulty)) {
      dispatcher.start();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(dispatcher.failure()).contains("no block can be read at the moment"));

      failing.set(false);

      assertThat(dispatcher.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(dispatcher.failure()).isNull();
    }
  }

  private Dispatcher dispatcher() {
    return dispatcher(source);
  }

  private Dispatcher dispatcher(BlockSource from) {
    return new Dispatcher(
        ShipConfig.defaults(),
        from,
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
