package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TailDeletionTest extends TailTestCase {
  @Test
  void aDeletedFileIsLetGoThoughItsSuccessorStaysEmpty() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("one");
    fixture.start();
    fixture.look();
    Path rotated = log.rotate(".20261123-054855");
    fixture.pass(Duration.ofSeconds(1));
    Files.delete(rotated);
    fixture.pass(Duration.ofSeconds(8));

    assertThat(states()).containsExactly(FileStatus.State.IDENTIFYING);
    assertThat(fixture.reader.lostBytes).isZero();

    log.line("two");
    fixture.pass(Duration.ofSeconds(1));
    assertThat(messages()).containsExactly("one", "two");
  }

  @Test
  void aDeletedFileIsReadToItsEndBeforeItIsLetGo() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("one");
    fixture.start();
    fixture.look();
    fixture.reader.full = true;
    log.line("two");
    Files.delete(log.rotate(".20261123-054855"));
    fixture.pass(Duration.ofSeconds(8));
    assertThat(states())
        .containsExactlyInAnyOrder(FileStatus.State.DELETED_HELD, FileStatus.State.IDENTIFYING);

    fixture.reader.full = false;
    fixture.pass(Duration.ofSeconds(8));
    assertThat(messages()).containsExactly("one", "two");
    assertThat(states()).containsExactly(FileStatus.State.IDENTIFYING);
  }

  @Test
  void aFileThatWasGoneWhenTheNextOnesCameIsOlderAlsoWithTheClockBack() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    fixture.reader.full = true;
    log.line("2");
    Files.delete(log.rotate(".20261123-054855"));
    log.raw("2026-11-23T04:00:00.000000001Z stdout F 3\n");
    log.rotate(".20261123-040001");
    log.raw("2026-11-23T04:00:02.000000001Z stdout F 4\n");
    fixture.look();
    fixture.reader.full = false;
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("1", "2", "3", "4");
  }

  private List<FileStatus.State> states() {
    return fixture.tail.status().stream().map(FileStatus::state).toList();
  }
}
