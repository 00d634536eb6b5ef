package dev.longshore.shared.ops;

import java.io.IOException;
import java.io.InputStream;

/// A request's body as it arrives, of a length that is stated or in chunks (RFC 9112, 7.1), and
/// bounded. What is behind it in the connection is not touched.
final class RequestBody extends InputStream {
  private static final int MAX_LINE = 1024;

  private final InputStream connection;
  private final boolean chunked;
  private final int maxBytes;

  /// Left of the body, or of the current chunk.
  private long leftBytes;

  private long readBytes;
  private boolean ended;
  private boolean first = true;

  /// @param length in bytes; −1 for chunks
  RequestBody(InputStream connection, long length, int maxBytes) {
    this.connection = connection;
    this.chunked = length < 0;
    this.maxBytes = maxBytes;
    this.leftBytes = chunked ? 0 : length;
    this.ended = length == 0;
  }

  /// Whether it was read to its end, so that another request may follow in the connection.
  boolean isAtEnd() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!ended && chunked && leftBytes == 0) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    if (readBytes + (chunked ? 1 : leftBytes) > maxBytes) {
      throw new BodyTooLargeException(maxBytes);
    }
    int most = (int) Math.min(Math.min(length, leftBytes), maxBytes - readBytes);
    int count = connection.read(into, offset, most);
    if (count < 0) {
      throw new IOException("the connection ended within the body");
    }
    readBytes += count;
    leftBytes -= count;
    if (!chunked && leftBytes == 0) {
      ended = true;
    }
    return count;
  }

  private void nextChunk() throws IOException {
    if (!first && !line().isEmpty()) {
      throw new IOException("a chunk has no end");
    }
    first = false;
    String size = line();
    int extension = size.indexOf(';');
    String digits = (extension < 0 ? size : size.substring(0, extension)).strip();
    if (digits.isEmpty()
        || digits.length() > 15
        || digits.charAt(0) == '-'
        || digits.charAt(0) == '+') {
      throw new IOException("a chunk has no length");
    }
    try {
      leftBytes = Long.parseLong(digits, 16);
    } catch (NumberFormatException e) {
      throw new IOException("a chunk has no length", e);
    }
    if (leftBytes == 0) {
      while (!line().isEmpty()) {
        // Trailers are of no use here.
      }
      ended = true;
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int read = connection.read();
      if (read < 0) {
        throw new IOException("the connection ended within the body");
      }
      if (read == '\n') {
        return line.toString();
      }
      if (read != '\r') {
        if (line.length() == MAX_LINE) {
          throw new IOException("a line of a chunk is too long");
        }
        line.append((char) read);
      }
    }
  }
}
