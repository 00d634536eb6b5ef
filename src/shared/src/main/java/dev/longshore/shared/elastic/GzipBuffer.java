package dev.longshore.shared.elastic;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// One request body as gzip (RFC 1952) at level 1, in an array that is used again and again. One
/// owner at a time.
final class GzipBuffer {
  /// Identification, deflate, no flags, no time, fastest, unknown system.
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};

  private static final int TRAILER_BYTES = 8;

  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final CRC32 checksum = new CRC32();
  private byte[] bytes = new byte[256 * 1024];
  private int length;

  /// Compresses `from[0, fromLength)`.
  void fill(byte[] from, int fromLength) {
    System.arraycopy(HEADER, 0, bytes, 0, HEADER.length);
    length = HEADER.length;
    checksum.reset();
    checksum.update(from, 0, fromLength);
    deflater.reset();
    deflater.setInput(from, 0, fromLength);
    deflater.finish();
    while (!deflater.finished()) {
      if (bytes.length - length < TRAILER_BYTES + 1024) {
        bytes = Arrays.copyOf(bytes, bytes.length * 2);
      }
      length += deflater.deflate(bytes, length, bytes.length - length - TRAILER_BYTES);
    }
    littleEndian((int) checksum.getValue());
    littleEndian(fromLength);
  }

  private void littleEndian(int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      bytes[length++] = (byte) (value >>> shift);
    }
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /// Buffers that wait for their next request; as many as requests were ever in flight at a time.
  static final class Pool {
    /// Guarded by this.
    private final ArrayDeque<GzipBuffer> idle = new ArrayDeque<>();

    /// Guarded by this.
    private boolean closed;

    synchronized GzipBuffer take() {
      GzipBuffer buffer = idle.pollFirst();
      return buffer == null ? new GzipBuffer() : buffer;
    }

    synchronized void give(GzipBuffer buffer) {
      if (closed) {
        buffer.deflater.end();
      } else {
        idle.addFirst(buffer);
      }
    }

    synchronized void close() {
      closed = true;
      idle.forEach(buffer -> buffer.deflater.end());
      idle.clear();
    }
  }
}
