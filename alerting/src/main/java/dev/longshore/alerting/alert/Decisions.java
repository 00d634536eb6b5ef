package dev.longshore.alerting.alert;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The record of every decision that was made about an alert, for `explain`. Bounded: the oldest of
/// an alert go first. From any thread.
public interface Decisions {

  /// Notes a decision.
  ///
  /// @param stage who decided: `eval`, `route`, `silence`, `inhibit`, `mute`, `notify`, `slack`…
  /// @param what the decision and its reason, for people, with when it will be looked at again
  void note(Fingerprint alert, Instant at, String stage, String what);

  /// A moment as a decision names it: to the second.
  static String time(Instant moment) {
    return moment.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// Says which alert has these labels, so that it is found by them; once for each alert that comes
  /// to be known.
  default void subject(Labels labels) {}
}
