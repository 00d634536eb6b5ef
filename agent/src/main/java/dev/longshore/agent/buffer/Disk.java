package dev.longshore.agent.buffer;

import dev.longshore.agent.libc.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What Linux knows about a file's blocks and Java does not: allocate them, give them back, count
/// them (`fallocate(2)`, `statx(2)`).
///
/// Stateless but for the handles; any thread.
final class Disk {

  /// What an allocation came to.
  enum Allocation {
    /// The region has its blocks: writing to it can't fail for want of space.
    DONE,
    /// The disk, or a quota on it, is full; nothing is promised about the region.
    FULL
  }

  private static final int AT_FDCWD = -100;
  private static final int STATX_BLOCKS = 0x400;
  private static final int STATX_BYTES = 256;
  private static final int STATX_BLOCKS_OFFSET = 48;
  private static final int BLOCK_BYTES = 512;
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int ENOENT = 2;
  private static final int ENOSPC = 28;
  private static final int EDQUOT = 122;
  private static final int EOPNOTSUPP = 95;

  private static final Libc.Function OPEN = Libc.function("open");
  private static final Libc.Function CLOSE = Libc.function("close");
  private static final Libc.Function FALLOCATE = Libc.function("fallocate");
  private static final Libc.Function STATX = Libc.function("statx");

  private Disk() {}

  /// Gives a stretch of an existing file its blocks; they read as zeros. The file grows to the end
  /// of the stretch when it was shorter.
  ///
  /// @throws IOException when the file can't be opened, or its file system can't allocate ahead
  static Allocation allocate(Path file, long offset, long bytes) throws IOException {
    int error = withFile(file, 0, offset, bytes);
    if (error == 0) {
      return Allocation.DONE;
    }
    if (error == ENOSPC || error == EDQUOT) {
      return Allocation.FULL;
    }
    if (error == EOPNOTSUPP) {
      throw new IOException(
          "the file system of "
              + file
              + " can't allocate ahead; buffer.dir must be on a local one, such as ext4 or xfs");
    }
    throw new IOException("fallocate of " + file + " failed: " + new Libc().text(error));
  }

  /// Gives the blocks of a stretch back, where the file system can; it reads as zeros then.
  ///
  /// @throws IOException when the file can't be opened
  static void release(Path file, long offset, long bytes) throws IOException {
    if (bytes > 0) {
      withFile(file, PUNCH_HOLE | KEEP_SIZE, offset, bytes);
    }
  }

  private static int withFile(Path file, int mode, long offset, long bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Libc libc = new Libc(arena);
      MemorySegment path = arena.allocateFrom(file.toString());
      int descriptor = (int) libc.call(OPEN, path.address(), O_RDWR | O_CLOEXEC);
      if (descriptor < 0) {
        throw failed("open", file, libc, libc.errno());
      }
      try {
        int error;
        do {
          int result = (int) libc.call(FALLOCATE, descriptor, mode, offset, bytes);
          error = result == 0 ? 0 : libc.errno();
        } while (error == Libc.EINTR);
        return error;
      } finally {
        long ignored = libc.call(CLOSE, descriptor);
      }
    }
  }

  private static IOException failed(String call, Path file, Libc libc, int error) {
    return new IOException(call + " of " + file + " failed: " + libc.text(error));
  }

  /// Waits until all names in a folder are on disk.
  static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// What a file or folder occupies, in bytes; 0 when it is not there.
  static long allocatedBytes(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Libc libc = new Libc(arena);
      MemorySegment path = arena.allocateFrom(file.toString());
      MemorySegment answer = arena.allocate(STATX_BYTES, Long.BYTES);
      int result =
          (int) libc.call(STATX, AT_FDCWD, path.address(), 0, STATX_BLOCKS, answer.address());
      if (result == 0) {
        return answer.get(ValueLayout.JAVA_LONG, STATX_BLOCKS_OFFSET) * BLOCK_BYTES;
      }
      int error = libc.errno();
      if (error == ENOENT) {
        return 0;
      }
      throw failed("statx", file, libc, error);
    }
  }
}
