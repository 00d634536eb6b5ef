package dev.longshore.alerting.logs;

import dev.longshore.alerting.rule.LogCondition;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Where the past of log rules can be looked at.
public interface LogHistory {

  /// Windows that are asked about at a time.
  int MOST_WINDOWS = Schedule.MOST;

  /// Looks at complete windows that end in `(from, to]`, an interval apart. Blocks.
  LogAnswer replay(LogCondition condition, Instant from, Instant to, Duration interval);

  /// When the earliest line was logged that there still is of a rule's index, whatever its query.
  /// Blocks.
  ///
  /// @return null when that can't be found out
  @Nullable Instant begins(LogCondition condition);
}
