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
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds the folder for this process: a lock on a file in it, which goes with the process. It holds
/// nothing any more once another file has that name, or none: the folder was removed or replaced,
/// and what is written to it reaches nobody.
///
/// @param fileKey identity of the locked file
record FolderLock(Path dir, Path file, FileChannel channel, @Nullable Object fileKey)
    implements AutoCloseable {

  /// @throws BufferException when another process holds the folder
  static FolderLock take(Path dir, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OwnerOnly.FILE);
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        return new FolderLock(dir, file, channel, fileKey(file));
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
    boolean same;
    try {
      same = Objects.equals(fileKey, fileKey(file));
    } catch (NoSuchFileException e) {
      same = false;
    } catch (IOException e) {
      // Whoever can't be asked may still be there; what fails in the folder says so itself.
      same = true;
    }
    if (!same) {
      throw new BufferException(
          Reason.UNUSABLE,
          "buffer.dir "
              + dir
              + " was removed or replaced while the agent used it; a new start makes it anew and"
              + " reads all logs again, of which Elasticsearch refuses what it has");
    }
  }

  private static @Nullable Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
