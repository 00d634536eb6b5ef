package dev.longshore.agent.tail;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.log.RateLimitedLogger;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the tail tells people about files that it can't handle as it should: warnings, each file at
/// most once an interval, and, for the status, what can't be read and what is ignored. Owned by the
/// reading thread.
final class TailLog {

  /// Who may write to a log folder can make any number of names; so many are named one by one.
  static final int MAX_IGNORED = 1_000;

  private final RateLimitedLogger limited;
  private final Map<Path, FileStatus> unreadable = new LinkedHashMap<>();
  private final Map<Path, FileStatus> unreadableFolders = new LinkedHashMap<>();
  private final Map<Path, FileStatus> ignored = new LinkedHashMap<>();

  /// How many are ignored that are not in `ignored`.
  private int ignoredBeyond;

  /// What the scan that is under way has met of the folders that can't be listed, and of what is
  /// ignored.
  private final Set<Path> confirmed = new HashSet<>();

  TailLog(RateLimitedLogger limited) {
    this.limited = limited;
  }

  /// A file can't be opened; it is tried again when its folder is looked at.
  void unreadable(RotationSet rotationSet, FoundFile file, String reason) {
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

  /// A folder can't be listed, or a file in it can't be asked what it is; it is tried again at each
  /// rescan. What stands in it is not known.
  void unreadable(Path path, IOException cause) {
    String reason = reason(cause);
    confirmed.add(path);
    unreadableFolders.put(
        path,
        new FileStatus(
            path, null, LogPath.ofFolder(path), 0, 0, 0, FileStatus.State.UNREADABLE, reason, 0));
    limited.warn(
        path.toString(),
        event ->
            event
                .setMessage("cannot list directory; retrying at each rescan")
                .addKeyValue("path", path)
                .addKeyValue("reason", reason));
  }

  private static String reason(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "Permission denied";
    }
    String reason =
        cause instanceof FileSystemException failed ? failed.getReason() : cause.getMessage();
    return reason == null || reason.isEmpty() ? cause.toString() : reason;
  }

  /// The folder could be listed.
  void readable(Path folder) {
    unreadableFolders.remove(folder);
  }

  /// All files that could not be opened, and folders that could not be listed, when they were
  /// looked at last.
  List<FileStatus> unreadable() {
    List<FileStatus> all = new ArrayList<>(unreadable.values());
    all.addAll(unreadableFolders.values());
    return all;
  }

  /// The folder is looked at anew.
  void forget(Path folder) {
    unreadable.keySet().removeIf(path -> folder.equals(path.getParent()));
  }

  /// Something is named like a log and is not read: warned about once.
  void ignore(Path path, String reason) {
    if (ignored.containsKey(path)) {
      confirmed.add(path);
      return;
    }
    if (ignored.size() >= MAX_IGNORED) {
      ignoredBeyond++;
      limited.warn(
          "ignored",
          event ->
              event
                  .setMessage("more files are ignored than are named one by one")
                  .addKeyValue("named", MAX_IGNORED)
                  .addKeyValue("path", path)
                  .addKeyValue("reason", reason));
      return;
    }
    confirmed.add(path);
    ContainerRef container = LogPath.ofFolder(path.resolveSibling(""));
    ignored.put(
        path, new FileStatus(path, null, container, 0, 0, 0, FileStatus.State.IGNORED, reason, 0));
    limited.warn(
        path.toString(),
        event ->
            event
                .setMessage("file ignored")
                .addKeyValue("path", path)
                .addKeyValue("container", container)
                .addKeyValue("reason", reason));
  }

  /// What is named like a log and is not read, at most [#MAX_IGNORED] of them.
  Collection<FileStatus> ignored() {
    return ignored.values();
  }

  /// How many files are ignored.
  int ignoredCount() {
    return ignored.size() + ignoredBeyond;
  }

  /// Before everything is looked at.
  void beginScan() {
    confirmed.clear();
    ignoredBeyond = 0;
  }

  /// Everything was looked at: what was not met again is no longer there.
  void endScan() {
    ignored.keySet().retainAll(confirmed);
    unreadableFolders.keySet().retainAll(confirmed);
  }

  /// The first scan has found no file.
  void nothingMatches(List<String> paths) {
    limited.warn(
        "tail.paths",
        event ->
            event
                .setMessage("tail.paths matches no file yet; waiting for one to appear")
                .addKeyValue("paths", paths));
  }

  void cut(Generation generation) {
    warn("a log was truncated; what follows is read as a new one", generation, "");
  }

  /// A file was cut or rewritten while nobody looked: it does not hold what was read of it.
  void replaced(Generation generation, long committedOffset) {
    limited.warn(
        generation.path().toString(),
        event ->
            event
                .setMessage(
                    "a log was truncated or rewritten while no agent ran; it is read from its start")
                .addKeyValue("path", generation.path())
                .addKeyValue("container", generation.rotationSet().container())
                .addKeyValue("committedOffset", committedOffset));
  }

  void damaged(Generation generation, long unreadableBytes) {
    limited.warn(
        generation.path().toString(),
        event ->
            event
                .setMessage("compressed log is damaged; what stands before the damage was read")
                .addKeyValue("path", generation.path())
                .addKeyValue("container", generation.rotationSet().container())
                .addKeyValue("offset", generation.readOffset())
                .addKeyValue("unreadableBytes", unreadableBytes));
  }

  /// The disk has failed to read a part of a file for so long that it is passed over.
  void passedOver(Generation generation, long lostBytes) {
    limited.warn(
        "passed over " + generation.path(),
        event ->
            event
                .setMessage("the disk can't read a part of a log; it is passed over and lost")
                .addKeyValue("path", generation.path())
                .addKeyValue("container", generation.rotationSet().container())
                .addKeyValue("offset", generation.readOffset())
                .addKeyValue("lostBytes", lostBytes));
  }

  /// Text in UTF-16 is cut and shipped as if each of its bytes was a character.
  void utf16(Generation generation) {
    warn(
        "a log is in UTF-16 and can't be searched; let its program write UTF-8",
        generation,
        Generation.UTF16);
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
}
