package dev.longshore.alerting.silence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Silences whose expressions take long hold the loop for a moment at a time, and all of them count
/// in the end.
final class SlowSilencesTest {
  private static final int SILENCES = 20;
  private static final Labels POD = Labels.of("alertname", "PodDown", "pod", "checkout-7d9f");
  private static final Duration EACH = Duration.ofMillis(50);

  @TempDir Path dir;
  private final ManualClock clock = new ManualClock();

  /// How long a comparison takes.
  private Duration each = Duration.ZERO;

  private long spentNanos;
  private final List<Throwable> failures = new ArrayList<>();
  private final Loop loop = new Loop("test", clock, failures::add);
  private Database database;
  private Silences silences;
  private int changes;

  @BeforeEach
  void open() {
    database = Database.open(dir, List.of(SilenceStore.SCHEMA), clock);
    silences =
        new Silences(
            new SilenceStore(
                new StateWriter(database, clock, loop, Runnable::run, new SimpleMeterRegistry())),
            new Slow(),
            loop,
            new Random(7),
            () -> changes++,
            new SilencesMetrics(new SimpleMeterRegistry()));
    silences.start();
    for (int i = 0; i < SILENCES; i++) {
      silences.put(
          new SilenceRequest(
              "",
              Matchers.parse("pod=~\"checkout.*\""),
              clock.now(),
              clock.now().plus(Duration.ofHours(1)),
              "operator",
              "",
              Map.of()));
    }
    loop.runDue();
    each = EACH;
  }

  @AfterEach
  void close() {
    database.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void aTurnIsOverAfterAMomentAndTheRestIsComparedLater() {
    long before = spentNanos;
    int first = silences.silencing(POD, clock.now()).size();
    assertThat(first).isPositive().isLessThan(SILENCES);
    assertThat(Duration.ofNanos(spentNanos - before))
        .isLessThanOrEqualTo(Silences.COMPARED_AT_A_TIME.plus(EACH.multipliedBy(2)));

    assertThat(silences.silencing(POD, clock.now())).as("nothing more in this turn").hasSize(first);

    int told = changes;
    for (int i = 0; i < SILENCES; i++) {
      clock.advance(Silences.BETWEEN_COMPARISONS);
      loop.runDue();
    }
    assertThat(changes).as("who is told of silences").isGreaterThan(told);
    assertThat(silences.silencing(POD, clock.now())).hasSize(SILENCES);
    int settled = changes;
    clock.advance(Duration.ofMinutes(1));
    loop.runDue();
    assertThat(changes).as("nothing is left").isEqualTo(settled);
  }

  /// A clock on which each look takes as long as a comparison.
  private final class Slow implements Clock {
    @Override
    public long epochMillis() {
      return clock.epochMillis();
    }

    @Override
    public long nanoTime() {
      spentNanos += each.toNanos();
      return spentNanos;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      clock.sleep(duration);
    }
  }
}
