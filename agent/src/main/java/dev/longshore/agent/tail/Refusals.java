package dev.longshore.agent.tail;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// What is named like a log and can't be read: files that can't be opened, for the status, and
/// folders, pipes and the like, so that each is warned about once. Owned by the reading thread.
final class Refusals {
  private final Warnings warnings;
  private final Map<Path, FileStatus> unreadable = new LinkedHashMap<>();
  private final Set<Path> odd = new HashSet<>();

  Refusals(Warnings warnings) {
    this.warnings = warnings;
  }

  /// A file can't be opened; it is tried again when its folder is looked at.
  void unreadable(Series series, Found file, String reason) {
    unreadable.put(
        file.path(),
        new FileStatus(
            file.path(),
            null,
            series.container(),
            file.sizeBytes(),
            0,
            file.sizeBytes(),
            FileStatus.State.UNREADABLE,
            reason,
            file.key().inode()));
    warnings.refused(series, file, reason);
  }

  /// All that could not be opened when their folders were looked at last.
  Collection<FileStatus> unreadable() {
    return unreadable.values();
  }

  /// The folder is looked at anew.
  void forget(Path folder) {
    unreadable.keySet().removeIf(path -> folder.equals(path.getParent()));
  }

  /// Something is named like a log and is none.
  void odd(Path path) {
    if (odd.add(path)) {
      warnings.odd(path);
    }
  }

  /// Forgets warnings about what is no longer there.
  void retainOdd(Set<Path> present) {
    odd.retainAll(present);
  }
}
