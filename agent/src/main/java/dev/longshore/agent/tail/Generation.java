package dev.longshore.agent.tail;

import dev.longshore.agent.event.TailChecksum;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known of one generation of a log: the names it has, the handle it is read through, and
/// how far.
///
/// It begins as a file whose first line is not there yet, is read while it has no successor and to
/// its end, stays open for late writes, is closed, and is forgotten when its last name is gone.
/// Owned by the reading thread; volatile is what the status shows.
final class Generation {

  /// The reason in the status of a log in UTF-16.
  static final String UTF16 = "its text is in UTF-16; let its program write UTF-8";

  /// How far its life has come.
  enum Phase {
    /// The first line is not complete.
    IDENTIFYING,
    /// Its bytes are read, or wait for those of an older one.
    READING,
    /// It was told that it is read; late writes can still be read.
    LATE,
    /// No handle is open, nothing more is read.
    CLOSED
  }

  static final long NEVER = Long.MIN_VALUE;
  static final int UNWATCHED = -1;

  private final RotationSet rotationSet;

  /// The scan that found it first.
  private final long foundInScan;

  /// The last scan that found a name of it.
  private long seenInScan;

  /// Which files hold its bytes, under which name: the file itself, its compression, a copy.
  final Map<FoundFile.Key, FoundFile> names = new LinkedHashMap<>();

  /// Of all files that were taken for it, those that are gone included.
  final Set<FoundFile.Key> keys = new HashSet<>(2);

  /// Of the file that is read through `source`.
  volatile FoundFile.Key key;

  volatile Path path;
  RotatedName name;
  @Nullable Source source;
  @Nullable FirstLine firstLine;
  volatile @Nullable TailedFile file;
  volatile Phase phase = Phase.IDENTIFYING;
  volatile String trouble = "";
  volatile boolean paused;
  volatile boolean deleted;

  private volatile long sizeBytes;
  private volatile long readOffset;

  /// Up to where bytes were read without being consumed: an unterminated line.
  long offeredEnd;

  /// How long its file was when it was asked last; it is not known yet whether that still is the
  /// same file.
  long polledBytes;

  /// What is read next is the last of it, but for late writes.
  boolean lastSlice;

  /// Its file was cut, and now belongs to the next generation; `source` is null unless a copy was
  /// found.
  boolean cutAway;

  /// It was not the newest when it was found first: nobody writes to it.
  boolean settled;

  /// Bytes of it were read.
  boolean begun;

  /// What was written between it and the one that is next by now was deleted unread.
  boolean lossFollows;

  /// It was found changed: the next scan looks at its content again.
  boolean lookAgain = true;

  /// What stands before `readOffset`: at most [TailChecksum#WINDOW_BYTES], fewer where they were
  /// not read.
  byte[] lastRead = {};

  /// Of what was read last, whether or not it was consumed.
  final TailChecksum tail = new TailChecksum();

  /// The scan that found it is over.
  boolean met;

  long dueNanos;

  /// Since when each attempt to read it has failed.
  long troubledSinceNanos = NEVER;

  /// The watch of its file in [ContentWatch].
  int contentWatch = UNWATCHED;

  long pauseNanos;
  long lastChangeNanos;
  long atEndSinceNanos = NEVER;
  long successorSinceNanos = NEVER;
  long missingSinceNanos = NEVER;
  long closeAtNanos;

  /// How many scans have found no name.
  int missingScans;

  /// Where the first byte that is not NUL is looked for.
  long textFrom;

  /// All bytes were looked at for the first that is not NUL; else it is looked for in later turns.
  boolean textKnown;

  /// What an earlier run may have read of a compressed log, once that is asked.
  @Nullable EarlierReadings earlier;

  Generation(RotationSet rotationSet, FoundFile found, long now) {
    this.rotationSet = rotationSet;
    foundInScan = rotationSet.scan();
    seenInScan = foundInScan;
    key = found.key();
    path = found.path();
    name = found.name();
    names.put(key, found);
    sizeBytes = found.name().gzip() ? 0 : found.sizeBytes();
    dueNanos = now;
    lastChangeNanos = now;
  }

  RotationSet rotationSet() {
    return rotationSet;
  }

  Path path() {
    return path;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  void sizeBytes(long bytes) {
    sizeBytes = bytes;
  }

  /// Asks the open file how long it is by now.
  void measure() {
    if (source instanceof PlainSource plain) {
      try {
        sizeBytes = Math.max(sizeBytes, plain.sizeBytes());
      } catch (IOException e) {
        trouble = String.valueOf(e.getMessage());
      }
    }
  }

  long readOffset() {
    return readOffset;
  }

  void readOffset(long offset) {
    readOffset = offset;
  }

  long unreadBytes() {
    return Math.max(0, sizeBytes - readOffset);
  }

  /// Whether this scan found it first.
  boolean isFoundIn(long scan) {
    return foundInScan == scan;
  }

  /// A scan has found a name.
  void sighted(FoundFile found) {
    names.put(found.key(), found);
    seenInScan = rotationSet.scan();
    if (found.key().equals(key)) {
      path = found.path();
      name = found.name();
    } else if (!names.containsKey(key)) {
      path = found.path();
    }
    deleted = false;
    missingScans = 0;
    missingSinceNanos = NEVER;
  }

  /// A scan has found no name. One scan is no proof: a rename while the folder is listed can hide a
  /// file from both of its names.
  void missed(long now) {
    if (missingScans++ == 0) {
      missingSinceNanos = now;
    }
    deleted = true;
  }

  boolean isFinished() {
    return phase == Phase.LATE || phase == Phase.CLOSED;
  }

  /// Where bytes are needed next to find out what it is.
  long neededAt() {
    EarlierReadings readings = earlier;
    return readings == null || readings.isDecided() ? textFrom : readings.comparedAt();
  }

  boolean isIdentified() {
    return file != null;
  }

  boolean isOpen() {
    return source != null;
  }

  /// Open, and no name leads to its bytes any more.
  boolean isHeld() {
    return source != null && deleted && phase != Phase.CLOSED;
  }

  /// Given up before it was read, and not yet gone.
  boolean isLetGo() {
    return source != null && phase == Phase.CLOSED;
  }

  /// Whether inotify reports the next write to its file.
  boolean isWatched() {
    return contentWatch != UNWATCHED;
  }

  /// The handle that is being read.
  ///
  /// @throws IllegalStateException when it is closed
  Source openSource() {
    Source open = source;
    if (open == null) {
      throw new IllegalStateException(path + " is not open");
    }
    return open;
  }

  /// What it is known as outside.
  ///
  /// @throws IllegalStateException when it is not identified
  TailedFile identified() {
    TailedFile known = file;
    if (known == null) {
      throw new IllegalStateException(path + " is not identified");
    }
    return known;
  }

  FirstLine firstLineOf() {
    FirstLine line = firstLine;
    if (line == null) {
      throw new IllegalStateException(path + " is not identified");
    }
    return line;
  }

  void rewind(long offset) {
    readOffset = offset;
    lastRead = new byte[0];
    offeredEnd = 0;
    lastSlice = false;
    atEndSinceNanos = NEVER;
    if (phase == Phase.LATE || phase == Phase.CLOSED) {
      phase = Phase.READING;
    }
    dueNanos = lastChangeNanos;
    paused = false;
  }

  /// All is read that will be.
  void closeForGood() {
    close();
    phase = Phase.CLOSED;
    sizeBytes = readOffset;
  }

  void close() {
    Source open = source;
    source = null;
    if (open != null) {
      open.close();
    }
  }

  /// Whether it was written before another one. The live file is the newest, and what was gone when
  /// the other came was written before it, whatever the clock did meanwhile. Else by the runtime's
  /// timestamps where both have one, or by what rotation has named them; what is deleted or cut was
  /// written before what has a name.
  boolean olderThan(Generation other) {
    if (isLive() || other.isLive()) {
      return !isLive();
    }
    if (wasGoneBefore(other) || other.wasGoneBefore(this)) {
      return wasGoneBefore(other);
    }
    FirstLine mine = firstLine;
    FirstLine theirs = other.firstLine;
    if (mine != null && theirs != null && mine.hasTimestamp() && theirs.hasTimestamp()) {
      if (mine.timestampNanos() != theirs.timestampNanos()) {
        return mine.timestampNanos() < theirs.timestampNanos();
      }
    }
    return !other.isGone() && !other.cutAway && RotatedName.BY_AGE.compare(name, other.name) < 0;
  }

  private boolean wasGoneBefore(Generation other) {
    return seenInScan < other.foundInScan;
  }

  /// The last scan has found no name of it, or the one that is under way found none yet.
  private boolean isGone() {
    return names.isEmpty();
  }

  /// Its own file has the name under which the runtime writes; not one that was compressed since,
  /// whose own file is gone.
  boolean isLive() {
    FoundFile own = names.get(key);
    return own != null && own.name().isLive() && !cutAway;
  }

  /// It was rotated, and the file that has its place by now, or another one of its log, can't be
  /// opened: perhaps for want of the descriptor that this one has.
  boolean isFollowedByUnopened() {
    return rotationSet.hasUnopened() && !deleted && !isLive();
  }

  FileStatus status() {
    TailedFile known = file;
    FoundFile.Key at = key;
    return new FileStatus(
        path,
        known == null ? null : known.id(),
        rotationSet.container(),
        sizeBytes,
        readOffset,
        unreadBytes(),
        state(),
        trouble.isEmpty() && known != null && known.isUtf16() ? UTF16 : trouble,
        at.inode());
  }

  private FileStatus.State state() {
    if (!trouble.isEmpty()) {
      return FileStatus.State.UNREADABLE;
    }
    if (deleted && phase != Phase.CLOSED) {
      return FileStatus.State.DELETED_HELD;
    }
    return switch (phase) {
      case IDENTIFYING -> FileStatus.State.IDENTIFYING;
      case LATE, CLOSED -> FileStatus.State.ROTATED;
      case READING ->
          paused
              ? FileStatus.State.WAITING
              : unreadBytes() > 0 ? FileStatus.State.READING : FileStatus.State.IDLE;
    };
  }
}
