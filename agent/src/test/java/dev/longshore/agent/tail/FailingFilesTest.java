package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A disk that can't read a page of a log, or a file that can't be opened for a while, costs what
/// lies there and nothing else: nothing waits for it for ever, and nothing is read twice.
class FailingFilesTest extends TailTestCase {
  private static final String PADDING = "x".repeat(200);

  /// Lines that fill some pages.
  private static void fill(Log log, String name, int lines) throws IOException {
    for (int i = 0; i < lines; i++) {
      log.line(name + i + PADDING);
    }
  }

  private List<String> names() {
    return messages().stream().map(it -> it.replaceAll("[x\\x00]", "")).toList();
  }

  @Test
  void aPageThatCannotBeReadIsPassedOverAndCountedAndNothingWaitsForIt() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("first");
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));
    fill(log, "in", 100);
    fixture.files.failPage(log.live, 2);
    fixture.pass(Duration.ofSeconds(5));
    Path rotated = log.rotate(".20261123-060000");
    log.line("after the rotation");
    fixture.pass(Duration.ofSeconds(20));
    assertThat(fixture.reader.lostBytes).as("the disk may come back").isZero();
    assertThat(fixture.unreadable()).containsExactly(rotated);

    fixture.pass(Duration.ofSeconds(15));

    assertThat(names()).contains("first", "in0", "in99", "after the rotation");
    assertThat(names()).doesNotHaveDuplicates();
    assertThat(fixture.reader.lostBytes).isEqualTo(FailingFiles.PAGE_BYTES);
    assertThat(fixture.counted("lost")).isEqualTo(FailingFiles.PAGE_BYTES);
    assertThat(fixture.unreadable()).isEmpty();
  }

  @Test
  void manyPagesUpToTheEndOfTheFileArePassedOverToo() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("in0");
    fixture.start();
    fill(log, "in", 300);
    // Which file it is can't be asked any more.
    fixture.files.failPage(log.live, 0);
    long sizeBytes = Files.size(log.live);
    long begun = fixture.tail.status().getFirst().readOffset();
    for (long page = 3; page <= sizeBytes / FailingFiles.PAGE_BYTES; page++) {
      fixture.files.failPage(log.live, page);
    }
    fixture.pass(Duration.ofSeconds(1));
    log.rotate(".20261123-060000");
    log.line("after the rotation");
    fixture.pass(Duration.ofSeconds(60));
    assertThat(names()).contains("in0", "after the rotation");
    assertThat(fixture.reader.lostBytes).isEqualTo(sizeBytes - 2 * FailingFiles.PAGE_BYTES - begun);
  }

  @Test
  void aPageThatCanBeReadAgainIsNotLost() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    fixture.start();
    fill(log, "in", 100);
    fixture.files.failPage(log.live, 2);
    fixture.pass(Duration.ofSeconds(20));
    fixture.files.repair();
    fixture.pass(Duration.ofSeconds(10));
    assertThat(names()).hasSize(100).doesNotHaveDuplicates();
    assertThat(fixture.reader.lostBytes).isZero();
  }

  /// A file without timestamps is also known by what was read of it last.
  @Test
  void aPlainLogWhoseLastPageWasPassedOverIsReadOnWhenItCanBeReadAgain() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("app/*.log"), DataSize.ofMiB(64), false);
    Log log = new Log(Files.createDirectories(fixture.root.resolve("app")).resolve("app.log"));
    log.raw("a" + PADDING + "\n");
    fixture.start();
    log.raw(("b" + PADDING + "\n").repeat(40));
    fixture.files.failPage(log.live, 1);
    fixture.pass(Duration.ofSeconds(50));
    assertThat(fixture.reader.lostBytes).isPositive();
    fixture.files.repair();
    log.raw("the end\n");
    fixture.pass(Duration.ofSeconds(10));
    assertThat(messages().stream().filter(it -> it.startsWith("a"))).hasSize(1);
    assertThat(messages()).contains("the end");
    assertThat(fixture.counted("truncations")).isZero();
  }

  @Test
  void aRotatedPlainLogThatCannotBeOpenedForAWhileIsNotReadTwice() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("app/*.log"), DataSize.ofMiB(64), false);
    Path app = Files.createDirectories(fixture.root.resolve("app"));
    Log log = new Log(app.resolve("app.log"));
    log.raw("one\n");
    fixture.start();
    Path first = log.rotate(".1");
    log.raw("two\n");
    fixture.pass(Duration.ofSeconds(5));
    Path second = app.resolve("app.log.2");
    fixture.files.unopenable.add(second);
    Files.move(first, second);
    log.rotate(".1");
    log.raw("three\n");
    fixture.pass(Duration.ofSeconds(10));
    assertThat(fixture.unreadable()).containsExactly(second);

    fixture.files.repair();
    fixture.pass(Duration.ofSeconds(10));

    assertThat(messages()).containsExactly("one", "two", "three");
    assertThat(fixture.unreadable()).isEmpty();
  }

  @Test
  void aLogWhoseArchiveCannotBeOpenedForAWhileIsNotReadTwice() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("one");
    fixture.start();
    Path rotated = log.rotate(".20261123-060000");
    log.line("two");
    fixture.pass(Duration.ofSeconds(5));
    fixture.files.unopenable.add(rotated.resolveSibling(rotated.getFileName() + ".gz"));
    Log.gzip(rotated);
    fixture.pass(Duration.ofSeconds(10));
    assertThat(fixture.reader.gone).as("it may stand in the archive").isEmpty();

    fixture.files.repair();
    fixture.pass(Duration.ofSeconds(10));

    assertThat(messages()).containsExactly("one", "two");
    assertThat(fixture.reader.lostBytes).isZero();
  }

  @Test
  void aFileThatCannotBeAskedWhatItIsHidesNoOtherOfItsFolder() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("app/*.log"), DataSize.ofMiB(64), false);
    Path app = Files.createDirectories(fixture.root.resolve("app"));
    Log log = new Log(app.resolve("app.log"));
    log.raw("one\n");
    fixture.start();
    // No file system knows so long a name.
    Path unasked = app.resolve("app.log.20261123" + "1".repeat(300));
    fixture.phantoms.put(app, unasked);
    Log other = new Log(app.resolve("other.log"));
    other.raw("of another\n");
    log.rotate(".1");
    log.raw("two\n");
    fixture.pass(Duration.ofSeconds(5));
    assertThat(messages()).containsExactlyInAnyOrder("one", "of another", "two");
    assertThat(fixture.unreadable()).contains(unasked);
  }

  /// With every descriptor taken by logs, none was left to see a rotation by, and all stood still
  /// for ever.
  @Test
  void logsThatAreRotatedGiveTheirDescriptorsToWhatFollows() throws IOException {
    fixture.files.most = 2;
    Log first = fixture.log("first-0", "web");
    Log second = fixture.log("second-0", "web");
    first.line("first 1");
    second.line("second 1");
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));

    first.rotate(".20261123-060000");
    first.line("first 2");
    second.rotate(".20261123-060000");
    second.line("second 2");
    fixture.pass(Duration.ofSeconds(20));

    assertThat(messages()).containsExactlyInAnyOrder("first 1", "first 2", "second 1", "second 2");

    Log third = fixture.log("third-0", "web");
    third.line("third 1");
    fixture.pass(Duration.ofSeconds(10));
    assertThat(fixture.unreadable()).containsExactly(third.live);

    fixture.files.most = 3;
    fixture.pass(Duration.ofSeconds(20));

    assertThat(messages()).hasSize(5).contains("third 1");
    assertThat(fixture.counted("lost")).isZero();
  }
}
