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

  private List<FileStatus.State> states() {
    return fixture.tail.status().stream().map(FileStatus::state).toList();
  }
}
