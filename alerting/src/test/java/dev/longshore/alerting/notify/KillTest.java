package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.slack.SlackMessage;
import dev.longshore.testkit.slack.SlackServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Killed at any point nothing is lost, and at most one message per channel and kill is doubled.
/// `-Dlongshore.kills=100` for more kills than CI has time for.
final class KillTest {
  private static final int KILLS = Integer.getInteger("longshore.kills", 3);
  private static final int CHANNELS = 8;
  private static final Pattern POD = Pattern.compile("pod-(\\d+-\\d+)-end");

  @ParameterizedTest(name = "history may be read: {0}")
  @ValueSource(booleans = {true, false})
  void losesNothingAndDoublesAtMostOneMessagePerChannelAndKill(boolean history, @TempDir Path dir)
      throws Exception {
    int groups = 2 * KILLS + 5;
    Random random = new Random(7);
    try (SlackServer slack = SlackServer.start(Clock.system())) {
      slack.bursts(1_000_000, 1_000_000);
      if (!history) {
        slack.withoutScope("channels:history");
      }
      for (int channel = 0; channel < CHANNELS; channel++) {
        slack.open("storm-" + channel);
      }
      for (int kill = 0; kill < KILLS; kill++) {
        Process storm = start(dir, slack, groups);
        int before = slack.calls().size();
        awaitCalls(slack, storm, before + random.nextInt(3 * CHANNELS));
        Clock.system().sleep(Duration.ofMillis(random.nextInt(30)));
        storm.destroyForcibly().waitFor();
      }
      Process last = start(dir, slack, groups);
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(last.getInputStream(), StandardCharsets.UTF_8))) {
        String line = lines.readLine();
        while (line != null && !line.equals("empty")) {
          line = lines.readLine();
        }
        assertThat(line).isEqualTo("empty");
      }
      last.destroyForcibly().waitFor();
      assertThat(temporary(dir)).as("kills leave nothing behind").isEmptyDirectory();
      int lost = 0;
      int doubled = 0;
      for (int channel = 0; channel < CHANNELS; channel++) {
        Map<String, Integer> posted = new HashMap<>();
        for (SlackMessage message : slack.messages("storm-" + channel)) {
          Matcher pod = POD.matcher(message.visible());
          assertThat(pod.find()).isTrue();
          posted.merge(pod.group(1), 1, Integer::sum);
        }
        int more = posted.values().stream().mapToInt(it -> it - 1).sum();
        lost += groups - posted.size();
        doubled += more;
        assertThat(posted.values()).allMatch(times -> times <= 1 + KILLS);
        assertThat(more).as("doubled in channel %d", channel).isLessThanOrEqualTo(KILLS);
      }
      System.out.printf(
          "kills=%d channels=%d messages=%d history=%s lost=%d doubled=%d%n",
          KILLS, CHANNELS, CHANNELS * groups, history, lost, doubled);
      assertThat(lost).isZero();
    }
  }

  private static void awaitCalls(SlackServer slack, Process storm, int calls)
      throws InterruptedException {
    while (slack.calls().size() < calls && storm.isAlive()) {
      Clock.system().sleep(Duration.ofMillis(2));
    }
    assertThat(storm.isAlive()).as("it runs until it is killed").isTrue();
  }

  private static Path temporary(Path dir) {
    return dir.resolve("tmp");
  }

  private static Process start(Path dir, SlackServer slack, int groups) throws Exception {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + Files.createDirectories(temporary(dir)),
                "-cp",
                System.getProperty("java.class.path"),
                StormMain.class.getName(),
                dir.toString(),
                slack.apiUrl(),
                Integer.toString(CHANNELS),
                Integer.toString(groups)))
        .redirectError(dir.resolve("errors").toFile())
        .start();
  }
}
