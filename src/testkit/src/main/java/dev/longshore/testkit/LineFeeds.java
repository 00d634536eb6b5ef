package dev.longshore.testkit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Counts line feeds, eight bytes at a time.
final class LineFeeds {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PATTERN = 0x0a0a0a0a0a0a0a0aL;
  private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;

  private LineFeeds() {}

  static long count(byte[] bytes, int from, int count) {
    int end = from + count;
    int at = from;
    long found = 0;
    for (; at + 8 <= end; at += 8) {
      long differs = (long) LONGS.get(bytes, at) ^ PATTERN;
      // The high bit of a byte stays clear only when all of its bits are zero.
      long nonZero = ((differs & LOW_BITS) + LOW_BITS) | differs;
      found += Long.bitCount(~nonZero & ~LOW_BITS);
    }
    for (; at < end; at++) {
      found += bytes[at] == '\n' ? 1 : 0;
    }
    return found;
  }
}
