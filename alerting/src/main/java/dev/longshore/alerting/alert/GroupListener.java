package dev.longshore.alerting.alert;

import java.time.Instant;

/// Who is told of groups. On the alerting loop's thread only; must not block.
public interface GroupListener {

  /// A group's timer has come (`group_wait` after it came into being, then each `group_interval`):
  /// whether something new is posted is decided now.
  void flush(AlertGroup group, Instant now);

  /// Something in a group has changed, in between: messages that stand are edited, none is posted.
  void changed(AlertGroup group, Instant now);
}
