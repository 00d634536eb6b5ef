package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Account;
import dev.longshore.agent.tail.FileStatus;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The log of a pod that is deleted is read to its end, or its loss is counted to the byte.
class HeldTest {
  private static final int LINES = 12_000;

  @TempDir Path folder;
  private PipelineFixture fixture;

  /// Where each line of the log begins, and where the last ends.
  private final long[] offsets = new long[LINES + 1];

  @BeforeEach
  void build() throws IOException {
    fixture = new PipelineFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /// A log of 12 MB in a pod that is deleted before most of it was read: Elasticsearch is away.
  private void deletedUnread() throws IOException {
    PodLog log = fixture.log("job-x2x4z", "app");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      text.append(log.cri("stdout", "F", i + " " + "x".repeat(1_000)));
      offsets[i + 1] = text.length();
    }
    log.raw(text.toString());
    fixture.elastic.mood(MemoryElastic.Mood.AWAY);
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::read) > 0);
    Files.delete(log.live);
    Path pod = fixture.root.resolve("pods/shop_job-x2x4z_0f1e2d3c-4b5a");
    Files.delete(pod.resolve("app"));
    Files.delete(pod);
  }

  /// All that follows the lines that were read.
  private long unreadBytes() {
    return offsets[LINES] - offsets[(int) fixture.sum(Account::read)];
  }

  private static boolean isHeld(FileView file) {
    return file.status().state() == FileStatus.State.DELETED_HELD;
  }

  @Test
  void aDeletedPodsLogIsReadToItsEnd() throws IOException {
    deletedUnread();
    fixture.until(
        PipelineFixture.SOON, () -> fixture.pipeline().files().stream().anyMatch(HeldTest::isHeld));
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.until(
        Duration.ofSeconds(60),
        () -> fixture.elastic.messages().stream().distinct().count() == LINES);
    fixture.until(PipelineFixture.SOON, () -> fixture.pipeline().files().isEmpty());
    assertThat(fixture.sum(Account::lostBytes)).isZero();
  }

  @Test
  void whatIsAboveTheLimitIsLostAndCountedToTheByte() throws IOException {
    fixture.maxHeld = DataSize.ofMiB(4);
    deletedUnread();
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::lostBytes) > 0);
    assertThat(fixture.sum(Account::lostBytes)).isEqualTo(unreadBytes());
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.quiet();
  }

  @Test
  void anAgentThatEndsReadsFirstWhatNobodyCanReadLater() throws IOException {
    PodLog log = fixture.log("job-x2x4z", "app").out("first");
    fixture.start().expect("first");
    fixture.elastic.mood(MemoryElastic.Mood.AWAY);
    for (int i = 0; i < 1_000; i++) {
      log.out("of a deleted pod " + i);
    }
    Files.delete(log.live);
    fixture.stop();
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 1_001);
    assertThat(fixture.sum(Account::recovered)).isEqualTo(1_000);
  }

  @Test
  void anAgentThatEndsCountsWhatItCouldNotReadAnyMore() throws IOException {
    fixture.bufferMaxSize = DataSize.ofMiB(16);
    deletedUnread();
    fixture.until(
        PipelineFixture.SOON, () -> fixture.pipeline().files().stream().anyMatch(HeldTest::isHeld));
    assertThat(fixture.stop(Duration.ofSeconds(4))).isFalse();
    assertThat(fixture.sum(Account::lostBytes)).isPositive();
    assertThat(fixture.sum(Account::lostBytes)).isEqualTo(unreadBytes());
  }
}
