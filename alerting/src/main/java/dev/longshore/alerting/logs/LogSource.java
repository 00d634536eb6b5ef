package dev.longshore.alerting.logs;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.LogCondition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Where log rules are evaluated.
public interface LogSource {

  /// The name that alerts about it have.
  String name();

  /// Looks at the windows that are due. Blocks until there is an answer, or it is clear that there
  /// will be none; safe for use by any thread.
  LogAnswer ask(LogQuestion question);

  /// What people want to see of the lines that made a rule true: counts, where, since when, lines.
  /// Blocks as [#ask] does; what can't be found out is left out, with the reason.
  ///
  /// @param key the labels that the rule's fields became
  /// @param end of the window
  Evidence evidence(LogCondition condition, Labels key, Instant end);

  /// The errors that the workload logged which an alert of metrics is about. Blocks as [#ask] does.
  ///
  /// @param labels the alert's
  /// @return nothing when they name no workload, or it can't be found out
  Evidence errors(Labels labels, Instant from, Instant to);

  /// The newest rollout of the workload that an alert is about. Blocks as [#ask] does; a source
  /// without a past knows none.
  ///
  /// @param labels the alert's
  /// @param at up to when lines are looked at
  /// @return nothing when the labels name no workload, or it can't be found out
  default Evidence rollout(Labels labels, Instant at) {
    return Evidence.NONE;
  }

  /// Asks again what had no answer, as briefly as that goes. Blocks.
  ///
  /// @return why there is none; null when there is one
  @Nullable String problem(LogCondition condition, Instant at);

  /// Where people look at a rule's lines; empty when there is no such place.
  String link(LogCondition condition);

  /// How many questions it takes at a time.
  int concurrency();
}
