package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Block;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the files few: ends the current one when all is acknowledged, and relocates blocks out of
/// an old one that they alone hold back.
///
/// Guarded by the buffer's lock.
final class Compactor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

  /// With all acknowledged, a current file above that part of a full one is ended so that it can
  /// go: at once, or when nothing was appended for a while.
  private static final long BUSY_ROLL_PART = 2;

  private static final long IDLE_ROLL_BYTES = 512 << 10;
  private static final long IDLE_NANOS = Duration.ofSeconds(1).toNanos();

  /// Files beyond that make blocks in the oldest be relocated, where most of it is done.
  private static final int CROWDED_FILES = 4;

  /// What is relocated under the lock at a time: a millisecond's work.
  private static final long RELOCATE_BYTES = 512 << 10;

  /// How often it is counted what the folder occupies, for what others do there: what the buffer
  /// allocates and deletes itself it knows.
  private static final long RECOUNT_NANOS = Duration.ofSeconds(10).toNanos();

  /// What a block costs besides its bytes.
  private static final long RELOCATE_BLOCK_BYTES = 4 << 10;

  private final PendingBlocks pending;
  private final Journal journal;
  private final Space space;
  private final RuntimeCorruption damage;
  private final Clock clock;
  private final BufferMetrics metrics;
  private final BlockReader reader;
  private final Block relocated = new Block(0);
  private long lastAppendNanos;
  private long recountNanos;

  Compactor(
      Opening opened,
      RuntimeCorruption damage,
      SnapshotMemory memory,
      Clock clock,
      BufferMetrics metrics) {
    this.pending = opened.pending();
    this.journal = opened.journal();
    this.space = opened.space();
    this.damage = damage;
    this.clock = clock;
    this.metrics = metrics;
    this.reader = new BlockReader(memory, opened.watch());
    this.lastAppendNanos = clock.nanoTime();
    this.recountNanos = lastAppendNanos;
  }

  /// Something was appended.
  void appended() {
    lastAppendNanos = clock.nanoTime();
  }

  BlockReader reader() {
    return reader;
  }

  /// Does what is due.
  void tend() throws IOException {
    long now = clock.nanoTime();
    if (now - recountNanos >= 0) {
      space.recount();
      recountNanos = now + RECOUNT_NANOS;
    }
    journal.catchUp();
    long most = space.rollBytes() / BUSY_ROLL_PART;
    boolean idle = now - lastAppendNanos > IDLE_NANOS;
    if (pending.blocks() == 0 && journal.currentBytes() > (idle ? IDLE_ROLL_BYTES : most)) {
      journal.roll();
    }
  }

  /// Relocates some blocks out of the oldest file, where that is worth it; few at a time, as nobody
  /// else gets the lock meanwhile.
  ///
  /// @return whether there are more
  boolean relocate() throws IOException {
    PendingFile oldest = pending.files().getFirst();
    if (oldest == pending.current() || !isWorthRelocating(oldest)) {
      return false;
    }
    long bytes = 0;
    for (int i = 0; i < oldest.count(); i++) {
      if (oldest.isDone(i) || oldest.isBroken(i)) {
        continue;
      }
      if (bytes >= RELOCATE_BYTES) {
        return true;
      }
      bytes += oldest.payloadBytes(i) + RELOCATE_BLOCK_BYTES;
      if (isReadable(oldest, i)) {
        journal.relocate(oldest, i, relocated);
        metrics.relocated();
      } else {
        damage.unreadable(oldest, i, oldest.isHanded(i));
      }
    }
    return false;
  }

  private boolean isReadable(PendingFile file, int index) throws IOException {
    try {
      return reader.read(
          file.path(), file.number(), file.position(index), file.payloadBytes(index), relocated);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      if (Shortage.isBehind(e)) {
        throw e;
      }
      LOG.atWarn()
          .setMessage("queue file could not be read")
          .addKeyValue("file", file.path())
          .setCause(e)
          .log();
      return false;
    }
  }

  private boolean isWorthRelocating(PendingFile oldest) {
    long written = 0;
    for (PendingFile file : pending.files()) {
      written += file.written();
    }
    boolean crowded = space.diskBytes() > space.compactAboveBytes();
    boolean muchIsDone = pending.payloadBytes() <= written / 5 * 3;
    boolean oldestIsSparse =
        pending.files().size() > CROWDED_FILES && oldest.pendingBytes() <= oldest.written() / 4;
    return (crowded && muchIsDone) || oldestIsSparse;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
