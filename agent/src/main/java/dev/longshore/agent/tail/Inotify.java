package dev.longshore.agent.tail;

import dev.longshore.agent.libc.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Set;

/// An inotify instance of the kernel: `inotify(7)`, through libc. Owned by the reading thread.
///
/// Java's own watch service has a thread that takes reports and hands them on later. Here a report
/// of whatever was done before [#drain] is called is seen by that call, so that silence is proof
/// that nothing was done: the watermark rests on it.
final class Inotify implements AutoCloseable {

  /// Takes what is reported.
  interface Reports {
    /// Something happened to what is watched.
    ///
    /// @param ended whether it is no longer watched
    void happened(int watch, boolean ended);
  }

  private static final int IN_NONBLOCK = 0x800;
  private static final int IN_CLOEXEC = 0x80000;
  private static final int IN_MODIFY = 0x2;
  private static final int IN_MOVED_FROM = 0x40;
  private static final int IN_MOVED_TO = 0x80;
  private static final int IN_CREATE = 0x100;
  private static final int IN_DELETE = 0x200;
  private static final int IN_Q_OVERFLOW = 0x4000;
  private static final int IN_IGNORED = 0x8000;
  private static final int IN_ONLYDIR = 0x1000000;
  private static final int IN_ONESHOT = 0x80000000;
  private static final int NAMES_COME_AND_GO =
      IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR;

  private static final int EAGAIN = 11;
  private static final int EMFILE = 24;
  private static final int ENOSPC = 28;

  /// Of `struct inotify_event`: a watch, what happened, a cookie, the length of the name behind it.
  private static final int HEADER_BYTES = 16;

  private static final int MASK_OFFSET = 4;
  private static final int NAME_LENGTH_OFFSET = 12;
  private static final int BUFFER_BYTES = 16 * 1024;

  private static final int STATFS_BYTES = 256;

  /// File systems of this machine alone, all of whose changes the kernel sees: ext2 to ext4, XFS,
  /// Btrfs, F2FS, ZFS, bcachefs, tmpfs, ramfs. On a shared one another machine may write, and
  /// overlayfs may report of one of its layers and not of the other.
  private static final Set<Long> LOCAL =
      Set.of(
          0xEF53L,
          0x58465342L,
          0x9123683EL,
          0xF2F52010L,
          0x2FC12FC1L,
          0xCA451A4EL,
          0x01021994L,
          0x858458F6L);

  private static final Libc.Function INIT = Libc.function("inotify_init1");
  private static final Libc.Function ADD_WATCH = Libc.function("inotify_add_watch");
  private static final Libc.Function REMOVE_WATCH = Libc.function("inotify_rm_watch");
  private static final Libc.Function READ = Libc.function("read");
  private static final Libc.Function STATFS = Libc.function("statfs");
  private static final Libc.Function CLOSE = Libc.function("close");

  private final Libc libc;
  private final MemorySegment buffer;
  private final int descriptor;

  private Inotify(Libc libc, int descriptor) {
    this.libc = libc;
    this.descriptor = descriptor;
    buffer = Arena.ofAuto().allocate(BUFFER_BYTES, Long.BYTES);
  }

  /// @throws IOException when the machine has no room for another instance
  static Inotify open() throws IOException {
    Libc libc = new Libc();
    int descriptor = (int) libc.call(INIT, IN_NONBLOCK | IN_CLOEXEC);
    if (descriptor < 0) {
      int error = libc.errno();
      throw new IOException(
          error == EMFILE
              ? "User limit of inotify instances reached or too many open files"
              : libc.text(error));
    }
    return new Inotify(libc, descriptor);
  }

  /// Has reported when a name comes or goes in a folder.
  ///
  /// @return the watch; the same for each name of the same folder
  /// @throws IOException when there is no room, or no such folder
  int watchNames(Path folder) throws IOException {
    return watch(folder.toString(), NAMES_COME_AND_GO);
  }

  /// Has the next write to an open file reported, once: of a file that many lines are written to,
  /// no more is heard than of one.
  ///
  /// @return the watch; the same for each handle of the same file
  /// @throws IOException when there is no room, or the file is closed
  int watchNextWrite(PlainSource file) throws IOException {
    return watch("/proc/self/fd/" + file.descriptor(), IN_MODIFY | IN_ONESHOT);
  }

  private int watch(String path, int mask) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      int watch = (int) libc.call(ADD_WATCH, descriptor, name.address(), mask);
      if (watch < 0) {
        int error = libc.errno();
        throw new IOException(
            error == ENOSPC ? "User limit of inotify watches reached" : libc.text(error));
      }
      return watch;
    }
  }

  /// Watches something no longer; nothing if it is not watched any more.
  void remove(int watch) {
    long ignored = libc.call(REMOVE_WATCH, descriptor, watch);
  }

  /// Whether all that happens in a folder is sure to be reported.
  boolean isLocal(Path folder) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(folder.toString());
      MemorySegment found = arena.allocate(STATFS_BYTES, Long.BYTES);
      int result = (int) libc.call(STATFS, name.address(), found.address());
      return result == 0 && LOCAL.contains(found.get(ValueLayout.JAVA_LONG, 0) & 0xFFFF_FFFFL);
    }
  }

  /// Takes what was reported until now.
  ///
  /// @return false when the kernel has lost reports
  /// @throws IOException when it can't be read
  boolean drain(Reports reports) throws IOException {
    boolean complete = true;
    while (true) {
      long got = libc.call(READ, descriptor, buffer.address(), BUFFER_BYTES);
      if (got < 0) {
        int error = libc.errno();
        if (error == EAGAIN) {
          return complete;
        }
        if (error != Libc.EINTR) {
          throw new IOException("reading inotify: " + libc.text(error));
        }
      }
      for (long at = 0; at < got; ) {
        int watch = buffer.get(ValueLayout.JAVA_INT, at);
        int mask = buffer.get(ValueLayout.JAVA_INT, at + MASK_OFFSET);
        at += HEADER_BYTES + buffer.get(ValueLayout.JAVA_INT, at + NAME_LENGTH_OFFSET);
        if ((mask & IN_Q_OVERFLOW) != 0) {
          complete = false;
        } else {
          reports.happened(watch, (mask & IN_IGNORED) != 0);
        }
      }
    }
  }

  @Override
  public void close() {
    long ignored = libc.call(CLOSE, descriptor);
  }
}
