package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TailDeletionTest extends DockRig {
  @Test
  void aDeletedFileIsLetGoThoughItsSuccessorStaysEmpty() throws IOException {
    Log log = dock.log("checkout-7d9f", "web");
    log.line("one");
    dock.start();
    dock.look();
    Path rotated = log.rotate(".20261123-054855");
    dock.pass(Duration.ofSeconds(1));
    Files.delete(rotated);
    dock.pass(Duration.ofSeconds(8));

    assertThat(states()).containsExactly(FileStatus.State.IDENTIFYING);
    assertThat(dock.manifest.lostBytes).isZero();

    log.line("two");
    dock.pass(Duration.ofSeconds(1));
    assertThat(messages()).containsExactly("one", "two");
  }

  @Test
  void aDeletedFileIsReadToItsEndBeforeItIsLetGo() throws IOException {
    Log log = dock.log("checkout-7d9f", "web");
    log.line("one");
    dock.start();
    dock.look();
    dock.manifest.full = true;
    log.line("two");
    Files.delete(log.rotate(".20261123-054855"));
    dock.pass(Duration.ofSeconds(8));
    assertThat(states())
        .containsExactlyInAnyOrder(FileStatus.State.DELETED_HELD, FileStatus.State.IDENTIFYING);

    dock.manifest.full = false;
    dock.pass(Duration.ofSeconds(8));
    assertThat(messages()).containsExactly("one", "two");
    assertThat(states()).containsExactly(FileStatus.State.IDENTIFYING);
  }

  private List<FileStatus.State> states() {
    return dock.tail.status().stream().map(FileStatus::state).toList();
  }
}
