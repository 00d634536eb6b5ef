package dev.longshore.agent.pipeline;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.frame.Framer;
import dev.longshore.agent.tail.Slice;
import dev.longshore.agent.tail.TailedFile;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import org.jspecify.annotations.Nullable;

/// Cuts the bytes of files into records and queues them: what a file's framer puts out goes to the
/// buffer, what it leaves out is booked, and whether a record of it is open is noted. Owned by the
/// reading thread.
///
/// A call that throws leaves a framer that is of no more use: the file is to be read again from its
/// committed position.
final class Framing {
  private static final byte[] NOTHING = {};

  private final FrameConfig config;
  private final FrameMetrics metrics;
  private final MetadataResolver metadataResolver;
  private final RateLimits rateLimits;
  private final RecordMemory memory;
  private final BlockAppender appender;
  private final PendingMultiline pending;
  private final FileStates files;
  private final Clock clock;
  private final RateLimitedLogger warnings;
  private final Block scratch = new Block(256 << 10);

  Framing(
      FrameConfig config,
      FrameMetrics metrics,
      MetadataResolver metadataResolver,
      RateLimits rateLimits,
      RecordMemory memory,
      BlockAppender appender,
      PendingMultiline pending,
      FileStates files,
      Clock clock,
      RateLimitedLogger warnings) {
    this.config = config;
    this.metrics = metrics;
    this.metadataResolver = metadataResolver;
    this.rateLimits = rateLimits;
    this.memory = memory;
    this.appender = appender;
    this.pending = pending;
    this.files = files;
    this.clock = clock;
    this.warnings = warnings;
  }

  /// What became of a slice.
  sealed interface Framed {

    /// @param bytes how many were taken; the rest is read again with what follows it
    /// @param framedBytes those of them that were not in the queue before
    record Taken(int bytes, int framedBytes) implements Framed {}

    /// There is no memory for what the file holds open: the file is to give it up.
    record OutOfMemory() implements Framed {}
  }

  private static final Framed OUT_OF_MEMORY = new Framed.OutOfMemory();

  /// Frames what was read of a file.
  Framed feed(FileState state, Slice slice) {
    int length = slice.length();
    int skipped = state.framer == null ? state.skipped(slice.bytes(), length, slice.offset()) : 0;
    if (skipped == length && length > 0) {
      return new Framed.Taken(length, 0);
    }
    Framer framer = framer(state);
    framer.rateLimiter(rateLimits.dropping(state));
    int framed =
        framer.feed(
            slice.bytes(),
            skipped,
            length - skipped,
            slice.offset() + skipped,
            slice.atEnd(),
            clock.nanoTime(),
            scratch,
            appender.of(state));
    if (!account(state, framer)) {
      return OUT_OF_MEMORY;
    }
    if (framer.isBehindNul() || (slice.atEnd() && framer.nulBytes() > 0)) {
      passedOver(state, framer.firstNulOffset(), framer.nulBytes());
    }
    state.offered(skipped + framed < length ? slice.offset() + length : 0);
    return new Framed.Taken(skipped + framed, framed);
  }

  private Framer framer(FileState state) {
    Framer framer = state.framer;
    if (framer == null) {
      long leading = state.file.leadingNulBytes();
      if (leading > 0 && state.committed().resumeAt() <= leading) {
        metrics.nul(leading);
        passedOver(state, 0, leading);
      }
      framer = new Framer(config, metadataResolver.frameRules(state), metrics);
      framer.begin(state.resume(), state.file.format());
      state.framer = framer;
    }
    return framer;
  }

  /// Names NUL bytes that are in no record, once for a file.
  private void passedOver(FileState state, long offset, long nulBytes) {
    if (!state.namesNul()) {
      return;
    }
    TailedFile file = state.file;
    warnings.warn(
        "nul " + file.id(),
        log ->
            log.addKeyValue("path", file.path())
                .addKeyValue("kubernetes.namespace", file.container().namespace())
                .addKeyValue("kubernetes.pod.name", file.container().pod())
                .addKeyValue("offset", offset)
                .addKeyValue("nulBytes", nulBytes)
                .setMessage(
                    "NUL bytes in a log were skipped: blocks that were not written before a crash or"
                        + " that the disk can't read, or a hole"));
  }

  /// A file is read to its end: what is open goes on in the next one, or ends here.
  void finish(FileState state, @Nullable FileState next) {
    state.finish();
    Framer framer = state.framer;
    if (framer == null) {
      return;
    }
    if (framer.hasOpen()
        && next != null
        && next.framer == null
        && framer.mayGoOnIn(next.file.firstTimestampNanos())) {
      handOver(state, framer, next);
    } else {
      end(state, framer);
      state.release();
    }
  }

  /// What is open here goes on there: a part that the runtime cut at the rotation, a stack trace.
  private void handOver(FileState state, Framer framer, FileState next) {
    next.inherit(state);
    memory.handOver(state, next);
    long end = state.file.readOffset();
    framer.continueIn(next.resume(), next.file.format(), scratch, appender.of(state));
    state.framer = null;
    state.resumeFrom(new Position(state.file.id(), end, end));
    state.continuedIn = next;
    pending.forget(state);
    next.framer = framer;
    next.before = state;
    var _ = account(next, framer);
  }

  /// Ends a line that has no end.
  private void end(FileState state, Framer framer) {
    var _ =
        framer.feed(
            NOTHING,
            0,
            0,
            state.file.readOffset(),
            true,
            clock.nanoTime(),
            scratch,
            appender.of(state));
    var _ = account(state, framer);
  }

  /// Closes the records of a file for which waiting is over.
  ///
  /// @param readNanos all was read that was written by then, monotonic
  void closeDue(FileState state, long readNanos) {
    Framer framer = state.framer;
    if (framer != null) {
      framer.closeDue(readNanos, scratch, appender.of(state));
      var _ = account(state, framer);
      state.release();
    }
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
    if (holder == state) {
      end(state, framer);
    }
    framer.closeAll(scratch, appender.of(holder));
    var _ = account(holder, framer);
  }

  /// Counts what was left out, keeps its progress, and remembers whether a record is open.
  ///
  /// @return false when there is no memory for what the file holds
  private boolean account(FileState state, Framer framer) {
    long dropped = framer.droppedRecords();
    if (dropped > 0) {
      // Noted first: what can't be noted is read, and counted, again.
      appender.commit(framer.position());
      state.account.filtered(dropped);
      rateLimits.account(state, framer);
    }
    FileState before = state.before;
    if (before != null && framer.previousPosition() == null) {
      state.detachFromBefore();
      if (dropped > 0 && files.contains(before)) {
        appender.commit(before.resume());
      }
    }
    pending.note(state, framer);
    return memory.holds(state, framer);
  }
}
