package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ProjectFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's first command does what it says: every line of the dock is indexed, once, and its
/// error burst is one message in Slack that is edited and resolved.
final class DemoE2E {
  @TempDir Path folder;

  @Test
  void saysAtOnceThatElasticsearchDoesNotAnswer() throws Exception {
    var demo =
        CommandLine.longshore(
            Duration.ofMinutes(1),
            Map.of(),
            "demo",
            "--for",
            "5s",
            "--elasticsearch",
            "http://127.0.0.1:1");

    assertThat(demo.exit()).isEqualTo(1);
    assertThat(demo.output())
        .contains("no Elasticsearch answers at http://127.0.0.1:1", "refused")
        .doesNotContain("null", "Exception", "▸ Elasticsearch answers");
  }

  @Test
  void checksEachLineAfterAnInterruptOfTheWholeForeground() throws Exception {
    var demo =
        CommandLine.run(
            Duration.ofMinutes(5),
            Map.of(),
            ProjectFolder.find(),
            List.of(
                "bash",
                "-c",
                """
                set -m
                # A process that was started in the background may have inherited that it ignores SIGINT.
                env --default-signal=INT ./longshore demo --elasticsearch "$1" > "$2" 2>&1 &
                until grep -q '^shop/checkout' "$2" && grep -qE '^[0-9]+ s;' "$2"; do sleep 0.2; done
                kill -INT -- "-$!"
                wait $!
                status=$?
                cat "$2"
                exit "$status"
                """,
                "demo",
                ElasticsearchServer.shared().url().toString(),
                folder.resolve("demo.txt").toString()));

    assertThat(demo.output()).contains("0 missing, 0 twice, 0 unknown, 0 without labels");
    assertThat(demo.exit()).as(demo.output()).isZero();
  }

  @Test
  void leavesNoProcessBehindWhenItIsToldToEnd() throws Exception {
    var left =
        CommandLine.run(
            Duration.ofMinutes(5),
            Map.of(),
            ProjectFolder.find(),
            List.of(
                "bash",
                "-c",
                """
                ./longshore demo --elasticsearch "$1" > "$2" 2>&1 &
                until grep -q '^shop/checkout' "$2"; do sleep 0.2; done
                children=$(pgrep -P "$!")
                kill -TERM "$!"
                wait "$!"
                for child in $children; do
                  for _ in $(seq 50); do kill -0 "$child" 2>&- || continue 2; sleep 0.1; done
                  echo "still there: $child"
                done
                echo "children: $children"
                """,
                "demo",
                ElasticsearchServer.shared().url().toString(),
                folder.resolve("demo.txt").toString()));

    assertThat(left.output()).containsPattern("children: \\d+").doesNotContain("still there");
  }

  @Test
  void twoInOneCheckoutIndexEveryLineOnceAndTellOfTheErrorsInOneMessageEach() throws Exception {
    try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<CommandLine.Result>> demos =
          both.invokeAll(List.of(DemoE2E::shortDemo, DemoE2E::shortDemo));
      for (Future<CommandLine.Result> demo : demos) {
        assertThatItHolds(demo.get());
      }
    }
  }

  private static void assertThatItHolds(CommandLine.Result demo) {
    assertThat(demo.output().lines())
        .filteredOn(line -> !line.startsWith("▸") && !line.contains("./longshore"))
        .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
    assertThat(demo.output()).doesNotContain("WARNING", "Ryuk", "null");
    assertThat(demo.output().replaceAll("\\s+[▌ ]*", " "))
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

  private static CommandLine.Result shortDemo() throws Exception {
    return CommandLine.longshore(
        Duration.ofMinutes(5),
        Map.of(),
        "demo",
        "--for",
        "12s",
        "--elasticsearch",
        ElasticsearchServer.shared().url().toString());
  }

  @Test
  void saysWhatIsWrongWithAnOption() throws Exception {
    var demo = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), "demo", "--for", "soon");

    assertThat(demo.exit()).isEqualTo(2);
    assertThat(demo.output()).contains("'soon'");
  }
}
