package dev.longshore.agent.tail;

import dev.longshore.shared.log.RateLimitedLogger;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The folders in which names come and go, watched by inotify. Contents are not watched: sizes are
/// polled. Owned by the reading thread.
///
/// Where the node's limits of inotify are reached, [#degraded] says that scanning must do its work;
/// each complete scan tries again.
final class DirectoryWatch implements AutoCloseable {

  /// Opens the machine's watch service; a parameter, so that one without room can be put in.
  @FunctionalInterface
  interface Opener {
    WatchService open() throws IOException;
  }

  private static final WatchEvent.Kind<?>[] NAMES_COME_AND_GO = {
    StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE
  };

  private final Opener opener;
  private final RateLimitedLogger warnings;
  private final TailMetrics metrics;
  private final Map<Path, WatchKey> keys = new HashMap<>();

  /// The name under which the events of a key are reported. Several names of `keys` may share a
  /// key.
  private final Map<WatchKey, Path> folders = new HashMap<>();

  private @Nullable WatchService service;
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
    if (service == null) {
      try {
        service = opener.open();
      } catch (IOException e) {
        degrade("fs.inotify.max_user_instances", "an inotify instance", e);
      }
    }
  }

  /// Watches a folder, unless it is watched already, under this name or another one that leads to
  /// the same folder.
  void watch(Path folder) {
    if (service == null || full || keys.containsKey(folder)) {
      return;
    }
    try {
      WatchKey key = folder.register(service, NAMES_COME_AND_GO);
      Path before = folders.get(key);
      if (before == null || !isSame(before, folder)) {
        // Without the second one it was renamed.
        forget(key);
        folders.put(key, folder);
      }
      keys.put(folder, key);
    } catch (IOException e) {
      if (Files.isDirectory(folder) && Files.isReadable(folder)) {
        // Each further folder would be refused as well; those that are left are tried at the next
        // complete scan.
        full = true;
        degrade("fs.inotify.max_user_watches", folder.toString(), e);
      }
    }
  }

  private void forget(WatchKey key) {
    keys.values().removeIf(other -> other.equals(key));
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

  boolean watches(Path folder) {
    return keys.containsKey(folder);
  }

  /// Whether some folder is not watched, so that only scanning finds what is new.
  boolean degraded() {
    return degraded;
  }

  /// Takes what inotify has reported.
  ///
  /// @param dirty receives the folders in which names came or went
  /// @return false when events were lost: everything has to be scanned
  boolean drain(Set<Path> dirty) {
    if (service == null) {
      return true;
    }
    boolean complete = true;
    try {
      for (WatchKey key = service.poll(); key != null; key = service.poll()) {
        for (WatchEvent<?> event : key.pollEvents()) {
          complete &= event.kind() != StandardWatchEventKinds.OVERFLOW;
        }
        Path folder = folders.get(key);
        if (folder != null) {
          dirty.add(folder);
        }
        if (!key.reset() && folder != null) {
          folders.remove(key);
          forget(key);
        }
      }
    } catch (ClosedWatchServiceException e) {
      return true;
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
  public void close() throws IOException {
    if (service != null) {
      service.close();
      service = null;
    }
  }
}
