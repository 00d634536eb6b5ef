package dev.longshore.agent.buffer;

import dev.longshore.shared.files.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.RollCycleArithmetic;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;
import net.openhft.posix.PosixAPI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Chronicle queue of this run and its one appender: the only class that sees Chronicle.
///
/// Chronicle writes through mapped memory; on a page without a disk block that is a SIGBUS, not an
/// exception. So each write goes to a region that was allocated before ([#allocate]), the first of
/// each file included: a file is made, with its blocks, before Chronicle opens it.
///
/// Chronicle rolls by time alone. Its time here is the number of the current file, in days, and
/// moves only in [#roll]; the machine's clock plays no part.
///
/// A fault of the disk under a mapped page, or a file that somebody cuts short, is an
/// [InternalError] out of Chronicle; a file that it can't open or map is an exception of its own,
/// after which it may stand between two files. Both end here, as a [WriteFailedException]: the file
/// is given up and writing goes on in another one, with a new queue ([#reopen]).
///
/// Calls must not overlap; any thread.
final class QueueWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(QueueWriter.class);

  static {
    // What it would call the C library for (advice on pages, times, processors) is not used here,
    // and the library behind it is left out.
    PosixAPI.useNoOpPosixApi();
  }

  /// What Chronicle maps at a time. It decides resident memory; a quarter of it bounds an entry.
  private static final long CHUNK_BYTES = 5L << 20;

  /// Chronicle's own documents between ours (header, indexes) and the end mark stay below this.
  static final int MARGIN_BYTES = 64 << 10;

  /// The header that Chronicle puts before each document.
  static final int DOCUMENT_HEADER_BYTES = 4;

  /// Small enough to stay in a core's cache.
  private static final int WINDOW_BYTES = 64 << 10;

  /// What Chronicle opens at a time when it goes on in the next file, at most.
  private static final int DESCRIPTORS = 4;

  private static final int METADATA_BYTES = 128 << 10;
  private static final String METADATA = "metadata.cq4t";
  private static final long DAY_MILLIS = 86_400_000L;

  private final Path folder;
  private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_BYTES);
  private final FolderWatch watch;
  private volatile long timeMillis;

  private ChronicleQueue queue;
  private ExcerptAppender appender;

  private Path file;
  private @Nullable FileChannel channel;
  private long end;
  private long allocated;

  private QueueWriter(Path folder, Path file, int number, FolderWatch watch) {
    this.folder = folder;
    this.watch = watch;
    this.file = file;
    this.timeMillis = timeOf(number);
    this.queue = queue();
    this.appender = appender(queue);
  }

  private ChronicleQueue queue() {
    return SingleChronicleQueueBuilder.single(folder.toFile())
        .rollCycle(new ByNumber())
        .timeProvider(() -> timeMillis)
        .blockSize(CHUNK_BYTES)
        .checkInterrupts(false)
        .build();
  }

  private static ExcerptAppender appender(ChronicleQueue queue) {
    ExcerptAppender appender = queue.createAppender();
    appender.singleThreadedCheckDisabled(true);
    return appender;
  }

  /// The current file can't be written to any more.
  static final class WriteFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    WriteFailedException(Path file, Throwable cause) {
      super("writing to " + file + " failed: " + cause.getMessage(), cause);
    }
  }

  /// Opens a queue in an empty folder: a new appender waits 15 s for each file that is there and
  /// has no header yet.
  ///
  /// @param file will be the first, with the name that [QueueFiles] gives `number`; see [#begin]
  /// @throws IOException when there is no room for Chronicle's metadata
  static QueueWriter open(Path folder, Path file, int number, FolderWatch watch)
      throws IOException {
    clearMetadata(folder.resolve(METADATA));
    return new QueueWriter(folder, file, number, watch);
  }

  /// The first file is there now, zeroed and allocated that far.
  void begin(long firstAllocated) {
    allocated = firstAllocated;
  }

  /// Zeroes the metadata, in which locks of a killed process may be left that look alive where each
  /// process has the number 1; Chronicle then begins a new one in the same blocks.
  private static void clearMetadata(Path metadata) throws IOException {
    try {
      zero(metadata);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      // Nothing in it is needed; another file has other blocks on the disk.
      Files.deleteIfExists(metadata);
      zero(metadata);
    }
  }

  private static void zero(Path metadata) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            metadata,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            OwnerOnly.FILE)) {
      ByteBuffer zeros = ByteBuffer.allocate(METADATA_BYTES);
      while (zeros.hasRemaining()) {
        channel.write(zeros, zeros.position());
      }
    }
  }

  private static long timeOf(int number) {
    return (number - QueueFiles.NUMBER_OF_DAY_ZERO) * DAY_MILLIS;
  }

  Path file() {
    return file;
  }

  /// Where the next entry goes, at least; in bytes from the file's start.
  long end() {
    return end;
  }

  /// How much of the current file has disk blocks.
  long allocated() {
    return allocated;
  }

  /// What must be allocated for entries of these lengths together.
  long neededFor(long entryBytes, int entries) {
    return end + entryBytes + 16L * entries + MARGIN_BYTES;
  }

  /// Allocates the current file up to an offset.
  ///
  /// @throws WriteFailedException when there is no current file, because [#reopen] failed
  Disk.Allocation allocate(long upTo) throws IOException {
    if (upTo <= allocated) {
      return Disk.Allocation.DONE;
    }
    if (allocated == 0) {
      throw new WriteFailedException(file, new NoSuchFileException(file.toString()));
    }
    Disk.Allocation result = Disk.allocate(file, allocated, upTo - allocated);
    if (result == Disk.Allocation.DONE) {
      allocated = upTo;
      watch.changed();
    }
    return result;
  }

  /// Opens a new queue after a write to the current file failed, which is no longer in the folder.
  ///
  /// @param next will be the first file that is written to, with the name that [QueueFiles] gives
  ///   `number`; see [#begin]. It must not be there yet.
  void reopen(Path next, int number) throws IOException {
    try {
      queue.close();
    } catch (RuntimeException | InternalError e) {
      LOG.atWarn()
          .setMessage("queue could not be closed after a failed write")
          .addKeyValue("file", file)
          .setCause(e)
          .log();
    }
    closeChannel();
    BackgroundResourceReleaser.releasePendingResources();
    clearMetadata(folder.resolve(METADATA));
    timeMillis = timeOf(number);
    file = next;
    end = 0;
    allocated = 0;
    try {
      queue = queue();
      appender = appender(queue);
    } catch (RuntimeException e) {
      throw new WriteFailedException(next, e);
    }
  }

  /// Before the current file is ended, makes sure that Chronicle will be able to open another.
  ///
  /// @throws IOException when there is a [Shortage]
  void checkDescriptors() throws IOException {
    List<FileChannel> opened = new ArrayList<>();
    try {
      for (int i = 0; i < DESCRIPTORS; i++) {
        opened.add(watch.openFile(file, StandardOpenOption.WRITE));
      }
    } catch (IOException e) {
      if (Shortage.isBehind(e)) {
        throw e;
      }
    } finally {
      for (FileChannel channel : opened) {
        channel.close();
      }
    }
  }

  /// Ends the current file and goes on in another.
  ///
  /// @throws WriteFailedException when the current file can't be ended; [#reopen] is next
  /// @param next allocated and zeroed, with the name that [QueueFiles] gives `number`
  /// @param stays whether the ended file is not deleted at once, so that what it has too many of
  ///   allocated blocks is given back
  void roll(Path next, int number, long nextAllocated, boolean stays) throws IOException {
    Path ended = file;
    long endedAt = end;
    timeMillis = timeOf(number);
    closeChannel();
    file = next;
    end = 0;
    allocated = nextAllocated;
    // Entering a document makes Chronicle end the old file and open the new one.
    try (DocumentContext document = appender.writingDocument(true)) {
      Bytes<?> bytes = bytesOf(document);
      bytes.writeInt(0);
    } catch (InternalError | RuntimeException e) {
      throw new WriteFailedException(ended, e);
    }
    // Else a thread of Chronicle's unmaps it some time: files that are gone would add to resident
    // memory, and to the disk, until then.
    BackgroundResourceReleaser.releasePendingResources();
    watch.changed();
    if (!stays) {
      return;
    }
    long keep = (endedAt + DOCUMENT_HEADER_BYTES + MARGIN_BYTES - 1) / 4096 * 4096;
    Disk.release(ended, keep, Math.max(0, Files.size(ended) - keep));
  }

  /// Appends an entry; there must be room.
  ///
  /// Chronicle makes the document and its header; what is between goes by `pwrite` to the same
  /// pages. A page fault for each 4 KiB costs more than all else here, and pages that are not
  /// touched through the mapping are not resident.
  ///
  /// @return where it begins in the file
  /// @throws WriteFailedException when the disk failed; nothing was appended then
  int append(byte[] prefix, int prefixBytes, byte[] payload, int payloadBytes) throws IOException {
    try {
      return appendTo(channel(), prefix, prefixBytes, payload, payloadBytes);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException | InternalError | RuntimeException e) {
      if (e instanceof IOException failed && Shortage.isBehind(failed)) {
        throw failed;
      }
      throw new WriteFailedException(file, e);
    }
  }

  private int appendTo(
      FileChannel to, byte[] prefix, int prefixBytes, byte[] payload, int payloadBytes)
      throws IOException {
    long at;
    long length = (long) prefixBytes + payloadBytes;
    try (DocumentContext document = appender.writingDocument()) {
      boolean written = false;
      try {
        Bytes<?> bytes = bytesOf(document);
        at = bytes.writePosition();
        if (at + length + DOCUMENT_HEADER_BYTES > allocated) {
          throw new IllegalStateException("an entry at " + at + " was not allocated in " + file);
        }
        // First, so that a rollback clears all of it: Chronicle counts on zeros behind its end.
        bytes.writeSkip(length);
        window.clear();
        long next = write(to, prefix, prefixBytes, at);
        next = write(to, payload, payloadBytes, next);
        var _ = writeWindow(to, next);
        written = true;
      } finally {
        if (!written) {
          document.rollbackOnClose();
        }
      }
    }
    end = at + length + DOCUMENT_HEADER_BYTES;
    watch.changed();
    return (int) at;
  }

  /// Puts bytes into the window, which is written each time it is full: a short entry takes one
  /// call.
  ///
  /// @param at where in the file goes what is in the window
  /// @return the same afterwards
  private long write(FileChannel to, byte[] from, int bytes, long at) throws IOException {
    long next = at;
    for (int done = 0; done < bytes; ) {
      int some = Math.min(bytes - done, window.remaining());
      window.put(from, done, some);
      done += some;
      if (!window.hasRemaining()) {
        next = writeWindow(to, next);
      }
    }
    return next;
  }

  private long writeWindow(FileChannel to, long at) throws IOException {
    long next = at;
    window.flip();
    while (window.hasRemaining()) {
      next += to.write(window, next);
      watch.changed();
    }
    window.clear();
    return next;
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    if (open == null || !open.isOpen()) {
      open = watch.openFile(file, StandardOpenOption.WRITE);
      channel = open;
    }
    return open;
  }

  private void closeChannel() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  private static Bytes<?> bytesOf(DocumentContext document) {
    Wire wire = document.wire();
    if (wire == null) {
      throw new IllegalStateException("Chronicle gave a document without a place to write to");
    }
    return wire.bytes();
  }

  /// Waits until the disk has what was appended to the current file.
  ///
  /// @throws WriteFailedException when the disk failed: what it has of the file is not known, and a
  ///   second attempt would not tell
  void sync() throws IOException {
    try {
      channel().force(false);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw new WriteFailedException(file, e);
    }
    watch.forced(file);
  }

  /// The current file, to be forced without the buffer's lock.
  FileChannel current() throws IOException {
    return channel();
  }

  @Override
  public void close() throws IOException {
    try {
      queue.close();
    } catch (InternalError e) {
      throw new WriteFailedException(file, e);
    } finally {
      closeChannel();
    }
    // Else files stay mapped for a while, and keep their blocks on disk when they are deleted.
    BackgroundResourceReleaser.releasePendingResources();
  }

  /// Files by their number; names as in [QueueFiles].
  private static final class ByNumber implements RollCycle {
    private static final int INDEX_COUNT = 512;
    private static final int INDEX_SPACING = 256;
    private final RollCycleArithmetic arithmetic =
        RollCycleArithmetic.of(INDEX_COUNT, INDEX_SPACING);

    @Override
    public String format() {
      return QueueFiles.NAME_PATTERN;
    }

    @Override
    public int lengthInMillis() {
      return (int) DAY_MILLIS;
    }

    @Override
    public int defaultIndexCount() {
      return arithmetic.indexCount();
    }

    @Override
    public int defaultIndexSpacing() {
      return arithmetic.indexSpacing();
    }

    @Override
    public long toIndex(int cycle, long sequenceNumber) {
      return arithmetic.toIndex(cycle, sequenceNumber);
    }

    @Override
    public long toSequenceNumber(long index) {
      return arithmetic.toSequenceNumber(index);
    }

    @Override
    public int toCycle(long index) {
      return arithmetic.toCycle(index);
    }

    @Override
    public long maxMessagesPerCycle() {
      return arithmetic.maxMessagesPerCycle();
    }

    @Override
    public String toString() {
      return "BY_NUMBER" + Arrays.asList(INDEX_COUNT, INDEX_SPACING);
    }
  }
}
