package dev.longshore.agent.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// A disk of which single pages can't be read and single files can't be opened or written:
/// "Input/output error", as the kernel says EIO.
final class FaultyDisk implements FolderWatch {
  private static final long PAGE_BYTES = 4096;

  /// Names of files that can't be opened.
  final Set<String> unopenable = new HashSet<>();

  /// Names of files that can't be written.
  final Set<String> unwritable = new HashSet<>();

  private final Set<String> unreadablePages = new HashSet<>();

  /// No file can be written.
  boolean readOnly;

  /// Nothing that was written can be forced to the disk.
  boolean unforceable;

  /// The process has no descriptor left for another file.
  boolean exhausted;

  /// How often a file was opened.
  int opened;

  /// The page of the file in which the offset lies can't be read any more.
  void failReads(Path file, long offset) {
    unreadablePages.add(page(file.getFileName().toString(), offset / PAGE_BYTES));
  }

  private static String page(String name, long number) {
    return name + ":" + number;
  }

  @Override
  public void changed() {}

  @Override
  public void forced(Path file) {}

  @Override
  public void forcedFolder(Path folder) {}

  @Override
  public FileChannel openFile(Path file, OpenOption... options) throws IOException {
    opened++;
    String name = file.getFileName().toString();
    if (exhausted) {
      throw new FileSystemException(file.toString(), null, "Too many open files");
    }
    if (unopenable.contains(name)) {
      throw new IOException("Input/output error");
    }
    return new Channel(name, FileChannel.open(file, options));
  }

  private final class Channel extends FileChannel {
    private final String name;
    private final FileChannel real;

    Channel(String name, FileChannel real) {
      this.name = name;
      this.real = real;
    }

    /// As the kernel: what lies before the bad page is read, and the next read fails.
    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      long first = position / PAGE_BYTES;
      long last = (position + Math.max(1, into.remaining()) - 1) / PAGE_BYTES;
      for (long number = first; number <= last; number++) {
        if (unreadablePages.contains(page(name, number))) {
          if (number == first) {
            throw new IOException("Input/output error");
          }
          int limit = into.limit();
          into.limit(into.position() + (int) (number * PAGE_BYTES - position));
          int read = real.read(into, position);
          into.limit(limit);
          return read;
        }
      }
      return real.read(into, position);
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      if (readOnly || unwritable.contains(name)) {
        throw new IOException("Input/output error");
      }
      return real.write(from, position);
    }

    @Override
    public long size() throws IOException {
      return real.size();
    }

    @Override
    public void force(boolean metaData) throws IOException {
      if (readOnly || unforceable || unwritable.contains(name)) {
        throw new IOException("Input/output error");
      }
      real.force(metaData);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      real.close();
    }

    /// The buffer reads and writes at stated positions alone; a test that comes here tests another
    /// thing than it says.
    private static UnsupportedOperationException notByPosition() {
      return new UnsupportedOperationException("the buffer reads and writes at stated positions");
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      throw notByPosition();
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) {
      throw notByPosition();
    }

    @Override
    public int write(ByteBuffer from) {
      throw notByPosition();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
      throw notByPosition();
    }

    @Override
    public long position() {
      throw notByPosition();
    }

    @Override
    public FileChannel position(long to) {
      throw notByPosition();
    }

    @Override
    public FileChannel truncate(long size) {
      throw notByPosition();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw notByPosition();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw notByPosition();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw notByPosition();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw notByPosition();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw notByPosition();
    }
  }
}
