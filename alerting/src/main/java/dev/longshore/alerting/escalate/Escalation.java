package dev.longshore.alerting.escalate;

import dev.longshore.shared.clock.Loop;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The escalation of a group. Owned by the loop's thread.
final class Escalation {

  /// Where it stands.
  enum State {
    /// The next step is due at its time.
    RUNNING,
    /// Somebody sees to the group, or nothing of it is to be told: steps begin anew after that.
    STOPPED,
    /// All steps were taken.
    DONE
  }

  /// The group's id.
  final String group;

  /// The group's own receiver.
  final String receiver;

  /// The policy's name.
  String policy;

  State state = State.RUNNING;

  /// 0 for the first.
  int round;

  /// The next one, from 0.
  int step;

  /// When it is taken, while this runs.
  Instant due;

  /// Receivers that steps have added to the group's own.
  final Set<String> told = new LinkedHashSet<>();

  Loop.@Nullable Timer timer;

  Escalation(String group, String receiver, String policy, Instant due) {
    this.group = group;
    this.receiver = receiver;
    this.policy = policy;
    this.due = due;
  }

  void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
