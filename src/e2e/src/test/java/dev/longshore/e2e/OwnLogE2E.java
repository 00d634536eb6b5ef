package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.BulkSink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent that ships its own log does not write for each line that it ships, not at its most
/// talkative level either.
final class OwnLogE2E {
  /// More would be a line for each request, which is made for a line.
  private static final int LINES_IN_TEN_SECONDS = 60;

  @TempDir Path folder;

  @Test
  void doesNotFeedItself() throws Exception {
    try (BulkSink sink = BulkSink.counting()) {
      AgentHome home =
          new AgentHome(
              folder,
              """
              tail:
                paths: ["%s/agent.log"]
              kubernetes:
                enabled: false
              elasticsearch:
                urls: ["%s"]
              """
                  .formatted(folder, sink.url()));
      try (AgentProcess agent = home.start(List.of("env", "LONGSHORE_LOG_LEVEL=debug"))) {
        await().atMost(Duration.ofSeconds(60)).until(() -> sink.items() > 0);
        long before = agent.log().lines().count();
        await().pollDelay(Duration.ofSeconds(10)).atMost(Duration.ofSeconds(20)).until(() -> true);
        long written = agent.log().lines().count() - before;
        assertThat(written).as(agent.log()).isLessThan(LINES_IN_TEN_SECONDS);
        assertThat(agent.terminate(Duration.ofSeconds(30))).isZero();
      }
    }
  }
}
