package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Snapshot;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads blocks back from queue files, by their place.
///
/// It reads with `pread` and not through Chronicle's mapping: nothing of what is read becomes
/// resident, a file that was cut short is an error and not a SIGBUS, and a damaged index does not
/// matter. On Linux what was written through a mapping is seen by `read` at once.
///
/// One thread, but for [#release].
final class BlockReader implements AutoCloseable {
  private static final int WINDOW_BYTES = 128 << 10;

  /// No block has more before its payload.
  private static final int PREFIX_BYTES =
      EntryFormat.HEADER_BYTES
          + EntryFormat.BLOCK_FIXED_BYTES
          + EntryFormat.MAX_COMMITS * EntryFormat.COMMIT_BYTES;

  private final FolderWatch watch;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer window =
      ByteBuffer.allocateDirect(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final SnapshotCache snapshots;

  /// Of the entry that was read last.
  private int version;

  private @Nullable FileChannel channel;
  private @Nullable Path open;

  BlockReader(SnapshotMemory memory, FolderWatch watch) {
    this.watch = watch;
    this.snapshots = new SnapshotCache(memory);
  }

  /// Gives up cached snapshots when memory is needed elsewhere; to be called often.
  void giveUpOnDemand() {
    snapshots.giveUpOnDemand();
  }

  /// Reads the block at `position`.
  ///
  /// @param payloadBytes how long its payload is, so that no more is read than there is
  /// @return false when what lies there is damaged
  /// @throws IOException when the file can't be read
  boolean read(Path file, int number, int position, int payloadBytes, Block into)
      throws IOException {
    FileChannel from = channel(file);
    fill(from, position, payloadBytes + PREFIX_BYTES);
    try {
      int bodyBytes = header(EntryFormat.BLOCK, EntryFormat.RELOCATED);
      return bodyBytes >= EntryFormat.BLOCK_FIXED_BYTES
          && block(from, number, position, bodyBytes, into);
    } catch (BufferUnderflowException e) {
      return false;
    }
  }

  private boolean block(FileChannel from, int number, int position, int bodyBytes, Block into)
      throws IOException {
    int expected = window.getInt(4);
    GenerationId generation = EntryFormat.generation(window);
    LogFormat format = EntryFormat.format(window.get());
    int commits = window.get() & 0xff;
    long base = window.getLong();
    int records = window.getInt();
    long first = window.getLong();
    long last = window.getLong();
    int snapshotAt = window.getInt();
    int prefix =
        EntryFormat.HEADER_BYTES
            + EntryFormat.BLOCK_FIXED_BYTES
            + commits * EntryFormat.commitBytes(version);
    int payloadBytes = EntryFormat.HEADER_BYTES + bodyBytes - prefix;
    if (payloadBytes < 0 || prefix > window.limit()) {
      return false;
    }
    Snapshot shared = snapshots.get(PendingBlocks.reference(number, snapshotAt));
    into.restore(
        generation,
        format,
        shared == null ? Unread.SNAPSHOT : shared,
        base,
        records,
        first,
        last,
        payloadBytes);
    EntryFormat.begin(crc, version);
    crc.update(window.slice(EntryFormat.CRC_FROM, prefix - EntryFormat.CRC_FROM));
    byte[] payload = into.payload();
    int here = Math.min(payloadBytes, window.limit() - prefix);
    window.get(prefix, payload, 0, here);
    for (int done = here; done < payloadBytes; ) {
      fill(from, (long) position + prefix + done, payloadBytes - done);
      int more = Math.min(payloadBytes - done, window.limit());
      if (more == 0) {
        return false;
      }
      window.get(payload, done, more);
      done += more;
    }
    crc.update(payload, 0, payloadBytes);
    if ((int) crc.getValue() != expected) {
      return false;
    }
    if (shared == null) {
      Snapshot read = snapshot(from, number, snapshotAt);
      if (read == null) {
        return false;
      }
      into.snapshot(read);
    }
    return true;
  }

  private @Nullable Snapshot snapshot(FileChannel from, int number, int at) throws IOException {
    fill(from, at, EntryFormat.HEADER_BYTES);
    int bodyBytes = header(EntryFormat.SNAPSHOT, EntryFormat.SNAPSHOT);
    if (bodyBytes < 0) {
      return null;
    }
    byte[] entry = new byte[EntryFormat.HEADER_BYTES + bodyBytes];
    for (int done = 0; done < entry.length; ) {
      fill(from, (long) at + done, entry.length - done);
      int more = Math.min(entry.length - done, window.limit());
      if (more == 0) {
        return null;
      }
      window.get(entry, done, more);
      done += more;
    }
    ByteBuffer over = EntryFormat.over(entry);
    EntryFormat.begin(crc, version);
    crc.update(entry, EntryFormat.CRC_FROM, entry.length - EntryFormat.CRC_FROM);
    if ((int) crc.getValue() != over.getInt(4)) {
      return null;
    }
    Snapshot snapshot = EntryFormat.snapshot(over.position(EntryFormat.HEADER_BYTES));
    snapshots.put(PendingBlocks.reference(number, at), snapshot);
    return snapshot;
  }

  /// The length of the body, and the window stands at its first byte; −1 when this is no entry of
  /// the two kinds.
  private int header(int kind, int otherKind) {
    version = EntryFormat.version(window.getInt());
    window.getInt();
    int bodyBytes = window.getInt();
    int found = window.getInt();
    window.getLong();
    boolean right =
        version > 0
            && version <= EntryFormat.VERSION
            && (found == kind || found == otherKind)
            && bodyBytes >= 0
            && bodyBytes <= EntryFormat.MAX_BODY_BYTES;
    return right ? bodyBytes : -1;
  }

  private void fill(FileChannel from, long at, int bytes) throws IOException {
    window.clear().limit(Math.min(WINDOW_BYTES, bytes));
    while (window.hasRemaining() && from.read(window, at + window.position()) > 0) {
      // reads until the window is full or the file ends
    }
    window.flip();
  }

  /// Lets go of a file that is deleted, so that its space is free; any thread. A read that is under
  /// way fails.
  synchronized void release(Path file) throws IOException {
    if (file.equals(open)) {
      closeFile();
    }
  }

  private synchronized FileChannel channel(Path file) throws IOException {
    if (channel == null || !channel.isOpen() || !file.equals(open)) {
      closeFile();
      channel = watch.openFile(file, StandardOpenOption.READ);
      open = file;
    }
    return channel;
  }

  /// Nobody reads any more.
  @Override
  public synchronized void close() throws IOException {
    snapshots.clear();
    closeFile();
  }

  private synchronized void closeFile() throws IOException {
    if (channel != null) {
      channel.close();
    }
    channel = null;
    open = null;
  }

  /// Stands in until the block's own snapshot is read; never handed out.
  private static final class Unread {
    static final Snapshot SNAPSHOT =
        new Snapshot(
            new ContainerRef("", "", "", ""), "unread", new byte[] {' '}, "", false, List.of());
  }
}
