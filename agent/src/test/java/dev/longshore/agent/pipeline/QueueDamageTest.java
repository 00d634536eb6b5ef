package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Account;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes unreadable in the queue is read again from the log where that is still there,
/// arrives once, and leaves a ledger that balances; what can't be read again is counted as lost.
class QueueDamageTest {
  private static final int BURSTS = 6;
  private static final int LINES = 40;

  @TempDir Path folder;
  private PipelineFixture fixture;
  private final List<String> written = new ArrayList<>();

  @BeforeEach
  void build() throws IOException {
    fixture = new PipelineFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /// Some blocks of two containers, none of which gets through.
  private List<PodLog> queued() throws IOException {
    fixture.elastic.mood(MemoryElastic.Mood.AWAY);
    List<PodLog> logs =
        List.of(fixture.log("checkout-7d9f", "app"), fixture.log("cart-51c2", "app"));
    fixture.start();
    for (int burst = 0; burst < BURSTS; burst++) {
      for (PodLog log : logs) {
        for (int i = 0; i < LINES; i++) {
          String message = "order " + logs.indexOf(log) + "/" + burst + "/" + i + ".";
          log.out(message);
          written.add(message);
        }
      }
      allQueued();
    }
    return logs;
  }

  private void allQueued() {
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::read) == written.size());
  }

  /// Flips a bit in each of the messages, wherever it lies in the queue.
  private void damage(List<String> messages) throws IOException {
    int places = 0;
    for (Path file : queueFiles()) {
      byte[] content = Files.readAllBytes(file);
      String text = new String(content, StandardCharsets.ISO_8859_1);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        for (String message : messages) {
          for (int at = text.indexOf(message); at >= 0; at = text.indexOf(message, at + 1)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (content[at] ^ 1)}), at);
            places++;
          }
        }
      }
    }
    assertThat(places).isGreaterThanOrEqualTo(messages.size());
  }

  private List<Path> queueFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String part : List.of("earlier", "queue")) {
      try (Stream<Path> in = Files.list(fixture.bufferFolder().resolve(part))) {
        in.filter(file -> file.toString().endsWith(".cq4")).sorted().forEach(files::add);
      }
    }
    return files;
  }

  private void expectBalance() {
    fixture.expect(written);
    assertThat(fixture.sum(Account::indexed)).isEqualTo(written.size());
    assertThat(fixture.sum(Account::recovered) + fixture.sum(Account::read))
        .isEqualTo(fixture.sum(Account::indexed) + fixture.sum(Account::duplicate));
    assertThat(fixture.sum(Account::lostBytes)).isZero();
  }

  @Test
  void oneUnreadableBlockIsReadAgainAndTheBooksBalance() throws IOException {
    List<PodLog> ignored = queued();
    damage(List.of(written.get(3 * LINES + 7)));
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    expectBalance();
  }

  @Test
  void aQueueOfWhichNothingIsReadableIsReadAgainAndTheBooksBalance() throws IOException {
    List<PodLog> ignored = queued();
    damage(written);
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    expectBalance();
  }

  @Test
  void damageAfterARestartIsReadAgainAndTheBooksBalance() throws IOException {
    List<PodLog> logs = queued();
    assertThat(fixture.stop(Duration.ofMillis(200))).isFalse();
    fixture.start();
    for (PodLog log : logs) {
      String message = "after the restart " + log.live;
      log.out(message);
      written.add(message);
    }
    fixture.until(
        PipelineFixture.SOON,
        () -> fixture.sum(Account::recovered) + fixture.sum(Account::read) == written.size());
    damage(written.subList(LINES, 5 * LINES));
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    expectBalance();
  }

  @Test
  void damageWhileNoAgentRunsIsReadAgain() throws IOException {
    List<PodLog> ignored = queued();
    assertThat(fixture.stop(Duration.ofMillis(200))).isFalse();
    damage(written.subList(LINES, 5 * LINES));
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.start();
    expectBalance();
  }

  @Test
  void aTruncatedAndADeletedQueueFileAreReadAgain() throws IOException {
    List<PodLog> logs = queued();
    assertThat(fixture.stop(Duration.ofMillis(200))).isFalse();
    fixture.start();
    String message = "in the second file";
    logs.getFirst().out(message);
    written.add(message);
    fixture.until(
        PipelineFixture.SOON,
        () -> fixture.sum(Account::recovered) + fixture.sum(Account::read) == written.size());
    assertThat(fixture.stop(Duration.ofMillis(200))).isFalse();
    List<Path> files = queueFiles();
    assertThat(files).hasSizeGreaterThan(1);
    Files.delete(files.getFirst());
    try (FileChannel channel = FileChannel.open(files.getLast(), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 3);
    }
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.start();
    expectBalance();
  }

  @Test
  void whatCannotBeReadAgainIsCountedAsLost() throws IOException {
    List<PodLog> logs = queued();
    PodLog gone = logs.getFirst();
    gone.handle().close();
    Files.delete(gone.live);
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 1);
    String lost = written.getFirst();
    long before = fixture.sum(Account::lostBytes);
    damage(List.of(lost));
    // The account of a container is closed when its files are gone and its records delivered.
    Account account =
        fixture.ledger.accounts().stream()
            .filter(it -> it.container().pod().equals("checkout-7d9f"))
            .findFirst()
            .orElseThrow();
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.quiet();
    assertThat(fixture.elastic.messages()).doesNotContain(lost).doesNotHaveDuplicates();
    assertThat(account.buffered()).isZero();
    assertThat(account.bufferedBytes()).isZero();
    assertThat(account.read()).isEqualTo(account.indexed()).isLessThan(BURSTS * (long) LINES);
    assertThat(account.lostBytes()).isGreaterThan(before);
    assertThat(fixture.buffer().damage().blocksLost()).isEqualTo(1);
  }

  @Test
  void whatWasDamagedWhileNoAgentRanIsCountedAsLostWhenItsLogIsGoneToo() throws IOException {
    List<PodLog> logs = queued();
    assertThat(fixture.stop(Duration.ofMillis(200))).isFalse();
    PodLog gone = logs.getFirst();
    List<String> damaged =
        written.stream()
            .filter(line -> line.startsWith("order 0/2/") || line.startsWith("order 0/3/"))
            .toList();
    long damagedBytes =
        Files.readAllLines(gone.live).stream()
            .filter(line -> damaged.stream().anyMatch(line::endsWith))
            .mapToLong(line -> line.length() + 1L)
            .sum();
    gone.handle().close();
    Files.delete(gone.live);
    damage(damaged);
    fixture.elastic.mood(MemoryElastic.Mood.UP);
    fixture.start();
    fixture.quiet();
    assertThat(fixture.elastic.messages())
        .doesNotContainAnyElementsOf(damaged)
        .doesNotHaveDuplicates()
        .hasSize(written.size() - damaged.size());
    assertThat(fixture.sum(Account::lostBytes)).as("its file may come back").isZero();

    fixture.clock.leap(Duration.ofHours(1).plusSeconds(1));
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().positions().size() == 1);

    assertThat(fixture.ledger.closed().lostBytes() + fixture.sum(Account::lostBytes))
        .isEqualTo(damagedBytes);
    fixture.assertLedger();
  }
}
