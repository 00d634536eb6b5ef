package dev.longshore.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// A folder that one run uses at a time. A lock on a file beside it says so, which ends with its
/// process, however that ends.
public final class ClaimedFolder implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private ClaimedFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /// Claims a folder and empties it; makes it where it is missing.
  ///
  /// @return nothing when another run uses it
  public static Optional<ClaimedFolder> claim(Path path) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(lockOf(path), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!isLocked(channel)) {
        channel.close();
        return Optional.empty();
      }
      Trees.delete(path);
      Files.createDirectories(path);
      return Optional.of(new ClaimedFolder(path, channel));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another run of this process.
      return false;
    }
  }

  /// Whether a run uses it: one that was killed leaves the folder as it was.
  public static boolean isInUse(Path path) {
    try (FileChannel channel = FileChannel.open(lockOf(path), StandardOpenOption.READ);
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path lockOf(Path path) {
    return path.resolveSibling(path.getFileName() + ".lock");
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
