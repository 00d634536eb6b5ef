package dev.longshore.agent.tail;

import dev.longshore.shared.log.Limited;
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
/// Where inotify has no room, or none at all, [#degraded] says that scanning must do its work; each
/// complete scan tries again.
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
  private final Limited warnings;
  private final TailMetrics metrics;
  private final Map<Path, WatchKey> keys = new HashMap<>();
  private final Map<WatchKey, Path> folders = new HashMap<>();
  private @Nullable WatchService service;
  private boolean degraded;

  DirectoryWatch(Opener opener, Limited warnings, TailMetrics metrics) {
    this.opener = opener;
    this.warnings = warnings;
    this.metrics = metrics;
  }

  /// Before a complete scan: what did not fit is tried again.
  void renew() {
    degraded = false;
    if (service == null) {
      try {
        service = opener.open();
      } catch (IOException e) {
        degrade("the inotify instance", e);
      }
    }
  }

  /// Watches a folder, unless it is watched already.
  void watch(Path folder) {
    if (service == null || keys.containsKey(folder)) {
      return;
    }
    try {
      WatchKey key = folder.register(service, NAMES_COME_AND_GO);
      Path before = folders.put(key, folder);
      if (before != null) {
        keys.remove(before);
      }
      keys.put(folder, key);
    } catch (IOException e) {
      if (Files.isDirectory(folder) && Files.isReadable(folder)) {
        degrade(folder.toString(), e);
      }
    }
  }

  private void degrade(String what, IOException cause) {
    if (!degraded) {
      metrics.overflowed();
    }
    degraded = true;
    warnings.warn(
        "inotify",
        event ->
            event
                .setMessage(
                    "inotify has no room; folders are scanned at tail.pollInterval instead. Raise"
                        + " fs.inotify.max_user_watches and fs.inotify.max_user_instances")
                .addKeyValue("watched", keys.size())
                .addKeyValue("refused", what)
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
          keys.remove(folder, key);
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
