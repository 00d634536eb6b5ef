package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Ledger;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.units.DataSize;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shipping thread starts, drains within the time that it is given, and ends; what it could not
/// deliver stays in the queue.
class ShipperThreadTest {
  @TempDir Path folder;

  private final Ledger ledger = new Ledger();
  private final MemorySource source = new MemorySource(ledger);
  private final ScriptedTransport elasticsearch = new ScriptedTransport();
  private final Semaphore data = new Semaphore(0);

  @Test
  void drainsWhatIsQueuedAndEnds() {
    try (Shipper shipper = shipper()) {
      shipper.start();
      for (int i = 0; i < 500; i++) {
        source.add(ShipBench.LOGS, "line " + i);
        data.release();
      }

      assertThat(shipper.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(source.acknowledged()).hasSize(500);
      assertThat(ledger.account(MemorySource.CHECKOUT).buffered()).isZero();
    }
  }

  @Test
  void givesUpDrainingWhenTheTimeIsOver() {
    elasticsearch.answer(request -> null);
    Shipper shipper = shipper();
    shipper.start();
    source.add(ShipBench.LOGS, "line");
    data.release();

    assertThat(shipper.drain(Duration.ofMillis(300))).isFalse();
    shipper.close();
    shipper.close();

    assertThat(source.acknowledged()).isEmpty();
  }

  @Test
  void drainsAtOnceWhenThereIsNothing() {
    try (Shipper shipper = shipper()) {
      shipper.start();

      assertThat(shipper.drain(Duration.ofSeconds(20))).isTrue();
    }
  }

  private Shipper shipper() {
    return new Shipper(
        ShipConfig.defaults(),
        source,
        atMost -> data.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS),
        ShipBench::encode,
        elasticsearch,
        new DoubtResolver(elasticsearch, new MemoryStream(), Runnable::run, Clock.system()),
        new DeadLetters(folder, DataSize.ofMiB(1)),
        ledger,
        Clock.system(),
        new Random(1),
        new ShipMetrics(new SimpleMeterRegistry()));
  }
}
