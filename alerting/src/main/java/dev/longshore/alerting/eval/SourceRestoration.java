package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.metrics.Answer;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.metrics.Sample;
import dev.longshore.shared.units.Durations;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `for` of a rule that was never evaluated here, restored from what Prometheus wrote when it
/// evaluated the same rule: `ALERTS_FOR_STATE`, whose value is since when an alert is active. On
/// the loop's thread.
final class SourceRestoration {
  private static final Logger LOG = LoggerFactory.getLogger(SourceRestoration.class);

  private final EvaluationContext context;
  private final MonitoredSource asked;
  private final RuleState state;
  private final Instant at;

  /// @param at the rule's first evaluation
  SourceRestoration(EvaluationContext context, MonitoredSource asked, RuleState state, Instant at) {
    this.context = context;
    this.asked = asked;
    this.state = state;
    this.at = at;
  }

  void ask() {
    if (!(asked.source() instanceof Source.OfMetrics(MetricSource metrics))) {
      return;
    }
    String expression =
        "ALERTS_FOR_STATE{alertname=\""
            + state.rule.name().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
            + "\"}["
            + Durations.format(context.config().forOutageTolerance())
            + "]";
    asked
        .queryLimiter()
        .ask(
            () -> metrics.query(expression, at),
            thrown -> new Answer.Unavailable(thrown.toString()),
            this::answered);
  }

  private void answered(Answer answer) {
    switch (answer) {
      case Answer.Samples samples -> {
        for (ActiveAlert alert : state.active.all()) {
          Sample last = alert.isFiring() ? null : last(alert.labels(), samples);
          if (last != null) {
            restore(alert, last);
          }
        }
      }
      case Answer.Unavailable unavailable -> {
        LOG.atWarn()
            .addKeyValue("rule", state.rule.location())
            .addKeyValue("reason", unavailable.cause())
            .log("`for` can't be restored from the source yet");
        state.neverEvaluated = true;
      }
      case Answer.Refused refused ->
          LOG.atWarn()
              .addKeyValue("rule", state.rule.location())
              .addKeyValue("reason", refused.cause())
              .log("`for` can't be restored from the source; it begins now");
    }
  }

  /// The latest sample of a series with these labels; it may have external labels too.
  private static @Nullable Sample last(Labels labels, Answer.Samples samples) {
    Sample last = null;
    for (Sample sample : samples.samples()) {
      if ((last == null || sample.at().isAfter(last.at())) && has(sample.labels(), labels)) {
        last = sample;
      }
    }
    return last;
  }

  private static boolean has(Labels series, Labels labels) {
    for (Map.Entry<String, String> label : labels.asMap().entrySet()) {
      if (!label.getValue().equals(series.get(label.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private void restore(ActiveAlert alert, Sample sample) {
    Instant activeAt =
        ForRestoration.activeAt(
            at,
            sample.at(),
            Instant.ofEpochSecond((long) sample.value()),
            state.rule.holdFor(),
            context.config());
    if (activeAt.isBefore(alert.activeAt())) {
      alert.moveActiveAt(activeAt);
      state.unsaved = true;
      context
          .decisions()
          .note(
              AlertMaker.fingerprint(alert, asked.source()),
              context.clock().now(),
              "eval",
              "pending as if since "
                  + AlertMaker.time(activeAt)
                  + ", restored from ALERTS_FOR_STATE of "
                  + asked.source().name());
    }
  }
}
