package dev.longshore.agent.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The names of folder and segments survive a power failure once a method has returned.
class SegmentFolderTest {
  @TempDir Path buffer;

  /// The folders that were made durable, in order.
  private final List<Path> synced = new ArrayList<>();

  @Test
  void aFolderThatIsMadeIsDurableInItsParent() throws IOException {
    SegmentFolder letters = open();

    letters.make();

    assertThat(letters.path()).isDirectory();
    assertThat(synced).containsExactly(buffer);
  }

  @Test
  void aFolderThatIsThereCostsNothing() throws IOException {
    SegmentFolder letters = open();
    letters.make();
    synced.clear();

    letters.make();

    assertThat(synced).isEmpty();
  }

  @Test
  void aSegmentIsDurableInItsFolder() throws IOException {
    SegmentFolder letters = open();
    letters.make();
    synced.clear();

    try (FileChannel _ = letters.create(letters.next())) {
      assertThat(synced).containsExactly(letters.path());
    }
    assertThat(Files.exists(letters.segments().getFirst())).isTrue();
  }

  private SegmentFolder open() {
    return new SegmentFolder(buffer.resolve("dead-letters"), synced::add);
  }
}
