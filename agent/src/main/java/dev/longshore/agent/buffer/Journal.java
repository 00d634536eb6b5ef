package dev.longshore.agent.buffer;

import dev.longshore.agent.buffer.QueueWriter.WriteFailedException;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The writing side: appends entries, begins new files, relocates blocks. [Retention] deletes what
/// is done.
///
/// Whatever can fail for want of space fails before anything is written. When the disk refuses a
/// write, the current file is given up as evidence and the same is written to a new one; only where
/// that fails too does the caller see it.
///
/// Guarded by the buffer's lock.
final class Journal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

  private static final byte[] NOTHING = new byte[0];

  /// Between two files that are given up.
  private static final long REPLACE_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

  private final QueueFiles files;
  private final Space space;
  private final PendingBlocks pending;
  private final CommittedPositions positions;
  private final RandomGenerator random;
  private final boolean sync;
  private final Clock clock;
  private final FolderWatch watch;
  private final EntryFormat entry = new EntryFormat();
  private final List<Position> from = new ArrayList<>();
  private final List<Position> to = new ArrayList<>();
  private final QueueWriter writer;
  private final FileGrowth growth;
  private final Retention retention;
  private final WrittenSnapshots snapshots;
  private final DeferredAcknowledgements deferred = new DeferredAcknowledgements();

  private int number;
  private long tag;

  /// Blocks were relocated into the current file since it was forced.
  private boolean relocatedToCurrent;

  /// When a file may be given up again, monotonic.
  private long replaceDueNanos;

  /// A file was given up, and nobody has looked yet which of its blocks can be read.
  private boolean fileGivenUp;

  private Journal(
      QueueFiles files,
      Space space,
      PendingBlocks pending,
      CommittedPositions positions,
      RandomGenerator random,
      boolean sync,
      SnapshotMemory memory,
      Clock clock,
      FolderWatch watch,
      int number,
      QueueWriter writer) {
    this.files = files;
    this.space = space;
    this.pending = pending;
    this.positions = positions;
    this.random = random;
    this.sync = sync;
    this.snapshots = new WrittenSnapshots(memory);
    this.clock = clock;
    this.watch = watch;
    this.replaceDueNanos = clock.nanoTime();
    this.number = number;
    this.writer = writer;
    this.tag = random.nextLong();
    this.growth = new FileGrowth(files, space, writer);
    this.retention = new Retention(files, space, pending, watch);
  }

  /// Begins the first file of this run; there must be a spare.
  static Journal open(
      QueueFiles files,
      Space space,
      PendingBlocks pending,
      CommittedPositions positions,
      RandomGenerator random,
      boolean sync,
      SnapshotMemory memory,
      Clock clock,
      FolderWatch watch)
      throws IOException {
    int number = files.nextNumber();
    makeRoomForHead(files, space, positions);
    Path file = files.inQueue(number);
    QueueWriter writer = QueueWriter.open(files.queue(), file, number, watch);
    writer.begin(space.useSpare(file));
    watch.changed();
    Journal journal =
        new Journal(
            files, space, pending, positions, random, sync, memory, clock, watch, number, writer);
    int before = pending.files().isEmpty() ? -1 : pending.current().number();
    pending.addFile(new PendingFile(number, file));
    journal.writeHead(true, before);
    return journal;
  }

  /// Room for the committed positions is made in the spare, before it becomes a file.
  private static void makeRoomForHead(QueueFiles files, Space space, CommittedPositions positions)
      throws IOException {
    long headBytes =
        (long) positions.count() * EntryFormat.COMMIT_BYTES + 2L * QueueWriter.MARGIN_BYTES;
    if (!space.makeSpare() || !space.growSpare(headBytes)) {
      throw FileGrowth.diskFull(
          "a new queue file in " + files.queue() + " has no room on the disk");
    }
  }

  /// Whether a block of this length would be taken.
  boolean hasRoom(long bytes) {
    return growth.hasRoom(bytes);
  }

  /// How long the current file is.
  long currentBytes() {
    return writer.end();
  }

  void append(Block block) throws IOException {
    from.clear();
    to.clear();
    for (Position position : block.positions()) {
      from.add(positions.of(position.generation()));
      to.add(positions.admitted(position));
    }
    int at = onGoodFile(() -> synced(appendBlock(block, -1, false)));
    for (Position position : to) {
      positions.commit(position);
    }
    pending.add(at, block);
  }

  /// Waits for the disk where that is configured. An entry that it may not have is no entry: it is
  /// written again, to another file.
  private int synced(int at) throws IOException {
    if (sync) {
      writer.sync();
    }
    return at;
  }

  /// Appends a block with, where this file has it not yet, its snapshot.
  private int appendBlock(Block block, long origin, boolean useReserve) throws IOException {
    Snapshot shared = block.snapshot();
    long blockBytes =
        EntryFormat.HEADER_BYTES
            + EntryFormat.BLOCK_FIXED_BYTES
            + (long) block.positions().size() * EntryFormat.COMMIT_BYTES
            + block.payloadBytes();
    long needed = blockBytes + snapshotBytes(shared);
    if (writer.end() + needed > space.rollBytes() && pending.current().count() > 0) {
      roll();
      needed = blockBytes + snapshotBytes(shared);
    }
    growth.admit(needed, 2, useReserve);
    int snapshotAt = snapshots.find(shared);
    if (snapshotAt < 0) {
      entry.snapshot(shared, tag);
      snapshotAt = write(NOTHING, 0);
      snapshots.add(shared, snapshotAt);
    }
    entry.block(block, tag, snapshotAt, origin, from, to);
    return write(block.payload(), block.payloadBytes());
  }

  private long snapshotBytes(Snapshot shared) {
    if (snapshots.find(shared) >= 0) {
      return 0;
    }
    entry.snapshot(shared, tag);
    return entry.length();
  }

  private int write(byte[] payload, int payloadBytes) throws IOException {
    int at = writer.append(entry.bytes(), entry.length(), payload, payloadBytes);
    pending.current().written(writer.end());
    return at;
  }

  void commit(Position position) throws IOException {
    Position before = positions.of(position.generation());
    Position after = before.max(positions.admitted(position));
    if (after.sameOffsets(before)) {
      return;
    }
    int ignored =
        onGoodFile(
            () -> {
              growth.admit(EntryFormat.HEADER_BYTES + EntryFormat.COMMIT_BYTES, 1, false);
              entry.committed(before, after, tag);
              return write(NOTHING, 0);
            });
    positions.commit(after);
  }

  void forget(GenerationId generation) throws IOException {
    if (positions.of(generation).sameOffsets(Position.start(generation))) {
      positions.forget(generation);
      return;
    }
    int ignored =
        onGoodFile(
            () -> {
              growth.admit(EntryFormat.HEADER_BYTES + EntryFormat.COMMIT_BYTES, 1, true);
              entry.forgotten(generation, tag);
              return write(NOTHING, 0);
            });
    positions.forget(generation);
  }

  /// Marks blocks as done, on disk where that can be written, else as soon as it can.
  ///
  /// @return how many were not done before
  int acknowledge(long... references) {
    int count = 0;
    for (long reference : references) {
      long at = pending.done(reference);
      if (at >= 0) {
        deferred.add(at);
        count++;
      }
    }
    try {
      writeAcknowledgements();
    } catch (IOException e) {
      // They stay among the deferred; [#catchUp] tries again, and says what is wrong.
    }
    return count;
  }

  private void writeAcknowledgements() throws IOException {
    if (deferred.isEmpty()) {
      return;
    }
    try {
      int ignored =
          onGoodFile(
              () -> {
                growth.admit(
                    EntryFormat.HEADER_BYTES + 4L + (long) Long.BYTES * deferred.count(), 1, true);
                entry.acknowledged(deferred.references(), deferred.count(), tag);
                return write(NOTHING, 0);
              });
      deferred.clear();
    } catch (BufferException e) {
      // Nothing is lost but the memory of it: at worst the block is sent again after a restart.
    }
  }

  /// Ends the current file and begins the next with all positions.
  void roll() throws IOException {
    roll(false);
  }

  /// Ends the current file and begins the next with all positions.
  ///
  /// @param lowered whether they hold although files before say more
  void roll(boolean lowered) throws IOException {
    if (relocatedToCurrent) {
      writer.sync();
      relocatedToCurrent = false;
    }
    makeRoomForHead(files, space, positions);
    writer.checkDescriptors();
    int next = number + 1;
    Path file = files.inQueue(next);
    long allocated = space.useSpare(file);
    watch.changed();
    try {
      writer.roll(file, next, allocated, pending.blocks() > 0);
    } catch (WriteFailedException e) {
      space.returnSpare(file, allocated);
      goOnIn(next, file, e);
    }
    begin(next, file, lowered);
    makeSpare();
  }

  private void begin(int next, Path file, boolean lowered) throws IOException {
    int before = number;
    number = next;
    tag = random.nextLong();
    snapshots.clear();
    pending.addFile(new PendingFile(next, file));
    writeHead(lowered, before);
    space.recount();
  }

  @FunctionalInterface
  private interface Writing {
    int write() throws IOException;
  }

  /// Writes to the current file or, when the disk refuses it, to a new one.
  private int onGoodFile(Writing writing) throws IOException {
    try {
      return writing.write();
    } catch (WriteFailedException e) {
      replaceCurrent(e);
      return writing.write();
    }
  }

  /// Gives the current file up and begins the next, with a queue of its own; at most one in a
  /// while, as a disk that is broken as a whole would be filled with them.
  private void replaceCurrent(WriteFailedException cause) throws IOException {
    long now = clock.nanoTime();
    if (now - replaceDueNanos < 0) {
      throw cause;
    }
    replaceDueNanos = now + REPLACE_INTERVAL_NANOS;
    makeRoomForHead(files, space, positions);
    int next = number + 1;
    Path file = files.inQueue(next);
    goOnIn(next, file, cause);
    begin(next, file, false);
  }

  private void goOnIn(int next, Path file, IOException cause) throws IOException {
    moveAway(pending.current(), cause);
    writer.reopen(file, next);
    writer.begin(space.useSpare(file));
    watch.changed();
  }

  /// Chronicle meets only files that can be written: another is out of its folder before it opens
  /// that again.
  private void moveAway(PendingFile failed, IOException cause) throws IOException {
    failed.evidence();
    fileGivenUp = true;
    retention.announceAgain();
    if (files.queue().equals(failed.path().getParent()) && Files.exists(failed.path())) {
      failed.moved(files.seal(failed.path()));
    }
    LOG.atError()
        .setMessage("queue file could not be written; writing continues in a new file")
        .addKeyValue("file", failed.path())
        .setCause(cause)
        .log();
  }

  /// Whether a file was given up since this was asked last.
  boolean takeFileGivenUp() {
    boolean was = fileGivenUp;
    fileGivenUp = false;
    return was;
  }

  private void writeHead(boolean opening, int before) throws IOException {
    int oldest = pending.files().getFirst().number();
    List<Position> all = positions.all();
    List<Position> atHead = positions.atHead(all);
    int parts = Math.max(1, (all.size() + EntryFormat.HEAD_COMMITS - 1) / EntryFormat.HEAD_COMMITS);
    for (int part = 0; part < parts; part++) {
      int begin = part * EntryFormat.HEAD_COMMITS;
      int end = Math.min(all.size(), begin + EntryFormat.HEAD_COMMITS);
      List<Position> from = atHead.subList(begin, end);
      entry.head(opening, before, oldest, part, parts, from, all.subList(begin, end), tag);
      write(NOTHING, 0);
    }
    if (sync) {
      writer.sync();
      forceFolders();
    }
    positions.beginFile();
  }

  /// Writes what waited for space, and makes the spare that is missing.
  void catchUp() throws IOException {
    writeAcknowledgements();
    makeSpare();
  }

  private void makeSpare() throws IOException {
    if (space.lacksSpare()) {
      boolean ignored = space.makeSpare();
    }
  }

  /// Appends a block again that holds back an old file.
  void relocate(PendingFile in, int index, Block block) throws IOException {
    from.clear();
    to.clear();
    long origin = PendingBlocks.reference(in.number(), in.position(index));
    int at = onGoodFile(() -> appendBlock(block, origin, true));
    pending.relocated(in, index, at);
    relocatedToCurrent = true;
  }

  /// What is to be forced, without the buffer's lock, before older files can be deleted.
  ///
  /// @return null when nothing is, or no file can go anyway
  @Nullable FileChannel owed() throws IOException {
    if (!retention.isOwed()) {
      return null;
    }
    int oldest = retention.toAnnounce();
    if (oldest >= 0) {
      announceOldest(oldest);
    }
    return writer.current();
  }

  /// States which is the oldest file that is needed, before others are deleted: one that is missing
  /// without that is damage.
  private void announceOldest(int oldest) throws IOException {
    try {
      int ignored =
          onGoodFile(
              () -> {
                growth.admit(EntryFormat.HEADER_BYTES + Integer.BYTES, 1, true);
                entry.oldest(oldest, tag);
                return write(NOTHING, 0);
              });
    } catch (BufferException e) {
      // Where there is no room, deleting makes some. Until the next file's head says it, a restart
      // reads again what they held, and finds it indexed.
    }
  }

  /// What was owed is on disk.
  ///
  /// @param file the one that was current then
  void forced(Path file) throws IOException {
    if (file.equals(writer.file())) {
      watch.forced(file);
      forceFolders();
      retention.forced();
      relocatedToCurrent = false;
    }
  }

  /// The disk did not take what was owed. Asked again it may say that it has it and not have it, as
  /// a system that gives up a page does so once: so the file is given up too, and what it was to
  /// say is said in another one.
  ///
  /// @throws IOException always: nothing may be deleted
  void forceFailed(Path file, IOException cause) throws IOException {
    WriteFailedException failure = new WriteFailedException(file, cause);
    if (file.equals(writer.file()) && space.withinReserve(Space.SPARE_BYTES)) {
      replaceCurrent(failure);
    }
    throw failure;
  }

  Retention retention() {
    return retention;
  }

  Path currentFile() {
    return writer.file();
  }

  /// The names of the files: a new one was the spare in the folder above.
  private void forceFolders() throws IOException {
    for (Path folder : files.ofNames()) {
      Disk.forceFolder(folder);
      watch.forcedFolder(folder);
    }
  }

  /// Forgets written snapshots when memory is needed elsewhere; to be called often.
  void giveUpOnDemand() {
    snapshots.giveUpOnDemand();
  }

  @Override
  public void close() throws IOException {
    snapshots.clear();
    writer.close();
  }
}
