package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.event.Account;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// However a log is rotated, copied, deleted or filled, each of its records arrives once.
class TailingTest {
  @TempDir Path folder;
  private Pier pier;

  @BeforeEach
  void build() throws IOException {
    pier = new Pier(folder);
  }

  @AfterEach
  void close() {
    pier.close();
  }

  @Test
  void aLineThatIsWrittenThroughTheOldHandleAfterTheRotationIsRead() throws IOException {
    PodLog log = pier.log("checkout-7d9f", "app").out("before the rotation");
    pier.start().expect("before the rotation");
    OutputStream old = log.handle();
    log.rotate(".20261123-060000");
    write(old, log.cri("stdout", "F", "through the old handle"));
    log.out("of the new file");
    pier.expect("before the rotation", "through the old handle", "of the new file");
  }

  @Test
  void twoRotationsInARowLoseNoneOfFiveLines() throws IOException {
    PodLog log = pier.log("checkout-7d9f", "app").out("one");
    pier.start().expect("one");
    OutputStream first = log.handle();
    log.rotate(".20261123-060000");
    write(first, log.cri("stdout", "F", "two, late"));
    log.out("three");
    OutputStream second = log.handle();
    log.rotate(".20261123-060010");
    write(second, log.cri("stdout", "F", "four, late"));
    log.out("five");
    pier.expect("one", "two, late", "three", "four, late", "five");
  }

  @Test
  void aCopyThatIsTruncatedKeepsItsThirdLineOnceAndHasNoNulBytes() throws IOException {
    PodLog log = pier.log("checkout-7d9f", "app").raw("one\ntwo\n");
    pier.start().expect("one", "two");
    // A writer without O_APPEND goes on at its old offset: the file begins with a hole.
    long offset = Files.size(log.live);
    Files.copy(log.live, log.live.resolveSibling("0.log.1"));
    try (FileChannel channel = FileChannel.open(log.live, StandardOpenOption.WRITE)) {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap("three\n".getBytes(StandardCharsets.UTF_8)), offset);
    }
    pier.expect("one", "two", "three");
  }

  @Test
  void bothTargetsOfALinkThatIsRepointedAreRead() throws IOException {
    pier.pattern = "links/*.log";
    PodLog first = new PodLog(pier.root.resolve("data/first.log")).out("in the first target");
    Files.createDirectories(pier.root.resolve("links"));
    Path link = pier.root.resolve("links/app.log");
    Files.createSymbolicLink(link, first.live);
    pier.start().expect("in the first target");
    PodLog second = new PodLog(pier.root.resolve("data/second.log")).out("in the second target");
    Path aside = pier.root.resolve("links/aside");
    Files.createSymbolicLink(aside, second.live);
    first.out("late in the first target");
    Files.move(aside, link, StandardCopyOption.ATOMIC_MOVE);
    pier.expect("in the first target", "late in the first target", "in the second target");
  }

  @Test
  void aFileThatIsDeletedAndMadeAnewGivesBothLines() throws IOException {
    PodLog log = pier.log("checkout-7d9f", "app").out("of the first file");
    pier.start().expect("of the first file");
    Files.delete(log.live);
    log.reopen();
    log.out("of the second file");
    pier.expect("of the first file", "of the second file");
  }

  @Test
  void aLateLineWithinTheGraceIsReadAndOneBehindItIsCountedAsLost() throws Exception {
    PodLog log = pier.log("checkout-7d9f", "app").out("before");
    pier.start().expect("before");
    OutputStream old = log.handle();
    Path rotated = log.rotate(".20261123-060000");
    log.out("new");
    pier.expect("before", "new");
    write(old, log.cri("stdout", "F", "late"));
    pier.expect("before", "new", "late");
    await()
        .atMost(Pier.SOON)
        .until(
            () ->
                pier.pipeline().files().size() == 2
                    && pier.pipeline().files().stream()
                        .anyMatch(
                            it -> it.status().path().equals(rotated) && it.waiting().isEmpty()));
    await().pollDelay(Duration.ofSeconds(2)).atMost(Pier.SOON).until(() -> true);
    String tooLate = log.cri("stdout", "F", "too late");
    write(old, tooLate);
    await().atMost(Pier.SOON).until(() -> pier.sum(Account::lostBytes) == tooLate.length());
    pier.expect("before", "new", "late");
  }

  @Test
  void aLateLineBehindACutOneWaitsUntilTheCutOneIsWhole() throws IOException {
    PodLog log = pier.log("checkout-7d9f", "app").out("before").part("stdout", "cut ");
    pier.frame =
        new FrameConfig(DataSize.ofMiB(1), "auto", Duration.ofMillis(250), Duration.ofSeconds(3));
    pier.start();
    pier.allRead();
    OutputStream old = log.handle();
    log.rotate(".20261123-060000");
    log.err("of the new file");
    await().atMost(Pier.SOON).until(() -> pier.elastic.messages().contains("of the new file"));
    String end = log.cri("stdout", "F", "in two");
    write(old, log.cri("stderr", "F", "late"));
    log.raw(end);
    pier.expect("before", "cut in two", "of the new file", "late");
    pier.kill();
    log.out("after the restart");
    pier.start().expect("before", "cut in two", "of the new file", "late", "after the restart");
    assertThat(pier.elastic.refusedAsDuplicate()).isZero();
  }

  @Test
  void aRecordLongerThanAllowedBecomesFragmentsAndItsNeighboursStayWhole() throws IOException {
    pier.frame =
        new FrameConfig(DataSize.ofKiB(4), "auto", Duration.ofMillis(250), Duration.ofMillis(300));
    String longMessage = "räßl🚢".repeat(1_000);
    pier.log("checkout-7d9f", "app").out("short one").out(longMessage).out("short two");
    pier.start();
    await().atMost(Pier.SOON).until(() -> pier.elastic.messages().contains("short two"));
    pier.quiet();
    List<String> messages = new ArrayList<>(pier.elastic.messages());
    assertThat(messages.removeFirst()).isEqualTo("short one");
    assertThat(messages.removeLast()).isEqualTo("short two");
    assertThat(messages).hasSizeGreaterThan(2);
    assertThat(String.join("", messages)).isEqualTo(longMessage);
    pier.assertBooks();
  }

  @Test
  void aJobOfASecondIsShippedWithinFive() throws IOException {
    pier.start();
    PodLog job = pier.log("migrate-x2x4z", "job").out("done: 3 rows moved");
    Instant wrote = Instant.now();
    pier.expect("done: 3 rows moved");
    assertThat(Duration.between(wrote, Instant.now())).isLessThan(Duration.ofSeconds(5));
    Files.delete(job.live);
    Files.delete(job.live.getParent());
    await().atMost(Pier.SOON).until(() -> pier.ledger.accounts().isEmpty());
    assertThat(pier.pipeline().files()).isEmpty();
    assertThat(pier.buffer().positions()).isEmpty();
  }

  @Test
  void aJobThatIsDeletedBeforeItsEndIsFramedGivesItsLastWords() throws IOException {
    PodLog job = pier.log("migrate-x2x4z", "job").out("begun");
    pier.start().expect("begun");
    job.part("stdout", "no end of a line");
    pier.allRead();
    Files.delete(job.live);
    pier.expect("begun", "no end of a line");
  }

  @Test
  void aNoisyContainerDoesNotDelayTheOthers() throws IOException {
    PodLog noisy = pier.log("noisy-5b6c", "app");
    StringBuilder text = new StringBuilder();
    String filler = "x".repeat(1_000);
    for (int i = 0; i < 40_000; i++) {
      text.append(noisy.cri("stdout", "F", i + " " + filler));
    }
    noisy.raw(text.toString());
    List<PodLog> quiet = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      quiet.add(pier.log("quiet-" + i, "app"));
    }
    pier.start();
    for (int round = 0; round < 5; round++) {
      for (PodLog log : quiet) {
        log.out("round " + round);
      }
      Instant wrote = Instant.now();
      int expected = (round + 1) * quiet.size();
      await().atMost(Pier.SOON).until(() -> quietCount() == expected);
      assertThat(Duration.between(wrote, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> pier.elastic.count() == 40_100);
    pier.quiet();
    pier.assertBooks();
  }

  @Test
  void ofAContainerThatWasRestartedTheFileNearestToItsDeletionIsReadFirst() throws IOException {
    PodLog first = pier.log("checkout-7d9f", "app");
    StringBuilder text = new StringBuilder();
    String filler = "x".repeat(1_000);
    for (int i = 0; i < 12_000; i++) {
      text.append(first.cri("stdout", "F", i + " " + filler));
    }
    first.raw(text.toString());
    PodLog second = new PodLog(first.live.resolveSibling("1.log")).out("of the second run");
    pier.start();
    await().atMost(Pier.SOON).until(() -> pier.elastic.count() == 12_001);
    assertThat(pier.elastic.messages().indexOf("of the second run")).isGreaterThan(11_000);
    second.out("later");
    await().atMost(Pier.SOON).until(() -> pier.elastic.count() == 12_002);
    pier.assertBooks();
  }

  @Test
  void theBeginOfALineInAnOlderFileDoesNotHoldUpTheNewerOne() throws IOException {
    PodLog first = pier.log("checkout-7d9f", "app").out("whole");
    first.raw("2026-11-23T06:00:00Z stdout F the container died here");
    new PodLog(first.live.resolveSibling("1.log")).out("of the second run");
    pier.start().expect("whole", "of the second run");
  }

  private long quietCount() {
    return pier.elastic.documents().stream()
        .filter(it -> it.at("/kubernetes/pod/name").asText().startsWith("quiet-"))
        .count();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
