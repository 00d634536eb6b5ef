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
  /// A line is given so long from its time into the file.
  private static final Duration WRITTEN_WITHIN = Duration.ofMillis(100);

  private final Duration longest;
  private final Set<FileState> files = new LinkedHashSet<>();

  PendingMultiline(FrameConfig config, Duration pollInterval) {
    Duration group = config.groupTimeout();
    Duration partial = config.partialTimeout();
    longest =
        (group.compareTo(partial) > 0 ? group : partial)
            .plus(pollInterval.plus(WRITTEN_WITHIN).multipliedBy(2));
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
  /// @param askedNanos when all files were asked for what is new; in [Clock#nanoTime], as all times
  ///   here
  long readNanos(long askedNanos) {
    return askedNanos - WRITTEN_WITHIN.toNanos();
  }

  /// The files with a group for which waiting is over, if all was read up to `readNanos`.
  List<FileState> due(long readNanos) {
    List<FileState> due = new ArrayList<>();
    for (FileState state : files) {
      Framer framer = state.framer;
      // What was written before the group's time was over must have been read before it is closed.
      if (framer != null
          && readNanos - framer.openDeadlineNanos() >= 0
          && (state.file.readOffset() >= state.file.size()
              || isHalfLine(state, framer, readNanos))) {
        due.add(state);
      }
    }
    return due;
  }

  /// What is not read is the begin of a line whose writer was given a group's time twice.
  private boolean isHalfLine(FileState state, Framer framer, long readNanos) {
    return state.waiting == null && readNanos - framer.openDeadlineNanos() >= 2 * longest.toNanos();
  }
}
