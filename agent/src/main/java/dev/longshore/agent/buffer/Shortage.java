package dev.longshore.agent.buffer;

import dev.longshore.agent.libc.Libc;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Tells failures for want of file descriptors or of memory, of the process or of the machine, from
/// those of the disk. They say nothing of the file that was to be opened or read: it is as good as
/// before, and is asked again later.
final class Shortage {
  private static final int ENOMEM = 12;
  private static final int ENFILE = 23;
  private static final int EMFILE = 24;

  /// As the C library says it, which is where Java has it from.
  private static final Set<String> REASONS =
      List.of(ENOMEM, ENFILE, EMFILE).stream()
          .map(new Libc()::text)
          .collect(Collectors.toUnmodifiableSet());

  private Shortage() {}

  /// Whether that is why a call failed.
  static boolean isBehind(IOException failure) {
    String reason =
        failure instanceof FileSystemException ofFile ? ofFile.getReason() : failure.getMessage();
    return reason != null && REASONS.contains(reason);
  }
}
