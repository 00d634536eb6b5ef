package dev.longshore.agent.tail;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// Log files on a disk of which single pages can't be read, and some of which can't be opened.
final class FailingFiles extends FileOpener {
  static final int PAGE_BYTES = 4096;
  private static final int EIO = 5;

  private record Page(Object inode, long number) {}

  /// Files that can't be opened: the process has no descriptor left.
  final Set<Path> unopenable = new HashSet<>();

  /// How many logs may be open.
  long most = Long.MAX_VALUE;

  private final Set<Page> bad = new HashSet<>();

  /// A page of a file can't be read any more, whatever name the file has by then.
  void failPage(Path file, long number) throws IOException {
    bad.add(new Page(inode(file), number));
  }

  private static Object inode(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino");
  }

  void repair() {
    bad.clear();
    unopenable.clear();
  }

  @Override
  long mostOpen() {
    return most;
  }

  @Override
  PlainSource open(Path path) throws IOException {
    if (unopenable.contains(path)) {
      throw new FileNotFoundException(path + " (Too many open files)");
    }
    return super.open(path);
  }

  /// As the kernel: what lies before the bad page is read, and the next read fails.
  @Override
  long pread(PlainSource file, MemorySegment into, long bytes, long at) throws IOException {
    Object inode = inode(Path.of("/proc/self/fd/" + file.descriptor()));
    long first = at / PAGE_BYTES;
    for (long page = first; page * PAGE_BYTES < at + bytes; page++) {
      if (bad.contains(new Page(inode, page))) {
        return page == first ? -EIO : super.pread(file, into, page * PAGE_BYTES - at, at);
      }
    }
    return super.pread(file, into, bytes, at);
  }
}
