package dev.longshore.agent.event;

import java.util.zip.CRC32C;

/// The CRC32C of the last 256 bytes before an offset of a log file; of all bytes before it where
/// the offset is lower. It shows at a restart whether a file that begins as before is still the one
/// that was read: see [Position#tailOffset()].
///
/// It follows the reading of one file: [#startAt], then [#update] with the bytes in their order.
/// Memory: the window of 256 bytes. No call allocates. One thread.
public final class TailChecksum {

  /// How many bytes before the offset are covered.
  public static final int WINDOW_BYTES = 256;

  private final CRC32C crc = new CRC32C();
  private final byte[] window = new byte[WINDOW_BYTES];
  private int windowBytes;
  private long offset;

  /// Begins anew. The next byte to be given is the one at `offset`. To have the checksum at an
  /// offset in the middle of a file, start at [#windowStart] of it.
  public void startAt(long offset) {
    this.offset = offset;
    windowBytes = 0;
  }

  /// Where the window of an offset begins: from there on bytes are needed for its checksum.
  public static long windowStart(long offset) {
    return Math.max(0, offset - WINDOW_BYTES);
  }

  /// Takes the next bytes of the file.
  public void update(byte[] bytes, int from, int length) {
    if (length >= WINDOW_BYTES) {
      System.arraycopy(bytes, from + length - WINDOW_BYTES, window, 0, WINDOW_BYTES);
      windowBytes = WINDOW_BYTES;
    } else {
      int kept = Math.min(windowBytes, WINDOW_BYTES - length);
      System.arraycopy(window, windowBytes - kept, window, 0, kept);
      System.arraycopy(bytes, from, window, kept, length);
      windowBytes = kept + length;
    }
    offset += length;
  }

  /// Up to where bytes were taken.
  public long offset() {
    return offset;
  }

  /// Whether all bytes of the window of [#offset] were taken, so that [#value] is its checksum.
  public boolean isComplete() {
    return windowBytes == Math.min(offset, WINDOW_BYTES);
  }

  /// The checksum of the window before [#offset].
  ///
  /// @throws IllegalStateException when bytes of it are missing
  public int value() {
    if (!isComplete()) {
      throw new IllegalStateException(
          "only %d of the bytes before offset %d are known".formatted(windowBytes, offset));
    }
    crc.reset();
    crc.update(window, 0, windowBytes);
    return (int) crc.getValue();
  }

  /// Whether the bytes before [#offset] are those that were there when the position was committed.
  ///
  /// @throws IllegalArgumentException when the position's checksum is of another offset
  /// @throws IllegalStateException when bytes of the window are missing
  public boolean matches(Position position) {
    if (position.tailOffset() != offset) {
      throw new IllegalArgumentException(
          "checksum at %d compared with one at %d".formatted(offset, position.tailOffset()));
    }
    return value() == position.tailChecksum();
  }
}
