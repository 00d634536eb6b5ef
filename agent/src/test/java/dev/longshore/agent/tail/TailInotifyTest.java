package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A new container's first line is seen within a second, though folders are listed every ten.
class TailInotifyTest {
  @TempDir Path folder;

  @Test
  void seesANewContainerWithinASecond() throws IOException {
    Path root = folder.toRealPath();
    RecordingReader reader = new RecordingReader();
    TailConfig config =
        new TailConfig(
            List.of(root + "/pods/*/*/*.log"),
            Duration.ofMillis(100),
            Duration.ofHours(1),
            Duration.ofSeconds(2),
            DataSize.ofMiB(1),
            List.of());
    MemoryBudget memory = new MemoryBudget(16L << 20);
    try (Tail tail =
        new Tail(
            config,
            Clock.system(),
            reader,
            new TailMetrics(new SimpleMeterRegistry()),
            memory.share("decompression", 0))) {
      tail.start();
      reader.turn(tail);
      // Not even the folder of all pods is there yet.
      Path container = root.resolve("pods/shop_short-job-x2p4_0f1e/job");
      Files.createDirectories(container);
      Log log = new Log(container.resolve("0.log"));
      log.line("done");
      long deadlineNanos = Clock.system().nanoTime() + Duration.ofSeconds(1).toNanos();
      while (reader.lines.isEmpty() && Clock.system().nanoTime() - deadlineNanos < 0) {
        reader.turn(tail);
        tail.await(Duration.ofSeconds(1));
      }

      assertThat(reader.messages()).containsExactly("done");
      assertThat(tail.scansCompleted()).isEqualTo(1);
    }
  }

  @Test
  void anInterruptEndsTheWaitAndStays() throws IOException {
    try (TailFixture fixture = new TailFixture(folder)) {
      fixture.log("checkout-7d9f", "web").line("read though interrupted");
      Thread.currentThread().interrupt();
      fixture.start();
      fixture.look();
      fixture.tail.await(Duration.ofMinutes(10));

      assertThat(Thread.interrupted()).isTrue();
      assertThat(fixture.reader.messages()).containsExactly("read though interrupted");
    }
  }

  @Test
  void aWakeupEndsTheWait() throws IOException {
    try (TailFixture fixture = new TailFixture(folder)) {
      fixture.start();
      fixture.tail.wakeup();
      fixture.tail.await(Duration.ofMinutes(10));

      assertThat(fixture.counted("watch.overflows")).as("scanning without inotify").isPositive();
    }
  }
}
