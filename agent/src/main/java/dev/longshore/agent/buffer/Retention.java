package dev.longshore.agent.buffer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Which queue files are needed, and the deletion of those that are not.
///
/// A file goes when all its blocks are done, it is the oldest, and a later one says on disk, with
/// all positions and what was relocated, that it is needed no more: a file that is missing without
/// that is damage.
///
/// Guarded by the buffer's lock.
final class Retention {
  private final QueueFiles files;
  private final Space space;
  private final PendingBlocks pending;
  private final FolderWatch watch;

  /// The number that the last OLDEST entry names, and up to which that is on disk: files before it
  /// can be deleted.
  private int oldestAnnounced = -1;

  private int oldestOnDisk = -1;

  /// Somebody reads all files.
  private boolean keepFiles;

  /// Files that are done, but that the disk would not delete or move.
  private final List<PendingFile> undeleted = new ArrayList<>();

  Retention(QueueFiles files, Space space, PendingBlocks pending, FolderWatch watch) {
    this.files = files;
    this.space = space;
    this.pending = pending;
    this.watch = watch;
  }

  /// Deletes the oldest files as far as all their blocks are done. One that can't be deleted holds
  /// up no other; it is tried again each time.
  ///
  /// @return the files that are gone
  /// @throws IOException when one could not be deleted; the others are
  List<Path> tidy() throws IOException {
    List<Path> gone = new ArrayList<>();
    List<PendingFile> toDelete = new ArrayList<>(undeleted);
    undeleted.clear();
    while (!keepFiles
        && pending.files().size() > 1
        && pending.files().getFirst().pending() == 0
        && pending.files().getFirst().number() < oldestOnDisk) {
      toDelete.add(pending.files().getFirst());
      pending.removeOldest();
    }
    IOException failure = null;
    for (PendingFile done : toDelete) {
      gone.add(done.path());
      try {
        delete(done);
      } catch (IOException e) {
        failure = e;
        undeleted.add(done);
      }
    }
    if (!gone.isEmpty()) {
      space.recount();
    }
    if (failure != null) {
      throw failure;
    }
    return gone;
  }

  private void delete(PendingFile done) throws IOException {
    if (!done.isEvidence()) {
      Files.deleteIfExists(done.path());
    } else if (Files.exists(done.path())) {
      files.setAside(done.path());
      files.trimEvidence(space.evidenceBytes());
    }
    watch.changed();
  }

  /// The number of the oldest file that is needed.
  private int oldestNeeded() {
    List<PendingFile> all = pending.files();
    int keep = 0;
    while (keep < all.size() - 1 && all.get(keep).pending() == 0) {
      keep++;
    }
    return all.get(keep).number();
  }

  /// Whether files could go if it were on disk that they are needed no more.
  boolean isOwed() {
    int oldest = oldestNeeded();
    return oldest != pending.files().getFirst().number() && oldest > oldestOnDisk;
  }

  /// What the current file is to say before it is forced: the number of the oldest file that is
  /// needed; −1 when it does already.
  int toAnnounce() {
    int oldest = oldestNeeded();
    if (oldest <= oldestAnnounced) {
      return -1;
    }
    oldestAnnounced = oldest;
    return oldest;
  }

  /// What was announced may have been so in vain.
  void announceAgain() {
    oldestAnnounced = oldestOnDisk;
  }

  /// What was announced is on disk.
  void forced() {
    oldestOnDisk = oldestAnnounced;
  }

  void keepFiles(boolean keep) {
    keepFiles = keep;
  }
}
