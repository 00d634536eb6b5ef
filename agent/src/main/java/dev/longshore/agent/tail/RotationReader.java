package dev.longshore.agent.tail;

import dev.longshore.agent.tail.Generation.Phase;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// Reads the generations of a log in their order, each to its end, and closes them. Owned by the
/// reading thread.
///
/// A generation gives way to the next one when the next is identified and this one stood at its end
/// for [#SETTLE_NANOS] since: the runtime may still write into a file that was renamed. If its last
/// line has no end it gets all of `rotateGrace`. One that is deleted without a successor gets
/// `rotateGrace` as well.
final class RotationReader {

  /// How long a rotated file is at its end before its successor is begun.
  static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /// A file that has not grown for this long is asked less often.
  static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

  /// How often a quiet file is asked.
  static final long QUIET_POLL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final FileSet fileSet;
  private final TailLog tailLog;
  private final ReadSchedule schedule;
  private final ReadSlice slice;
  private final FileReaper reaper;
  private final Decompression decompression;
  private final long pollNanos;
  private final long rescanNanos;
  private final long graceNanos;

  RotationReader(
      TailConfig config,
      FileSet fileSet,
      TailLog tailLog,
      ReadSchedule schedule,
      ReadSlice slice,
      FileReaper reaper,
      Decompression decompression) {
    this.fileSet = fileSet;
    this.tailLog = tailLog;
    this.schedule = schedule;
    this.slice = slice;
    this.reaper = reaper;
    this.decompression = decompression;
    pollNanos = config.pollInterval().toNanos();
    rescanNanos = config.rescanInterval().toNanos();
    graceNanos = config.rotateGrace().toNanos();
  }

  /// Does what is due for one log.
  ///
  /// @param resumed whether generations that were paused should be offered again at once
  /// @return how many bytes were consumed
  int turn(RotationSet rotationSet, long now, boolean resumed) {
    int consumed = 0;
    Generation active = rotationSet.active();
    // From the newest, because generations may be taken away, or put in behind.
    for (int i = rotationSet.generations().size() - 1; i >= 0; i--) {
      Generation generation = rotationSet.generations().get(i);
      if (resumed && generation.paused) {
        generation.dueNanos = now;
      }
      if (generation.phase != Phase.CLOSED && generation.dueNanos - now > 0) {
        schedule.dueAt(generation.dueNanos, now);
        continue;
      }
      consumed += step(generation, generation == active, now);
    }
    return consumed;
  }

  private int step(Generation generation, boolean active, long now) {
    try {
      int consumed =
          switch (generation.phase) {
            case IDENTIFYING ->
                identify(generation, now) && generation == generation.rotationSet().active()
                    ? read(generation, now)
                    : 0;
            case READING -> active ? read(generation, now) : waitTurn(generation, now);
            case LATE -> readLate(generation, now);
            case CLOSED -> {
              reaper.forgetIfGone(generation, now);
              yield 0;
            }
          };
      generation.trouble = "";
      if (generation.isOpen() && (active || generation.phase != Phase.READING)) {
        schedule.dueAt(generation.dueNanos, now);
      }
      return consumed;
    } catch (IOException e) {
      trouble(generation, e, now);
      return 0;
    }
  }

  private void trouble(Generation generation, IOException cause, long now) {
    String reason = String.valueOf(cause.getMessage());
    generation.trouble = reason.isEmpty() ? cause.toString() : reason;
    generation.dueNanos = now + rescanNanos;
    tailLog.trouble(generation);
  }

  private boolean identify(Generation generation, long now) throws IOException {
    long sizeBytes = generation.openSource().sizeBytes();
    if (sizeBytes < generation.sizeBytes()) {
      generation.textFrom = 0;
    }
    boolean over =
        (generation.rotationSet().after(generation) != null
                && now - generation.successorSinceNanos >= graceNanos)
            || (generation.deleted && reaper.isDeleted(generation, now));
    if (over && sizeBytes == 0) {
      fileSet.forget(generation);
      return false;
    }
    boolean grown = sizeBytes != generation.sizeBytes();
    generation.sizeBytes(sizeBytes);
    if (grown) {
      generation.lastChangeNanos = now;
    }
    generation.dueNanos = now + pollInterval(generation, now);
    boolean look = grown || over || !generation.textKnown || !generation.trouble.isEmpty();
    if (look && isAt(generation, generation.textFrom, now)) {
      boolean known = fileSet.identify(generation, over);
      if (known || !generation.textKnown) {
        generation.dueNanos = now;
      }
    }
    return generation.phase == Phase.READING;
  }

  /// Whether bytes at an offset can be read in this turn: at once, but for a compressed file, which
  /// may have to wait, and has to be inflated up to there.
  private boolean isAt(Generation generation, long offset, long now) throws IOException {
    if (!(generation.source instanceof GzipSource gzip)) {
      return true;
    }
    if (!decompression.admits(generation, gzip, now)) {
      generation.paused = true;
      return false;
    }
    generation.paused = false;
    if (!decompression.reaches(gzip, offset)) {
      generation.dueNanos = now;
      return false;
    }
    return true;
  }

  private long pollInterval(Generation generation, long now) {
    return now - generation.lastChangeNanos > QUIET_NANOS
        ? Math.max(pollNanos, QUIET_POLL_NANOS)
        : pollNanos;
  }

  private int read(Generation generation, long now) throws IOException {
    if (!generation.isOpen() && !reopen(generation, now)) {
      return 0;
    }
    Source source = generation.openSource();
    return switch (source) {
      case PlainSource plain -> readPlain(generation, plain, now);
      case GzipSource gzip -> readGzip(generation, gzip, now);
    };
  }

  /// A copy of what was cut is held from now on, lest it is deleted before its turn; and how long a
  /// file is has to be known when it is deleted before its turn.
  private int waitTurn(Generation generation, long now) throws IOException {
    if (!generation.isOpen()) {
      if (!generation.names.isEmpty() && !reopen(generation, now)) {
        schedule.dueAt(generation.dueNanos, now);
      }
    } else if (generation.source instanceof PlainSource plain) {
      generation.dueNanos = now + pollInterval(generation, now);
      measure(generation, plain, plain.sizeBytes(), now);
    }
    return 0;
  }

  /// Notes how long the file is by now, if it still is the one.
  private void measure(Generation generation, PlainSource source, long sizeBytes, long now)
      throws IOException {
    if (sizeBytes == generation.sizeBytes()) {
      return;
    }
    if (sizeBytes < generation.sizeBytes()
        || !fileSet.identification().unchanged(source, generation)) {
      cut(generation, now);
      return;
    }
    generation.sizeBytes(sizeBytes);
    generation.lastChangeNanos = now;
  }

  private int readPlain(Generation generation, PlainSource source, long now) throws IOException {
    long sizeBytes = source.sizeBytes();
    if (sizeBytes < generation.sizeBytes()) {
      cut(generation, now);
      return 0;
    }
    long offset = generation.readOffset();
    int consumed = 0;
    if (generation.paused || sizeBytes > Math.max(offset, generation.offeredEnd)) {
      if (!slice.admitted(generation, now)) {
        measure(generation, source, sizeBytes, now);
        return 0;
      }
      int length = slice.load(source, offset);
      if (!fileSet.identification().unchanged(source, generation)) {
        // The size that is known stays: of what was cut, no more than that was seen.
        cut(generation, now);
        return 0;
      }
      if (sizeBytes > generation.sizeBytes()) {
        generation.sizeBytes(sizeBytes);
        generation.lastChangeNanos = now;
      }
      consumed = slice.hand(generation, length, false, now);
      if (generation.paused || generation.rewound) {
        generation.rewound = false;
        return consumed;
      }
      generation.sizeBytes(Math.max(sizeBytes, offset + length));
      generation.atEndSinceNanos = Generation.NEVER;
      if (generation.sizeBytes() > offset + length || slice.isFull(length)) {
        if (consumed == 0) {
          ReadSlice.pause(generation, now);
        } else {
          generation.dueNanos = now;
        }
        return consumed;
      }
    }
    return consumed + atEnd(generation, now);
  }

  private void cut(Generation generation, long now) {
    tailLog.cut(generation);
    fileSet.cut(generation, now);
    schedule.scan(generation.rotationSet().folder());
    schedule.dueAt(now, now);
  }

  private int readGzip(Generation generation, GzipSource source, long now) throws IOException {
    long offset = generation.readOffset();
    if (offset == source.sizeBytes() && !generation.begun) {
      reaper.finish(generation, now);
      return 0;
    }
    if (!slice.admitted(generation, now) || !isAt(generation, offset, now)) {
      return 0;
    }
    int length = slice.load(source, offset);
    boolean last = !slice.isFull(length);
    int consumed = length == 0 ? 0 : slice.hand(generation, length, last, now);
    if (generation.paused || generation.rewound) {
      generation.rewound = false;
      return consumed;
    }
    generation.dueNanos = now;
    if (consumed == length && last) {
      if (source.isDamaged()) {
        fileSet.damaged(generation, source);
      }
      generation.sizeBytes(generation.readOffset());
      reaper.finish(generation, now);
    } else if (consumed == 0) {
      ReadSlice.pause(generation, now);
    }
    return consumed;
  }

  /// All complete lines are consumed: is this the end of the generation?
  private int atEnd(Generation generation, long now) throws IOException {
    if (generation.atEndSinceNanos == Generation.NEVER) {
      generation.atEndSinceNanos = now;
    }
    generation.dueNanos = now + pollInterval(generation, now);
    boolean leftover = generation.unreadBytes() > 0;
    Generation next = generation.rotationSet().after(generation);
    long waitNanos;
    long sinceNanos;
    if (next != null && next.isIdentified()) {
      if (generation.successorSinceNanos == Generation.NEVER) {
        generation.successorSinceNanos = now;
      }
      waitNanos = leftover ? graceNanos : generation.settled ? 0 : SETTLE_NANOS;
      sinceNanos = later(generation.atEndSinceNanos, generation.successorSinceNanos);
    } else if (generation.deleted && reaper.isDeleted(generation, now)) {
      // A successor that stays empty, as a container leaves it that ends, is none.
      waitNanos = graceNanos;
      sinceNanos = later(generation.atEndSinceNanos, generation.missingSinceNanos);
    } else {
      return 0;
    }
    if (now - sinceNanos < waitNanos) {
      if (sinceNanos + waitNanos - generation.dueNanos < 0) {
        generation.dueNanos = sinceNanos + waitNanos;
      }
      return 0;
    }
    int consumed = leftover ? handLast(generation, now) : 0;
    if (generation.unreadBytes() == 0 && generation.phase == Phase.READING) {
      reaper.finish(generation, now);
    }
    return consumed;
  }

  private static long later(long aNanos, long bNanos) {
    return aNanos - bNanos > 0 ? aNanos : bNanos;
  }

  /// Hands over an unterminated last line.
  private int handLast(Generation generation, long now) throws IOException {
    if (!slice.admitted(generation, now)) {
      return 0;
    }
    Source source = generation.openSource();
    int length = slice.load(source, generation.readOffset());
    if (!fileSet.identification().unchanged(source, generation)) {
      cut(generation, now);
      return 0;
    }
    generation.sizeBytes(Math.max(generation.sizeBytes(), generation.readOffset() + length));
    int consumed = slice.hand(generation, length, !slice.isFull(length), now);
    generation.rewound = false;
    return consumed;
  }

  private int readLate(Generation generation, long now) throws IOException {
    int consumed = 0;
    if (generation.source instanceof PlainSource source) {
      long sizeBytes = source.sizeBytes();
      if ((sizeBytes > Math.max(generation.readOffset(), generation.offeredEnd)
              || generation.paused)
          && fileSet.identification().unchanged(source, generation)) {
        if (!slice.admitted(generation, now)) {
          return 0;
        }
        int length = slice.load(source, generation.readOffset());
        generation.sizeBytes(Math.max(sizeBytes, generation.readOffset() + length));
        generation.dueNanos = now + pollNanos;
        return slice.hand(generation, length, false, now);
      }
      if (now - generation.closeAtNanos < 0) {
        generation.dueNanos = Math.min(now + pollNanos, generation.closeAtNanos);
        return 0;
      }
      if (generation.unreadBytes() > 0
          && sizeBytes >= generation.sizeBytes()
          && fileSet.identification().unchanged(source, generation)) {
        consumed = handLast(generation, now);
        if (generation.unreadBytes() > 0 || generation.phase != Phase.LATE) {
          return consumed;
        }
      }
    }
    generation.close();
    generation.phase = Phase.CLOSED;
    generation.sizeBytes(generation.readOffset());
    reaper.forgetIfGone(generation, now);
    return consumed;
  }

  /// Finds the bytes of a generation whose handle we don't have: its file was cut, or the listener
  /// rewinds it after it was closed.
  private boolean reopen(Generation generation, long now) throws IOException {
    if (!generation.names.isEmpty() && fileSet.reopen(generation)) {
      generation.settled = true;
      long knownBytes = generation.sizeBytes();
      long sizeBytes = generation.openSource().sizeBytes();
      generation.sizeBytes(sizeBytes);
      if (sizeBytes < knownBytes && generation.cutAway) {
        reaper.lost(generation, knownBytes - Math.max(sizeBytes, generation.readOffset()));
      }
      return true;
    }
    generation.dueNanos = now + pollNanos;
    schedule.dueAt(generation.dueNanos, now);
    if (!generation.names.isEmpty()) {
      return false;
    }
    reaper.giveUp(generation, now);
    return false;
  }
}
