package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.slack.SlackAccess;
import dev.longshore.alerting.receiver.slack.SlackSettings;
import dev.longshore.testkit.slack.SlackMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A flood through an incoming webhook, where nothing can be edited, becomes few messages that
/// count, and leaves out nothing.
final class WebhookStormTest {
  private static final int GROUPS = 80;
  private static final Pattern COUNTED = Pattern.compile("STORM · (\\d+) alerts firing");

  private NotifyBench bench;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    bench = new NotifyBench(dir);
    bench.receivers(
        new Receiver(
            "team-checkout",
            List.of(
                SlackSettings.of(
                    new SlackAccess.Url(SecretSource.given(bench.slack.webhook("alerts"))), ""))));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private AlertGroup group(int number) {
    Alert alert = bench.alert("checkout-" + number);
    return bench.group("{}:{pod=\"" + number + "\"}", "team-checkout", Suppression.NONE, alert);
  }

  /// How many alerts all messages tell of.
  private int told() {
    int told = 0;
    for (SlackMessage message : bench.slack.topLevel("alerts")) {
      Matcher counted = COUNTED.matcher(message.visible());
      told += counted.find() ? Integer.parseInt(counted.group(1)) : 1;
    }
    return told;
  }

  @Test
  void aFloodOfGroupsBecomesFewMessagesThatCountEachOne() {
    List<AlertGroup> groups = new ArrayList<>();
    for (int i = 0; i < GROUPS; i++) {
      groups.add(group(i));
    }
    groups.forEach(bench::flush);
    bench.pass(Duration.ofMinutes(1));

    assertThat(bench.slack.topLevel("alerts")).hasSizeLessThan(20);
    assertThat(told()).isEqualTo(GROUPS);
    assertThat(bench.notifier.waiting()).isZero();
  }

  @Test
  void aDigestThatWaitsIsThereAfterARestart() throws Exception {
    for (int i = 0; i < GROUPS; i++) {
      bench.flush(group(i));
    }

    bench.restart();
    bench.pass(Duration.ofMinutes(1));

    assertThat(told()).isEqualTo(GROUPS);
  }

  @Test
  void aGroupAfterTheFloodHasItsOwnMessageAgain() {
    for (int i = 0; i < GROUPS; i++) {
      bench.flush(group(i));
    }
    bench.pass(Duration.ofMinutes(1));

    bench.flush(group(GROUPS));
    bench.pass(Duration.ofSeconds(5));

    assertThat(bench.slack.topLevel("alerts").getLast().visible())
        .contains("FIRING 1", "checkout-" + GROUPS);
  }
}
