package dev.longshore.e2e.torture;

import dev.longshore.agent.event.GenerationId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One generation of a log file, under all the names that it has in the course of time. Owned by
/// the node's thread, but for what is volatile.
final class Generation {
  /// What identifies a file to the agent is looked for in this much of its first line.
  private static final int FIRST_LINE_BYTES = 1024;

  final int index;
  final Path folder;
  volatile Path path;
  long bytes;
  volatile boolean deleted;
  volatile long deletedAtMillis;

  /// The last run of the agent that has shown it on its status page.
  volatile int seenInRun;

  /// As the agent names it; null before its first line is written.
  volatile @Nullable String id;

  Generation(int index, Path path) {
    this.index = index;
    this.path = path;
    Path parent = path.getParent();
    this.folder = parent == null ? path : parent;
  }

  /// @param line with its line feed
  /// @param timestampAtBegin whether its timestamp stands there, else at its end
  void begun(byte[] line, boolean timestampAtBegin) throws IOException {
    boolean whole = line.length <= FIRST_LINE_BYTES;
    byte[] known = Arrays.copyOf(line, whole ? line.length - 1 : FIRST_LINE_BYTES);
    long salt =
        timestampAtBegin || whole ? 0 : ((Number) Files.getAttribute(path, "unix:ino")).longValue();
    id = GenerationId.of(folder.toString(), known, salt).toString();
  }

  String name() {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }
}
