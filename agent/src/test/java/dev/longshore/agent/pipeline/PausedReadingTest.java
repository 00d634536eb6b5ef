package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever keeps a file from being read has one reason, which the gauge names while it lasts; and
/// how far behind the node is can be seen as a time.
class PausedReadingTest {
  @TempDir Path folder;
  private PipelineFixture fixture;

  @BeforeEach
  void build() throws IOException {
    fixture = new PipelineFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void tooLittleFreeSpaceIsNotCalledAFullBuffer() throws IOException {
    fixture.bufferMinFree = DataSize.ofBytes(Long.MAX_VALUE);
    fixture.log("checkout-7d9f", "app").out("paid");
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.paused(PauseReason.BELOW_MIN_FREE) == 1);
    assertThat(fixture.paused(PauseReason.BUFFER_FULL)).isZero();
    assertThat(fixture.pipeline().files())
        .singleElement()
        .satisfies(it -> assertThat(it.waiting()).contains("is below buffer.minFree"));
    fixture.stop();
    fixture.bufferMinFree = DataSize.ofMiB(1);
    fixture.start().expect("paid");
    assertThat(fixture.paused(PauseReason.BELOW_MIN_FREE)).isZero();
  }

  @Test
  void theSearchableTimestampStaysWithTheOldestLineThatIsNotSearchable() throws IOException {
    PodLog log = fixture.log("late-1", "app").stampedFrom(fixture.clock.now().minusSeconds(3_600));
    log.out("an hour old");
    Instant stamp = log.lastStamp();
    fixture.elastic.mood(MemoryElastic.Mood.AWAY);
    fixture.start();
    fixture.until(
        PipelineFixture.SOON, () -> (long) gauge("searchable.timestamp") == stamp.getEpochSecond());
    assertThat(gauge("behind")).isEqualTo(1);
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.until(
        PipelineFixture.SOON,
        () -> gauge("searchable.timestamp") > stamp.plusSeconds(3_000).getEpochSecond());
    assertThat(gauge("behind")).isZero();
  }

  private double gauge(String name) {
    return fixture.registry.get("longshore.agent." + name).gauge().value();
  }
}
