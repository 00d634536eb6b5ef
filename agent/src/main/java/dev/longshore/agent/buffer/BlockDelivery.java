package dev.longshore.agent.buffer;

import dev.longshore.agent.buffer.BufferException.Reason;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.shared.log.RateLimitedLogger;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Hands blocks to shipping: finds where each lies and reads it there, outside of the lock.
///
/// Shipping thread.
final class BlockDelivery {
  private final ReentrantLock lock;

  /// Guarded by the lock.
  private final PendingBlocks pending;

  /// Guarded by the lock.
  private final RuntimeCorruption damage;

  private final RateLimitedLogger limited;
  private final BlockReader reader;

  BlockDelivery(
      ReentrantLock lock,
      PendingBlocks pending,
      RuntimeCorruption damage,
      SnapshotMemory memory,
      FolderWatch watch,
      RateLimitedLogger limited) {
    this.lock = lock;
    this.pending = pending;
    this.damage = damage;
    this.limited = limited;
    this.reader = new BlockReader(memory, watch);
  }

  /// For letting go of files that are deleted; any thread.
  BlockReader reader() {
    return reader;
  }

  /// The next block that can be read, or [BlockSource#NONE].
  ///
  /// @throws BufferException when there is a [Shortage], or the thread is interrupted; the same
  ///   block is the next one then
  long next(Block into) {
    reader.giveUpOnDemand();
    while (true) {
      long reference = locked(pending::take);
      if (reference < 0 || readTaken(reference, into)) {
        return reference < 0 ? BlockSource.NONE : reference;
      }
    }
  }

  private boolean readTaken(long reference, Block into) {
    try {
      return readAt(reference, into, false);
    } catch (BufferException e) {
      lock.lock();
      try {
        pending.putBack(reference);
      } finally {
        lock.unlock();
      }
      throw e;
    }
  }

  /// Reads a block again.
  ///
  /// @throws BlockGoneException when it can't be read any more
  /// @throws BufferException when there is a [Shortage], or the thread is interrupted
  void read(long reference, Block into) {
    while (!readAt(reference, into, true)) {
      locked(
          () -> {
            damage.check(pending.resolve(reference));
            return reference;
          });
    }
  }

  private record Place(PendingFile file, Path path, int index, int position, int payloadBytes) {}

  private Place place(long reference) {
    long at = pending.resolve(reference);
    damage.check(at);
    PendingFile file = pending.file(at);
    int index = pending.index(file, at);
    return new Place(file, file.path(), index, file.position(index), file.payloadBytes(index));
  }

  /// Reads a block where it lies; it may be relocated away meanwhile, then it is looked up again.
  ///
  /// @param seen whether it was handed out before
  private boolean readAt(long reference, Block into, boolean seen) {
    while (true) {
      Place place = locked(() -> place(reference));
      @Nullable IOException cause = null;
      try {
        if (reader.read(
            place.path, place.file.number(), place.position, place.payloadBytes, into)) {
          return true;
        }
      } catch (ClosedChannelException | NoSuchFileException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new BufferException(Reason.IO, "interrupted while a block was read back", e);
        }
        cause = e;
      } catch (IOException e) {
        if (Shortage.isBehind(e)) {
          throw new BufferException(
              Reason.IO, "no queue file can be read at the moment: " + e.getMessage(), e);
        }
        cause = e;
      }
      if (place.equals(locked(() -> place(reference)))) {
        unreadable(place, cause, seen);
        return false;
      }
    }
  }

  private void unreadable(Place place, @Nullable IOException cause, boolean seen) {
    if (cause != null) {
      limited.warn(
          "unreadable",
          log ->
              log.setMessage("queue file could not be read")
                  .addKeyValue("file", place.path)
                  .setCause(cause));
    }
    lock.lock();
    try {
      damage.unreadable(place.file, place.index, seen);
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> get) {
    lock.lock();
    try {
      return get.get();
    } finally {
      lock.unlock();
    }
  }
}
