package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Account;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// However many containers write long records at once, open and long records stay within the memory
/// budget, each record arrives once, and it is the one that it would have been with more memory.
class RecordMemoryTest {
  private static final int CONTAINERS = 60;
  private static final DataSize MAX_RECORD = DataSize.ofMiB(1);
  private static final long BUDGET_BYTES = 2 << 20;
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir Path folder;
  private PipelineFixture fixture;
  private long mostBytes;

  @BeforeEach
  void build() throws IOException {
    fixture = new PipelineFixture(folder);
    fixture.memoryBytes = BUDGET_BYTES;
    fixture.frame =
        new FrameConfig(MAX_RECORD, "auto", Duration.ofMillis(250), Duration.ofMillis(300));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private boolean indexed(int count) {
    mostBytes = Math.max(mostBytes, fixture.records().usedBytes());
    return fixture.elastic.count() >= count;
  }

  private void expectWithinTheBudget(List<String> messages) {
    fixture.until(LONG, () -> indexed(messages.size()));
    fixture.expect(messages);
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
    assertThat(fixture.sum(Account::lostBytes)).isZero();
    assertThat(mostBytes)
        .isPositive()
        .isLessThan(BUDGET_BYTES + 2 * RecordMemory.reserveBytes(MAX_RECORD));
    assertThat(fixture.records().refusals()).isPositive();
    assertThat(fixture.records().usedBytes()).isZero();
    assertThat(fixture.paused(PauseReason.MEMORY)).isZero();
  }

  /// Whole lines of 900 kB, which are read in four slices.
  private List<String> longLines() throws IOException {
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < CONTAINERS; i++) {
      PodLog log = fixture.log("reports-" + i, "app");
      messages.add(i + " " + "x".repeat(900_000));
      log.line(i % 2 == 0 ? "stdout" : "stderr", "F", messages.getLast());
    }
    return messages;
  }

  @Test
  void wholeLongLinesOfManyContainersArriveOnce() throws IOException {
    List<String> messages = longLines();
    fixture.start();
    expectWithinTheBudget(messages);
  }

  @Test
  void openRecordsOfBothStreamsOfManyContainersArriveOnce() throws IOException {
    List<String> messages = new ArrayList<>();
    String part = "y".repeat(16 << 10);
    for (int i = 0; i < CONTAINERS; i++) {
      PodLog log = fixture.log("reports-" + i, "app");
      for (int n = 0; n < 6; n++) {
        log.part("stdout", n == 0 ? "out " + i : part).part("stderr", n == 0 ? "err " + i : part);
      }
      messages.add("out " + i + part.repeat(5));
      messages.add("err " + i + part.repeat(5));
    }
    fixture.start();
    expectWithinTheBudget(messages);
  }

  @Test
  void aContainerWithShortLinesDoesNotWaitForThoseWithLongOnes() throws IOException {
    List<String> messages = longLines();
    fixture.elastic.mood(MemoryElastic.Mood.AWAY);
    fixture.start();
    fixture.until(LONG, () -> fixture.buffer().pendingBlocks() > 0);
    long before = fixture.sum(Account::read);
    messages.add("short");
    fixture.log("web-1", "app").out("short");
    fixture.until(
        Duration.ofSeconds(5),
        () ->
            fixture.ledger.accounts().stream()
                .anyMatch(it -> it.container().pod().equals("web-1") && it.read() == 1));
    assertThat(fixture.sum(Account::read)).isGreaterThan(before);
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    expectWithinTheBudget(messages);
  }

  @Test
  void whatGaveItsMemoryUpIsTheSameRecordAfterAKill() throws IOException {
    List<String> messages = longLines();
    fixture.start();
    fixture.until(LONG, () -> indexed(CONTAINERS / 3));
    fixture.kill();
    fixture.start();
    fixture.until(LONG, () -> indexed(messages.size()));
    fixture.expect(messages);
  }
}
