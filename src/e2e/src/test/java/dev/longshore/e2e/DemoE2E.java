package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.ElasticsearchServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The README's first command does what it says: every line of the dock is indexed, once, and its
/// error burst is one message in Slack that is edited and resolved.
final class DemoE2E {
  @Test
  void indexesEveryLineOnceAndTellsOfTheErrorsInOneMessage() throws Exception {
    var demo =
        CommandLine.longshore(
            Duration.ofMinutes(3),
            Map.of(),
            "demo",
            "--for",
            "12s",
            "--elasticsearch",
            ElasticsearchServer.shared().url().toString());

    assertThat(demo.output())
        .contains("shop/checkout")
        .contains("batch/report")
        .contains("0 missing, 0 twice, 0 unknown, 0 without labels")
        .containsSubsequence(
            "What Slack showed while it fired",
            "· ErrorBurst",
            "errors in 10 seconds",
            "What Slack shows now",
            "RESOLVED · ErrorBurst",
            "became 1 message in Slack");
    assertThat(demo.exit()).as(demo.output()).isZero();
  }

  @Test
  void saysWhatIsWrongWithAnOption() throws Exception {
    var demo = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), "demo", "--for", "soon");

    assertThat(demo.exit()).isEqualTo(2);
    assertThat(demo.output()).contains("'soon'");
  }
}
