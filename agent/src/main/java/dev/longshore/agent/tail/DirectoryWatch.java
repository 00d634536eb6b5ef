package dev.longshore.agent.tail;

import dev.longshore.shared.log.RateLimitedLogger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The folders in which names come and go, watched by inotify. Owned by the reading thread.
///
/// Where the node's limits of inotify are reached, [#degraded] says that scanning must do its work;
/// each complete scan tries again.
final class DirectoryWatch implements AutoCloseable {

  /// What a name led to when it was watched.
  ///
  /// @param fileKey of the folder, as the file system knows it; null where it has none
  private record Watched(int watch, @Nullable Object fileKey) {}

  /// Opens an inotify instance; a parameter, so that a machine without room can be put in.
  @FunctionalInterface
  interface Opener {
    Inotify open() throws IOException;
  }

  private final Opener opener;
  private final RateLimitedLogger warnings;
  private final TailMetrics metrics;
  private final Map<Path, Watched> watches = new HashMap<>();

  /// The name under which the events of a watch are reported. Several names of `watches` may share
  /// one.
  private final Map<Integer, Path> folders = new HashMap<>();

  /// Watches of folders in which more may happen than is reported.
  private final Set<Integer> shared = new HashSet<>();

  private @Nullable Inotify inotify;
  private boolean degraded;

  /// People know that it is degraded.
  private boolean told;

  /// A watch was refused since the last [#renew].
  private boolean full;

  DirectoryWatch(Opener opener, RateLimitedLogger warnings, TailMetrics metrics) {
    this.opener = opener;
    this.warnings = warnings;
    this.metrics = metrics;
  }

  /// Before a complete scan: what did not fit is tried again.
  void renew() {
    told = degraded;
    degraded = false;
    full = false;
    if (inotify == null) {
      try {
        inotify = opener.open();
      } catch (IOException e) {
        degrade("fs.inotify.max_user_instances", "an inotify instance", e);
      }
    }
  }

  /// Watches a folder, unless it is watched already, under this name or another one that leads to
  /// the same folder. A watch is of the folder, not of its name: of a folder that has taken
  /// another's place nothing would be heard.
  void watch(Path folder) {
    Inotify open = inotify;
    if (open == null || full) {
      return;
    }
    try {
      Object fileKey = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
      if (watches(folder, fileKey)) {
        return;
      }
      int watch = open.watchNames(folder);
      Path before = folders.get(watch);
      if (before == null || !isSame(before, folder)) {
        // Without the second one it was renamed.
        forget(watch);
        folders.put(watch, folder);
      }
      replaced(watches.put(folder, new Watched(watch, fileKey)));
      if (!open.isLocal(folder)) {
        shared.add(watch);
      }
    } catch (IOException e) {
      if (Files.isDirectory(folder) && Files.isReadable(folder)) {
        // Each further folder would be refused as well; those that are left are tried at the next
        // complete scan.
        full = true;
        degrade("fs.inotify.max_user_watches", folder.toString(), e);
      }
    }
  }

  /// Another folder has the name by now: the one before is watched no longer, unless by another
  /// name.
  private void replaced(@Nullable Watched before) {
    if (before != null && watches.values().stream().noneMatch(it -> it.watch == before.watch)) {
      folders.remove(before.watch);
      shared.remove(before.watch);
      remove(before.watch);
    }
  }

  private void forget(int watch) {
    watches.values().removeIf(other -> other.watch == watch);
    shared.remove(watch);
  }

  private static boolean isSame(Path before, Path folder) {
    try {
      return Files.isSameFile(before, folder);
    } catch (IOException e) {
      return false;
    }
  }

  private void degrade(String limit, String refused, IOException cause) {
    if (!degraded) {
      metrics.overflowed();
    }
    degraded = true;
    if (told) {
      return;
    }
    told = true;
    warnings.warn(
        "inotify",
        event ->
            event
                .setMessage(
                    "inotify limit reached; new files are found by rescanning instead. Raise the"
                        + " sysctl named in 'limit' on the node")
                .addKeyValue("limit", limit)
                .addKeyValue("watched", folders.size())
                .addKeyValue("refused", refused)
                .addKeyValue("reason", cause.getMessage()));
  }

  /// Whether the folder to which a name leads is watched under that name.
  ///
  /// @param fileKey of the folder
  boolean watches(Path folder, @Nullable Object fileKey) {
    Watched known = watches.get(folder);
    return known != null && Objects.equals(known.fileKey, fileKey);
  }

  /// Whether some folder is not watched, so that only scanning finds what is new.
  boolean degraded() {
    return degraded;
  }

  /// The instance that reports everything that happens in all folders; null where that is not sure.
  @Nullable Inotify complete() {
    return degraded || !shared.isEmpty() ? null : inotify;
  }

  /// A watch of a file ends.
  void remove(int watch) {
    if (inotify != null) {
      inotify.remove(watch);
    }
  }

  /// Takes what inotify has reported.
  ///
  /// @param dirty receives the folders in which names came or went
  /// @param contents is told what is reported of files
  /// @return false when events were lost: everything has to be scanned
  boolean drain(Set<Path> dirty, ContentWatch contents) {
    if (inotify == null) {
      return true;
    }
    boolean complete;
    try {
      complete =
          inotify.drain(
              (watch, ended) -> {
                Path folder = folders.get(watch);
                if (folder == null) {
                  contents.written(watch);
                  return;
                }
                dirty.add(folder);
                if (ended) {
                  folders.remove(watch);
                  forget(watch);
                }
              });
    } catch (IOException e) {
      warnings.warn("drain", event -> event.setMessage(e.getMessage()));
      complete = false;
    }
    if (!complete) {
      metrics.overflowed();
      warnings.warn(
          "overflow",
          event -> event.setMessage("inotify lost events; all folders are scanned at once"));
    }
    return complete;
  }

  @Override
  public void close() {
    if (inotify != null) {
      inotify.close();
      inotify = null;
    }
  }
}
