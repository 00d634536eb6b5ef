package dev.longshore.agent.tail;

import dev.longshore.agent.tail.Generation.Phase;
import java.util.List;

/// Ends generations: says when one is read, decides whether its deletion is certain, and forgets it
/// then, with the number of bytes that nobody read. Owned by the reading thread.
final class FileReaper {
  private final FileSet fileSet;
  private final List<FileEvent> events;
  private final TailMetrics metrics;
  private final TailLog tailLog;
  private final ReadSchedule schedule;
  private final ContentWatch contents;
  private final long graceNanos;

  /// @param events takes what is to be told
  /// @param graceNanos how long after the last sight of a name it counts as deleted
  FileReaper(
      FileSet fileSet,
      List<FileEvent> events,
      TailMetrics metrics,
      TailLog tailLog,
      ReadSchedule schedule,
      ContentWatch contents,
      long graceNanos) {
    this.fileSet = fileSet;
    this.events = events;
    this.metrics = metrics;
    this.tailLog = tailLog;
    this.schedule = schedule;
    this.contents = contents;
    this.graceNanos = graceNanos;
  }

  /// The generation is read to its end; late writes can still be read.
  void finish(Generation generation, long now) {
    Generation next = generation.rotationSet().after(generation);
    boolean followed = next != null && next.isIdentified();
    boolean quiet = !followed || generation.name.gzip();
    // Of one that was rotated before it was seen it is not known since when.
    long rotatedNanos = generation.settled ? now : generation.successorSinceNanos;
    generation.closeAtNanos = quiet ? now : rotatedNanos + graceNanos;
    generation.phase = Phase.LATE;
    generation.dueNanos = now;
    finished(generation);
    if (next != null) {
      // It need not wait until it is looked at again.
      next.dueNanos = now;
    }
    schedule.dueAt(now, now);
  }

  private void finished(Generation generation) {
    Generation next = generation.rotationSet().after(generation);
    boolean gap = generation.unreadBytes() > 0 || generation.lossFollows;
    events.add(
        new FileEvent.Finished(
            generation.identified(), next == null || next.begun || gap ? null : next.file));
  }

  /// Whether the deletion is certain, and longer ago than the grace.
  boolean isDeleted(Generation generation, long now) {
    if (now - generation.missingSinceNanos < graceNanos) {
      return false;
    }
    return isCertain(generation, now);
  }

  /// One look at a folder is no proof: another is asked for.
  private boolean isCertain(Generation generation, long now) {
    if (generation.missingScans < 2) {
      schedule.scan(generation.rotationSet().folder());
      schedule.dueAt(now, now);
      return false;
    }
    return true;
  }

  /// Forgets a generation that is closed, once its deletion is certain.
  ///
  /// @return false: there is nothing to be read of it
  boolean forgetsIfGone(Generation generation, long now) {
    if (generation.isLetGo()) {
      gone(generation);
    } else if (generation.deleted && !generation.rotationSet().mayStandInUnopened()) {
      schedule.dueAt(generation.missingSinceNanos + graceNanos, now);
      if (isDeleted(generation, now)) {
        gone(generation);
      }
    }
    return false;
  }

  /// No file holds the bytes of a generation that was cut: what was not read is lost, and counted
  /// when it is gone. Once that is certain.
  void giveUp(Generation generation, long now) {
    if (isCertain(generation, now)) {
      generation.phase = Phase.CLOSED;
      finished(generation);
    }
  }

  /// Lets a deleted file go before it is read; once its deletion is certain. One that is being read
  /// finishes first, and is gone with the next step.
  void letGo(Generation generation, long now) {
    if (!isCertain(generation, now)) {
      return;
    }
    if (generation.phase == Phase.READING) {
      generation.measure();
      generation.phase = Phase.CLOSED;
      finished(generation);
      schedule.dueAt(now, now);
    } else {
      gone(generation);
    }
  }

  /// Forgets a generation; what was not read of it is lost.
  void gone(Generation generation) {
    generation.measure();
    long unreadBytes = generation.unreadBytes();
    TailedFile file = generation.file;
    Generation before = generation.rotationSet().before(generation);
    if (before != null) {
      before.lossFollows |= unreadBytes > 0 || generation.lossFollows;
    }
    forget(generation);
    metrics.lost(unreadBytes);
    if (unreadBytes > 0) {
      tailLog.lost(generation, unreadBytes);
    }
    if (file != null) {
      events.add(new FileEvent.Gone(file, unreadBytes));
    }
  }

  /// Drops all that is known of a generation, and has its folder looked at: there may be no log
  /// left.
  void forget(Generation generation) {
    contents.release(generation);
    fileSet.forget(generation);
    schedule.scan(generation.rotationSet().folder());
  }

  /// Bytes of a generation that is still there are lost: a copy holds less than what was seen of it
  /// before it was cut, or the disk can't read them.
  void lost(Generation generation, long bytes) {
    metrics.lost(bytes);
    events.add(new FileEvent.Lost(generation.identified(), bytes));
  }
}
