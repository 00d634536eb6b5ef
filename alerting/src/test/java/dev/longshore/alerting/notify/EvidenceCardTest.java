package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.slack.SlackMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a card shows how the metric went, the newest rollout and the errors beside the alert,
/// each on a line, and leads to the runbook and the dashboard by buttons.
final class EvidenceCardTest {
  private static final Labels LABELS =
      Labels.of("alertname", "Failing", "namespace", "shop", "deployment", "cart");

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

  private static Alert alert(Evidence.Fact... facts) {
    return new Alert(
        LABELS,
        Labels.of(
            Map.of(
                "summary",
                "one in five requests fails",
                "runbook_url",
                "https://runbooks.example/Failing",
                "dashboard_url",
                "https://grafana.example/d/cart")),
        ManualClock.START,
        null,
        ManualClock.START,
        "",
        Alert.Origin.RULE,
        new Evidence(
            "0.2",
            List.of(facts),
            List.of(new Evidence.Sample("newest errors, UTC", "06:58:57 cart-7d9f  no stock")),
            List.of(new Evidence.Link("Errors", "https://kibana.example/cart"))));
  }

  @Test
  void hasALineForEachAndButtons() {
    bench.flush(
        bench.group(
            "team-checkout",
            alert(
                new Evidence.Fact("logs", "node-3 is 2m behind"),
                new Evidence.Fact(Evidence.CHART, "▁▁▁▂▅█  0 to 0.2 in 1h, true when > 0.05"),
                new Evidence.Fact(Evidence.ROLLOUT, "06:42, 18m before: cart:1.5, was cart:1.4"),
                new Evidence.Fact(Evidence.ERRORS, "3× no stock"))));

    SlackMessage card = bench.slack.topLevel("alerts").getFirst();
    assertThat(card.visible())
        .contains(
            """
            ▌ value 0.2  ·  logs node-3 is 2m behind
            ▌ chart ▁▁▁▂▅█  0 to 0.2 in 1h, true when > 0.05
            ▌ rollout 06:42, 18m before: cart:1.5, was cart:1.4
            ▌ errors 3× no stock
            """)
        .contains("06:58:57 cart-7d9f  no stock");
    assertThat(String.valueOf(card.content().attachments()))
        .contains("\"url\":\"https://runbooks.example/Failing\"")
        .contains("\"text\":\"Runbook\"")
        .contains("\"url\":\"https://grafana.example/d/cart\"")
        .contains("\"text\":\"Dashboard\"")
        .contains("\"url\":\"https://kibana.example/cart\"");
  }

  @Test
  void followsWhatIsLookedUpLaterWithoutAnotherMessage() {
    bench.flush(bench.group("team-checkout", alert()));
    bench.changed(bench.group("team-checkout", alert(new Evidence.Fact(Evidence.CHART, "▁█"))));
    bench.pass(Duration.ofMinutes(1));

    assertThat(bench.slack.topLevel("alerts"))
        .singleElement()
        .matches(it -> it.visible().contains("chart ▁█"));
  }

  @Test
  void aLineFromOutsideIsNoMoreThanALine() {
    bench.flush(
        bench.group(
            "team-checkout",
            alert(new Evidence.Fact(Evidence.ROLLOUT, "<!channel>\nimage" + "x".repeat(9_000)))));

    SlackMessage card = bench.slack.topLevel("alerts").getFirst();
    assertThat(card.pings()).isEmpty();
    assertThat(card.visible()).contains("rollout <!channel> image").doesNotContain("x".repeat(300));
  }
}
