package dev.longshore.agent.buffer;

import dev.longshore.agent.buffer.BufferException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A walk over one queue file that yields its entries and trusts nothing but checksums. What is
/// made of them is a fold: [Recovery], [PositionsRecovery].
///
/// It follows Chronicle's document headers while they lead from one of our entries to the next.
/// Where one does not (a torn tail, flipped bytes, a stretch of zeros) it looks at each place where
/// an entry could begin until there is one whose checksum is right, and counts what lies between as
/// damaged. A page that the disk can't read is as good as one of zeros, and so is what a file lacks
/// that became shorter meanwhile.
final class FileScan {

  private static final int NOT_COMPLETE = 0x8000_0000;
  private static final int META = 0x4000_0000;
  private static final int LENGTH = 0x3fff_ffff;
  private static final int END = NOT_COMPLETE | META;

  private static final int PAGE_BYTES = 4096;

  /// After so many pages that can't be read the rest of the file is not tried: a failing disk takes
  /// seconds for each.
  private static final int MOST_UNREADABLE_PAGES = 16;

  /// Room for the longest entry.
  private static final int WINDOW_BYTES = 3 << 19;

  private final byte[] window = new byte[WINDOW_BYTES];
  private final ByteBuffer buffer = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc = new CRC32C();

  private final FolderWatch watch;

  private Path path = Path.of("");
  private @Nullable IOException fault;
  private int unreadablePages;
  private long windowAt;
  private int windowBytes;
  private boolean tagged;
  private long tag;
  private int version;

  FileScan(FolderWatch watch) {
    this.watch = watch;
  }

  /// Walks a file. One that can't be opened or read, by a fault of the disk, holds nothing.
  ///
  /// @param entries takes what the file holds, in its order
  /// @throws BufferException when a later version of the agent wrote it. Only an entry to which a
  ///   document header leads says so; what a search finds may be a log line that looks like one
  /// @return how far it holds something, in bytes from its start
  /// @throws AccessDeniedException when reading it is not permitted
  /// @throws ClosedChannelException when the thread is interrupted
  /// @throws IOException when there is a [Shortage]
  long scan(Path file, Consumer<Entry> entries) throws IOException {
    path = file;
    fault = null;
    unreadablePages = 0;
    windowAt = 0;
    windowBytes = 0;
    tagged = false;
    long end = 0;
    try (FileChannel channel = watch.openFile(file, StandardOpenOption.READ)) {
      end = walk(channel, Math.min(channel.size(), Integer.MAX_VALUE), entries);
    } catch (AccessDeniedException | ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      fault = ofDisk(e);
    }
    if (fault != null) {
      entries.accept(new Entry.Unreadable(fault));
    }
    return end;
  }

  private static IOException ofDisk(IOException failure) throws IOException {
    if (Shortage.isBehind(failure)) {
      throw failure;
    }
    return failure;
  }

  private long walk(FileChannel channel, long size, Consumer<Entry> entries) throws IOException {
    long at = 0;
    long end = 0;
    // A process that is killed between an entry's last byte and its header leaves a whole entry
    // under an unfinished header, or none. At the end of a file that is no damage; before another
    // entry it is.
    boolean unfinished = false;
    while (at + QueueWriter.DOCUMENT_HEADER_BYTES <= size) {
      int header = intAt(channel, at);
      long body = at + QueueWriter.DOCUMENT_HEADER_BYTES;
      int length = header & LENGTH;
      boolean open = header == 0 || (header & NOT_COMPLETE) != 0;
      if (open && isEntry(channel, body, size)) {
        noteUnfinished(unfinished, false, entries);
        at = give(channel, body, entries);
        end = at;
        unfinished = true;
        continue;
      }
      boolean whole = (header & NOT_COMPLETE) == 0 && length > 0 && body + length <= size;
      if (whole && (header & META) == 0 && isEntry(channel, body, size)) {
        noteUnfinished(unfinished, false, entries);
        unfinished = false;
        long next = give(channel, body, entries);
        if (next != aligned(body + length)) {
          entries.accept(new Entry.Damaged(QueueWriter.DOCUMENT_HEADER_BYTES, false));
        }
        at = next;
        end = at;
        continue;
      }
      boolean meta = whole && (header & META) != 0;
      long limit = meta ? aligned(body + length) : size;
      long found = search(channel, body, limit, size);
      if (found < 0 && meta) {
        at = limit;
        end = at;
        continue;
      }
      if (found < 0) {
        noteUnfinished(unfinished, true, entries);
        return header == END ? at : tail(channel, at, size, entries);
      }
      noteUnfinished(unfinished, false, entries);
      unfinished = false;
      entries.accept(new Entry.Damaged(found - at, false));
      at = give(channel, found, entries);
      end = at;
    }
    noteUnfinished(unfinished, true, entries);
    if (at == 0) {
      entries.accept(new Entry.Damaged(size, true));
    }
    return end;
  }

  private static void noteUnfinished(
      boolean unfinished, boolean atTheEnd, Consumer<Entry> entries) {
    if (unfinished) {
      entries.accept(new Entry.Damaged(QueueWriter.DOCUMENT_HEADER_BYTES, atTheEnd));
    }
  }

  /// What follows the last entry of a file that was not ended: zeros, or a torn one.
  private long tail(FileChannel channel, long from, long size, Consumer<Entry> entries)
      throws IOException {
    long last = -1;
    for (long at = from; at + Integer.BYTES <= size; at += Integer.BYTES) {
      if (intAt(channel, at) != 0) {
        last = at;
      }
    }
    if (last >= 0 || from == 0) {
      entries.accept(new Entry.Damaged(last < 0 ? size : last + Integer.BYTES - from, true));
    }
    return from;
  }

  private static long aligned(long at) {
    return at + 3 & ~3L;
  }

  /// The first entry that begins at or after `from` and before `limit`, or −1.
  private long search(FileChannel channel, long from, long limit, long size) throws IOException {
    for (long at = from; at < limit && at + EntryFormat.HEADER_BYTES <= size; at += Integer.BYTES) {
      int its = EntryFormat.version(intAt(channel, at));
      if (its > 0 && its <= EntryFormat.VERSION && isEntry(channel, at, size)) {
        return at;
      }
    }
    return -1;
  }

  private boolean isEntry(FileChannel channel, long at, long size) throws IOException {
    if (at + EntryFormat.HEADER_BYTES > size) {
      return false;
    }
    int its = EntryFormat.version(intAt(channel, at));
    boolean newer = its > EntryFormat.VERSION;
    if (its == 0 || (tagged && its != version)) {
      return false;
    }
    int index = load(channel, at, EntryFormat.HEADER_BYTES);
    int expected = buffer.getInt(index + 4);
    int bodyBytes = buffer.getInt(index + 8);
    int kind = buffer.getInt(index + 12);
    long itsTag = buffer.getLong(index + 16);
    if (bodyBytes < 0
        || bodyBytes > EntryFormat.MAX_BODY_BYTES
        || at + EntryFormat.HEADER_BYTES + bodyBytes > size
        || (!newer && (kind < EntryFormat.HEAD || kind > EntryFormat.OLDEST))
        || (tagged && itsTag != tag)) {
      return false;
    }
    index = load(channel, at, EntryFormat.HEADER_BYTES + bodyBytes);
    EntryFormat.begin(crc, its);
    crc.update(
        window,
        index + EntryFormat.CRC_FROM,
        EntryFormat.HEADER_BYTES - EntryFormat.CRC_FROM + bodyBytes);
    if ((int) crc.getValue() != expected) {
      return false;
    }
    if (newer) {
      throw new BufferException(
          Reason.UNUSABLE,
          path
              + " has entry format "
              + its
              + ", written by a later version of the agent; this one reads formats 1 to "
              + EntryFormat.VERSION
              + ". Nothing was deleted. Run the later version, or set buffer.dir to another folder");
    }
    tagged = true;
    tag = itsTag;
    version = its;
    return true;
  }

  /// Hands an entry on that was found right.
  ///
  /// @return where the next document's header is
  private long give(FileChannel channel, long at, Consumer<Entry> entries) throws IOException {
    int index = load(channel, at, EntryFormat.HEADER_BYTES);
    int bodyBytes = buffer.getInt(index + 8);
    index = load(channel, at, EntryFormat.HEADER_BYTES + bodyBytes);
    int kind = buffer.getInt(index + 12);
    ByteBuffer body =
        ByteBuffer.wrap(window, index + EntryFormat.HEADER_BYTES, bodyBytes)
            .order(ByteOrder.LITTLE_ENDIAN);
    entries.accept(Entry.read(version, kind, (int) at, body));
    return aligned(at + EntryFormat.HEADER_BYTES + bodyBytes);
  }

  private int intAt(FileChannel channel, long at) throws IOException {
    return buffer.getInt(load(channel, at, Integer.BYTES));
  }

  /// Makes sure that the window holds a stretch of the file.
  ///
  /// @return where in the window the stretch begins
  private int load(FileChannel channel, long at, int bytes) throws IOException {
    if (at < windowAt || at + bytes > windowAt + windowBytes) {
      windowAt = at;
      fill(channel, at, bytes);
    }
    return (int) (at - windowAt);
  }

  /// Fills the window from `at` on, with at least `bytes` bytes.
  private void fill(FileChannel channel, long at, int bytes) throws IOException {
    ByteBuffer into = ByteBuffer.wrap(window);
    try {
      while (unreadablePages < MOST_UNREADABLE_PAGES && into.hasRemaining()) {
        if (channel.read(into, at + into.position()) <= 0) {
          break;
        }
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      fault = ofDisk(e);
      readPages(channel, at, into, bytes);
    }
    if (into.position() < bytes) {
      if (fault == null) {
        fault = new EOFException(path + " became shorter while it was read");
      }
      skipTo(into, bytes);
    }
    windowBytes = into.position();
  }

  /// Goes on page by page after a read failed, so that only what is on a bad page is missing.
  private void readPages(FileChannel channel, long at, ByteBuffer into, int bytes)
      throws IOException {
    while (into.position() < bytes) {
      int before = into.position();
      int page = PAGE_BYTES - (int) ((at + before) % PAGE_BYTES);
      int next = Math.min(before + page, into.capacity());
      try {
        if (unreadablePages < MOST_UNREADABLE_PAGES
            && channel.read(into.limit(next), at + before) <= 0) {
          return;
        }
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        unreadablePages++;
      } finally {
        into.limit(into.capacity());
      }
      if (into.position() == before) {
        skipTo(into, next);
      }
    }
  }

  /// Zeros stand for what can't be read.
  private void skipTo(ByteBuffer into, int position) {
    Arrays.fill(window, into.position(), position, (byte) 0);
    into.position(position);
  }
}
