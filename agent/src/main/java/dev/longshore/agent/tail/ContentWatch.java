package dev.longshore.agent.tail;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Files that stand still, whose next write inotify reports: they need not be asked for their size
/// some times a second, which was a fifth of what the reading thread cost on a node whose
/// containers say little (`longshore bench --trickle`). Owned by the reading thread.
///
/// A file that was closed is watched as well, so that what is written to it then is known for lost.
///
/// A file is watched for one write. Once that is reported its size is asked for again, as of a file
/// that is written to, until it stands still. What is watched is the file that we hold, whatever
/// name it has by now.
final class ContentWatch {

  /// How long a file stands still before it is watched: a watch costs as much as asking for a size
  /// some times.
  private static final long STILL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// How often the size of a file that is watched is asked for all the same.
  private static final long SAFETY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final DirectoryWatch folders;
  private final ReadSchedule schedule;
  private final Map<Integer, Generation> watched = new HashMap<>();

  /// There was no room for a watch: folders need it more.
  private boolean refused;

  private boolean written;

  /// @param folders whose inotify it uses, where that reports everything
  ContentWatch(DirectoryWatch folders, ReadSchedule schedule) {
    this.folders = folders;
    this.schedule = schedule;
  }

  /// Watches the file of a generation that is read and will be closed: what is written to it later
  /// can't be read any more, but the next look at its folder counts it.
  void watchClosed(Generation generation, PlainSource file) throws IOException {
    if (watch(generation, file) && file.sizeBytes() != generation.polledBytes) {
      schedule.scan(generation.rotationSet().folder());
    }
  }

  /// Whether a file may not be watched that ought to be.
  boolean refused() {
    return refused;
  }

  /// A live file has nothing to be read: if it stands still, it is asked for its size again when it
  /// is written to, or in a while.
  void leaveAlone(Generation generation, PlainSource file, long now) throws IOException {
    if (!generation.isWatched()) {
      if (now - generation.lastChangeNanos < STILL_NANOS || !watch(generation, file)) {
        return;
      }
      if (file.sizeBytes() != generation.polledBytes) {
        // Written to before it was watched.
        generation.dueNanos = now;
        return;
      }
    }
    generation.dueNanos = schedule.tickWithin(SAFETY_NANOS, now);
  }

  /// Watches the file of a generation. Its size is to be asked for once more then.
  ///
  /// @return false where that is not possible, or not sure
  private boolean watch(Generation generation, PlainSource file) {
    Inotify inotify = folders.complete();
    if (inotify == null || refused) {
      return false;
    }
    try {
      int watch = inotify.watchNextWrite(file);
      Generation before = watched.put(watch, generation);
      if (before != null && before != generation) {
        ended(before);
      }
      generation.contentWatch = watch;
      return true;
    } catch (IOException e) {
      refused = true;
      releaseAll();
      return false;
    }
  }

  /// Something was reported of a file.
  void written(int watch) {
    Generation generation = watched.remove(watch);
    if (generation != null) {
      ended(generation);
    }
  }

  /// The file of a generation is not watched any more: if it is read, its size is asked for as of
  /// any other.
  void release(Generation generation) {
    if (!generation.isWatched()) {
      return;
    }
    watched.remove(generation.contentWatch, generation);
    folders.remove(generation.contentWatch);
    ended(generation);
  }

  /// After a round of reports: where they do not tell everything, no file is left to them.
  ///
  /// @param complete whether none was lost
  /// @return whether a file is due that was left to them
  boolean settle(boolean complete) {
    if (!watched.isEmpty() && folders.complete() == null) {
      refused = true;
      releaseAll();
    } else if (!complete) {
      releaseAll();
    }
    boolean was = written;
    written = false;
    return was;
  }

  private void releaseAll() {
    for (Generation generation : watched.values()) {
      folders.remove(generation.contentWatch);
      ended(generation);
    }
    watched.clear();
  }

  private void ended(Generation generation) {
    generation.contentWatch = Generation.UNWATCHED;
    generation.dueNanos = generation.lastChangeNanos;
    if (generation.phase == Generation.Phase.CLOSED) {
      schedule.scan(generation.rotationSet().folder());
    }
    written = true;
  }
}
