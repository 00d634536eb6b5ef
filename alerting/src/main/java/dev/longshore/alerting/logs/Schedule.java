package dev.longshore.alerting.logs;

import dev.longshore.alerting.logs.LogAnswer.Certainty;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The windows that an evaluation looks at: those to be looked at again, those that have become
/// complete since the last evaluation, and, of what is eager, those from there up to now.
///
/// They end at most an interval apart, and a fifth of the window's length, so that what fits into
/// four fifths of a window is in one of them for certain. After an outage they are further apart:
/// each kind has at most [#MOST].
record Schedule(List<Instant> ends, List<Certainty> certainties) {

  /// Windows of one kind.
  static final int MOST = 60;

  /// What is longer ago is not looked at after an outage, nor when a node returns.
  static final Duration LONGEST_CATCH_UP = Duration.ofHours(6);

  private static final Duration SHORTEST_STEP = Duration.ofSeconds(1);

  static Schedule of(LogQuestion question, WatermarkTracker.State state) {
    Schedule schedule = new Schedule(new ArrayList<>(), new ArrayList<>());
    Duration within = question.condition().within();
    Duration step = min(question.interval(), within.dividedBy(5));
    step = step.compareTo(SHORTEST_STEP) < 0 ? SHORTEST_STEP : step;
    Instant oldest = question.now().minus(LONGEST_CATCH_UP);
    Instant known = question.progress().knownTo();
    NodeWatermarks.Backfill returns = state.returns();
    if (known != null && returns != null && returns.from().isBefore(known)) {
      Instant from = max(returns.from().minus(question.hold()), oldest);
      schedule.add(from, min(returns.to().plus(within), known), step, Certainty.REPLAY);
    }
    Instant complete = state.to();
    if (known == null) {
      schedule.ends.add(complete);
      schedule.certainties.add(Certainty.COMPLETE);
    } else {
      schedule.add(max(known, oldest), complete, step, Certainty.COMPLETE);
    }
    if (question.condition().test().isEager()) {
      Instant from = known != null && known.isAfter(complete) ? known : complete;
      schedule.add(from, question.now(), step, Certainty.PARTIAL);
    }
    return schedule;
  }

  /// Complete windows of the past, that end in `(from, to]`, an interval apart.
  static Schedule between(Instant from, Instant to, Duration interval) {
    Schedule schedule = new Schedule(new ArrayList<>(), new ArrayList<>());
    schedule.add(from, to, interval, Certainty.COMPLETE);
    return schedule;
  }

  /// Ends in `(from, to]`, the last of which is `to`.
  private void add(Instant from, Instant to, Duration step, Certainty certainty) {
    long span = Duration.between(from, to).toNanos();
    if (span <= 0) {
      return;
    }
    long count = Math.min(MOST, Math.ceilDiv(span, step.toNanos()));
    for (long i = count - 1; i >= 0; i--) {
      ends.add(to.minusNanos(span / count * i));
      certainties.add(certainty);
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Instant min(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant max(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
