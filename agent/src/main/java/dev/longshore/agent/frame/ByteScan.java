package dev.longshore.agent.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Finding bytes in arrays, eight at a time; `FramingBenchmark` pays for it.
final class ByteScan {
  /// Eight bytes of an array as a long, the first byte lowest.
  static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static final long ONES = 0x0101010101010101L;
  static final long HIGHS = 0x8080808080808080L;

  private static final long LINE_FEEDS = '\n' * ONES;

  private ByteScan() {}

  /// Index of the first line feed in `[from, end)`, or -1.
  static int lineFeed(byte[] bytes, int from, int end) {
    int at = from;
    for (; at <= end - 32; at += 32) {
      long a = zeros((long) LONGS.get(bytes, at) ^ LINE_FEEDS);
      long b = zeros((long) LONGS.get(bytes, at + 8) ^ LINE_FEEDS);
      long c = zeros((long) LONGS.get(bytes, at + 16) ^ LINE_FEEDS);
      long d = zeros((long) LONGS.get(bytes, at + 24) ^ LINE_FEEDS);
      if ((a | b | c | d) != 0) {
        if (a != 0) {
          return at + index(a);
        }
        if (b != 0) {
          return at + 8 + index(b);
        }
        return c != 0 ? at + 16 + index(c) : at + 24 + index(d);
      }
    }
    return find(bytes, at, end, '\n');
  }

  /// Index of the first `wanted` (an ASCII character) in `[from, end)`, or -1.
  static int find(byte[] bytes, int from, int end, char wanted) {
    long pattern = wanted * ONES;
    int at = from;
    for (; at <= end - 8; at += 8) {
      long hit = zeros((long) LONGS.get(bytes, at) ^ pattern);
      if (hit != 0) {
        return at + index(hit);
      }
    }
    for (; at < end; at++) {
      if (bytes[at] == wanted) {
        return at;
      }
    }
    return -1;
  }

  /// Whether `[from, end)` begins with `text`, which is ASCII.
  static boolean startsWith(byte[] bytes, int from, int end, byte[] text) {
    if (end - from < text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (bytes[from + i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  /// Index at which `text` first stands in `[from, end)`, or -1.
  static int find(byte[] bytes, int from, int end, byte[] text) {
    for (int at = from; at <= end - text.length; at++) {
      if (bytes[at] == text[0] && startsWith(bytes, at, end, text)) {
        return at;
      }
    }
    return -1;
  }

  /// The high bit of each byte that is zero; exact up to the lowest one.
  static long zeros(long word) {
    return (word - ONES) & ~word & HIGHS;
  }

  static int index(long highBits) {
    return Long.numberOfTrailingZeros(highBits) >>> 3;
  }
}
