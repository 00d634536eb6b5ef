package dev.longshore.agent.tail;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// What reading asks of the rounds to come: when the next has something to do, and which folders a
/// decision waits for. Owned by the reading thread.
final class ReadSchedule {
  private final Set<Path> toScan = new HashSet<>();
  private final long pollNanos;
  private long earliestDueNanos;

  /// @param pollNanos how often files are asked for their size
  ReadSchedule(long pollNanos) {
    this.pollNanos = pollNanos;
  }

  /// When a file is asked for its size that is to be asked within `nanos`: at a tick that all files
  /// share, so that the reading thread wakes up once for all of them.
  long tickWithin(long nanos, long now) {
    return Math.floorDiv(now + Math.max(nanos, pollNanos), pollNanos) * pollNanos;
  }

  /// Starts a round over all logs.
  ///
  /// @param latestNanos the latest time at which the next round is due
  void begin(long latestNanos) {
    earliestDueNanos = latestNanos;
  }

  /// Something is to be done at `nanos`, or now if that is over.
  void dueAt(long nanos, long now) {
    long due = nanos - now < 0 ? now : nanos;
    if (due - earliestDueNanos < 0) {
      earliestDueNanos = due;
    }
  }

  /// When the next round has something to do.
  long earliestDueNanos() {
    return earliestDueNanos;
  }

  /// A folder is to be looked at in the next round.
  void scan(Path folder) {
    toScan.add(folder);
  }

  /// Moves the folders that are to be looked at into `dirty`.
  void takeFoldersToScan(Set<Path> dirty) {
    dirty.addAll(toScan);
    toScan.clear();
  }
}
