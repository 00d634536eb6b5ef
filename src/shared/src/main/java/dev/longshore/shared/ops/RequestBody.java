package dev.longshore.shared.ops;

import java.io.IOException;
import java.io.InputStream;

/// A request's body as it arrives, of a length that is stated or in chunks (RFC 9112, 7.1), and
/// bounded. What is behind it in the connection is not touched.
///
/// A proxy before us must see each chunk where we do, or what it takes for a part of one request is
/// another for us. So lengths are hexadecimal digits alone, and lines end with CR LF, neither of
/// which stands by itself in them.
final class RequestBody extends InputStream {
  private static final int MAX_LINE = 1024;

  /// Of extensions and trailers in all, which say nothing to us: they are no part of the body, and
  /// its limit does not bound them.
  private static final int MAX_EXTRA_BYTES = 16 << 10;

  private final InputStream connection;
  private final boolean chunked;
  private final int maxBytes;

  /// Left of the body, or of the current chunk.
  private long leftBytes;

  private long readBytes;
  private int extraBytes;
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
    int count = receive(into, offset, most);
    if (count < 0) {
      throw new UnreadableBodyException("the connection ended within the body");
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
      throw new UnreadableBodyException("a chunk has no end");
    }
    first = false;
    String size = line();
    int extension = size.indexOf(';');
    String digits = withoutBlanks(extension < 0 ? size : size.substring(0, extension));
    extra(size.length() - digits.length());
    if (digits.isEmpty() || digits.length() > 15 || !digits.chars().allMatch(RequestBody::isHex)) {
      throw new UnreadableBodyException("a chunk has no length");
    }
    leftBytes = Long.parseLong(digits, 16);
    if (leftBytes == 0) {
      for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
        extra(trailer.length());
      }
      ended = true;
    }
  }

  /// Without those at its end, which old servers fill lengths up with.
  private static String withoutBlanks(String digits) {
    int end = digits.length();
    while (end > 0 && (digits.charAt(end - 1) == ' ' || digits.charAt(end - 1) == '\t')) {
      end--;
    }
    return digits.substring(0, end);
  }

  private static boolean isHex(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private void extra(int bytes) throws IOException {
    extraBytes += bytes;
    if (extraBytes > MAX_EXTRA_BYTES) {
      throw new UnreadableBodyException("extensions and trailers of chunks are too long");
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int read = next(); read != '\r'; read = next()) {
      if ((read < ' ' && read != '\t') || read == 0x7f) {
        throw new UnreadableBodyException("a control character in a line of a chunk");
      }
      if (line.length() == MAX_LINE) {
        throw new UnreadableBodyException("a line of a chunk is too long");
      }
      line.append((char) read);
    }
    if (next() != '\n') {
      throw new UnreadableBodyException("a line of a chunk does not end with CR LF");
    }
    return line.toString();
  }

  private int next() throws IOException {
    byte[] one = new byte[1];
    if (receive(one, 0, 1) < 0) {
      throw new UnreadableBodyException("the connection ended within the body");
    }
    return one[0] & 0xff;
  }

  private int receive(byte[] into, int offset, int length) throws IOException {
    try {
      return connection.read(into, offset, length);
    } catch (IOException e) {
      throw new UnreadableBodyException(e);
    }
  }
}
