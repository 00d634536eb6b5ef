package dev.longshore.agent.buffer;

import dev.longshore.agent.buffer.BufferException.Reason;
import dev.longshore.shared.files.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Holds the folder for this process: a lock on a file in it, which goes with the process. It holds
/// nothing any more once another file has that name, or none, or once a folder of queue files was
/// removed or replaced: what is written to it reaches nobody.
///
/// @param identities of the locked file, and of the folders with queue files
record FolderLock(Path dir, FileChannel channel, Map<Path, Optional<Object>> identities)
    implements AutoCloseable {

  /// @param folders those that are not to be replaced either
  /// @throws BufferException when another process holds the folder
  static FolderLock take(Path dir, Path file, List<Path> folders) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OwnerOnly.FILE);
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        Map<Path, Optional<Object>> identities = new HashMap<>();
        identities.put(file, identity(file));
        for (Path folder : folders) {
          identities.put(folder, identity(folder));
        }
        return new FolderLock(dir, channel, identities);
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: said below.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new BufferException(
        Reason.LOCKED,
        "buffer.dir " + dir + " is held by another running agent; each needs a folder of its own");
  }

  /// @throws BufferException when the folder is certainly no longer the one that was locked
  void check() {
    identities.forEach(
        (path, identity) -> {
          if (!isStill(path, identity)) {
            throw new BufferException(
                Reason.UNUSABLE,
                "buffer.dir "
                    + dir
                    + " was removed or replaced while the agent used it; a new start makes it anew"
                    + " and reads all logs again, of which Elasticsearch refuses what it has");
          }
        });
  }

  private static boolean isStill(Path path, Optional<Object> identity) {
    try {
      return identity(path).equals(identity);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      // Whoever can't be asked may still be there; what fails in the folder says so itself.
      return true;
    }
  }

  private static Optional<Object> identity(Path path) throws IOException {
    return Optional.ofNullable(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
