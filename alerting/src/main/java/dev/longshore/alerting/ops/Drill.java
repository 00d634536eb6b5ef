package dev.longshore.alerting.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.eval.DrillSample;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.shared.units.Durations;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A drill: an alert that a rule would raise, marked as what it is, on its real way to people. It
/// has the label [Labels#DRILL], by which it is no other alert, inhibits none, and is shown as a
/// drill; it ends by itself.
///
/// @param rule its name
/// @param labels that the series would have
/// @param value that the expression would have
/// @param lasts how long it fires
record Drill(String rule, Map<String, String> labels, double value, Duration lasts) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LASTS = Duration.ofMinutes(2);
  private static final Duration LONGEST = Duration.ofHours(1);

  /// Reads `{"rule": …, "labels": {…}, "value": 1, "for": "2m"}`.
  ///
  /// @throws IllegalArgumentException that says what is wrong
  static Drill read(byte[] body) {
    JsonNode root;
    try {
      root = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the body is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("the body can't be read: " + e.getMessage(), e);
    }
    String rule = root.path("rule").asText("");
    if (rule.isEmpty()) {
      throw new IllegalArgumentException("rule is missing; name the alert of a rule");
    }
    Map<String, String> labels = new TreeMap<>();
    for (Map.Entry<String, JsonNode> label : root.path("labels").properties()) {
      labels.put(label.getKey(), label.getValue().asText());
    }
    Duration lasts = root.has("for") ? Durations.parse(root.path("for").asText()) : LASTS;
    if (lasts.isNegative() || lasts.isZero() || lasts.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "for is "
              + Durations.format(lasts)
              + "; up to "
              + Durations.format(LONGEST)
              + " is taken");
    }
    return new Drill(rule, labels, root.path("value").asDouble(1), lasts);
  }

  /// The alerts of all rules of this name.
  ///
  /// @throws IllegalArgumentException when there is none
  List<Alert> alerts(RuleSet rules, Instant now, String externalUrl) {
    List<Alert> alerts = new ArrayList<>();
    List<String> names = new ArrayList<>();
    rules.groups().stream()
        .flatMap(group -> group.rules().stream())
        .forEach(
            candidate -> {
              if (candidate instanceof AlertingRule alerting) {
                names.add(alerting.name());
                if (alerting.name().equals(rule)) {
                  alerts.add(alert(alerting, now, externalUrl));
                }
              }
            });
    if (alerts.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no rule '" + rule + "'; the rules that run are " + shown(names));
    }
    return alerts;
  }

  private static String shown(List<String> names) {
    List<String> distinct = names.stream().distinct().sorted().limit(20).toList();
    return distinct.isEmpty()
        ? "none"
        : String.join(", ", distinct) + (names.size() > distinct.size() ? "…" : "");
  }

  private Alert alert(AlertingRule alerting, Instant now, String externalUrl) {
    DrillSample drillSample = DrillSample.of(alerting, Labels.of(labels), value, now, externalUrl);
    Map<String, String> annotations = new TreeMap<>(drillSample.annotations().asMap());
    annotations.computeIfPresent("summary", (_, text) -> "DRILL: " + text);
    annotations.putIfAbsent("summary", "DRILL of " + alerting.name());
    return new Alert(
        drillSample.labels().with(Labels.DRILL, "true"),
        Labels.of(annotations),
        now,
        now.plus(lasts),
        now,
        "",
        Alert.Origin.POSTED,
        new Evidence(
            "",
            List.of(
                new Evidence.Fact(
                    "drill",
                    "nothing is wrong; somebody tries the way of this alert. It ends by itself after "
                        + Durations.format(lasts))),
            List.of(),
            List.of()));
  }
}
