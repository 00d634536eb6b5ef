package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.longshore.shared.units.DataSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// Compressed files take a bounded amount of memory and of each turn, however many there are and
/// whatever is in them; each line comes once, and what can't be read is counted.
class CompressedTest extends TailTestCase {
  private static final String FILLER = "x".repeat(1_000);

  @Test
  void aHundredCompressedFilesAreReadAFewAtATime() throws IOException {
    withMemoryFor(3);
    List<String> written = new ArrayList<>();
    for (int i = 0; i < 110; i++) {
      Log log = fixture.log("shop-" + i, "web");
      for (int k = 0; k < 300; k++) {
        written.add(i + "." + k + FILLER);
        log.line(i + "." + k + FILLER);
      }
      Log.gzip(log.rotate(".20261123-054855"));
      written.add("live " + i);
      log.line("live " + i);
    }
    fixture.start();
    long most = 0;
    for (int turns = 0; turns < 3_000 && fixture.reader.lines.size() < written.size(); turns++) {
      fixture.clock.advance(Duration.ofMillis(1));
      fixture.turn();
      most = Math.max(most, fixture.memory.usedBytes());
    }

    assertThat(messages().stream().sorted().toList()).isEqualTo(written.stream().sorted().toList());
    assertThat(most).isEqualTo(3L * GzipSource.WINDOW_BYTES);
    fixture.look();
    assertThat(fixture.memory.usedBytes()).isZero();
  }

  @Test
  void theFileBeforeIsOlderAlsoWhenItWasCompressedBeforeTheNextOneWasSeen() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    fixture.reader.full = true;
    log.line("2");
    Path first = log.live.resolveSibling("0.log.20261123-054855");
    Files.move(log.live, first);
    Log.gzip(first);
    fixture.look();
    log.reopen();
    log.line("3");
    log.rotate(".20261123-054905");
    log.line("4");
    fixture.look();
    fixture.reader.full = false;
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("1", "2", "3", "4");
  }

  /// A look that is held up may find a live file of a later moment, and what was rotated meanwhile
  /// is found by the next look.
  @Test
  void whatIsFoundLateIsOlderThanTheFileBehindItAlsoWhenThatWasCompressedMeanwhile()
      throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    fixture.reader.full = true;
    Log.gzip(log.rotate(".20261123-054855"));
    log.line("2");
    Path second = log.rotate(".20261123-054905");
    Path unseen = Files.move(second, fixture.root.resolve("unseen"));
    log.line("3");
    fixture.look();
    Log.gzip(Files.move(unseen, second));
    Log.gzip(log.rotate(".20261123-054915"));
    log.line("4");
    fixture.look();
    fixture.reader.full = false;
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void theLogWithTheMostRotationsIsReadFirst() throws IOException {
    withMemoryFor(1);
    Log calm = fixture.log("a-calm-7d9f", "web");
    rotateCompressed(calm, "calm", 1);
    Log busy = fixture.log("b-busy-5c4d", "web");
    rotateCompressed(busy, "busy", 4);
    fixture.start();
    fixture.pass(Duration.ofSeconds(20));

    List<String> order =
        messages().stream().map(line -> line.replaceAll(" .*", "")).distinct().toList();
    assertThat(order).containsExactly("busy0", "busy1", "busy2", "busy3", "calm0");
  }

  private static void rotateCompressed(Log log, String name, int rotations) throws IOException {
    for (int i = 0; i < rotations; i++) {
      for (int k = 0; k < 1_000; k++) {
        log.line(name + i + " " + k + FILLER);
      }
      Log.gzip(log.rotate(".2026112" + i + "-054855"));
    }
  }

  @Test
  void aRestartGoesOnWhereACompressedFileWasLeft() throws IOException {
    withMemoryFor(1);
    Log log = fixture.log("checkout-7d9f", "web");
    rotateCompressed(log, "order", 1);
    fixture.start();
    while (fixture.reader.lines.size() < 400) {
      fixture.turn();
    }
    fixture.restart();
    fixture.pass(Duration.ofSeconds(2));

    assertThat(messages()).hasSize(1_000).doesNotHaveDuplicates();
  }

  @Test
  void aFileThatInflatesToGigabytesOfNothingHoldsNobodyUp() throws IOException {
    withMemoryFor(2);
    Log bomb = fixture.log("bomb-6c8d", "web");
    bomb.line("before");
    Path zeros = bomb.live.resolveSibling("0.log.20261123-054855.gz");
    writeMembers(zeros, new byte[16 << 20], 8);
    Log other = fixture.log("checkout-7d9f", "web");
    other.line("1");
    fixture.start();
    other.line("2");
    fixture.clock.advance(TailFixture.POLL);
    fixture.turn();

    assertThat(messages()).contains("1", "2");
    assertThat(fixture.tail.status()).anyMatch(it -> it.path().equals(zeros));

    int turns = 0;
    while (fixture.ignored().isEmpty() && turns++ < 1_000) {
      fixture.clock.advance(Duration.ofMillis(1));
      fixture.turn();
      assertThat(fixture.memory.usedBytes()).isLessThanOrEqualTo(2L * GzipSource.WINDOW_BYTES);
      if (turns % 100 == 0) {
        fixture.clock.advance(TailFixture.POLL);
      }
    }

    assertThat(fixture.ignored()).containsExactly(zeros);
    assertThat(turns).as("a part of it in each turn").isGreaterThan(30);
    assertThat(messages()).contains("before");
  }

  @Test
  void aFileThatBeginsWithALongHoleIsReadBehindIt() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    byte[] line = (Log.cri("behind the hole") + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] content = new byte[(40 << 20) + line.length];
    System.arraycopy(line, 0, content, 40 << 20, line.length);
    writeMembers(log.live.resolveSibling("0.log.20261123-054855.gz"), content, 1);
    log.line("live");
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactlyInAnyOrder("behind the hole", "live");
  }

  private static void writeMembers(Path path, byte[] content, int members) throws IOException {
    ByteArrayOutputStream member = new ByteArrayOutputStream();
    try (OutputStream gz = new GZIPOutputStream(member)) {
      gz.write(content);
    }
    try (OutputStream out = Files.newOutputStream(path)) {
      for (int i = 0; i < members; i++) {
        member.writeTo(out);
      }
    }
  }

  @Test
  void aDamagedFileIsReadUpToItsDamageAndTheRestIsCounted() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    Instant stamp = Instant.parse("2026-11-23T05:48:00.000000001Z");
    for (int i = 0; i < 5_000; i++) {
      // The same bytes in every run: whether inflating notices damage at once depends on them.
      log.raw(
          "%s stdout F order %d accepted\n"
              .formatted(stamp.plusNanos(i * 1_003L), i * 2654435761L));
    }
    long plainBytes = Files.size(log.live);
    Path damaged = Log.gzip(log.rotate(".20261123-054855"));
    byte[] whole = Files.readAllBytes(damaged);
    Arrays.fill(whole, whole.length / 2, whole.length / 2 + 100, (byte) 0xff);
    Files.write(damaged, whole);
    log.line("after");
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));

    long readBytes =
        fixture.reader.lines.stream()
            .limit(fixture.reader.lines.size() - 1)
            .mapToLong(it -> it.length() + 1)
            .sum();
    assertThat(messages()).hasSizeBetween(1_000, 4_999).endsWith("after");
    assertThat(fixture.counted("damaged")).isEqualTo(1);
    assertThat(fixture.reader.lostBytes).isCloseTo(plainBytes - readBytes, offset(200L));
    assertThat(fixture.counted("lost")).isEqualTo(fixture.reader.lostBytes);
  }

  @Test
  void whatOnlyIsNamedLikeACompressedFileIsIgnoredAndLookedAtAgainWhenItChanges()
      throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    Path wrong = log.live.resolveSibling("0.log.20261123-054855.gz");
    Files.writeString(wrong, "this was never compressed, whatever its name says");
    log.line("live");
    fixture.start();
    fixture.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("live");
    assertThat(fixture.ignored()).containsExactly(wrong);
    assertThat(fixture.counted("damaged")).as("opened once").isEqualTo(1);

    Files.delete(wrong);
    writeMembers(wrong, (Log.cri("whole") + "\n").getBytes(StandardCharsets.UTF_8), 1);
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("live", "whole");
    assertThat(fixture.ignored()).isEmpty();
  }

  private void withMemoryFor(int files) throws IOException {
    fixture.close();
    fixture =
        new TailFixture(
            folder,
            List.of("pods/*/*/*.log"),
            DataSize.ofMiB(64),
            false,
            (long) files * GzipSource.WINDOW_BYTES);
  }
}
