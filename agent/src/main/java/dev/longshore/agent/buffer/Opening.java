package dev.longshore.agent.buffer;

import dev.longshore.agent.buffer.BufferException.Reason;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What opening the folder came to: the lock that is held, and what was found.
///
/// The steps: take the lock; put the files of the run before aside, unseen by Chronicle; read them;
/// begin a new file with all positions; only then delete what is done.
///
/// @param lock held until the buffer is closed; it goes with the process
/// @param recovered what is unacknowledged, by container
/// @param gaps what can't be read, by generation
record Opening(
    FolderLock lock,
    Space space,
    PendingBlocks pending,
    CommittedPositions positions,
    Journal journal,
    Map<ContainerRef, Recovery.Unacknowledged> recovered,
    Map<GenerationId, Gap> gaps,
    DamageReport damage,
    FolderWatch watch) {
  private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

  static Opening of(BufferConfig config, SnapshotMemory memory, Clock clock, FolderWatch watch) {
    Path dir = config.dir();
    QueueFiles files = new QueueFiles(dir);
    FolderLock lock = null;
    try {
      files.make();
      lock = FolderLock.take(dir, files.lock(), List.of(files.queue(), files.earlier()));
      return read(config, files, lock, memory, clock, watch);
    } catch (AccessDeniedException | ReadOnlyFileSystemException e) {
      closeQuietly(lock);
      throw new BufferException(
          Reason.UNUSABLE, "buffer.dir " + dir + " is not writable: " + FailureText.of(e), e);
    } catch (FileSystemException e) {
      closeQuietly(lock);
      throw new BufferException(
          Reason.UNUSABLE, "buffer.dir " + dir + " can't be used: " + FailureText.of(e), e);
    } catch (IOException e) {
      closeQuietly(lock);
      if (String.valueOf(e.getMessage()).contains("No space left")) {
        throw new BufferException(
            Reason.FULL,
            "the disk under buffer.dir " + dir + " has no room for the first queue file",
            e);
      }
      throw new BufferException(
          Reason.UNUSABLE, "buffer.dir " + dir + " can't be used: " + FailureText.of(e), e);
    } catch (RuntimeException e) {
      closeQuietly(lock);
      throw e;
    }
  }

  private static Opening read(
      BufferConfig config,
      QueueFiles files,
      FolderLock lock,
      SnapshotMemory memory,
      Clock clock,
      FolderWatch watch)
      throws IOException {
    files.sealLastRun();
    watch.changed();
    Recovery recovery = new Recovery();
    recovery.read(files.earlierFiles(), watch);
    for (Path useless : recovery.useless()) {
      quietly(useless, () -> files.setAside(useless));
    }
    Space space = new Space(files, Files.getFileStore(files.queue()), config, clock);
    files.trimEvidence(space.evidenceBytes());
    PendingBlocks pending = new PendingBlocks();
    for (PendingFile file : recovery.files()) {
      long keep = (file.written() + 8191) / 4096 * 4096;
      Path path = file.path();
      quietly(path, () -> Disk.release(path, keep, Files.size(path) - keep));
      pending.addFile(file);
    }
    if (!space.adoptSpare() && !space.makeSpare()) {
      throw new BufferException(
          Reason.FULL,
          "the disk under buffer.dir " + config.dir() + " has no room for a queue file of 256 KiB");
    }
    CommittedPositions positions =
        new CommittedPositions(recovery.positions(), recovery.positionsAtLastFile());
    Journal journal =
        Journal.open(
            files,
            space,
            pending,
            positions,
            RandomGenerator.getDefault(),
            config.sync(),
            memory,
            clock,
            watch);
    try {
      List<Path> ignored = journal.retention().tidy();
      space.recount();
      journal.catchUp();
      return new Opening(
          lock,
          space,
          pending,
          positions,
          journal,
          recovery.unacknowledged(),
          recovery.gaps(),
          recovery.damage(),
          watch);
    } catch (IOException | RuntimeException e) {
      journal.close();
      throw e;
    }
  }

  @FunctionalInterface
  private interface FileAction {
    void run() throws IOException;
  }

  /// What a fault of one old file must not prevent the opening by.
  private static void quietly(Path file, FileAction action) {
    try {
      action.run();
    } catch (IOException e) {
      LOG.atWarn()
          .setMessage("queue file of an earlier run could not be tidied; it stays where it is")
          .addKeyValue("file", file)
          .setCause(e)
          .log();
    }
  }

  private static void closeQuietly(@Nullable FolderLock lock) {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        // The lock ends with the process, if not before.
      }
    }
  }
}
