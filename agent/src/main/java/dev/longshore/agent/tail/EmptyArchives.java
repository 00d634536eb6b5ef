package dev.longshore.agent.tail;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Compressed files that hold no line. None is opened again before it changes. Owned by the reading
/// thread.
final class EmptyArchives {
  private final Map<Path, FoundFile> files = new HashMap<>();
  private final TailLog tailLog;

  EmptyArchives(TailLog tailLog) {
    this.tailLog = tailLog;
  }

  /// A file turned out to be one.
  void add(FoundFile file) {
    files.put(file.path(), file);
  }

  /// Whether the file is one still, and is passed over.
  boolean contains(FoundFile file) {
    FoundFile before = files.get(file.path());
    if (before == null) {
      return false;
    }
    if (before.key().equals(file.key()) && before.changedNanos() == file.changedNanos()) {
      tailLog.ignore(file.path(), "no line can be read from it");
      return true;
    }
    files.remove(file.path());
    return false;
  }

  /// Only those are left in a folder that a look at it has found.
  void retain(Path folder, Listing found) {
    if (!files.isEmpty()) {
      Set<Path> present = found.paths();
      files.keySet().removeIf(path -> folder.equals(path.getParent()) && !present.contains(path));
    }
  }
}
