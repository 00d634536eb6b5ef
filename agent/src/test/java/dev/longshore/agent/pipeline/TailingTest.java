package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
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
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/// However a log is rotated, copied, deleted or filled, each of its records arrives once.
class TailingTest {
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
  void aLineThatIsWrittenThroughTheOldHandleAfterTheRotationIsRead() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("before the rotation");
    fixture.start().expect("before the rotation");
    OutputStream old = log.handle();
    log.rotate(".20261123-060000");
    write(old, log.cri("stdout", "F", "through the old handle"));
    log.out("of the new file");
    fixture.expect("before the rotation", "through the old handle", "of the new file");
  }

  @Test
  void twoRotationsInARowLoseNoneOfFiveLines() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("one");
    fixture.start().expect("one");
    OutputStream first = log.handle();
    log.rotate(".20261123-060000");
    write(first, log.cri("stdout", "F", "two, late"));
    log.out("three");
    OutputStream second = log.handle();
    log.rotate(".20261123-060010");
    write(second, log.cri("stdout", "F", "four, late"));
    log.out("five");
    fixture.expect("one", "two, late", "three", "four, late", "five");
  }

  @Test
  void aCopyThatIsTruncatedKeepsItsThirdLineOnceAndHasNoNulBytes() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").raw("one\ntwo\n");
    fixture.start().expect("one", "two");
    // A writer without O_APPEND goes on at its old offset: the file begins with a hole.
    long offset = Files.size(log.live);
    Files.copy(log.live, log.live.resolveSibling("0.log.1"));
    try (FileChannel channel = FileChannel.open(log.live, StandardOpenOption.WRITE)) {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap("three\n".getBytes(StandardCharsets.UTF_8)), offset);
    }
    fixture.expect("one", "two", "three");
  }

  @Test
  void aHoleAtTheBeginOfAFileIsNamed() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("behind");
    byte[] line = Files.readAllBytes(log.live);
    try (FileChannel channel = FileChannel.open(log.live, StandardOpenOption.WRITE)) {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(line), 1L << 20);
    }
    List<ILoggingEvent> told = toldWhile(() -> fixture.start().expect("behind"));

    assertThat(told)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getKeyValuePairs())
                    .contains(
                        new KeyValuePair("offset", 0L), new KeyValuePair("nulBytes", 1L << 20)));
  }

  /// What is told of NUL bytes.
  private static List<ILoggingEvent> toldWhile(Runnable what) {
    ListAppender<ILoggingEvent> warnings = new ListAppender<>();
    warnings.start();
    Logger logger = (Logger) LoggerFactory.getLogger(Pipeline.class);
    logger.addAppender(warnings);
    what.run();
    logger.detachAppender(warnings);
    return warnings.list.stream()
        .filter(event -> event.getMessage().startsWith("NUL bytes"))
        .toList();
  }

  @Test
  void aGibibyteThatNobodyWroteIsReadOverAndNamedOnce() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("before");
    long offset = Files.size(log.live);
    try (FileChannel channel = FileChannel.open(log.live, StandardOpenOption.WRITE)) {
      channel.truncate(offset);
      channel.write(ByteBuffer.wrap(new byte[1]), offset + (1L << 30) - 1);
    }
    log.out("behind").err("and more");
    byte[] second =
        (new String(new byte[4096], StandardCharsets.US_ASCII)
                + log.cri("stdout", "F", "behind a second one"))
            .getBytes(StandardCharsets.US_ASCII);
    List<ILoggingEvent> told =
        toldWhile(
            () -> {
              fixture.start().expect("before", "behind", "and more");
              try {
                log.raw(second);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              fixture.expect("before", "behind", "and more", "behind a second one");
            });

    assertThat(told)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getKeyValuePairs())
                    .contains(
                        new KeyValuePair("offset", offset),
                        new KeyValuePair("nulBytes", 1L << 30)));
    assertThat(fixture.stop()).isTrue();
    log.out("of the next run");
    fixture
        .start()
        .expect("before", "behind", "and more", "behind a second one", "of the next run");
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
  }

  @Test
  void bothTargetsOfALinkThatIsRepointedAreRead() throws IOException {
    fixture.pattern = "links/*.log";
    PodLog first =
        fixture.logAt(fixture.root.resolve("links/data/first.log")).out("in the first target");
    Path link = fixture.root.resolve("links/app.log");
    Files.createSymbolicLink(link, first.live);
    fixture.start().expect("in the first target");
    PodLog second =
        fixture.logAt(fixture.root.resolve("links/data/second.log")).out("in the second target");
    Path aside = fixture.root.resolve("links/aside");
    Files.createSymbolicLink(aside, second.live);
    first.out("late in the first target");
    Files.move(aside, link, StandardCopyOption.ATOMIC_MOVE);
    fixture.expect("in the first target", "late in the first target", "in the second target");
  }

  @Test
  void aFileThatIsDeletedAndMadeAnewGivesBothLines() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("of the first file");
    fixture.start().expect("of the first file");
    Files.delete(log.live);
    log.reopen();
    log.out("of the second file");
    fixture.expect("of the first file", "of the second file");
  }

  @Test
  void aLateLineWithinTheGraceIsReadAndOneBehindItIsCountedAsLost() throws Exception {
    PodLog log = fixture.log("checkout-7d9f", "app").out("before");
    fixture.start().expect("before");
    OutputStream old = log.handle();
    Path rotated = log.rotate(".20261123-060000");
    log.out("new");
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::read) == 2);
    write(old, log.cri("stdout", "F", "late"));
    fixture.expect("before", "new", "late");
    fixture.until(
        PipelineFixture.SOON,
        () ->
            fixture.pipeline().files().size() == 2
                && fixture.pipeline().files().stream()
                    .anyMatch(it -> it.status().path().equals(rotated) && it.waiting().isEmpty()));
    fixture.pass(Duration.ofSeconds(2));
    String tooLate = log.cri("stdout", "F", "too late");
    write(old, tooLate);
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::lostBytes) == tooLate.length());
    fixture.expect("before", "new", "late");
  }

  @Test
  void aLateLineBehindACutOneWaitsUntilTheCutOneIsWhole() throws IOException {
    PodLog log = fixture.log("checkout-7d9f", "app").out("before").part("stdout", "cut ");
    fixture.frame =
        new FrameConfig(DataSize.ofMiB(1), "auto", Duration.ofMillis(250), Duration.ofSeconds(3));
    fixture.start();
    fixture.allRead();
    OutputStream old = log.handle();
    log.rotate(".20261123-060000");
    log.err("of the new file");
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::read) == 2);
    String end = log.cri("stdout", "F", "in two");
    write(old, log.cri("stderr", "F", "late"));
    log.raw(end);
    fixture.expect("before", "cut in two", "of the new file", "late");
    fixture.kill();
    log.out("after the restart");
    fixture.start().expect("before", "cut in two", "of the new file", "late", "after the restart");
    assertThat(fixture.elastic.refusedAsDuplicate()).isZero();
  }

  @Test
  void aRecordLongerThanAllowedBecomesFragmentsAndItsNeighboursStayWhole() throws IOException {
    fixture.frame =
        new FrameConfig(DataSize.ofKiB(4), "auto", Duration.ofMillis(250), Duration.ofMillis(300));
    String longMessage = "räßl🚢".repeat(1_000);
    fixture.log("checkout-7d9f", "app").out("short one").out(longMessage).out("short two");
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.messages().contains("short two"));
    fixture.quiet();
    List<String> messages = new ArrayList<>(fixture.elastic.messages());
    assertThat(messages.removeFirst()).isEqualTo("short one");
    assertThat(messages.removeLast()).isEqualTo("short two");
    assertThat(messages).hasSizeGreaterThan(2);
    assertThat(String.join("", messages)).isEqualTo(longMessage);
    fixture.assertLedger();
  }

  @Test
  void aJobOfASecondIsShippedWithinFive() throws IOException {
    fixture.start();
    PodLog job = fixture.log("migrate-x2x4z", "job").out("done: 3 rows moved");
    Instant wrote = fixture.clock.now();
    fixture.expect("done: 3 rows moved");
    assertThat(Duration.between(wrote, fixture.clock.now())).isLessThan(Duration.ofSeconds(5));
    Files.delete(job.live);
    Files.delete(job.live.getParent());
    fixture.until(PipelineFixture.SOON, () -> fixture.ledger.accounts().isEmpty());
    assertThat(fixture.pipeline().files()).isEmpty();
    assertThat(fixture.buffer().positions()).isEmpty();
  }

  @Test
  void aJobThatIsDeletedBeforeItsEndIsFramedGivesItsLastWords() throws IOException {
    PodLog job = fixture.log("migrate-x2x4z", "job").out("begun");
    fixture.start().expect("begun");
    job.part("stdout", "no end of a line");
    fixture.allRead();
    Files.delete(job.live);
    fixture.expect("begun", "no end of a line");
  }

  @Test
  void aNoisyContainerDoesNotDelayTheOthers() throws IOException {
    PodLog noisy = fixture.log("noisy-5b6c", "app");
    StringBuilder text = new StringBuilder();
    String filler = "x".repeat(1_000);
    for (int i = 0; i < 10_000; i++) {
      text.append(noisy.cri("stdout", "F", i + " " + filler));
    }
    noisy.raw(text.toString());
    List<PodLog> quiet = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      quiet.add(fixture.log("quiet-" + i, "app"));
    }
    fixture.start();
    for (int round = 0; round < 5; round++) {
      for (PodLog log : quiet) {
        log.out("round " + round);
      }
      Instant wrote = fixture.clock.now();
      int expected = (round + 1) * quiet.size();
      fixture.until(PipelineFixture.SOON, () -> quietCount() == expected);
      assertThat(Duration.between(wrote, fixture.clock.now())).isLessThan(Duration.ofSeconds(5));
    }
    fixture.until(Duration.ofSeconds(60), () -> fixture.elastic.count() == 10_100);
    fixture.quiet();
    fixture.assertLedger();
  }

  @Test
  void ofAContainerThatWasRestartedTheFileNearestToItsDeletionIsReadFirst() throws IOException {
    PodLog first = fixture.log("checkout-7d9f", "app");
    StringBuilder text = new StringBuilder();
    String filler = "x".repeat(1_000);
    for (int i = 0; i < 12_000; i++) {
      text.append(first.cri("stdout", "F", i + " " + filler));
    }
    first.raw(text.toString());
    PodLog second =
        fixture
            .logAt(first.live.resolveSibling("1.log"))
            .stampedFrom(first.lastStamp())
            .out("of the second run");
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 12_001);
    assertThat(fixture.elastic.messages().indexOf("of the second run")).isGreaterThan(11_000);
    second.out("later");
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 12_002);
    fixture.assertLedger();
  }

  @Test
  void theBeginOfALineInAnOlderFileDoesNotHoldUpTheNewerOne() throws IOException {
    PodLog first = fixture.log("checkout-7d9f", "app").out("whole");
    first.raw("2026-11-23T06:00:00Z stdout F the container died here");
    fixture.logAt(first.live.resolveSibling("1.log")).out("of the second run");
    fixture.start().expect("whole", "of the second run");
  }

  private long quietCount() {
    return fixture.elastic.documents().stream()
        .filter(it -> it.at("/kubernetes/pod/name").asText().startsWith("quiet-"))
        .count();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
