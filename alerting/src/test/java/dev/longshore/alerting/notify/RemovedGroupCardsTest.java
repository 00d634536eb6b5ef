package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.testkit.slack.SlackMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No card stays red for ever because the configuration was changed under it.
final class RemovedGroupCardsTest {
  private static final Duration SHORTLY = Duration.ofSeconds(5);

  private NotifyBench bench;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    bench = new NotifyBench(dir);
    bench.receivers(bench.bot("team-checkout", "#alerts"));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private SlackMessage card() {
    List<SlackMessage> cards = bench.slack.topLevel("alerts");
    assertThat(cards).hasSize(1);
    return cards.getFirst();
  }

  @Test
  void aGroupThatAReloadRemovedIsSaidToBeGone() {
    Alert alert = bench.alert("checkout-7d9f");
    bench.flush(bench.group("team-checkout", alert));
    bench.pass(SHORTLY);

    bench.notifier.retainGroups(List.of(bench.group("team-night", alert)));
    bench.pass(SHORTLY);

    assertThat(card().visible())
        .contains("NO LONGER FOLLOWED", "configuration no longer has this group")
        .contains("PodDown", "checkout-7d9f");
    assertThat(bench.notifier.waiting()).isZero();
  }

  @Test
  void aRemovedGroupWhoseAlertsEndedIsResolved() {
    bench.flush(bench.group("team-checkout", bench.alert("checkout-7d9f")));
    bench.pass(SHORTLY);

    bench.notifier.retainGroups(List.of());
    bench.pass(SHORTLY);

    assertThat(card().visible()).contains("RESOLVED", "configuration no longer has this group");
  }

  @Test
  void aGroupThatStaysIsNotTouched() {
    Alert alert = bench.alert("checkout-7d9f");
    bench.flush(bench.group("team-checkout", alert));
    bench.pass(SHORTLY);

    bench.notifier.retainGroups(List.of(bench.group("team-checkout", alert)));
    bench.pass(SHORTLY);

    assertThat(card().edits()).isZero();
    assertThat(card().visible()).contains("FIRING 1");
  }

  @Test
  void aReceiverThatAReloadRemovedClosesItsCardsWithItsOldToken() throws Exception {
    bench.flush(bench.group("team-checkout", bench.alert("checkout-7d9f")));
    bench.pass(SHORTLY);

    bench.receivers(bench.bot("team-night", "#alerts"));
    bench.pass(SHORTLY);

    assertThat(card().visible()).contains("NO LONGER FOLLOWED");
    assertThat(bench.notifier.waiting()).isZero();
  }

  @Test
  void aGroupThatComesBackIsToldAnew() {
    Alert alert = bench.alert("checkout-7d9f");
    bench.flush(bench.group("team-checkout", alert));
    bench.pass(SHORTLY);
    bench.notifier.retainGroups(List.of());
    bench.pass(SHORTLY);

    bench.flush(bench.group("team-checkout", alert));
    bench.pass(SHORTLY);

    assertThat(bench.slack.topLevel("alerts")).hasSize(2);
    assertThat(bench.slack.topLevel("alerts").getLast().visible()).contains("FIRING 1");
  }
}
