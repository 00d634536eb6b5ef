package dev.longshore.agent.tail;

import java.io.IOException;
import java.nio.file.Path;

/// A log as the runtime writes it, open.
final class PlainSource implements Source {
  private static final int CLOSED = -1;

  private final FileOpener opener;
  private final Path path;
  private int descriptor;

  /// @param descriptor of the open file, owned by this from now on
  /// @param path the path that it was opened by, for messages
  PlainSource(FileOpener opener, int descriptor, Path path) {
    this.opener = opener;
    this.descriptor = descriptor;
    this.path = path;
  }

  /// @throws IOException when it is closed
  int descriptor() throws IOException {
    if (descriptor == CLOSED) {
      throw new IOException(path + " is closed");
    }
    return descriptor;
  }

  Path path() {
    return path;
  }

  @Override
  public int readAt(long offset, byte[] into, int from, int length) throws IOException {
    return opener.read(this, offset, into, from, length);
  }

  @Override
  public long sizeBytes() throws IOException {
    return opener.sizeBytes(this);
  }

  @Override
  public long dataAt(long offset) throws IOException {
    return opener.dataAt(this, offset);
  }

  @Override
  public void close() {
    if (descriptor != CLOSED) {
      opener.close(descriptor);
      descriptor = CLOSED;
    }
  }
}
