package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.metrics.RangeAnswer;
import dev.longshore.alerting.metrics.Sample;
import dev.longshore.alerting.metrics.Series;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.MetricCondition;
import dev.longshore.alerting.rule.PlottedExpression;
import dev.longshore.shared.units.PrometheusDurations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// How the metric went of which a rule's alerts are about, as a [Sparkline] each: one query over a
/// range of time, which the source narrows to the series of these alerts.
final class MetricChart {
  private static final int STEPS = 30;
  private static final Duration SHORTEST = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  private final AlertingRule rule;
  private final MetricSource source;
  private final Instant at;
  private final Duration range;

  /// @param at the last time of the chart
  MetricChart(AlertingRule rule, MetricSource source, Instant at) {
    this.rule = rule;
    this.source = source;
    this.at = at;
    Duration twice = rule.holdFor().multipliedBy(2);
    Duration atLeast = twice.compareTo(SHORTEST) < 0 ? SHORTEST : twice;
    this.range = atLeast.compareTo(LONGEST) > 0 ? LONGEST : atLeast;
  }

  /// A chart for each alert whose series is found. Blocks.
  ///
  /// @param alerts their labels within the rule
  Map<Labels, Evidence> of(Collection<Labels> alerts) {
    if (!(rule.condition() instanceof MetricCondition metric)) {
      return Map.of();
    }
    Map<Labels, Labels> wanted = new HashMap<>();
    alerts.forEach(it -> wanted.put(it, ofTheSeries(it)));
    PlottedExpression plotted = PlottedExpression.of(metric.expression());
    Duration step = range.dividedBy(STEPS);
    RangeAnswer answer =
        source.range(
            narrowed(plotted.expression(), new LinkedHashSet<>(wanted.values())),
            at.minus(step.multipliedBy(STEPS)),
            at,
            step);
    if (!(answer instanceof RangeAnswer.Found(List<Series> found))) {
      return Map.of();
    }
    Map<Labels, Evidence> charts = new HashMap<>();
    wanted.forEach(
        (alert, series) -> {
          List<Series> its =
              found.stream()
                  .filter(it -> restricted(it.labels(), names(wanted.values())).equals(series))
                  .toList();
          // Several are series that the rule's own labels have made one; which is not known.
          if (its.size() == 1) {
            charts.put(alert, chart(its.getFirst(), step, plotted.condition()));
          }
        });
    return charts;
  }

  private Evidence chart(Series series, Duration step, String condition) {
    double[] values = new double[STEPS + 1];
    Arrays.fill(values, Double.NaN);
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Sample sample : series.samples()) {
      long before = Duration.between(sample.at(), at).toMillis();
      int index = STEPS - Math.toIntExact(Math.round((double) before / step.toMillis()));
      if (index >= 0 && index <= STEPS && !Double.isNaN(sample.value())) {
        values[index] = sample.value();
        least = Math.min(least, sample.value());
        most = Math.max(most, sample.value());
      }
    }
    if (least > most) {
      return Evidence.NONE;
    }
    String text =
        Sparkline.of(values)
            + "  "
            + (least == most
                ? Sparkline.shortened(least)
                : Sparkline.shortened(least) + " to " + Sparkline.shortened(most))
            + " in "
            + PrometheusDurations.format(range)
            + (condition.isEmpty() ? "" : ", true when " + condition);
    return Evidence.ofFact(Evidence.CHART, text);
  }

  /// The labels that an alert has from its series, as far as that is certain: those that the rule
  /// gives it say nothing of the series.
  private Labels ofTheSeries(Labels alert) {
    Set<String> names = new TreeSet<>(alert.asMap().keySet());
    names.remove(Labels.ALERT_NAME);
    names.removeAll(rule.labels().keySet());
    names.removeIf(name -> !name.matches("[a-zA-Z_][a-zA-Z0-9_]*"));
    return restricted(alert, names);
  }

  private static Set<String> names(Collection<Labels> all) {
    Set<String> names = new TreeSet<>();
    all.forEach(it -> names.addAll(it.asMap().keySet()));
    return names;
  }

  private static Labels restricted(Labels labels, Set<String> names) {
    Map<String, String> kept = new TreeMap<>(labels.asMap());
    kept.keySet().retainAll(names);
    return Labels.of(kept);
  }

  /// The expression for series with some labels alone. PromQL has no way to say this but to
  /// intersect with series that are made up.
  private static String narrowed(String expression, Set<Labels> series) {
    List<String> wanted = new ArrayList<>();
    for (Labels labels : series) {
      String made = "vector(1)";
      for (Map.Entry<String, String> label : labels.asMap().entrySet()) {
        made =
            "label_replace("
                + made
                + ", \""
                + label.getKey()
                + "\", "
                + quoted(label.getValue().replace("$", "$$"))
                + ", \"\", \"\")";
      }
      wanted.add(made);
    }
    // The expression may end with a comment.
    return "("
        + expression
        + "\n) and on ("
        + String.join(", ", names(series))
        + ") ("
        + String.join(" or ", wanted)
        + ")";
  }

  private static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r")
        + '"';
  }
}
