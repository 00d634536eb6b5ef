package dev.longshore.agent.tail;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// A log as the runtime writes it.
///
/// A RandomAccessFile, because an interrupt closes a FileChannel, and with it the only way to a
/// deleted file.
final class PlainSource implements Source {
  private final RandomAccessFile file;

  /// @throws FileNotFoundException when it has vanished, or with the reason when it can't be opened
  PlainSource(Path path) throws FileNotFoundException {
    file = new RandomAccessFile(path.toFile(), "r");
  }

  @Override
  public int readAt(long offset, byte[] into, int from, int length) throws IOException {
    file.seek(offset);
    int read = 0;
    while (read < length) {
      int n = file.read(into, from + read, length - read);
      if (n <= 0) {
        break;
      }
      read += n;
    }
    return read;
  }

  @Override
  public long sizeBytes() throws IOException {
    return file.length();
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing a file that was only read", e);
    }
  }
}
