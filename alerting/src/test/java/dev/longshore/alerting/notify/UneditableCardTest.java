package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.testkit.slack.SlackMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a card that can't be edited, because it was deleted or the workspace allows no edits,
/// is not posted again for new numbers; that it is over, or that more fires, is said all the same.
final class UneditableCardTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private NotifyBench bench;
  private Alert alert;

  @BeforeEach
  void postACard(@TempDir Path dir) throws Exception {
    bench = new NotifyBench(dir);
    bench.receivers(bench.bot("team-checkout", "#alerts"));
    alert = bench.alert("checkout-7d9f");
    bench.flush(bench.group("team-checkout", alert));
    assertThat(cards()).hasSize(1);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private List<SlackMessage> cards() {
    return bench.slack.topLevel("alerts");
  }

  private void numbersChange(int times) {
    for (int i = 1; i <= times; i++) {
      bench.changed(
          bench.group(
              "team-checkout", alert.withAnnotations(Labels.of("summary", i + " requests fail"))));
      bench.pass(MINUTE);
    }
  }

  @Test
  void whereNoEditsAreAllowedNumbersMakeNoMessagesAndTheEndIsOne() {
    bench.slack.editWindow(Duration.ZERO);
    bench.pass(MINUTE);
    numbersChange(10);
    assertThat(cards()).hasSize(1);
    assertThat(bench.notifier.waiting()).isZero();

    bench.flush(bench.group("team-checkout", bench.ended(alert)));
    bench.pass(MINUTE);
    assertThat(cards()).hasSize(2);
    assertThat(cards().getLast().visible()).contains("RESOLVED");
    assertThat(bench.raised).isEmpty();
  }

  @Test
  void aCardThatSomebodyDeletedStaysAwayWhileOnlyNumbersChange() {
    bench.slack.delete("alerts", cards().getFirst().ts());
    numbersChange(10);
    assertThat(cards()).isEmpty();
    assertThat(bench.notifier.waiting()).isZero();

    bench.flush(bench.group("team-checkout", alert, bench.alert("checkout-8c1e")));
    bench.pass(MINUTE);
    assertThat(cards()).singleElement().matches(it -> it.visible().contains("FIRING 2"));
  }
}
