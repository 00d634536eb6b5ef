package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every byte that a followed file ever held is handed over once and in order, or counted as lost.
class TailTest extends TailTestCase {
  @Test
  void readsWhatIsThereAndWhatComes() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("order 1 accepted");
    fixture.start();
    fixture.look();
    log.line("order 2 accepted");
    fixture.look();

    assertThat(messages()).containsExactly("order 1 accepted", "order 2 accepted");
    TailedFile file = fixture.reader.files.values().iterator().next();
    assertThat(file.container())
        .isEqualTo(new ContainerRef("shop", "checkout-7d9f", "0f1e2d3c-4b5a", "web"));
    assertThat(file.format()).isEqualTo(LogFormat.CRI);
    assertThat(file.livePath()).isEqualTo(log.live);
  }

  @Test
  void handsNothingOverBeforeTheFirstLineIsComplete() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    fixture.start();
    log.raw("2026-11-23T05:48:55.123456789Z stdout F par");
    fixture.look();
    assertThat(fixture.tail.status())
        .singleElement()
        .satisfies(s -> assertThat(s.state()).isEqualTo(FileStatus.State.IDENTIFYING));

    log.raw("tial line\n");
    fixture.look();

    assertThat(messages()).containsExactly("partial line");
  }

  @Test
  void aLineThatIsCompletedWhileStoppedIsOneLine() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("first");
    log.raw("2026-11-23T05:48:55.123456789Z stdout F partial");
    fixture.start();
    fixture.look();
    fixture.stop();
    log.raw(" line\n");
    fixture.restart();
    fixture.look();

    assertThat(messages()).containsExactly("first", "partial line");
  }

  @Test
  void aRestartReadsOnlyWhatIsNew() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("old");
    fixture.start();
    fixture.look();
    log.line("new");
    fixture.restart();
    fixture.look();

    assertThat(messages()).containsExactly("old", "new");
  }

  @Test
  void theLiveFileIsTheNewestThoughTheClockWasSetBack() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.raw("2026-11-23T05:48:55.000000001Z stdout P one");
    log.raw("\n");
    fixture.start();
    log.rotate(".20261123-054855");
    log.raw("2026-11-23T04:00:00.000000001Z stdout F two\n");
    fixture.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("one", "two");
    assertThat(fixture.reader.handovers).containsExactly("0.log.20261123-054855 -> 0.log");
  }

  @Test
  void aFileThatVanishedWasWrittenBeforeOneThatIsNew() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    fixture.start();
    log.line("one");
    fixture.look();
    fixture.reader.full = true;
    log.line("two");
    fixture.look();
    // Between two looks: the one that was live is rotated and deleted, so is the next rotated.
    Files.delete(log.rotate(".20261123-064855"));
    log.line("three");
    log.rotate(".20261123-054856");
    log.line("four");
    fixture.pass(Duration.ofSeconds(1));
    fixture.reader.full = false;
    fixture.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("one", "two", "three", "four");
    assertThat(fixture.reader.handovers)
        .containsExactly("0.log -> 0.log.20261123-054856", "0.log.20261123-054856 -> 0.log");
  }

  @Test
  void aFileThatARotationHidesWhileTheFolderIsListedIsNotPassedOver() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("one");
    log.rotate(".20261123-054855");
    log.line("two");
    fixture.afterListing(
        log,
        1,
        () -> {
          log.rotate(".20261123-054856");
          log.line("three");
        });
    fixture.start();
    fixture.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("one", "two", "three");
    assertThat(fixture.reader.handovers)
        .containsExactly(
            "0.log.20261123-054855 -> 0.log.20261123-054856", "0.log.20261123-054856 -> 0.log");
  }

  @Test
  void aFolderThatChangesAllTheTimeIsLookedAtAgainSoon() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("one");
    fixture.start();
    log.line("two");
    // More often than anybody looks in one turn.
    int[] rotations = {0};
    fixture.afterListing(
        log,
        8,
        () -> {
          log.rotate(".20261123-05490" + ++rotations[0]);
          log.line("and " + rotations[0]);
        });
    fixture.pass(Duration.ofSeconds(9));

    assertThat(messages())
        .containsExactly(
            "one", "two", "and 1", "and 2", "and 3", "and 4", "and 5", "and 6", "and 7", "and 8");
    assertThat(fixture.reader.handovers)
        .hasSize(8)
        .startsWith("0.log.20261123-054901 -> 0.log.20261123-054902")
        .endsWith("0.log.20261123-054908 -> 0.log");
  }

  @Test
  void followsARenamedFileThroughItsOldHandle() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("before-rotate");
    fixture.start();
    fixture.look();
    for (String suffix : List.of(".2", ".1")) {
      OutputStream old = log.handle();
      log.rotate(suffix);
      old.write(
          (Log.cri("through the old handle " + suffix) + "\n").getBytes(StandardCharsets.UTF_8));
      log.line("through the new handle " + suffix);
      fixture.pass(Duration.ofMillis(500));
    }

    assertThat(messages())
        .containsExactly(
            "before-rotate",
            "through the old handle .2",
            "through the new handle .2",
            "through the old handle .1",
            "through the new handle .1");
    assertThat(fixture.reader.handovers).containsExactly("0.log.2 -> 0.log", "0.log.1 -> 0.log");
    assertThat(fixture.counted("rotations")).isEqualTo(2);
  }

  @Test
  void aSuccessorIsReadOnlyAfterTheRotatedFileWasAtItsEndForAWhile() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    OutputStream old = log.handle();
    log.rotate(".20261123-054855");
    log.line("3");
    fixture.look();
    assertThat(messages()).containsExactly("1");
    old.write((Log.cri("2") + "\n").getBytes(StandardCharsets.UTF_8));
    fixture.pass(Duration.ofMillis(500));

    assertThat(messages()).containsExactly("1", "2", "3");
  }

  @Test
  void aLateWriteWithinTheGraceIsReadAndOneAfterItIsCounted() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("first");
    fixture.start();
    fixture.look();
    OutputStream old = log.handle();
    log.rotate(".20261123-054855");
    log.line("second");
    fixture.pass(Duration.ofSeconds(1));
    old.write((Log.cri("late") + "\n").getBytes(StandardCharsets.UTF_8));
    fixture.pass(Duration.ofSeconds(3));
    assertThat(messages()).containsExactly("first", "second", "late");
    assertThat(fixture.reader.lostBytes).isZero();

    byte[] tooLate = (Log.cri("too late") + "\n").getBytes(StandardCharsets.UTF_8);
    old.write(tooLate);
    fixture.pass(Duration.ofSeconds(3));

    assertThat(messages()).containsExactly("first", "second", "late");
    assertThat(fixture.reader.lostBytes).isEqualTo(tooLate.length);
    assertThat(fixture.counted("lost")).isEqualTo(tooLate.length);
  }

  @Test
  void aLateWriteToAFileThatWasRotatedBeforeItWasSeenIsReadWithinTheGrace() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("first");
    OutputStream old = log.handle();
    log.rotate(".20261123-054855");
    log.line("second");
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));
    old.write((Log.cri("late") + "\n").getBytes(StandardCharsets.UTF_8));
    fixture.pass(Duration.ofSeconds(3));

    assertThat(messages()).containsExactly("first", "second", "late");
    assertThat(fixture.reader.lostBytes).isZero();
  }

  @Test
  void twoRotationsBetweenTwoLooksAreReadInOrder() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    log.line("2");
    log.rotate(".20261123-054855");
    log.line("3");
    log.rotate(".20261123-054905");
    log.line("4");
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void aCompressedFileIsNotNewData() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    Path rotated = log.rotate(".20261123-054855");
    log.line("2");
    fixture.pass(Duration.ofSeconds(3));
    Log.gzip(rotated);
    fixture.pass(Duration.ofSeconds(6));
    fixture.restart();
    fixture.pass(Duration.ofSeconds(3));

    assertThat(messages()).containsExactly("1", "2");
    assertThat(fixture.reader.gone).isEmpty();
  }

  @Test
  void readsCompressedFilesFromWhereThePlainOneWasLeft() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    fixture.stop();
    log.line("2");
    Path first = log.rotate(".20261123-054855");
    log.line("3");
    Path second = log.rotate(".20261123-054905");
    Log.gzip(first);
    Log.gzip(second);
    log.line("4");
    Files.writeString(log.live.resolveSibling("0.log.20261123-054905.tmp"), "half");
    fixture.restart();
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void aTornCompressedFileIsReadUpToItsDamage() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    for (int i = 0; i < 5_000; i++) {
      log.line("order " + (i * 2654435761L) + " accepted");
    }
    Path torn = Log.gzip(log.rotate(".20261123-054855"));
    byte[] whole = Files.readAllBytes(torn);
    Files.write(torn, java.util.Arrays.copyOf(whole, whole.length / 2));
    log.line("after");
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).hasSizeGreaterThan(1_000).endsWith("after");
  }

  @Test
  void bothTargetsOfARepointedLinkAreRead() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("links/*.log"), DataSize.ofMiB(1), false);
    Path data = Files.createDirectories(fixture.root.resolve("allowed"));
    Files.createDirectories(fixture.root.resolve("links"));
    Log a = new Log(data.resolve("a.log"));
    Log b = new Log(data.resolve("b.log"));
    a.line("a 1");
    Path link = fixture.root.resolve("links/app.log");
    Files.createSymbolicLink(link, a.live);
    fixture.start();
    fixture.look();
    Files.delete(link);
    Files.createSymbolicLink(link, b.live);
    a.line("a 2");
    b.line("b 1");
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactlyInAnyOrder("a 1", "a 2", "b 1");
  }

  @Test
  void aFileThatTwoPatternsReachIsFollowedOnceAndKnowsItsPod() throws IOException {
    fixture.close();
    fixture =
        new TailFixture(
            folder, List.of("containers/*.log", "pods/*/*/*.log"), DataSize.ofMiB(1), false);
    Path docker = Files.createDirectories(fixture.root.resolve("allowed/4f2a"));
    Log real = new Log(docker.resolve("4f2a-json.log"));
    real.raw("{\"log\":\"paid\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T05:48:55.1Z\"}\n");
    Path pod = Files.createDirectories(fixture.root.resolve("pods/shop_pay-1_0f1e/app"));
    Files.createSymbolicLink(pod.resolve("0.log"), real.live);
    Path links = Files.createDirectories(fixture.root.resolve("containers"));
    Files.createSymbolicLink(links.resolve("pay-1_shop_app-4f2a.log"), pod.resolve("0.log"));
    fixture.start();
    fixture.look();
    real.rotate(".1");
    real.raw("{\"log\":\"shut\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T05:48:56.1Z\"}\n");
    fixture.pass(Duration.ofSeconds(1));

    assertThat(fixture.reader.lines).hasSize(2);
    assertThat(fixture.reader.files.values())
        .hasSize(2)
        .allSatisfy(
            f -> {
              assertThat(f.container()).isEqualTo(new ContainerRef("shop", "pay-1", "0f1e", "app"));
              assertThat(f.format()).isEqualTo(LogFormat.DOCKER_JSON);
              assertThat(f.livePath()).isEqualTo(pod.resolve("0.log"));
            });
  }

  @Test
  void whatIsNamedLikeALogAndIsNoneIsLeftAlone() throws Exception {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    Path container = log.live.resolveSibling("");
    Files.createDirectory(container.resolve("1.log"));
    assertThat(
            new ProcessBuilder("mkfifo", container.resolve("2.log").toString()).start().waitFor())
        .isZero();
    Path target = Files.createDirectories(fixture.root.resolve("allowed")).resolve("later.log");
    Files.createSymbolicLink(container.resolve("3.log"), target);
    fixture.start();
    fixture.look();
    assertThat(messages()).containsExactly("1");

    new Log(target).line("2");
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("1", "2");
  }

  @Test
  void aBacklogTakesItsShareAndNoMore() throws IOException {
    Log noisy = fixture.log("noisy-6c8d", "web");
    for (int i = 0; i < 20_000; i++) {
      noisy.line("order " + i + " accepted, and a great many words about it that nobody reads");
    }
    fixture.start();
    Log quiet = fixture.log("checkout-7d9f", "web");
    quiet.line("quiet");
    fixture.clock.advance(TailFixture.POLL);
    int consumed = fixture.turn();

    assertThat(consumed).isLessThanOrEqualTo(Slice.MAX_BYTES + 100);
    assertThat(messages()).contains("quiet").hasSizeLessThan(10_000);
  }

  @Test
  void aLineLongerThanAShareIsHandedOverInPieces() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    String line = log.line("x".repeat(3_000_000));
    log.line("after");
    fixture.start();
    fixture.look();

    assertThat(fixture.reader.bytes.values().iterator().next().toString(StandardCharsets.UTF_8))
        .startsWith(line + "\n")
        .endsWith("after\n");
  }

  @Test
  void aPausedFileDoesNotSpinAndGoesOnWhenWoken() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.reader.full = true;
    fixture.start();
    for (int i = 0; i < 1_000; i++) {
      fixture.turn();
    }
    assertThat(fixture.reader.reads.values()).containsExactly(1);
    assertThat(fixture.tail.status())
        .singleElement()
        .satisfies(s -> assertThat(s.state()).isEqualTo(FileStatus.State.WAITING));

    fixture.reader.full = false;
    fixture.tail.wakeup();
    fixture.turn();

    assertThat(messages()).containsExactly("1");
  }

  @Test
  void anUnterminatedLastLineIsHandedOverWhenNothingWillFollow() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    log.raw("2026-11-23T05:48:59Z stdout F no end");
    fixture.start();
    fixture.look();
    log.rotate(".20261123-054855");
    log.line("2");
    fixture.pass(Duration.ofSeconds(1));
    assertThat(messages()).containsExactly("1");
    fixture.pass(Duration.ofSeconds(3));

    assertThat(messages()).containsExactly("1", "no end", "2");
  }

  @Test
  void aFileCanBeRewound() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    log.rotate(".20261123-054855");
    log.line("2");
    fixture.pass(Duration.ofSeconds(4));
    TailedFile first = fixture.reader.files.values().iterator().next();
    fixture.reader.committed.put(first.id(), Position.start(first.id()));
    fixture.reader.finished.clear();
    fixture.tail.rewind(first, 0);
    fixture.pass(Duration.ofSeconds(4));

    assertThat(messages()).containsExactly("1", "2", "1");
  }

  @Test
  void statesWhenItHasScanned() throws IOException {
    assertThat(fixture.tail.foldersKnownEpochMillis()).isEmpty();
    long before = fixture.clock.epochMillis();
    fixture.start();

    assertThat(fixture.tail.scansCompleted()).isEqualTo(1);
    assertThat(fixture.tail.foldersKnownEpochMillis()).hasValue(before);
  }
}
