package dev.longshore.agent.deadletter;

import dev.longshore.shared.files.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder of the dead letters, as files: segments `letters-<number>.log`, written in the order
/// of their numbers, and the file `lock`. A segment that can't be read at all, and what is damaged
/// of one that is rewritten, is set aside under the name `damaged-<number>.log`: never read again,
/// and counted as taken until somebody deletes it. Names are durable when a method returns.
///
/// Nobody but the agent's user can read it. It has no state; who changes something holds the lock.
final class SegmentFolder {
  private static final Logger LOG = LoggerFactory.getLogger(DiskStore.class);

  private static final String PREFIX = "letters-";
  private static final String SUFFIX = ".log";
  private static final String DAMAGED = "damaged-";

  private final Path folder;
  private final Sync sync;

  /// Makes the names in a folder durable.
  @FunctionalInterface
  interface Sync {
    void sync(Path folder) throws IOException;
  }

  SegmentFolder(Path folder) {
    this(folder, SegmentFolder::force);
  }

  SegmentFolder(Path folder, Sync sync) {
    this.folder = folder;
    this.sync = sync;
  }

  Path path() {
    return folder;
  }

  /// Makes the folder, durably: a letter in it is the only copy of its record.
  void make() throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    OwnerOnly.createFolders(folder);
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      sync.sync(parent);
    }
  }

  /// Opens the file on whose lock changes wait for each other.
  FileChannel openLock() throws IOException {
    return FileChannel.open(
        folder.resolve("lock"),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        OwnerOnly.FILE);
  }

  /// Where the next segment goes.
  Path next() throws IOException {
    long number = 1;
    for (Path segment : segments()) {
      number = Math.max(number, number(segment, PREFIX) + 1);
    }
    for (Path damaged : setAside()) {
      number = Math.max(number, number(damaged, DAMAGED) + 1);
    }
    return folder.resolve(PREFIX + String.format("%010d", number) + SUFFIX);
  }

  /// Makes an empty segment.
  FileChannel create(Path segment) throws IOException {
    FileChannel opened =
        FileChannel.open(
            segment,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            OwnerOnly.FILE);
    sync.sync(folder);
    return opened;
  }

  /// The segments, the oldest first.
  List<Path> segments() throws IOException {
    return files(PREFIX);
  }

  /// What was damaged or could not be read.
  List<Path> setAside() throws IOException {
    return files(DAMAGED);
  }

  private List<Path> files(String prefix) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(prefix + "\\d{10}\\.log"))
          .sorted()
          .toList();
    }
  }

  /// What all files occupy.
  long sizeBytes() throws IOException {
    long sum = 0;
    for (String prefix : List.of(PREFIX, DAMAGED)) {
      for (Path file : files(prefix)) {
        sum += Files.exists(file) ? Files.size(file) : 0;
      }
    }
    return sum;
  }

  /// Gives a segment that is about to be replaced a second name, under which it is set aside.
  void keepDamaged(Path segment) throws IOException {
    Path damaged = damagedName(segment);
    if (!Files.exists(damaged)) {
      Files.createLink(damaged, segment);
    }
  }

  private static Path damagedName(Path segment) {
    return segment.resolveSibling(
        DAMAGED + segment.getFileName().toString().substring(PREFIX.length()));
  }

  /// Sets a segment aside that can't be read.
  void setAside(Path segment, IOException cause) throws IOException {
    try (FileChannel channel = openLock()) {
      FileLock _ = channel.lock();
      Files.move(segment, damagedName(segment), StandardCopyOption.ATOMIC_MOVE);
      sync.sync(folder);
    }
    LOG.atError()
        .addKeyValue("file", damagedName(segment))
        .setCause(cause)
        .log("a file of dead letters can't be read; it was set aside");
  }

  void replace(Path segment, List<ByteBuffer> frames) throws IOException {
    if (frames.isEmpty()) {
      Files.delete(segment);
    } else {
      Path fresh = segment.resolveSibling(segment.getFileName() + ".new");
      try (FileChannel to =
          FileChannel.open(
              fresh,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE),
              OwnerOnly.FILE)) {
        for (ByteBuffer frame : frames) {
          while (frame.hasRemaining()) {
            to.write(frame);
          }
        }
        to.force(true);
      }
      Files.move(fresh, segment, StandardCopyOption.ATOMIC_MOVE);
    }
    sync.sync(folder);
  }

  private static long number(Path file, String prefix) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(prefix.length(), name.length() - SUFFIX.length()));
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
