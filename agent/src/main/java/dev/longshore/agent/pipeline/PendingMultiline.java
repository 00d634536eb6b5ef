package dev.longshore.agent.pipeline;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.Framer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;

/// The files in which a group is open, and what becomes of it: it is closed when waiting is over,
/// goes on in the next file, or ends with its own. Owned by the reading thread.
final class PendingMultiline {
  /// On top of the poll interval: so long after its time, what a group may still hold was read.
  private static final Duration AFTER_A_POLL = Duration.ofMillis(100);

  private static final byte[] NOTHING = {};

  private final FrameConfig frameConfig;
  private final long polledWithinNanos;
  private final BlockAppender appender;
  private final RecordMemory memory;
  private final Block scratch;
  private final BiConsumer<FileState, Framer> account;
  private final BiConsumer<FileState, Runnable> guarded;
  private final Clock clock;
  private final Limited warnings;
  private final Set<FileState> files = new LinkedHashSet<>();

  /// @param scratch the reading thread's
  /// @param account books what a file's framing did; it says here, too, whether a group is open
  /// @param guarded does something with a file's framing; a fault delays that file alone
  PendingMultiline(
      FrameConfig frameConfig,
      Duration pollInterval,
      BlockAppender appender,
      RecordMemory memory,
      Block scratch,
      BiConsumer<FileState, Framer> account,
      BiConsumer<FileState, Runnable> guarded,
      Clock clock,
      Limited warnings) {
    this.frameConfig = frameConfig;
    this.polledWithinNanos = pollInterval.plus(AFTER_A_POLL).toNanos();
    this.appender = appender;
    this.memory = memory;
    this.scratch = scratch;
    this.account = account;
    this.guarded = guarded;
    this.clock = clock;
    this.warnings = warnings;
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
    Duration group = frameConfig.groupTimeout();
    Duration partial = frameConfig.partialTimeout();
    return (group.compareTo(partial) > 0 ? group : partial).plusNanos(2 * polledWithinNanos);
  }

  /// Closes the groups for which waiting is over.
  ///
  /// @return when the next one is due, in [Clock#nanoTime], or [Long#MAX_VALUE]
  long closeDue() {
    long next = Long.MAX_VALUE;
    long now = clock.nanoTime();
    for (FileState state : Set.copyOf(files)) {
      Framer framer = state.framer;
      if (framer == null) {
        files.remove(state);
        continue;
      }
      // What was written before the group's time was over must have been read before it is closed.
      long polledNanos = now - polledWithinNanos;
      if (framer.hasOpen()
          && polledNanos - framer.openDeadlineNanos() >= 0
          && (state.file.readOffset() >= state.file.size() || isHalfLine(state, framer, now))) {
        guarded.accept(
            state,
            () -> {
              framer.closeDue(polledNanos, scratch, appender.of(state));
              account.accept(state, framer);
            });
      }
      if (state.framer == framer && framer.hasOpen()) {
        next = Math.min(next, framer.openDeadlineNanos() + polledWithinNanos);
      } else {
        files.remove(state);
        state.release();
      }
    }
    return next;
  }

  /// What is not read is the begin of a line whose writer was given a group's time twice.
  private boolean isHalfLine(FileState state, Framer framer, long now) {
    return state.waiting == null && now - framer.openDeadlineNanos() >= 2 * longest().toNanos();
  }

  /// What is open here goes on there: a part that the runtime cut at the rotation, a stack trace.
  void handOver(FileState state, Framer framer, FileState next) {
    next.inherit(state);
    memory.handOver(state, next);
    long end = state.file.readOffset();
    framer.continueIn(next.resume(), next.file.format(), scratch, appender.of(state));
    state.framer = null;
    state.resumeFrom(new Position(state.file.id(), end, end));
    state.continuedIn = next;
    files.remove(state);
    next.framer = framer;
    next.before = state;
    account.accept(next, framer);
  }

  /// Ends a line that has no end.
  void end(FileState state, Framer framer) {
    framer.feed(
        NOTHING,
        0,
        0,
        state.file.readOffset(),
        true,
        clock.nanoTime(),
        scratch,
        appender.of(state));
    account.accept(state, framer);
  }

  /// Queues what is open of a file that nobody can read again, as it is: here, or where it went on.
  void closeWhatBeganIn(FileState state) {
    FileState holder = state;
    while (holder.framer == null && holder.continuedIn != null) {
      holder = holder.continuedIn;
    }
    Framer framer = holder.framer;
    if (framer == null) {
      return;
    }
    try {
      if (holder == state) {
        end(state, framer);
      }
      framer.closeAll(scratch, appender.of(holder));
      account.accept(holder, framer);
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException e) {
      warnings.warn(
          "framing " + state.file.path(),
          log -> {
            var _ =
                log.setCause(e)
                    .addKeyValue("log.file.path", state.file.path())
                    .setMessage("the end of a deleted file could not be framed");
          });
    }
  }
}
