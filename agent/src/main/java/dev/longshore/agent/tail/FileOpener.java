package dev.longshore.agent.tail;

import dev.longshore.agent.libc.Libc;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/// Opens log files without following any symbolic link, and reads them through libc (`openat(2)`,
/// `pread(2)`, `lseek(2)`, `statx(2)`).
///
/// Where a link may lead is decided on a path's real form, before the file is opened. Whoever may
/// write to a log folder could put a link in the place of a part of that path in between; therefore
/// every part is opened with `O_NOFOLLOW` below the one before, and what was opened is compared
/// with the file that discovery has seen.
///
/// A FileChannel would be closed by an interrupt of the thread that reads it, and with it the only
/// way to a deleted file; a RandomAccessFile follows links.
///
/// Not final, so that a test can put a disk in that fails.
///
/// Owned by the reading thread, as are the sources that it opens: they share its transfer buffer.
class FileOpener {
  private static final int O_RDONLY = 0;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_DIRECTORY = Libc.isArm() ? 0x4000 : 0x10000;
  private static final int O_NOFOLLOW = Libc.isArm() ? 0x8000 : 0x20000;
  private static final int O_CLOEXEC = 0x80000;
  private static final int O_PATH = 0x200000;
  private static final int AT_FDCWD = -100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int SEEK_END = 2;
  private static final int SEEK_DATA = 3;
  private static final int STATX_INO = 0x100;
  private static final int STATX_BYTES = 256;
  private static final int STATX_INO_OFFSET = 32;
  private static final int STATX_DEV_MAJOR_OFFSET = 136;
  private static final int STATX_DEV_MINOR_OFFSET = 140;
  private static final int ENOENT = 2;
  private static final int EIO = 5;
  private static final int ENXIO = 6;
  private static final int ENOTDIR = 20;
  private static final int EINVAL = 22;
  private static final int ELOOP = 40;

  private static final int PAGE_BYTES = 4096;

  /// So many pages are passed over in one go: a failing disk takes seconds for each.
  private static final int BAD_PAGES = 4;

  /// Large enough that the copy into the heap costs more than the call.
  private static final int TRANSFER_BYTES = 64 * 1024;

  private static final int RLIMIT_NOFILE = 7;

  /// What the rest of the process has of the descriptors that it may have: some 80 of it are always
  /// in use, the others are for folders that are listed, connections, and files of the buffer.
  private static final long RESERVED_DESCRIPTORS = 128;

  private static final long FEWEST_LOGS = 16;

  private static final Libc.Function OPENAT = Libc.function("openat");
  private static final Libc.Function CLOSE = Libc.function("close");
  private static final Libc.Function PREAD = Libc.function("pread");
  private static final Libc.Function LSEEK = Libc.function("lseek");
  private static final Libc.Function STATX = Libc.function("statx");
  private static final Libc.Function GETRLIMIT = Libc.function("getrlimit");

  private final Libc libc = new Libc();
  private final MemorySegment transfer;
  private final MemorySegment attributes;
  private final MemorySegment noName;
  private final long mostOpen;
  private long open;

  /// Takes the transfer buffer, outside the heap.
  FileOpener() {
    Arena arena = Arena.ofAuto();
    transfer = arena.allocate(TRANSFER_BYTES);
    attributes = arena.allocate(STATX_BYTES, Long.BYTES);
    noName = arena.allocateFrom("");
    mostOpen = Math.max(FEWEST_LOGS, descriptors() - RESERVED_DESCRIPTORS);
  }

  /// How many descriptors the process may have; the JVM raises that to the hard limit at its start.
  private long descriptors() {
    if (libc.call(GETRLIMIT, RLIMIT_NOFILE, attributes.address()) != 0) {
      return Long.MAX_VALUE;
    }
    long most = attributes.get(ValueLayout.JAVA_LONG, 0);
    return most < 0 ? Long.MAX_VALUE : most;
  }

  /// How many logs may be open at a time.
  long mostOpen() {
    return mostOpen;
  }

  /// Opens the file that discovery has found.
  ///
  /// @throws NoSuchFileException when it has vanished, or another one stands under its name
  /// @throws IOException when it can't be opened, with the reason, also because a part of its path
  ///   has become a symbolic link
  Source open(FoundFile found) throws IOException {
    PlainSource file = open(found.path());
    try {
      if (!key(file).equals(found.key())) {
        throw new NoSuchFileException(found.path() + " was replaced meanwhile");
      }
      return found.name().gzip() ? new GzipSource(file) : file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// Opens a regular file.
  ///
  /// @param path absolute and without links, else it is refused
  /// @throws IOException as above, and when [#mostOpen] are open: with all descriptors in use, no
  ///   folder could be listed, and so nothing that was rotated be seen
  PlainSource open(Path path) throws IOException {
    if (open >= mostOpen()) {
      throw new FileNotFoundException(
          "%s (%d logs are open, as many as the limit of open files, ulimit -n, leaves room for)"
              .formatted(path, open));
    }
    int folder = AT_FDCWD;
    try (Arena arena = Arena.ofConfined()) {
      int flags = O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC;
      folder = openAt(folder, arena.allocateFrom("/"), flags, path);
      int last = path.getNameCount() - 1;
      for (int i = 0; i < last; i++) {
        MemorySegment name = arena.allocateFrom(path.getName(i).toString());
        int below = openAt(folder, name, flags, path);
        close(folder);
        folder = below;
      }
      // Not blocked by a pipe that was put in the file's place.
      int file =
          openAt(
              folder,
              arena.allocateFrom(path.getName(last).toString()),
              O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
              path);
      open++;
      return new PlainSource(this, file, path);
    } finally {
      if (folder != AT_FDCWD) {
        close(folder);
      }
    }
  }

  private int openAt(int folder, MemorySegment name, int flags, Path path) throws IOException {
    int error;
    do {
      int descriptor = (int) libc.call(OPENAT, folder, name.address(), flags);
      if (descriptor >= 0) {
        return descriptor;
      }
      error = libc.errno();
    } while (error == Libc.EINTR);
    throw switch (error) {
      case ENOENT -> new NoSuchFileException(path.toString());
      case ELOOP, ENOTDIR ->
          new FileNotFoundException(path + " (a part of the path has become a symbolic link)");
      default -> failed(path, error);
    };
  }

  private FoundFile.Key key(PlainSource file) throws IOException {
    int result =
        (int)
            libc.call(
                STATX,
                file.descriptor(),
                noName.address(),
                AT_EMPTY_PATH,
                STATX_INO,
                attributes.address());
    if (result != 0) {
      throw failed(file.path(), libc.errno());
    }
    long major =
        Integer.toUnsignedLong(attributes.get(ValueLayout.JAVA_INT, STATX_DEV_MAJOR_OFFSET));
    long minor =
        Integer.toUnsignedLong(attributes.get(ValueLayout.JAVA_INT, STATX_DEV_MINOR_OFFSET));
    // As libc makes st_dev of the two.
    long device =
        (major & 0xfff) << 8 | (major & ~0xfffL) << 32 | (minor & 0xff) | (minor & ~0xffL) << 12;
    return new FoundFile.Key(device, attributes.get(ValueLayout.JAVA_LONG, STATX_INO_OFFSET));
  }

  /// Reads up to `length` bytes; fewer only at the end of the file, or behind [#BAD_PAGES] that
  /// were passed over.
  int read(PlainSource file, long offset, byte[] into, int from, int length) throws IOException {
    int read = 0;
    int badPages = 0;
    while (read < length && badPages < BAD_PAGES) {
      long wanted = Math.min(length - read, TRANSFER_BYTES);
      long at = offset + read;
      long got = pread(file, transfer, wanted, at);
      if (got < 0) {
        int error = (int) -got;
        if (error == Libc.EINTR) {
          continue;
        }
        if (error == EIO && file.passesOverBadPages()) {
          int passed = passOver(file, at, into, from + read, (int) wanted);
          if (passed == 0) {
            break;
          }
          read += passed;
          badPages++;
          continue;
        }
        throw failed(file.path(), error);
      }
      if (got == 0) {
        break;
      }
      MemorySegment.copy(transfer, ValueLayout.JAVA_BYTE, 0, into, from + read, (int) got);
      read += (int) got;
    }
    return read;
  }

  /// NUL bytes stand for the rest of a page that the disk can't read.
  private int passOver(PlainSource file, long at, byte[] into, int from, int wanted)
      throws IOException {
    long restOfPage = PAGE_BYTES - at % PAGE_BYTES;
    int bytes = (int) Math.min(wanted, Math.min(restOfPage, sizeBytes(file) - at));
    if (bytes <= 0) {
      return 0;
    }
    Arrays.fill(into, from, from + bytes, (byte) 0);
    file.passedOver(at, bytes);
    return bytes;
  }

  /// Reads once.
  ///
  /// @return how many bytes, or an error as a negative number
  long pread(PlainSource file, MemorySegment into, long bytes, long at) throws IOException {
    long got = libc.call(PREAD, file.descriptor(), into.address(), bytes, at);
    return got < 0 ? -libc.errno() : got;
  }

  /// How long the file is, in bytes.
  long sizeBytes(PlainSource file) throws IOException {
    long end = libc.call(LSEEK, file.descriptor(), 0, SEEK_END);
    if (end < 0) {
      throw failed(file.path(), libc.errno());
    }
    return end;
  }

  /// Where the next bytes stand that the file system has written, at or after `offset`: what lies
  /// before them is a hole and reads as NUL. The size of the file if there are none; `offset`
  /// itself where the file system does not say.
  long dataAt(PlainSource file, long offset) throws IOException {
    long data = libc.call(LSEEK, file.descriptor(), offset, SEEK_DATA);
    if (data >= 0) {
      return data;
    }
    int error = libc.errno();
    if (error == ENXIO) {
      return Math.max(offset, sizeBytes(file));
    }
    if (error == EINVAL) {
      return offset;
    }
    throw failed(file.path(), error);
  }

  /// Closes a log that [#open] has opened.
  void closeLog(int descriptor) {
    close(descriptor);
    open--;
  }

  private void close(int descriptor) {
    long ignored = libc.call(CLOSE, descriptor);
  }

  private IOException failed(Path path, int error) {
    return new FileNotFoundException(path + " (" + libc.text(error) + ")");
  }
}
