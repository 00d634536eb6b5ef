package dev.longshore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClaimedFolderTest {
  @TempDir Path parent;

  @Test
  void oneRunAtATimeUsesIt() throws Exception {
    Path path = parent.resolve("new/run");
    Path left = path.resolve("left");
    try (ClaimedFolder claimed = ClaimedFolder.claim(path).orElseThrow()) {
      Files.writeString(claimed.path().resolve("left"), "");

      assertThat(ClaimedFolder.claim(path)).isEmpty();
      assertThat(ClaimedFolder.isInUse(path)).isTrue();
      assertThat(left).exists();
    }

    assertThat(ClaimedFolder.isInUse(path)).isFalse();
    try (ClaimedFolder _ = ClaimedFolder.claim(path).orElseThrow()) {
      assertThat(left).doesNotExist();
    }
  }

  @Test
  void nobodyUsesOneThatWasNeverClaimed() {
    assertThat(ClaimedFolder.isInUse(parent.resolve("run"))).isFalse();
  }
}
