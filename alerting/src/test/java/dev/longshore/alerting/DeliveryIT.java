package dev.longshore.alerting;

import static dev.longshore.alerting.PagerSide.PATIENCE;
import static dev.longshore.alerting.PagerSide.post;
import static dev.longshore.alerting.PagerSide.toldBoth;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.alerting.PagerSide.Posted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Longshore and Alertmanager, with webhooks that refuse, are away or busy, have told each of them
/// the same in the end.
@Tag("prometheus")
final class DeliveryIT {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration OVER = Duration.ofMillis(-50);

  private static final String ROUTING =
      """
      route:
        receiver: refusing
        group_by: [alertname]
        group_wait: 500ms
        group_interval: 2s
        repeat_interval: 1h
        routes:
          - {matchers: ['case="short"'], receiver: away}
          - {matchers: ['case="long"'], receiver: away-too}
          - {matchers: ['case="busy"'], receiver: busy}
          - {matchers: ['case="few"'], receiver: few, group_by: [case]}
      receivers:
      """;

  @TempDir Path dir;

  /// Receivers that answer 503.
  private final Set<String> away = ConcurrentHashMap.newKeySet();

  /// The webhooks of one side.
  private final class Webhooks implements PagerSide.Answers {
    private final Set<String> askedBefore = ConcurrentHashMap.newKeySet();

    /// What was told in vain of receivers that are away.
    private final Set<String> inVain = ConcurrentHashMap.newKeySet();

    @Override
    public int status(String receiver, JsonNode payload) {
      if (away.contains(receiver)) {
        payload
            .path("alerts")
            .forEach(
                it ->
                    inVain.add(
                        it.at("/labels/alertname").asText() + " " + it.path("status").asText()));
        return 503;
      }
      return switch (receiver) {
        case "refusing" -> isPoison(payload) ? 400 : 200;
        // Each group once.
        case "busy" -> askedBefore.add(payload.path("groupKey").asText()) ? 429 : 200;
        default -> 200;
      };
    }
  }

  private static boolean isPoison(JsonNode payload) {
    return payload.path("commonLabels").path("alertname").asText().equals("Poison");
  }

  private static Posted alert(String name, String kind, String pod) {
    return new Posted(name, "\"case\": \"%s\", \"pod\": \"%s\"".formatted(kind, pod));
  }

  @ParameterizedTest
  @MethodSource("dev.longshore.alerting.PagerSide#alertmanagers")
  void tellTheSameInTheEnd(String program) throws Exception {
    Map<String, String> receivers = new LinkedHashMap<>();
    List.of("refusing", "away", "away-too", "busy").forEach(it -> receivers.put(it, ""));
    receivers.put("few", "max_alerts: 2");
    List<Webhooks> webhooks = List.of(new Webhooks(), new Webhooks());
    try (PagerSide alertmanager =
            PagerSide.alertmanager(program, dir, ROUTING, receivers, webhooks.getFirst());
        PagerSide longshore = PagerSide.longshore(dir, ROUTING, receivers, webhooks.getLast())) {
      List<PagerSide> sides = List.of(alertmanager, longshore);
      post(sides, LONG, alert("Told", "short", "a"), alert("Stays", "long", "a"));
      toldBoth(sides, "away", "Told/a firing");
      toldBoth(sides, "away-too", "Stays/a firing");
      away.addAll(List.of("away", "away-too"));

      List<Posted> posted = new ArrayList<>(List.of(alert("Poison", "refused", "a")));
      IntStream.range(0, 5).forEach(i -> posted.add(alert("Good" + i, "refused", "a")));
      IntStream.range(0, 5).forEach(i -> posted.add(alert("Busy" + i, "busy", "a")));
      IntStream.range(0, 4).forEach(i -> posted.add(alert("Many", "few", "p" + i)));
      // These begin while their receiver is away.
      posted.add(alert("Begins", "short", "a"));
      posted.add(alert("NeverTold", "short", "a"));
      posted.add(alert("Stays", "long", "b"));
      post(sides, LONG, posted.toArray(Posted[]::new));
      IntStream.range(0, 5).forEach(i -> toldBoth(sides, "refusing", "Good" + i));
      IntStream.range(0, 5).forEach(i -> toldBoth(sides, "busy", "Busy" + i));
      toldBoth(sides, "few", "Many/");

      // And these end.
      post(
          sides,
          OVER,
          alert("NeverTold", "short", "a"),
          alert("Told", "short", "a"),
          alert("Stays", "long", "a"));
      // It first tries for ten seconds to tell what was.
      Set<String> inVain = webhooks.getFirst().inVain;
      await()
          .atMost(PATIENCE)
          .until(() -> inVain.containsAll(List.of("Told resolved", "Stays resolved")));
      away.clear();
      toldBoth(sides, "away", "Begins/a firing");
      toldBoth(sides, "away", "Told/a resolved");
      toldBoth(sides, "away-too", "Stays/a resolved");

      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(longshore.told()).isEqualTo(alertmanager.told()));
      assertThat(longshore.told().toString()).doesNotContain("NeverTold", "Poison");
    }
  }
}
