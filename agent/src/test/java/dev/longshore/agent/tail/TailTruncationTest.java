package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.LogFormat;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is cut, copied or deleted is handed over once all the same, or counted as lost to the byte.
class TailTruncationTest extends TailTestCase {
  @Test
  void aTruncatedFileIsANewGeneration() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
    log.line("second");
    fixture.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("1", "second");
    assertThat(fixture.reader.lostBytes).isZero();
    assertThat(fixture.reader.gone).hasSize(1);
    assertThat(fixture.counted("truncations")).isEqualTo(1);
  }

  @Test
  void whatATruncationCutAwayUnreadIsCounted() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    fixture.reader.full = true;
    String unread = log.line("never read");
    fixture.look();
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
    fixture.reader.full = false;
    log.line("2");
    fixture.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("1", "2");
    assertThat(fixture.reader.lostBytes).isEqualTo(unread.length() + 1);
  }

  @Test
  void aCopyThatPrecedesATruncationIsReadToItsEndAndNotTwice() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("line 1");
    fixture.start();
    fixture.look();
    log.line("line 2");
    copyTruncate(log);
    log.line("line 3");
    fixture.pass(Duration.ofSeconds(4));
    fixture.restart();
    fixture.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("line 1", "line 2", "line 3");
    assertThat(fixture.reader.lostBytes).isZero();
  }

  @Test
  void aFileThatHasGrownPastTheOldOffsetBetweenTwoLooksIsANewGeneration() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    copyTruncate(log);
    log.line("2, which is longer than all that was there before");
    log.line("3");
    fixture.pass(Duration.ofSeconds(4));

    assertThat(messages())
        .containsExactly("1", "2, which is longer than all that was there before", "3");
    assertThat(fixture.reader.lostBytes).isZero();
  }

  @Test
  void aFileThatHasGrownToItsOldSizeIsFoundThoughItsTimeWasSetBack() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    FileTime written = Files.getLastModifiedTime(log.live);
    copyTruncate(log);
    log.line("2");
    Files.setLastModifiedTime(log.live, written);
    fixture.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("1", "2");
  }

  @Test
  void aPlainFileThatBeginsAgainWithTheSameLineIsToldByWhatWasReadLast() throws IOException {
    try (TailFixture plain =
        new TailFixture(folder, List.of("app/*.log"), DataSize.ofMiB(1), false)) {
      Files.createDirectories(plain.root.resolve("app"));
      Log log = new Log(plain.root.resolve("app/app.log"));
      log.raw("starting\norder 1\n");
      plain.start();
      plain.look();
      Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
      log.raw("starting\norder 2\norder 3\n");
      plain.pass(Duration.ofSeconds(4));

      assertThat(plain.reader.lines)
          .containsExactly("starting", "order 1", "starting", "order 2", "order 3");
    }
  }

  @Test
  void aHoleThatIsCutAwayBeforeALineStandsBehindItIsForgotten() throws IOException {
    Path app = Files.createDirectories(fixture.root.resolve("pods/shop_pay-1_0f1e/app"));
    Path live = app.resolve("0.log");
    Files.write(live, new byte[40]);
    fixture.start();
    fixture.look();
    Files.writeString(live, Log.cri("a line that reaches beyond where the hole has ended") + "\n");
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("a line that reaches beyond where the hole has ended");
    assertThat(fixture.reader.files.values())
        .allSatisfy(f -> assertThat(f.format()).isEqualTo(LogFormat.CRI));
  }

  private static void copyTruncate(Log log) throws IOException {
    Files.copy(
        log.live,
        log.live.resolveSibling(log.live.getFileName() + ".1"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
  }

  @Test
  void aHoleThatAWriterLeavesAtItsOldOffsetIsSkipped() throws IOException {
    Path app = Files.createDirectories(fixture.root.resolve("pods/shop_pay-1_0f1e/app"));
    Path live = app.resolve("0.log");
    try (RandomAccessFile writer = new RandomAccessFile(live.toFile(), "rw")) {
      writer.write(
          (Log.cri("line 1") + "\n" + Log.cri("line 2") + "\n").getBytes(StandardCharsets.UTF_8));
      fixture.start();
      fixture.look();
      Files.copy(live, app.resolve("0.log.1"));
      Files.newOutputStream(live, StandardOpenOption.TRUNCATE_EXISTING).close();
      writer.write((Log.cri("line 3") + "\n").getBytes(StandardCharsets.UTF_8));
      fixture.pass(Duration.ofSeconds(4));
    }

    assertThat(messages()).containsExactly("line 1", "line 2", "line 3");
    assertThat(fixture.reader.lines.getLast()).doesNotContain("\0");
    assertThat(fixture.reader.lostBytes).isZero();
  }

  @Test
  void copytruncateWithoutTimestampsIsNotSentTwice() throws IOException {
    try (TailFixture plain = new TailFixture(folder, List.of("app/*"), DataSize.ofMiB(1), false)) {
      Files.createDirectories(plain.root.resolve("app"));
      Log log = new Log(plain.root.resolve("app/app.log"));
      log.raw("line 1\nline 2\n");
      plain.start();
      plain.look();
      copyTruncate(log);
      log.raw("line 3\n");
      plain.pass(Duration.ofSeconds(4));

      assertThat(plain.reader.lines).containsExactly("line 1", "line 2", "line 3");
      assertThat(plain.reader.lostBytes).isZero();
      assertThat(plain.reader.files.values())
          .allSatisfy(f -> assertThat(f.format()).isEqualTo(LogFormat.PLAIN));
    }
  }

  @Test
  void aDeletedFileIsReadToItsEndAndThenGone() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    fixture.reader.full = true;
    log.line("2");
    Files.delete(log.live);
    Files.delete(log.live.getParent());
    fixture.pass(Duration.ofSeconds(5));
    assertThat(fixture.tail.status())
        .singleElement()
        .satisfies(s -> assertThat(s.state()).isEqualTo(FileStatus.State.DELETED_HELD));
    assertThat(fixture.gauged("held")).isPositive();
    fixture.reader.full = false;
    fixture.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("1", "2");
    assertThat(fixture.reader.gone).hasSize(1);
    assertThat(fixture.reader.lostBytes).isZero();
    assertThat(fixture.tail.status()).isEmpty();
    assertThat(fixture.gauged("followed")).isZero();
  }

  @Test
  void deletedFilesAboveTheLimitAreLetGoOldestFirstAndCounted() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("pods/*/*/*.log"), DataSize.ofBytes(150), false);
    Log first = fixture.log("checkout-7d9f", "web");
    Log second = fixture.log("checkout-7d9f", "proxy");
    fixture.reader.full = true;
    String lost = first.line("a line that is deleted first, and is never read by anyone");
    second.line("a line that is deleted second");
    fixture.start();
    fixture.look();
    Files.delete(first.live);
    fixture.look();
    Files.delete(second.live);
    fixture.pass(Duration.ofSeconds(1));
    fixture.reader.full = false;
    fixture.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("a line that is deleted second");
    assertThat(fixture.reader.lostBytes).isEqualTo(lost.length() + 1);
    assertThat(fixture.reader.gone).hasSize(2);
  }

  @Test
  void nothingGoesOnOverWhatWasDeletedUnread() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("pods/*/*/*.log"), DataSize.ofBytes(10), false);
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("the begin of a record");
    fixture.start();
    fixture.look();
    fixture.reader.full = true;
    log.line("its end, which nobody reads");
    fixture.look();
    Path rotated = log.rotate(".20261123-054855");
    log.line("another record");
    fixture.look();
    Files.delete(rotated);
    fixture.pass(Duration.ofSeconds(1));
    fixture.reader.full = false;
    fixture.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("the begin of a record", "another record");
    assertThat(fixture.reader.handovers.getFirst()).endsWith("-> nothing");
  }

  @Test
  void nothingGoesOnOverAWholeFileThatWasDeletedUnread() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("pods/*/*/*.log"), DataSize.ofBytes(10), false);
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("the begin of a record");
    fixture.start();
    fixture.look();
    fixture.reader.full = true;
    log.line("more of it");
    log.rotate(".20261123-054855");
    log.line("its end, which nobody reads");
    fixture.look();
    // The clock was set back: the kubelet takes the newer one for the older.
    Path newer = log.rotate(".20261123-044855");
    log.line("another record");
    fixture.look();
    Files.delete(newer);
    fixture.pass(Duration.ofSeconds(1));
    fixture.reader.full = false;
    fixture.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("the begin of a record", "more of it", "another record");
    assertThat(fixture.reader.handovers).contains("0.log.20261123-054855 -> nothing");
  }

  @Test
  void whatWasWrittenBehindAnotherFileIsCountedTooWhenItIsDeletedUnread() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("pods/*/*/*.log"), DataSize.ofBytes(10), false);
    Log log = fixture.log("checkout-7d9f", "web");
    long written = log.line("1").length() + 1L;
    fixture.reader.full = true;
    fixture.start();
    fixture.look();
    Path rotated = log.rotate(".20261123-054855");
    written += log.line("2").length() + 1L;
    fixture.pass(Duration.ofSeconds(1));
    // Nobody has read of the second file yet, which follows the first one.
    written += log.line("3").length() + 1L;
    fixture.pass(Duration.ofSeconds(2));
    Files.delete(rotated);
    Files.delete(log.live);
    fixture.pass(Duration.ofSeconds(2));

    assertThat(fixture.reader.lostBytes).isEqualTo(written);
    assertThat(fixture.tail.status()).isEmpty();
  }

  @Test
  void deletedAndCreatedAnewUnderTheSameNameBothAreRead() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    Files.delete(log.live);
    log.reopen();
    log.line("2");
    fixture.pass(Duration.ofSeconds(4));
    // Nobody holds the first one now: its inode may be given out again.
    Files.delete(log.live);
    log.reopen();
    log.line("3");
    fixture.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("1", "2", "3");
  }

  @Test
  void anInodeThatIsReusedIsToldApartByTheFirstLine() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    fixture.stop();
    // Same inode, same name, same size: only the content differs.
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
    log.line("2");
    fixture.restart();
    fixture.look();

    assertThat(messages()).containsExactly("1", "2");
  }
}
