package dev.longshore.agent.tail;

import dev.longshore.shared.log.Limited;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// What the tail tells people about files that it can't handle as it should: warnings, each file at
/// most once an interval, and the files that can't be opened, for the status. Owned by the reading
/// thread.
final class TailLog {
  private final Limited limited;
  private final Map<Path, FileStatus> unreadable = new LinkedHashMap<>();
  private final Set<Path> odd = new HashSet<>();

  TailLog(Limited limited) {
    this.limited = limited;
  }

  /// A file can't be opened; it is tried again when its folder is looked at.
  void unreadable(RotationSet rotationSet, Found file, String reason) {
    unreadable.put(
        file.path(),
        new FileStatus(
            file.path(),
            null,
            rotationSet.container(),
            file.sizeBytes(),
            0,
            file.sizeBytes(),
            FileStatus.State.UNREADABLE,
            reason,
            file.key().inode()));
    limited.warn(
        file.path().toString(),
        event ->
            event
                .setMessage("a log can't be opened; it is tried again at each rescan")
                .addKeyValue("path", file.path())
                .addKeyValue("container", rotationSet.container())
                .addKeyValue("reason", reason));
  }

  /// All that could not be opened when their folders were looked at last.
  Collection<FileStatus> unreadable() {
    return unreadable.values();
  }

  /// The folder is looked at anew.
  void forget(Path folder) {
    unreadable.keySet().removeIf(path -> folder.equals(path.getParent()));
  }

  /// Something is named like a log and is none: warned about once.
  void odd(Path path) {
    if (odd.add(path)) {
      limited.warn(
          path.toString(),
          event ->
              event
                  .setMessage("ignored: named like a log, but not a regular file")
                  .addKeyValue("path", path));
    }
  }

  /// Forgets warnings about what is no longer there.
  void retainOdd(Set<Path> present) {
    odd.retainAll(present);
  }

  void cut(Generation generation) {
    warn("a log was truncated; what follows is read as a new one", generation, "");
  }

  void damaged(Generation generation) {
    warn("a compressed log is damaged; what stands before the damage was read", generation, "");
  }

  void trouble(Generation generation) {
    warn("a log can't be read; it is tried again", generation, generation.trouble);
  }

  private void warn(String message, Generation generation, String reason) {
    limited.warn(
        generation.path().toString(),
        event ->
            event
                .setMessage(message)
                .addKeyValue("path", generation.path())
                .addKeyValue("container", generation.rotationSet().container())
                .addKeyValue("offset", generation.readOffset())
                .addKeyValue("unreadBytes", generation.unreadBytes())
                .addKeyValue("reason", reason));
  }

  void lost(Generation generation, long lostBytes) {
    limited.warn(
        "lost " + generation.path(),
        event ->
            event
                .setMessage("a log was deleted before it was read; its rest is lost")
                .addKeyValue("path", generation.path())
                .addKeyValue("container", generation.rotationSet().container())
                .addKeyValue("lostBytes", lostBytes));
  }

  void folder(Path folder, Exception cause) {
    limited.warn(
        folder.toString(),
        event ->
            event
                .setMessage("cannot list directory; retrying at each rescan")
                .addKeyValue("path", folder)
                .addKeyValue("reason", cause.toString()));
  }
}
