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
class TailTruncationTest extends DockRig {
  @Test
  void aTruncatedFileIsANewGeneration() throws IOException {
    Log log = dock.log("checkout-7d9f", "web");
    log.line("1");
    dock.start();
    dock.look();
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
    log.line("second");
    dock.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("1", "second");
    assertThat(dock.manifest.lostBytes).isZero();
    assertThat(dock.manifest.gone).hasSize(1);
    assertThat(dock.counted("truncations")).isEqualTo(1);
  }

  @Test
  void whatATruncationCutAwayUnreadIsCounted() throws IOException {
    Log log = dock.log("checkout-7d9f", "web");
    log.line("1");
    dock.start();
    dock.look();
    dock.manifest.full = true;
    String unread = log.line("never read");
    dock.look();
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
    dock.manifest.full = false;
    log.line("2");
    dock.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("1", "2");
    assertThat(dock.manifest.lostBytes).isEqualTo(unread.length() + 1);
  }

  @Test
  void aCopyThatPrecedesATruncationIsReadToItsEndAndNotTwice() throws IOException {
    Log log = dock.log("checkout-7d9f", "web");
    log.line("line 1");
    dock.start();
    dock.look();
    log.line("line 2");
    copyTruncate(log);
    log.line("line 3");
    dock.pass(Duration.ofSeconds(4));
    dock.restart();
    dock.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("line 1", "line 2", "line 3");
    assertThat(dock.manifest.lostBytes).isZero();
  }

  @Test
  void aFileThatHasGrownPastTheOldOffsetBetweenTwoLooksIsANewGeneration() throws IOException {
    Log log = dock.log("checkout-7d9f", "web");
    log.line("1");
    dock.start();
    dock.look();
    copyTruncate(log);
    log.line("2, which is longer than all that was there before");
    log.line("3");
    dock.pass(Duration.ofSeconds(4));

    assertThat(messages())
        .containsExactly("1", "2, which is longer than all that was there before", "3");
    assertThat(dock.manifest.lostBytes).isZero();
  }

  @Test
  void aFileThatHasGrownToItsOldSizeIsFoundThoughItsTimeWasSetBack() throws IOException {
    Log log = dock.log("checkout-7d9f", "web");
    log.line("1");
    dock.start();
    dock.look();
    FileTime written = Files.getLastModifiedTime(log.live);
    copyTruncate(log);
    log.line("2");
    Files.setLastModifiedTime(log.live, written);
    dock.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("1", "2");
  }

  @Test
  void aPlainFileThatBeginsAgainWithTheSameLineIsToldByWhatWasReadLast() throws IOException {
    try (Dock plain = new Dock(folder, List.of("app/*.log"), DataSize.ofMiB(1), false)) {
      Files.createDirectories(plain.root.resolve("app"));
      Log log = new Log(plain.root.resolve("app/app.log"));
      log.raw("starting\norder 1\n");
      plain.start();
      plain.look();
      Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
      log.raw("starting\norder 2\norder 3\n");
      plain.pass(Duration.ofSeconds(4));

      assertThat(plain.manifest.lines)
          .containsExactly("starting", "order 1", "starting", "order 2", "order 3");
    }
  }

  @Test
  void aHoleThatIsCutAwayBeforeALineStandsBehindItIsForgotten() throws IOException {
    Path app = Files.createDirectories(dock.root.resolve("pods/shop_pay-1_0f1e/app"));
    Path live = app.resolve("0.log");
    Files.write(live, new byte[40]);
    dock.start();
    dock.look();
    Files.writeString(live, Log.cri("a line that reaches beyond where the hole has ended") + "\n");
    dock.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("a line that reaches beyond where the hole has ended");
    assertThat(dock.manifest.files.values())
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
    Path app = Files.createDirectories(dock.root.resolve("pods/shop_pay-1_0f1e/app"));
    Path live = app.resolve("0.log");
    try (RandomAccessFile writer = new RandomAccessFile(live.toFile(), "rw")) {
      writer.write(
          (Log.cri("line 1") + "\n" + Log.cri("line 2") + "\n").getBytes(StandardCharsets.UTF_8));
      dock.start();
      dock.look();
      Files.copy(live, app.resolve("0.log.1"));
      Files.newOutputStream(live, StandardOpenOption.TRUNCATE_EXISTING).close();
      writer.write((Log.cri("line 3") + "\n").getBytes(StandardCharsets.UTF_8));
      dock.pass(Duration.ofSeconds(4));
    }

    assertThat(messages()).containsExactly("line 1", "line 2", "line 3");
    assertThat(dock.manifest.lines.getLast()).doesNotContain("\0");
    assertThat(dock.manifest.lostBytes).isZero();
  }

  @Test
  void copytruncateWithoutTimestampsIsNotSentTwice() throws IOException {
    try (Dock plain = new Dock(folder, List.of("app/*"), DataSize.ofMiB(1), false)) {
      Files.createDirectories(plain.root.resolve("app"));
      Log log = new Log(plain.root.resolve("app/app.log"));
      log.raw("line 1\nline 2\n");
      plain.start();
      plain.look();
      copyTruncate(log);
      log.raw("line 3\n");
      plain.pass(Duration.ofSeconds(4));

      assertThat(plain.manifest.lines).containsExactly("line 1", "line 2", "line 3");
      assertThat(plain.manifest.lostBytes).isZero();
      assertThat(plain.manifest.files.values())
          .allSatisfy(f -> assertThat(f.format()).isEqualTo(LogFormat.PLAIN));
    }
  }

  @Test
  void aDeletedFileIsReadToItsEndAndThenGone() throws IOException {
    Log log = dock.log("checkout-7d9f", "web");
    log.line("1");
    dock.start();
    dock.look();
    dock.manifest.full = true;
    log.line("2");
    Files.delete(log.live);
    Files.delete(log.live.getParent());
    dock.pass(Duration.ofSeconds(5));
    assertThat(dock.tail.status())
        .singleElement()
        .satisfies(s -> assertThat(s.state()).isEqualTo(FileStatus.State.DELETED_HELD));
    assertThat(dock.gauged("held")).isPositive();
    dock.manifest.full = false;
    dock.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("1", "2");
    assertThat(dock.manifest.gone).hasSize(1);
    assertThat(dock.manifest.lostBytes).isZero();
    assertThat(dock.tail.status()).isEmpty();
    assertThat(dock.gauged("followed")).isZero();
  }

  @Test
  void deletedFilesAboveTheLimitAreLetGoOldestFirstAndCounted() throws IOException {
    dock.close();
    dock = new Dock(folder, List.of("pods/*/*/*.log"), DataSize.ofBytes(150), false);
    Log first = dock.log("checkout-7d9f", "web");
    Log second = dock.log("checkout-7d9f", "proxy");
    dock.manifest.full = true;
    String lost = first.line("a line that is deleted first, and is never read by anyone");
    second.line("a line that is deleted second");
    dock.start();
    dock.look();
    Files.delete(first.live);
    dock.look();
    Files.delete(second.live);
    dock.pass(Duration.ofSeconds(1));
    dock.manifest.full = false;
    dock.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("a line that is deleted second");
    assertThat(dock.manifest.lostBytes).isEqualTo(lost.length() + 1);
    assertThat(dock.manifest.gone).hasSize(2);
  }

  @Test
  void nothingGoesOnOverWhatWasDeletedUnread() throws IOException {
    dock.close();
    dock = new Dock(folder, List.of("pods/*/*/*.log"), DataSize.ofBytes(10), false);
    Log log = dock.log("checkout-7d9f", "web");
    log.line("the begin of a record");
    dock.start();
    dock.look();
    dock.manifest.full = true;
    log.line("its end, which nobody reads");
    dock.look();
    Path rotated = log.rotate(".20261123-054855");
    log.line("another record");
    dock.look();
    Files.delete(rotated);
    dock.pass(Duration.ofSeconds(1));
    dock.manifest.full = false;
    dock.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("the begin of a record", "another record");
    assertThat(dock.manifest.handovers.getFirst()).endsWith("-> nothing");
  }

  @Test
  void nothingGoesOnOverAWholeFileThatWasDeletedUnread() throws IOException {
    dock.close();
    dock = new Dock(folder, List.of("pods/*/*/*.log"), DataSize.ofBytes(10), false);
    Log log = dock.log("checkout-7d9f", "web");
    log.line("the begin of a record");
    dock.start();
    dock.look();
    dock.manifest.full = true;
    log.line("more of it");
    log.rotate(".20261123-054855");
    log.line("its end, which nobody reads");
    dock.look();
    // The clock was set back: the kubelet takes the newer one for the older.
    Path newer = log.rotate(".20261123-044855");
    log.line("another record");
    dock.look();
    Files.delete(newer);
    dock.pass(Duration.ofSeconds(1));
    dock.manifest.full = false;
    dock.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("the begin of a record", "more of it", "another record");
    assertThat(dock.manifest.handovers).contains("0.log.20261123-054855 -> nothing");
  }

  @Test
  void whatWasWrittenBehindAnotherFileIsCountedTooWhenItIsDeletedUnread() throws IOException {
    dock.close();
    dock = new Dock(folder, List.of("pods/*/*/*.log"), DataSize.ofBytes(10), false);
    Log log = dock.log("checkout-7d9f", "web");
    long written = log.line("1").length() + 1L;
    dock.manifest.full = true;
    dock.start();
    dock.look();
    Path rotated = log.rotate(".20261123-054855");
    written += log.line("2").length() + 1L;
    dock.pass(Duration.ofSeconds(1));
    // Nobody has read of the second file yet, which stands behind the first one.
    written += log.line("3").length() + 1L;
    dock.pass(Duration.ofSeconds(2));
    Files.delete(rotated);
    Files.delete(log.live);
    dock.pass(Duration.ofSeconds(2));

    assertThat(dock.manifest.lostBytes).isEqualTo(written);
    assertThat(dock.tail.status()).isEmpty();
  }

  @Test
  void deletedAndCreatedAnewUnderTheSameNameBothAreRead() throws IOException {
    Log log = dock.log("checkout-7d9f", "web");
    log.line("1");
    dock.start();
    Files.delete(log.live);
    log.reopen();
    log.line("2");
    dock.pass(Duration.ofSeconds(4));
    // Nobody holds the first one now: its inode may be given out again.
    Files.delete(log.live);
    log.reopen();
    log.line("3");
    dock.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("1", "2", "3");
  }

  @Test
  void anInodeThatIsReusedIsToldApartByTheFirstLine() throws IOException {
    Log log = dock.log("checkout-7d9f", "web");
    log.line("1");
    dock.start();
    dock.look();
    dock.stop();
    // Same inode, same name, same size: only the content differs.
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
    log.line("2");
    dock.restart();
    dock.look();

    assertThat(messages()).containsExactly("1", "2");
  }
}
