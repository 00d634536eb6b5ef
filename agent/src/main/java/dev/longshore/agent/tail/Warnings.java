package dev.longshore.agent.tail;

import dev.longshore.shared.log.Limited;
import java.nio.file.Path;

/// What the tail tells people about files that it can't handle as it should; each file at most once
/// an interval.
record Warnings(Limited limited) {

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
                .addKeyValue("container", generation.series().container())
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
                .addKeyValue("container", generation.series().container())
                .addKeyValue("lostBytes", lostBytes));
  }

  void refused(Series series, Found file, String reason) {
    limited.warn(
        file.path().toString(),
        event ->
            event
                .setMessage("a log can't be opened; it is tried again at each rescan")
                .addKeyValue("path", file.path())
                .addKeyValue("container", series.container())
                .addKeyValue("reason", reason));
  }

  void odd(Path path) {
    limited.warn(
        path.toString(),
        event ->
            event
                .setMessage("ignored: named like a log, but not a regular file")
                .addKeyValue("path", path));
  }

  void folder(Path folder, Exception cause) {
    limited.warn(
        folder.toString(),
        event ->
            event
                .setMessage("a folder can't be looked at; it is tried again at each rescan")
                .addKeyValue("path", folder)
                .addKeyValue("reason", cause.toString()));
  }
}
