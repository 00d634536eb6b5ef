package dev.longshore.alerting;

import static dev.longshore.alerting.PagerSide.PATIENCE;
import static dev.longshore.alerting.PagerSide.post;
import static dev.longshore.alerting.PagerSide.toldBoth;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.alerting.PagerSide.Posted;
import dev.longshore.shared.clock.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Longshore and Alertmanager, with the same file and the same posts, notify the same receivers of
/// the same alerts.
@Tag("prometheus")
final class AlertmanagerIT {
  private static final String ROUTING =
      """
      route:
        receiver: root
        group_by: [alertname]
        group_wait: 1s
        group_interval: 2s
        repeat_interval: 1h
        routes:
          - {receiver: everything, continue: true}
          - {matchers: ['case="sibling"'], receiver: sibling-1, continue: true}
          - {matchers: ['case="sibling"'], receiver: sibling-2}
          - {matchers: ['case="grouped"'], receiver: by-pod, group_by: [pod], group_wait: 500ms, continue: true}
          - {matchers: ['case="grouped"'], receiver: by-all, group_by: ['...'], continue: true}
          - {matchers: ['case="grouped"'], receiver: together, group_by: [case]}
          - {matchers: ['case="repeated"'], receiver: repeated, repeat_interval: 3s}
          - {matchers: ['case="ended"'], receiver: with-end, continue: true}
          - {matchers: ['case="ended"'], receiver: without-end}
          - {matchers: ['case="inhibited"'], receiver: inhibited}
          - {matchers: ['case="muted"'], receiver: muted, mute_time_intervals: [always], continue: true}
          - {matchers: ['case="muted"'], receiver: outside, active_time_intervals: [never], continue: true}
          - {matchers: ['case="muted"'], receiver: inside, active_time_intervals: [always]}
          - matchers: ['case="nested"']
            receiver: parent
            routes:
              - {matchers: ['pod=~"a.*"'], receiver: child}
              - {matchers: ['pod!="c"'], receiver: other-child, continue: true}
      inhibit_rules:
        - {source_matchers: [severity="critical"], target_matchers: [severity="warning"], equal: [node]}
      time_intervals:
        - {name: always, time_intervals: [{times: [{start_time: "00:00", end_time: "24:00"}]}]}
        - {name: never, time_intervals: [{years: ["2001"]}]}
      receivers:
      """;

  private static final List<String> RECEIVERS =
      List.of(
          "root",
          "everything",
          "sibling-1",
          "sibling-2",
          "by-pod",
          "by-all",
          "together",
          "repeated",
          "with-end",
          "without-end",
          "inhibited",
          "muted",
          "outside",
          "inside",
          "parent",
          "child",
          "other-child");

  @TempDir Path dir;

  @ParameterizedTest
  @MethodSource("dev.longshore.alerting.PagerSide#alertmanagers")
  void notifyTheSameReceiversOfTheSameAlerts(String program) throws Exception {
    Map<String, String> receivers = new LinkedHashMap<>();
    RECEIVERS.forEach(it -> receivers.put(it, ""));
    receivers.put("without-end", "send_resolved: false");
    try (PagerSide alertmanager =
            PagerSide.alertmanager(program, dir, ROUTING, receivers, (_, _) -> 200);
        PagerSide longshore = PagerSide.longshore(dir, ROUTING, receivers, (_, _) -> 200)) {
      List<PagerSide> sides = List.of(alertmanager, longshore);
      Instant now = Clock.system().now();
      for (PagerSide side : sides) {
        side.post(
            "/api/v2/silences",
            """
            {"matchers": [{"name": "case", "value": "silenced", "isRegex": false}], "createdBy": "ops",
             "comment": "planned", "startsAt": "%s", "endsAt": "%s"}"""
                .formatted(now, now.plusSeconds(600)));
      }
      post(
          sides,
          Duration.ofMinutes(5),
          new Posted("NodeDown", "\"severity\": \"critical\", \"node\": \"n1\""),
          new Posted("Silenced", "\"case\": \"silenced\", \"pod\": \"a\""));
      toldBoth(sides, "everything", "NodeDown");
      post(
          sides,
          Duration.ofMinutes(5),
          new Posted("Sibling", "\"case\": \"sibling\", \"pod\": \"a\""),
          new Posted("Grouped", "\"case\": \"grouped\", \"pod\": \"a\""),
          new Posted("Grouped", "\"case\": \"grouped\", \"pod\": \"b\""),
          new Posted("Repeated", "\"case\": \"repeated\", \"pod\": \"a\""),
          new Posted("Ended", "\"case\": \"ended\", \"pod\": \"a\""),
          new Posted("Ended", "\"case\": \"ended\", \"pod\": \"b\""),
          new Posted(
              "Inhibited", "\"case\": \"inhibited\", \"severity\": \"warning\", \"node\": \"n1\""),
          new Posted(
              "Free", "\"case\": \"inhibited\", \"severity\": \"warning\", \"node\": \"n2\""),
          new Posted("Muted", "\"case\": \"muted\", \"pod\": \"a\""),
          new Posted("Nested", "\"case\": \"nested\", \"pod\": \"a1\""),
          new Posted("Nested", "\"case\": \"nested\", \"pod\": \"b\""),
          new Posted("Nested", "\"case\": \"nested\", \"pod\": \"c\""));
      toldBoth(sides, "with-end", "Ended");
      toldBoth(sides, "other-child", "Nested");
      post(
          sides,
          Duration.ofMinutes(5),
          new Posted("Grouped", "\"case\": \"grouped\", \"pod\": \"z\""));
      toldBoth(sides, "together", "Grouped/z");
      post(
          sides,
          Duration.ofMillis(-50),
          new Posted("Ended", "\"case\": \"ended\", \"pod\": \"a\""));
      toldBoth(sides, "with-end", "Ended/a resolved");
      post(
          sides,
          Duration.ofMillis(-50),
          new Posted("Ended", "\"case\": \"ended\", \"pod\": \"b\""),
          new Posted("Sibling", "\"case\": \"sibling\", \"pod\": \"a\""),
          new Posted("NodeDown", "\"severity\": \"critical\", \"node\": \"n1\""));
      toldBoth(sides, "with-end", "Ended/b resolved");
      toldBoth(sides, "sibling-2", "Sibling/a resolved");
      toldBoth(sides, "inhibited", "Inhibited/");
      await()
          .atMost(PATIENCE)
          .until(() -> sides.stream().allMatch(it -> it.repeats("repeated") >= 2));

      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(longshore.told()).isEqualTo(alertmanager.told()));
      assertThat(longshore.told().keySet())
          .noneMatch(it -> it.startsWith("muted") || it.startsWith("outside"))
          .noneMatch(it -> it.contains("Silenced"));
    }
  }
}
