package dev.longshore.agent.buffer;

import dev.longshore.agent.buffer.BufferException.Reason;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.memory.MemoryBudget;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The disk buffer: blocks go in at one end, durably, and come out at the other until they are
/// acknowledged.
///
/// One thread reads logs and appends; one thread ships and acknowledges. Each method says whose it
/// is; those that say nothing are for any thread. One lock guards all state; payloads are read
/// outside of it.
public final class Buffer implements BlockSource, AutoCloseable {

  /// The longest payload of a block: the longest record, with its head.
  public static final int MAX_PAYLOAD_BYTES = Block.MAX_RECORD_BYTES + (64 << 10);

  /// What the share `snapshots` of the memory budget keeps for the buffer: the snapshots of some
  /// hundred usual pods.
  public static final long SNAPSHOTS_RESERVE_BYTES = 512 << 10;

  /// A block commits at most that many positions.
  public static final int MAX_POSITIONS = EntryFormat.MAX_COMMITS;

  private static final Logger LOG = LoggerFactory.getLogger(Buffer.class);

  /// How often in a row blocks are relocated, unless somebody waits for the lock; the rest is for
  /// the next time.
  private static final int RELOCATIONS = 16;

  private static final Duration WARN_INTERVAL = Duration.ofSeconds(10);

  /// Takes what was found unacknowledged when the buffer was opened.
  @FunctionalInterface
  public interface RecoveredVisitor {
    void recovered(ContainerRef container, long records, long payloadBytes);
  }

  private final BufferMetrics metrics;
  private final RateLimitedLogger limited;
  private final Opening opened;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final PendingBlocks pending;
  private final CommittedPositions positions;
  private final Journal journal;
  private final Space space;
  private final RuntimeCorruption damage;
  private final Compactor compactor;
  private boolean closed;

  private final BlockDelivery delivery;

  // The reading thread's.
  private final MaintenanceTask scrubbing;
  private final MaintenanceTask deleting;
  private final MaintenanceTask rolling;
  private final MaintenanceTask relocating;
  private final RoomCheck rooms;

  Buffer(Opening opened, SnapshotMemory memory, Clock clock, BufferMetrics metrics) {
    this.opened = opened;
    this.metrics = metrics;
    this.limited = new RateLimitedLogger(LOG, clock, WARN_INTERVAL);
    this.pending = opened.pending();
    this.positions = opened.positions();
    this.journal = opened.journal();
    this.space = opened.space();
    this.damage = new RuntimeCorruption(opened, metrics);
    this.compactor = new Compactor(opened, damage, memory, clock, metrics);
    this.scrubbing = new MaintenanceTask("scrub", this::scrub, clock, limited);
    this.deleting = new MaintenanceTask("delete", this::tidy, clock, limited);
    this.rolling = new MaintenanceTask("roll", this::roll, clock, limited);
    this.relocating = new MaintenanceTask("relocate", this::relocate, clock, limited);
    this.rooms = new RoomCheck(opened, deleting, rolling);
    this.delivery = new BlockDelivery(lock, pending, damage, memory, opened.watch(), limited);
  }

  /// Opens the buffer, whatever an earlier run left behind; nothing has to be deleted by hand.
  ///
  /// @param snapshots of the process's memory, for snapshots that are remembered; see
  ///   [#SNAPSHOTS_RESERVE_BYTES]
  /// @throws BufferException when the folder can't be used, another process holds it, or the disk
  ///   has no room for the first file
  public static Buffer open(
      BufferConfig config, MemoryBudget.Share snapshots, Clock clock, BufferMetrics metrics) {
    return open(config, snapshots, clock, metrics, FolderWatch.NONE);
  }

  /// Opens the buffer, with somebody who looks at each step.
  static Buffer open(
      BufferConfig config,
      MemoryBudget.Share snapshots,
      Clock clock,
      BufferMetrics metrics,
      FolderWatch watch) {
    SnapshotMemory memory = new SnapshotMemory(snapshots);
    Buffer buffer = new Buffer(Opening.of(config, memory, clock, watch), memory, clock, metrics);
    metrics.watch(buffer);
    buffer.damage().tell(config.dir(), metrics);
    return buffer;
  }

  /// How far each generation is in the queue, as recovered and committed since.
  public List<Position> positions() {
    lock.lock();
    try {
      return positions.all();
    } finally {
      lock.unlock();
    }
  }

  /// What was found damaged, at the opening and since.
  public DamageReport damage() {
    return locked(damage::report);
  }

  /// Positions that fell back since this was called last, because a block turned out to be
  /// unreadable: each is to be read again from there, before anything else of it is appended.
  ///
  /// Reading thread.
  public List<Position> takeFallbacks() {
    return locked(damage::takeFallbacks);
  }

  /// Blocks that left the queue since this was called last, because they turned out to be
  /// unreadable before they were handed out: their records are no longer in it. Of those that were
  /// handed out, who has them is told when it reads them again, by a [BlockGoneException].
  public List<UnreadableBlock> takeUnreadable() {
    return locked(damage::takeUnreadable);
  }

  /// Shows what was found unacknowledged at the opening, once for each container.
  public void eachRecovered(RecoveredVisitor visitor) {
    for (Map.Entry<ContainerRef, Recovery.Unacknowledged> entry : opened.recovered().entrySet()) {
      visitor.recovered(
          entry.getKey(), entry.getValue().records(), entry.getValue().payloadBytes());
    }
  }

  /// What was found unreadable of a generation at the opening; null for nothing, and where nothing
  /// says whose it was.
  public @Nullable Gap gapOf(GenerationId generation) {
    return opened.gaps().get(generation);
  }

  /// Whether a block with a payload of this length would be taken now, and if not, why. There is
  /// room again, by itself, when shipping has freed some and [#maintain] was called, or when the
  /// disk has more.
  ///
  /// Reading thread.
  public Room room(long bytes) {
    lock.lock();
    try {
      if (closed) {
        return new Room.Failed("the buffer is closed");
      }
      return rooms.room(bytes);
    } catch (IOException e) {
      limited.warn(
          "room",
          log -> log.setMessage("free space of the buffer's file system is unknown").setCause(e));
      return new Room.Failed("free space is unknown: " + e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  /// Queues a block. When this returns it survives the end of the process at any instruction (with
  /// `buffer.sync`: of the machine), and so do the positions that it commits.
  ///
  /// Reading thread.
  ///
  /// @throws BufferException when it was not queued; nothing has changed
  /// @throws IllegalArgumentException when it is longer than [#MAX_PAYLOAD_BYTES]
  public void append(Block block) {
    if (block.payloadBytes() > MAX_PAYLOAD_BYTES || block.positions().size() > MAX_POSITIONS) {
      throw new IllegalArgumentException(
          "a block of "
              + block.payloadBytes()
              + " bytes with "
              + block.positions().size()
              + " positions; at most "
              + MAX_PAYLOAD_BYTES
              + " and "
              + MAX_POSITIONS
              + " go into the buffer");
    }
    change(
        () -> {
          journal.append(block);
          compactor.appended();
        });
    metrics.appended(block.payloadBytes());
  }

  /// Notes progress for which there is no record, because all were filtered.
  ///
  /// Reading thread.
  ///
  /// @throws BufferException when it was not noted; nothing has changed
  public void commit(Position position) {
    change(() -> journal.commit(position));
  }

  /// No name of the generation exists any more: it need not be committed again.
  ///
  /// Reading thread.
  public void forget(GenerationId generation) {
    change(() -> journal.forget(generation));
  }

  /// Ends files, relocates blocks out of old ones and deletes those that are done. To be called
  /// often (some times a second) by the reading thread, while it has nothing to read too. A part
  /// that fails keeps no other from being done, and is tried again after a while.
  ///
  /// @throws BufferException when the folder was removed or replaced: nothing can be done in it
  public void maintain() {
    opened.lock().check();
    giveUpOnDemand();
    scrubbing.run();
    deleting.run();
    rolling.run();
    relocating.run();
    deleting.run();
  }

  private void giveUpOnDemand() {
    lock.lock();
    try {
      journal.giveUpOnDemand();
      compactor.reader().giveUpOnDemand();
    } finally {
      lock.unlock();
    }
  }

  /// Finds out what follows from blocks that could not be read.
  private void scrub() {
    Scrub scrub = locked(() -> closed ? null : damage.begin());
    if (scrub == null) {
      return;
    }
    try {
      scrub.read(opened.watch());
      change(() -> damage.apply(scrub));
    } catch (IOException e) {
      throw new BufferException(Reason.IO, "the buffer's disk failed: " + e.getMessage(), e);
    } finally {
      end();
    }
  }

  private void end() {
    lock.lock();
    try {
      damage.end();
    } finally {
      lock.unlock();
    }
  }

  private void roll() {
    change(compactor::tend);
  }

  private void relocate() {
    for (int i = 0; i < RELOCATIONS; i++) {
      boolean[] more = new boolean[1];
      change(() -> more[0] = compactor.relocate());
      if (!more[0] || lock.hasQueuedThreads()) {
        return;
      }
    }
  }

  /// Deletes what is done.
  private void tidy() {
    force();
    change(() -> release(journal.retention().tidy()));
  }

  /// Forces what is owed to the disk before files can be deleted; it may take long, so shipping is
  /// not kept waiting.
  private void force() {
    FileChannel owed;
    Path file;
    lock.lock();
    try {
      owed = closed ? null : journal.owed();
      file = journal.currentFile();
    } catch (IOException e) {
      throw new BufferException(Reason.IO, "the buffer's disk failed: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
    if (owed == null) {
      return;
    }
    try {
      owed.force(false);
    } catch (ClosedChannelException e) {
      // Another file has begun meanwhile.
      return;
    } catch (IOException e) {
      change(() -> journal.forceFailed(file, e));
      return;
    }
    change(() -> journal.forced(file));
  }

  @Override
  public long next(Block into) {
    return delivery.next(into);
  }

  @Override
  public void read(long reference, Block into) {
    delivery.read(reference, into);
  }

  @Override
  public boolean recovered(long reference) {
    return locked(
        () -> {
          long at = pending.resolve(reference);
          if (damage.isGone(at)) {
            return true;
          }
          PendingFile file = pending.file(at);
          return file.isRecovered(pending.index(file, at));
        });
  }

  @Override
  public void acknowledge(long... references) {
    change(
        () -> {
          long[] kept =
              LongStream.of(references).filter(it -> !damage.isGone(pending.resolve(it))).toArray();
          metrics.acknowledged(journal.acknowledge(kept));
          if (kept.length < references.length) {
            LongStream.of(references).forEach(damage::forget);
          }
        });
  }

  /// Blocks that can't be read any more, and that who has them has not let go of yet.
  int goneBlocks() {
    return locked(damage::goneBlocks);
  }

  /// Blocks that are not acknowledged.
  public long pendingBlocks() {
    return locked(pending::blocks);
  }

  /// Payload of the blocks that are not acknowledged.
  public long pendingPayloadBytes() {
    return locked(pending::payloadBytes);
  }

  /// What the folder occupies on disk.
  public long diskBytes() {
    return locked(space::diskBytes);
  }

  /// What the folder may occupy on disk.
  public long maxDiskBytes() {
    return space.maxBytes();
  }

  /// Free space of the folder's file system; −1 when that is not known. Asks the file system.
  public long volumeFreeBytes() {
    try {
      return space.freeBytes();
    } catch (IOException e) {
      return -1;
    }
  }

  /// Size of the folder's file system; −1 when that is not known. Asks the file system.
  public long volumeBytes() {
    try {
      return space.volumeBytes();
    } catch (IOException e) {
      return -1;
    }
  }

  /// The lowest of the runtime's timestamps over the blocks of each container that are not
  /// acknowledged, in nanoseconds since the epoch.
  public Map<ContainerRef, Long> oldestTimestamps() {
    return locked(pending::oldestTimestamps);
  }

  /// Ends the use of the folder. Blocks that are not acknowledged stay in it.
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      journal.close();
      delivery.reader().close();
      compactor.close();
      opened.lock().close();
    } catch (IOException e) {
      LOG.atWarn().setMessage("buffer could not be closed cleanly").setCause(e).log();
    } finally {
      lock.unlock();
    }
  }

  private void release(List<Path> gone) throws IOException {
    for (Path path : gone) {
      delivery.reader().release(path);
      compactor.reader().release(path);
    }
  }

  @FunctionalInterface
  private interface Change {
    void make() throws IOException;
  }

  private void change(Change change) {
    lock.lock();
    try {
      if (closed) {
        throw new BufferException(Reason.UNUSABLE, "the buffer is closed");
      }
      change.make();
    } catch (IOException e) {
      throw new BufferException(Reason.IO, "the buffer's disk failed: " + e.getMessage(), e);
    } catch (BufferException e) {
      if (e.reason() == Reason.FULL || e.reason() == Reason.DISK_FULL) {
        metrics.refused();
      }
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private <T extends @Nullable Object> T locked(Supplier<T> get) {
    lock.lock();
    try {
      return get.get();
    } finally {
      lock.unlock();
    }
  }
}
