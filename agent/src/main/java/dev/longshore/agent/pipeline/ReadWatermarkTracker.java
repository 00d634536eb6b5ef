package dev.longshore.agent.pipeline;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.frame.Framer;
import dev.longshore.agent.tail.FileStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Up to when this node's log files are in the queue. Owned by the reading thread.
///
/// With nothing pending it is the time up to which it is known which files there are. What was
/// written to those that are known is not: the time counts once each file's size was asked for
/// since, which takes as long as quiet files are left alone. Files that inotify watches are left
/// alone for longer: whatever was written to them before a turn is read in it.
final class ReadWatermarkTracker {
  /// A container that is further behind is named and no longer holds the others.
  static final Duration BEHIND = Duration.ofMinutes(5);

  /// A runtime stamps a line, then writes it: so long after its stamp it is in the file.
  private static final Duration STAMP_TO_FILE = Duration.ofMillis(500);

  /// How long the tail leaves a quiet or paused file alone at the most, unless inotify watches it.
  private static final Duration LEFT_ALONE = Duration.ofSeconds(1);

  /// Since when nothing is known of a file that could never be read.
  static final long EVER = 0;

  private final long ripensNanos;
  private long candidateEpochMillis;
  private long candidateSeenNanos;
  private boolean hasCandidate;
  private long scanEpochMillis = Long.MIN_VALUE;

  /// @param pollInterval how often a busy file is looked at
  ReadWatermarkTracker(Duration pollInterval) {
    Duration leftAlone = pollInterval.compareTo(LEFT_ALONE) > 0 ? pollInterval : LEFT_ALONE;
    ripensNanos = leftAlone.plus(STAMP_TO_FILE).toNanos();
  }

  /// A turn over all files is over.
  ///
  /// @param foldersKnownEpochMillis up to when it is known which files there are
  /// @param turnBeganNanos when the turn began, monotonic
  /// @param nowNanos monotonic
  void turned(OptionalLong foldersKnownEpochMillis, long turnBeganNanos, long nowNanos) {
    if (hasCandidate && turnBeganNanos - candidateSeenNanos >= ripensNanos) {
      scanEpochMillis = candidateEpochMillis;
      hasCandidate = false;
    }
    if (!hasCandidate
        && foldersKnownEpochMillis.isPresent()
        && foldersKnownEpochMillis.getAsLong() != scanEpochMillis) {
      candidateEpochMillis = foldersKnownEpochMillis.getAsLong();
      candidateSeenNanos = nowNanos;
      hasCandidate = true;
    }
  }

  /// How far reading is.
  ///
  /// @param known what the tail knows of files and folders, for those that can't be read
  /// @return null before the first complete scan is ripe
  @Nullable ReadWatermark upTo(
      Collection<FileState> files, List<FileStatus> known, long nowEpochMillis) {
    if (scanEpochMillis == Long.MIN_VALUE) {
      return null;
    }
    long nowNanos = nowEpochMillis * 1_000_000;
    // A clock that was set back since makes it a time that has not come yet.
    long lowest = Math.min(scanEpochMillis * 1_000_000, nowNanos);
    Map<String, Long> behind = new TreeMap<>();
    for (FileState state : files) {
      long pendingNanos = oldestPending(state);
      if (pendingNanos == Block.NO_TIMESTAMP) {
        continue;
      }
      if (nowNanos - pendingNanos > BEHIND.toNanos()) {
        behind.merge(state.file.container().toString(), pendingNanos, Math::min);
      } else {
        lowest = Math.min(lowest, pendingNanos);
      }
    }
    for (FileStatus file : known) {
      if (file.state() == FileStatus.State.UNREADABLE) {
        behind.putIfAbsent(file.container().toString(), EVER);
      }
    }
    return new ReadWatermark(lowest, behind);
  }

  /// The runtime's timestamp from which on lines of the file may not be in the queue.
  ///
  /// @return nanoseconds since the epoch; [Block#NO_TIMESTAMP] when nothing is pending, or where
  ///   lines have no timestamp: they get the time at which they are queued
  private static long oldestPending(FileState state) {
    Framer framer = state.framer;
    long open = framer == null ? Block.NO_TIMESTAMP : framer.openTimestampNanos();
    if (state.file.size() <= state.file.readOffset()) {
      return open;
    }
    long last = framer == null ? Block.NO_TIMESTAMP : framer.lastTimestampNanos();
    long unread = state.file.firstTimestampNanos();
    if (last != Block.NO_TIMESTAMP) {
      // The two streams of a container are stamped by two writers.
      unread = Math.max(unread, last - STAMP_TO_FILE.toNanos());
    }
    if (open == Block.NO_TIMESTAMP || unread == Block.NO_TIMESTAMP) {
      return open == Block.NO_TIMESTAMP ? unread : open;
    }
    return Math.min(open, unread);
  }
}
