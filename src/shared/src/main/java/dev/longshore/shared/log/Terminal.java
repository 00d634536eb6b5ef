package dev.longshore.shared.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether a person looks at what this process writes.
public final class Terminal {
  private Terminal() {}

  /// Whether a descriptor of this process is a terminal: 1 is its standard output, 2 its standard
  /// error. Elsewhere than on Linux it is taken for none.
  public static boolean isAt(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
