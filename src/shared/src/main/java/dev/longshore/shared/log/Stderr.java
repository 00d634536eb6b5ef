package dev.longshore.shared.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The process's stderr, unbuffered; closing it does nothing, because Logback closes what it wrote
/// to each time it is set up anew.
final class Stderr extends FilterOutputStream {
  Stderr() {
    super(new FileOutputStream(FileDescriptor.err));
  }

  /// Whether a person looks at it. Elsewhere than on Linux it is taken for no terminal.
  static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  @Override
  public void close() {}
}
