package dev.longshore.agent.buffer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
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
  private static final int EINTR = 4;
  private static final int ENOENT = 2;
  private static final int ENOSPC = 28;
  private static final int EDQUOT = 122;
  private static final int EOPNOTSUPP = 95;

  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN =
      handle(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle FALLOCATE =
      handle(
          "fallocate",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG));
  private static final MethodHandle STATX =
      handle(
          "statx",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS));

  private Disk() {}

  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... more) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup libc = linker.defaultLookup();
    Linker.Option[] options = new Linker.Option[more.length + 1];
    options[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(more, 0, options, 1, more.length);
    return linker.downcallHandle(libc.findOrThrow(name), descriptor, options);
  }

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
    throw new IOException("fallocate of " + file + " failed with errno " + error);
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
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment path = arena.allocateFrom(file.toString());
      int descriptor = (int) OPEN.invokeExact(state, path, O_RDWR | O_CLOEXEC);
      if (descriptor < 0) {
        throw new IOException("open of " + file + " failed with errno " + errno(state));
      }
      try {
        int error;
        do {
          int result = (int) FALLOCATE.invokeExact(state, descriptor, mode, offset, bytes);
          error = result == 0 ? 0 : errno(state);
        } while (error == EINTR);
        return error;
      } finally {
        int ignored = (int) CLOSE.invokeExact(state, descriptor);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call into libc threw", e);
    }
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
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment path = arena.allocateFrom(file.toString());
      MemorySegment answer = arena.allocate(STATX_BYTES, Long.BYTES);
      int result = (int) STATX.invokeExact(state, AT_FDCWD, path, 0, STATX_BLOCKS, answer);
      if (result == 0) {
        return answer.get(ValueLayout.JAVA_LONG, STATX_BLOCKS_OFFSET) * BLOCK_BYTES;
      }
      int error = errno(state);
      if (error == ENOENT) {
        return 0;
      }
      throw new IOException("statx of " + file + " failed with errno " + error);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call into libc threw", e);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }
}
