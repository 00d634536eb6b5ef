package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.buffer.BufferException;
import dev.longshore.agent.buffer.Gap;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockOutput;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.pipeline.Decision.Wait;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The reading thread's side of the queue: what framing has found goes in, with its account and its
/// progress. Owned by the reading thread.
final class BlockAppender {
  private static final Duration RETRY_APPEND = Duration.ofMillis(200);

  /// Shipping begins with so much while there is more to be read.
  private static final long WORTH_A_WAKEUP_BYTES = 256L << 10;

  private final Buffer buffer;
  private final FileStates files;
  private final BooleanSupplier over;
  private final Runnable shipping;
  private final Clock clock;
  private final RateLimitedLogger warnings;

  /// Why an append is being tried again; written by the reading thread.
  private volatile @Nullable Wait blocked;

  private final GoneGenerations gone;
  private long untoldBytes;

  /// @param files the files that are followed
  /// @param over whether nothing may be waited for any more
  /// @param shipping is told that there is something new in the queue
  BlockAppender(
      Buffer buffer,
      FileStates files,
      BooleanSupplier over,
      Runnable shipping,
      Clock clock,
      RateLimitedLogger warnings) {
    this.buffer = buffer;
    this.files = files;
    this.over = over;
    this.shipping = shipping;
    this.clock = clock;
    this.warnings = warnings;
    this.gone =
        new GoneGenerations(buffer::forget, generation -> files.find(generation) != null, warnings);
  }

  /// Where the records of a file go.
  BlockOutput of(FileState state) {
    return block -> {
      var snapshot = state.snapshot;
      if (snapshot == null) {
        throw new IllegalStateException(state.file.path() + " was framed before it was described");
      }
      block.snapshot(snapshot);
      block.timestampIfNone(clock.epochMillis() * 1_000_000);
      block.tail(state.file.id(), state.file.tail());
      FileState before = state.before;
      if (before != null) {
        block.tail(before.file.id(), before.file.tail());
      }
      queue(block);
      untoldBytes += block.payloadBytes();
      if (untoldBytes >= WORTH_A_WAKEUP_BYTES) {
        tellShipping();
      }
      state.account.read(block.records(), block.payloadBytes());
      for (Position position : block.positions()) {
        committed(position);
      }
    };
  }

  /// Wakes shipping up if there is something that it does not know of. To be called at the end of
  /// each turn: with each block, a thread would wake up for one line.
  void tellShipping() {
    if (untoldBytes > 0) {
      untoldBytes = 0;
      shipping.run();
    }
  }

  /// Notes progress for which there is no record.
  ///
  /// @throws BufferException when it was not noted
  void commit(Position position) {
    FileState of = files.find(position.generation());
    buffer.commit(of == null ? position : position.withTail(of.file.tail()));
    committed(position);
  }

  /// Notes by what files are known, and how far the copies are of files that are read and
  /// delivered. What can't be noted is tried again with the next call.
  void commit(CopiedFiles copies, SaltNotes notes) {
    try {
      notes.commitDue(buffer::commit);
      copies.commitDue(clock.epochMillis() * 1_000_000, buffer::oldestTimestamps, buffer::commit);
    } catch (BufferException e) {
      warnings.warn(
          "copies",
          log -> {
            var _ = log.setMessage("what is known of plain logs could not be noted").setCause(e);
          });
    }
  }

  private void committed(Position position) {
    FileState of = files.find(position.generation());
    if (of != null) {
      of.committed(position);
    } else {
      // A record began in a file that is gone by now.
      forget(position.generation());
    }
  }

  /// No name of the generation exists any more.
  void forget(GenerationId generation) {
    gone.forget(generation);
  }

  /// Notes what could not be noted when it was gone.
  void retryForgetting() {
    gone.retry();
  }

  /// What the queue has lost of a generation; null for nothing.
  @Nullable Gap gapOf(GenerationId generation) {
    return buffer.gapOf(generation);
  }

  /// Why the reading thread waits in the middle of an append, or null; any thread.
  @Nullable Wait blocked() {
    return blocked;
  }

  /// Appends the block; while the queue can't take it, nothing else can be read either, so this
  /// waits.
  ///
  /// @throws StoppedException when the agent ends meanwhile: the lines are read again at the next
  ///   start
  private void queue(Block block) {
    while (true) {
      try {
        buffer.append(block);
        blocked = null;
        return;
      } catch (BufferException e) {
        blocked =
            new Wait(
                e.reason() == BufferException.Reason.FULL
                    ? PauseReason.BUFFER_FULL
                    : PauseReason.BUFFER_FAILED,
                String.valueOf(e.getMessage()));
        warnings.warn(
            "append",
            log -> {
              var _ =
                  log.setCause(e)
                      .setMessage("the buffer did not take a block; reading paused, retrying");
            });
      }
      if (over.getAsBoolean()) {
        throw new StoppedException();
      }
      tellShipping();
      try {
        clock.sleep(RETRY_APPEND);
        // Makes room of what was acknowledged meanwhile.
        buffer.maintain();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoppedException();
      }
    }
  }
}
