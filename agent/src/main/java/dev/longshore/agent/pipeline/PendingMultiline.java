package dev.longshore.agent.pipeline;

import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.Framer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The files in which a group of lines is open, and when waiting for another line is over. Owned by
/// the reading thread.
final class PendingMultiline {
  /// On top of the poll interval: so long after its time, what a group may still hold was read.
  private static final Duration AFTER_A_POLL = Duration.ofMillis(100);

  private final long polledWithinNanos;
  private final Duration longest;
  private final Set<FileState> files = new LinkedHashSet<>();

  PendingMultiline(FrameConfig config, Duration pollInterval) {
    polledWithinNanos = pollInterval.plus(AFTER_A_POLL).toNanos();
    Duration group = config.groupTimeout();
    Duration partial = config.partialTimeout();
    longest = (group.compareTo(partial) > 0 ? group : partial).plusNanos(2 * polledWithinNanos);
  }

  /// Remembers whether a group is open in a file.
  void note(FileState state, Framer framer) {
    if (framer.hasOpen()) {
      files.add(state);
    } else {
      files.remove(state);
    }
  }

  void forget(FileState state) {
    files.remove(state);
  }

  boolean isOpenIn(FileState state) {
    return files.contains(state);
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  /// How long a group is waited for at the most.
  Duration longest() {
    return longest;
  }

  /// Up to when all was read that was written: before that moment is in a group what belongs to it.
  ///
  /// @param nowNanos in [Clock#nanoTime], as all times here
  long readNanos(long nowNanos) {
    return nowNanos - polledWithinNanos;
  }

  /// The files with a group for which waiting is over.
  List<FileState> due(long nowNanos) {
    List<FileState> due = new ArrayList<>();
    for (FileState state : files) {
      Framer framer = state.framer;
      // What was written before the group's time was over must have been read before it is closed.
      if (framer != null
          && readNanos(nowNanos) - framer.openDeadlineNanos() >= 0
          && (state.file.readOffset() >= state.file.size()
              || isHalfLine(state, framer, nowNanos))) {
        due.add(state);
      }
    }
    return due;
  }

  /// What is not read is the begin of a line whose writer was given a group's time twice.
  private boolean isHalfLine(FileState state, Framer framer, long nowNanos) {
    return state.waiting == null && nowNanos - framer.openDeadlineNanos() >= 2 * longest.toNanos();
  }

  /// When the next group is due, or [Long#MAX_VALUE].
  long nextDueNanos() {
    long next = Long.MAX_VALUE;
    for (FileState state : files) {
      Framer framer = state.framer;
      if (framer != null) {
        next = Math.min(next, framer.openDeadlineNanos() + polledWithinNanos);
      }
    }
    return next;
  }
}
