package dev.longshore.agent.event;

/// A walk over the records of a [Block]; reusable, makes no objects.
///
/// The raw bytes of the current record are `block.payload()[rawOffset() .. rawOffset() +
/// rawBytes())`.
public final class RecordCursor {
  private byte[] bytes = new byte[0];
  private int at;
  private int limit;
  private long next;

  private int flags;
  private long start;
  private long span;
  private int ordinal;
  private int rawOffset;
  private int rawBytes;

  /// Stands before the first record of `block`.
  public void over(Block block) {
    bytes = block.payload();
    at = 0;
    limit = block.payloadBytes();
    next = block.base();
  }

  /// Moves to the next record.
  ///
  /// @return false after the last one
  /// @throws IllegalStateException when the payload is not what [Block] writes
  public boolean advance() {
    if (at >= limit) {
      return false;
    }
    flags = bytes[at++] & 0xff;
    long skip = 0;
    if ((flags & Block.FLAG_SKIPS) != 0) {
      long zigzag = varint();
      skip = zigzag >>> 1 ^ -(zigzag & 1);
    }
    long stated = (flags & Block.FLAG_SPANS) != 0 ? varint() : -1;
    ordinal = (flags & Block.FLAG_FRAGMENT) != 0 ? (int) varint() : 0;
    rawBytes = (int) varint();
    rawOffset = at;
    if (rawBytes < 0 || rawBytes > limit - at) {
      throw new IllegalStateException(
          "a record of " + rawBytes + " bytes in a payload with " + (limit - at) + " left");
    }
    at += rawBytes;
    start = next + skip;
    span = stated >= 0 ? stated : rawBytes;
    next = start + span;
    return true;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= limit) {
        throw new IllegalStateException("the payload ends inside a number");
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalStateException("a number of more than 64 bits in the payload");
  }

  /// The FLAG constants of [Block] that hold for it.
  public int flags() {
    return flags;
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /// 0 for stdout, 1 for stderr.
  public int stream() {
    return flags & Block.FLAG_STDERR;
  }

  /// Where its first line begins, in bytes from the generation's start: `log.offset`.
  public long start() {
    return start;
  }

  /// Distance from [#start] to the end of its last line, in bytes.
  public long span() {
    return span;
  }

  /// Which fragment of a long record it is, from 0.
  public int ordinal() {
    return ordinal;
  }

  /// Where its lines stand in the block's payload.
  public int rawOffset() {
    return rawOffset;
  }

  /// Length of its lines, in bytes.
  public int rawBytes() {
    return rawBytes;
  }
}
