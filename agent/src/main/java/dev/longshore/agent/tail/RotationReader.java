package dev.longshore.agent.tail;

import dev.longshore.agent.event.TailChecksum;
import dev.longshore.agent.tail.Generation.Phase;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads the generations of a log in their order, each to its end, and closes them: [#step] finds
/// out what is to be done with them, [#read] gives the bytes. Owned by the reading thread.
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

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final FileSet fileSet;
  private final Identification identification;
  private final TailMetrics metrics;
  private final TailLog tailLog;
  private final ReadSchedule schedule;
  private final List<FileEvent> events;
  private final FileReaper reaper;
  private final Decompression decompression;
  private final ContentWatch contents;
  private final ReadTrouble trouble;
  private final Slice slice = new Slice();

  /// Something in the slice stands for what the disk can't read.
  private boolean hasPassedOver;

  private final long pollNanos;
  private final long graceNanos;

  /// @param events takes what is to be told
  RotationReader(
      TailConfig config,
      FileSet fileSet,
      TailMetrics metrics,
      TailLog tailLog,
      ReadSchedule schedule,
      List<FileEvent> events,
      FileReaper reaper,
      Decompression decompression,
      ContentWatch contents) {
    this.fileSet = fileSet;
    this.identification = fileSet.identification();
    this.metrics = metrics;
    this.tailLog = tailLog;
    this.schedule = schedule;
    this.events = events;
    this.reaper = reaper;
    this.decompression = decompression;
    this.contents = contents;
    pollNanos = config.pollInterval().toNanos();
    trouble = new ReadTrouble(tailLog, reaper, config.rescanInterval().toNanos());
    graceNanos = config.rotateGrace().toNanos();
  }

  /// Does what is due for one log.
  ///
  /// @param resumed whether generations that were deferred are due at once
  void step(RotationSet rotationSet, long now, boolean resumed) {
    Generation active = rotationSet.active();
    // From the newest, because generations may be taken away, or put in behind.
    for (int i = rotationSet.generations().size() - 1; i >= 0; i--) {
      Generation generation = rotationSet.generations().get(i);
      if (resumed && generation.paused) {
        generation.dueNanos = now;
      }
      if (generation.phase != Phase.CLOSED && !isLive(generation)) {
        contents.release(generation);
      }
      if (generation.phase != Phase.CLOSED && generation.dueNanos - now > 0) {
        schedule.dueAt(generation.dueNanos, now);
      } else {
        step(generation, generation == active, now);
      }
    }
  }

  private void step(Generation generation, boolean active, long now) {
    try {
      boolean readable =
          switch (generation.phase) {
            case IDENTIFYING ->
                identify(generation, now)
                    && generation == generation.rotationSet().active()
                    && isReadable(generation, now);
            case READING -> active ? isReadable(generation, now) : waitsItsTurn(generation, now);
            case LATE -> isReadableLate(generation, now);
            case CLOSED -> reaper.forgetsIfGone(generation, now);
          };
      if (readable) {
        events.add(new FileEvent.HasBytes(generation.identified()));
        return;
      }
      generation.trouble = "";
      generation.troubledSinceNanos = Generation.NEVER;
      if (generation.isOpen() && (active || generation.phase != Phase.READING)) {
        schedule.dueAt(generation.dueNanos, now);
      }
    } catch (IOException e) {
      trouble.met(generation, e, now);
    }
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
      reaper.forget(generation);
      return false;
    }
    boolean grown = sizeBytes != generation.sizeBytes();
    generation.sizeBytes(sizeBytes);
    if (grown) {
      generation.lastChangeNanos = now;
    }
    generation.dueNanos = nextPoll(generation, now);
    boolean begun = !generation.textKnown || generation.earlier != null;
    boolean look = grown || over || begun || !generation.trouble.isEmpty();
    if (look && isAt(generation, generation.neededAt(), now)) {
      boolean known = fileSet.identify(generation, over);
      if (known || !generation.textKnown || generation.earlier != null) {
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

  /// When a file is asked for its size again.
  private long nextPoll(Generation generation, long now) {
    boolean quiet = now - generation.lastChangeNanos > QUIET_NANOS;
    return schedule.tickWithin(quiet ? QUIET_POLL_NANOS : pollNanos, now);
  }

  /// Whether the generation whose turn it is has something to be read; if not, whether this is its
  /// end.
  private boolean isReadable(Generation generation, long now) throws IOException {
    if (!generation.isOpen() && !reopen(generation, now)) {
      return false;
    }
    generation.lastSlice = false;
    if (generation.openSource() instanceof PlainSource plain) {
      long sizeBytes = plain.sizeBytes();
      generation.polledBytes = sizeBytes;
      if (sizeBytes < generation.sizeBytes()) {
        cut(generation, now);
        return false;
      }
      if (generation.paused
          || sizeBytes > Math.max(generation.readOffset(), generation.offeredEnd)
          || endsReadably(generation, now)) {
        return true;
      }
      if (isLive(generation)) {
        contents.leaveAlone(generation, plain, now);
      }
      return false;
    }
    if (generation.readOffset() == generation.openSource().sizeBytes() && !generation.begun) {
      reaper.finish(generation, now);
      return false;
    }
    return true;
  }

  /// A copy of what was cut is held from now on, lest it is deleted before its turn; and how long a
  /// file is has to be known when it is deleted before its turn.
  private boolean waitsItsTurn(Generation generation, long now) throws IOException {
    if (!generation.isOpen()) {
      if (!generation.names.isEmpty() && !reopen(generation, now)) {
        schedule.dueAt(generation.dueNanos, now);
      }
    } else if (generation.source instanceof PlainSource plain) {
      generation.dueNanos = nextPoll(generation, now);
      measure(generation, plain, plain.sizeBytes(), now);
    }
    return false;
  }

  /// Notes how long the file is by now, if it still is the one.
  private void measure(Generation generation, PlainSource source, long sizeBytes, long now)
      throws IOException {
    if (sizeBytes == generation.sizeBytes()) {
      return;
    }
    if (sizeBytes < generation.sizeBytes() || !identification.unchanged(source, generation)) {
      cut(generation, now);
      return;
    }
    generation.sizeBytes(sizeBytes);
    generation.lastChangeNanos = now;
  }

  private void cut(Generation generation, long now) {
    tailLog.cut(generation);
    fileSet.cut(generation, now);
    schedule.scan(generation.rotationSet().folder());
    schedule.dueAt(now, now);
  }

  /// All complete lines are consumed: is this the end of the generation?
  ///
  /// @return whether it is, but for an unterminated last line, which can be read now
  private boolean endsReadably(Generation generation, long now) {
    if (generation.atEndSinceNanos == Generation.NEVER) {
      generation.atEndSinceNanos = now;
    }
    generation.dueNanos = nextPoll(generation, now);
    boolean leftover = generation.unreadBytes() > 0;
    Generation next = generation.rotationSet().after(generation);
    long waitNanos;
    long sinceNanos;
    boolean followed = next != null && next.isIdentified();
    if (followed || generation.isFollowedByUnopened()) {
      if (generation.successorSinceNanos == Generation.NEVER) {
        generation.successorSinceNanos = now;
      }
      waitNanos = leftover || !followed ? graceNanos : generation.settled ? 0 : SETTLE_NANOS;
      sinceNanos = later(generation.atEndSinceNanos, generation.successorSinceNanos);
    } else if (generation.deleted && reaper.isDeleted(generation, now)) {
      // A successor that stays empty, as a container leaves it that ends, is none.
      waitNanos = graceNanos;
      sinceNanos = later(generation.atEndSinceNanos, generation.missingSinceNanos);
    } else {
      return false;
    }
    if (now - sinceNanos < waitNanos) {
      if (sinceNanos + waitNanos - generation.dueNanos < 0) {
        generation.dueNanos = sinceNanos + waitNanos;
      }
      return false;
    }
    if (!leftover) {
      reaper.finish(generation, now);
    }
    generation.lastSlice = leftover;
    return leftover;
  }

  private static long later(long aNanos, long bNanos) {
    return aNanos - bNanos > 0 ? aNanos : bNanos;
  }

  /// Whether something came after the generation was finished. It is closed when its time is over
  /// and nothing has.
  private boolean isReadableLate(Generation generation, long now) throws IOException {
    if (generation.source instanceof PlainSource source) {
      long sizeBytes = source.sizeBytes();
      generation.polledBytes = sizeBytes;
      generation.lastSlice = false;
      if ((sizeBytes > Math.max(generation.readOffset(), generation.offeredEnd)
              || generation.paused)
          && identification.unchanged(source, generation)) {
        return true;
      }
      if (now - generation.closeAtNanos < 0) {
        generation.dueNanos = Math.min(schedule.tickWithin(0, now), generation.closeAtNanos);
        return false;
      }
      if (generation.unreadBytes() > 0
          && sizeBytes >= generation.sizeBytes()
          && identification.unchanged(source, generation)) {
        generation.lastSlice = true;
        return true;
      }
      contents.watchClosed(generation, source);
    }
    generation.closeForGood();
    if (generation.rotationSet().hasUnopened()) {
      schedule.scan(generation.rotationSet().folder());
    }
    return reaper.forgetsIfGone(generation, now);
  }

  /// Finds the bytes of a generation whose handle we don't have: its file was cut, or it was
  /// rewound after it was closed.
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
    generation.dueNanos = schedule.tickWithin(0, now);
    schedule.dueAt(generation.dueNanos, now);
    if (generation.names.isEmpty()) {
      reaper.giveUp(generation, now);
    }
    return false;
  }

  /// Reads the next bytes of a generation that is readable.
  ///
  /// @return null when there are none now after all: the file was cut, has to wait until it is
  ///   inflated up to there, or can't be read
  @Nullable Slice read(Generation generation, long now) {
    try {
      Source source = generation.source;
      boolean turn =
          generation.phase == Phase.LATE || generation == generation.rotationSet().active();
      if (source == null || !turn || !isAt(generation, generation.readOffset(), now)) {
        schedule.dueAt(generation.dueNanos, now);
        return null;
      }
      long passedOver = source.passedOverBytes();
      slice.load(source, generation.readOffset());
      hasPassedOver = source.passedOverBytes() > passedOver;
      boolean endsInPassedOver = hasPassedOver && source.passedOverTo() == slice.end();
      if (source instanceof PlainSource plain) {
        if (!identification.unchanged(plain, generation)) {
          // The size that is known stays: of what was cut, no more than that was seen.
          cutWhileRead(generation, now);
          return null;
        }
        boolean isLast =
            generation.lastSlice && !slice.isFull() && slice.end() >= plain.sizeBytes();
        // Nothing will ever stand there.
        slice.atEnd(isLast || endsInPassedOver);
        long sizeBytes = Math.max(generation.polledBytes, slice.end());
        if (sizeBytes > generation.sizeBytes()) {
          generation.sizeBytes(sizeBytes);
          generation.lastChangeNanos = now;
        }
      } else {
        slice.atEnd(!slice.isFull());
      }
      trouble.over(generation, source);
      if (slice.length() == 0) {
        nothingThere(generation, now);
        return null;
      }
      generation.begun = true;
      if (hasPassedOver) {
        // It is not what the file holds.
        generation.tail.startAt(slice.end());
        return slice;
      }
      generation.tail.startAt(slice.offset() - generation.lastRead.length);
      generation.tail.update(generation.lastRead, 0, generation.lastRead.length);
      generation.tail.update(slice.bytes(), 0, slice.length());
      return slice;
    } catch (IOException e) {
      trouble.met(generation, e, now);
      return null;
    }
  }

  private void nothingThere(Generation generation, long now) throws IOException {
    generation.paused = false;
    generation.dueNanos = now;
    if (generation.source instanceof GzipSource gzip) {
      endOf(generation, gzip, now);
    }
    schedule.dueAt(now, now);
  }

  private void cutWhileRead(Generation generation, long now) {
    if (generation.phase == Phase.READING) {
      cut(generation, now);
    } else {
      generation.dueNanos = schedule.tickWithin(0, now);
    }
  }

  /// The first `consumed` bytes of the slice that was read of the generation need not be read
  /// again.
  void consumed(Generation generation, int consumed, long now) {
    try {
      advance(generation, consumed, now);
    } catch (IOException e) {
      trouble.met(generation, e, now);
    }
    schedule.dueAt(generation.dueNanos, now);
  }

  private void advance(Generation generation, int consumed, long now) throws IOException {
    if (consumed < 0 || consumed > slice.length()) {
      throw new IllegalStateException(
          "%d of %d bytes of %s were consumed"
              .formatted(consumed, slice.length(), generation.path()));
    }
    metrics.read(consumed);
    generation.paused = false;
    generation.pauseNanos = 0;
    generation.dueNanos = now;
    generation.readOffset(slice.offset() + consumed);
    generation.offeredEnd = slice.end();
    if (consumed > 0) {
      generation.lastRead =
          hasPassedOver
              ? new byte[0]
              : slice.lastBytes(generation.lastRead, consumed, TailChecksum.WINDOW_BYTES);
    }
    boolean whole = consumed == slice.length();
    if (generation.source instanceof GzipSource gzip) {
      if (whole && slice.atEnd()) {
        endOf(generation, gzip, now);
      } else if (consumed == 0) {
        pause(generation, now);
      }
    } else if (generation.lastSlice) {
      if (generation.unreadBytes() == 0 && generation.phase == Phase.READING) {
        reaper.finish(generation, now);
      }
    } else {
      generation.atEndSinceNanos = Generation.NEVER;
      if (consumed == 0 && (generation.sizeBytes() > slice.end() || slice.isFull())) {
        pause(generation, now);
      } else if (isLive(generation) && !slice.isFull()) {
        // What it had was read: another look at once would find nothing.
        generation.dueNanos = nextPoll(generation, now);
      }
    }
  }

  /// Whether it is written to: neither is it deleted, nor is there one behind it.
  private static boolean isLive(Generation generation) {
    return generation.phase == Phase.READING
        && !generation.deleted
        && generation.rotationSet().newest() == generation;
  }

  private void endOf(Generation generation, GzipSource source, long now) throws IOException {
    if (source.isDamaged()) {
      fileSet.damaged(generation, source);
    }
    generation.sizeBytes(generation.readOffset());
    reaper.finish(generation, now);
  }

  /// Leaves a generation that is readable alone for a while, longer each time in a row. How long
  /// its file is has to be known all the same, should it be deleted meanwhile.
  void defer(Generation generation, long now) {
    pause(generation, now);
    if (generation.phase == Phase.READING && generation.source instanceof PlainSource plain) {
      try {
        measure(generation, plain, generation.polledBytes, now);
      } catch (IOException e) {
        trouble.met(generation, e, now);
      }
    }
    schedule.dueAt(generation.dueNanos, now);
  }

  private static void pause(Generation generation, long now) {
    generation.paused = true;
    generation.pauseNanos =
        Math.clamp(generation.pauseNanos * 2, FIRST_PAUSE_NANOS, LONGEST_PAUSE_NANOS);
    generation.dueNanos = now + generation.pauseNanos;
  }
}
