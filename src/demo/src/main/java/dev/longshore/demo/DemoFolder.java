package dev.longshore.demo;

import dev.longshore.testkit.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// The folder of one run of the demo, `demo`, or `demo-2` and so on beside others that run: a file
/// lock, which ends with its process, says that it is in use.
final class DemoFolder implements AutoCloseable {
  /// Where a running demo's Elasticsearch is, for `longshore search`.
  static final String ELASTICSEARCH_URL = "elasticsearch-url";

  private static final String NAME = "demo";
  private static final int MOST = 9;

  private final Path path;
  private final FileChannel channel;

  private DemoFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /// Claims the first that no other process uses, and empties it.
  ///
  /// @param parent where they are
  /// @throws IOException when too many run
  static DemoFolder claim(Path parent) throws IOException {
    Files.createDirectories(parent);
    for (int i = 1; i <= MOST; i++) {
      Path path = parent.resolve(i == 1 ? NAME : NAME + "-" + i);
      FileChannel channel =
          FileChannel.open(lockOf(path), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        Trees.delete(path);
        Files.createDirectories(path);
        return new DemoFolder(path, channel);
      }
      channel.close();
    }
    throw new IOException(MOST + " demos run in " + parent + " already; end one of them");
  }

  private static Path lockOf(Path folder) {
    return folder.resolveSibling(folder.getFileName() + ".lock");
  }

  /// Whether a process uses it: one that was killed leaves the folder as it was.
  private static boolean isInUse(Path folder) {
    try (FileChannel channel = FileChannel.open(lockOf(folder), StandardOpenOption.READ);
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      // This process itself.
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The Elasticsearch of the demo that was started last, of those that run.
  static Optional<Path> newest(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(parent)) {
      return folders
          .filter(it -> it.getFileName().toString().matches(NAME + "(-\\d)?"))
          .filter(it -> Files.exists(it.resolve(ELASTICSEARCH_URL)) && isInUse(it))
          .map(it -> it.resolve(ELASTICSEARCH_URL))
          .max(Comparator.comparingLong(it -> it.toFile().lastModified()));
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
