package dev.longshore.agent.tail;

import java.io.IOException;
import java.nio.file.Path;

/// A log as the runtime writes it, open.
final class PlainSource implements Source {
  private static final int CLOSED = -1;

  private final FileOpener opener;
  private final Path path;
  private int descriptor;
  private boolean passesOver;
  private long passedOverBytes;
  private long passedOverTo;

  /// What stands before was read, or is counted in `lostBytes`.
  private long accountedTo;

  private long lostBytes;

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
  public long passedOverBytes() {
    return passedOverBytes;
  }

  @Override
  public long passedOverTo() {
    return passedOverTo;
  }

  @Override
  public void passOverBadPages(long from) {
    if (!passesOver) {
      passesOver = true;
      accountedTo = from;
    }
  }

  @Override
  public long takeLostBytes() {
    long taken = lostBytes;
    lostBytes = 0;
    return taken;
  }

  /// Whether what the disk can't read is NUL.
  boolean passesOverBadPages() {
    return passesOver;
  }

  /// So many bytes could not be read, and are NUL.
  void passedOver(long offset, int bytes) {
    passedOverBytes += bytes;
    long end = offset + bytes;
    passedOverTo = end;
    if (end > accountedTo) {
      lostBytes += end - Math.max(offset, accountedTo);
      accountedTo = end;
    }
  }

  @Override
  public void close() {
    if (descriptor != CLOSED) {
      opener.closeLog(descriptor);
      descriptor = CLOSED;
    }
  }
}
