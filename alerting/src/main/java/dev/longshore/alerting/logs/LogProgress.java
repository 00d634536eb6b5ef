package dev.longshore.alerting.logs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How far a rule has been evaluated.
///
/// @param knownTo the end of the last window that was complete; null before the first
/// @param returnsSeen the last return of a node that was taken into account
public record LogProgress(@Nullable Instant knownTo, long returnsSeen) {

  /// Nothing was evaluated, or by a process before this one.
  public static LogProgress from(@Nullable Instant knownTo) {
    return new LogProgress(knownTo, -1);
  }
}
