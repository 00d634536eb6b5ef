package dev.longshore.agent.tail;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;

/// The line by which a generation is told from others: format, first timestamp, identity.
///
/// @param offset where it begins; above 0 only behind blank lines, a byte order mark, or NUL bytes,
///   which a writer leaves that goes on at its old offset after a truncation
/// @param bytes at most [#MAX_BYTES], with the line feed if it is within them
/// @param format how the runtime wraps it
/// @param timestampNanos the runtime's, nanoseconds since the epoch, or [Block#NO_TIMESTAMP]
record FirstLine(long offset, byte[] bytes, LogFormat format, long timestampNanos) {

  /// A longer line is known by its beginning.
  static final int MAX_BYTES = 1024;

  /// Of how many generations that begin with the same line the salt is noted.
  static final int SALT_NOTES = 8;

  /// Added to the inode for each life of a file that begins again with the same line.
  private static final long LIFE_STEP = 1L << 48;

  private static final byte[] UTF16_LITTLE = {(byte) 0xff, (byte) 0xfe};
  private static final byte[] UTF16_BIG = {(byte) 0xfe, (byte) 0xff};
  private static final int SHORTEST_UTF16_BYTES = 4;
  private static final int UTF16_WINDOW_BYTES = 128;

  private static final byte[] DOCKER = "{\"log\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DOCKER_TIME = "\"time\":\"".getBytes(StandardCharsets.US_ASCII);

  /// RFC 3339 with nanoseconds and a numeric zone.
  private static final int MAX_TIMESTAMP_BYTES = 35;

  static FirstLine of(long offset, byte[] bytes) {
    if (startsWith(bytes, 0, DOCKER)) {
      int time = lastIndexOf(bytes, DOCKER_TIME);
      return new FirstLine(
          offset,
          bytes,
          LogFormat.DOCKER_JSON,
          time < 0 ? Block.NO_TIMESTAMP : timestamp(bytes, time + DOCKER_TIME.length, '"'));
    }
    long nanos = timestamp(bytes, 0, ' ');
    boolean cri = nanos != Block.NO_TIMESTAMP && namesStream(bytes);
    return new FirstLine(
        offset, bytes, cri ? LogFormat.CRI : LogFormat.PLAIN, cri ? nanos : Block.NO_TIMESTAMP);
  }

  /// The identity of the generation that begins with this line.
  ///
  /// @param folder real path of its folder
  /// @param inode joins in where there is no timestamp
  /// @param life how often the file was begun anew with the same line before
  GenerationId id(String folder, long inode, int life) {
    return id(folder, salt(inode, life));
  }

  /// The identity of the generation that begins with this line.
  ///
  /// @param salt by which it is told from others that do, as [#salt] gives it
  GenerationId id(String folder, long salt) {
    return GenerationId.of(folder, withoutLineFeed(), salt);
  }

  /// By what a generation is told from others that begin with this line: inode and life.
  long salt(long inode, int life) {
    return (hasTimestamp() ? 0 : inode) + life * LIFE_STEP;
  }

  /// Under which identity the salt of a generation is noted that begins with this line. No folder
  /// has a NUL in its path, so it is the identity of no generation.
  ///
  /// @param slot from 0 to [#SALT_NOTES]
  GenerationId noteId(String folder, int slot) {
    return GenerationId.of(folder + "\0salt", withoutLineFeed(), slot);
  }

  private byte[] withoutLineFeed() {
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] == '\n') {
      length--;
    }
    return Arrays.copyOf(bytes, length);
  }

  boolean hasTimestamp() {
    return timestampNanos != Block.NO_TIMESTAMP;
  }

  /// Whether the text is in UTF-16: a byte order mark, or a NUL in each second place, as in any
  /// text that is mostly ASCII.
  boolean isUtf16() {
    if (format != LogFormat.PLAIN || bytes.length < SHORTEST_UTF16_BYTES) {
      return false;
    }
    if (startsWith(bytes, 0, UTF16_LITTLE) || startsWith(bytes, 0, UTF16_BIG)) {
      return true;
    }
    int[] nul = new int[2];
    int looked = Math.min(bytes.length, UTF16_WINDOW_BYTES) & ~1;
    for (int i = 0; i < looked; i++) {
      nul[i & 1] += bytes[i] == 0 ? 1 : 0;
    }
    return Math.min(nul[0], nul[1]) == 0 && Math.max(nul[0], nul[1]) > looked * 3 / 8;
  }

  boolean sameAs(FirstLine other) {
    return Arrays.equals(bytes, other.bytes);
  }

  private static boolean namesStream(byte[] bytes) {
    int space = 0;
    while (bytes[space] != ' ') {
      space++;
    }
    return startsWith(bytes, space, " stdout ".getBytes(StandardCharsets.US_ASCII))
        || startsWith(bytes, space, " stderr ".getBytes(StandardCharsets.US_ASCII));
  }

  private static long timestamp(byte[] bytes, int from, char end) {
    int to = from;
    while (to < bytes.length && bytes[to] != end && to - from <= MAX_TIMESTAMP_BYTES) {
      to++;
    }
    if (to == bytes.length || bytes[to] != end || to - from < "2026-11-23T05:48:55Z".length()) {
      return Block.NO_TIMESTAMP;
    }
    try {
      Instant instant =
          OffsetDateTime.parse(new String(bytes, from, to - from, StandardCharsets.US_ASCII))
              .toInstant();
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    } catch (DateTimeException | ArithmeticException e) {
      return Block.NO_TIMESTAMP;
    }
  }

  private static boolean startsWith(byte[] bytes, int from, byte[] start) {
    return bytes.length - from >= start.length
        && Arrays.equals(bytes, from, from + start.length, start, 0, start.length);
  }

  private static int lastIndexOf(byte[] bytes, byte[] wanted) {
    for (int i = bytes.length - wanted.length; i >= 0; i--) {
      if (startsWith(bytes, i, wanted)) {
        return i;
      }
    }
    return -1;
  }
}
