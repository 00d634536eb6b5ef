package dev.longshore.agent.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.tail.FileStatus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Of many files the status page shows those that somebody looks for.
class StatusPageTest {
  private static final ContainerRef CHECKOUT =
      new ContainerRef("shop", "checkout-7d9f", "0f1e2d3c-4b5a", "app");

  @Test
  void showsUnreadableFilesFirstAndThenThoseThatAreMostBehind() {
    FileStatus idle = file("0.log", 0, "");
    FileStatus behind = file("1.log", 10, "");
    FileStatus farBehind = file("2.log", 1_000, "");
    FileStatus unreadable = file("3.log", 0, "Permission denied");

    assertThat(List.of(idle, behind, farBehind, unreadable).stream().sorted(StatusPage.MOST_BEHIND))
        .containsExactly(unreadable, farBehind, behind, idle);
  }

  private static FileStatus file(String name, long lagBytes, String reason) {
    FileStatus.State state =
        reason.isEmpty() ? FileStatus.State.READING : FileStatus.State.UNREADABLE;
    return new FileStatus(
        Path.of(name), null, CHECKOUT, 1_000, 1_000 - lagBytes, lagBytes, state, reason, 1);
  }
}
