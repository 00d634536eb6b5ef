package dev.longshore.agent.ship.encode;

import dev.longshore.agent.event.GenerationId;

/// The id of a document: where its record starts and ends, and in which file generation.
///
/// It is [GenerationId#TEXT_BYTES] characters of the generation, 4 of the span's high part, 9 of
/// the start and 3 of the span's low part, in a URL-safe alphabet whose byte order is the numbers'
/// order. Of records below 256 KiB the high part is the same; so the ids of a generation sort as
/// its records stand, and two that follow each other differ at their ends alone, which an index
/// keeps in few bytes. 32 characters of that alphabet are what Elasticsearch stores as 24 bytes.
///
/// In version 1 the whole span, 7 characters, follows the start.
public final class DocumentId {

  /// Length of an id, in bytes.
  public static final int BYTES = GenerationId.TEXT_BYTES + 16;

  private static final int START_DIGITS = 9;
  private static final int SPAN_DIGITS = 7;
  private static final int LOW_DIGITS = 3;
  private static final int LOW_BITS = 6 * LOW_DIGITS;

  private static final byte[] ALPHABET = {
    '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H',
    'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', '_',
    'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's',
    't', 'u', 'v', 'w', 'x', 'y', 'z'
  };

  private DocumentId() {}

  /// Writes an id.
  ///
  /// @param version 1 or 2, the block's
  /// @param start offset of the record in the generation, below 2^54
  /// @param span distance from there to its end, below 2^42
  /// @return how many bytes were written: always [#BYTES]
  public static int write(
      int version, GenerationId generation, long start, long span, byte[] target, int offset) {
    generation.writeTo(target, offset);
    int at = offset + GenerationId.TEXT_BYTES;
    if (version == 1) {
      digits(start, START_DIGITS, target, at);
      digits(span, SPAN_DIGITS, target, at + START_DIGITS);
    } else {
      int highDigits = SPAN_DIGITS - LOW_DIGITS;
      digits(span >>> LOW_BITS, highDigits, target, at);
      digits(start, START_DIGITS, target, at + highDigits);
      digits(span, LOW_DIGITS, target, at + highDigits + START_DIGITS);
    }
    return BYTES;
  }

  private static void digits(long value, int count, byte[] target, int offset) {
    long rest = value;
    for (int i = count - 1; i >= 0; i--) {
      target[offset + i] = ALPHABET[(int) (rest & 0x3f)];
      rest >>>= 6;
    }
  }
}
