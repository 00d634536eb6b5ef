package dev.longshore.agent.line;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Bytes looked at eight at a time, the shape of UTF-8, and texts to look for. Pays off in
/// `EncodingBenchmark`.
public final class Bytes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /// One in each byte.
  public static final long ONES = 0x0101010101010101L;

  private static final long HIGHS = 0x8080808080808080L;
  private static final long LINE_FEEDS = '\n' * ONES;

  private Bytes() {}

  /// The bytes of a text that is ASCII.
  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// The eight bytes at `at`, the first one lowest.
  public static long get(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  public static void set(byte[] bytes, int at, long word) {
    LONGS.set(bytes, at, word);
  }

  /// Whether a word has a byte that can't stand in a JSON string as it is, or is not ASCII: zero
  /// when not, else the lowest set bit is in the first such byte.
  public static long special(long word) {
    long control = (word - ONES * 0x20) & ~word;
    long quote = word ^ ONES * '"';
    long backslash = word ^ ONES * '\\';
    long zeros = ((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash);
    return (control | zeros | word) & HIGHS;
  }

  /// Which byte of the word a result of [#special] or [#zeros] means.
  public static int first(long special) {
    return Long.numberOfTrailingZeros(special) >>> 3;
  }

  /// Where `wanted` stands first in `[from, to)`, or -1.
  public static int indexOf(byte[] bytes, int from, int to, byte wanted) {
    int i = from;
    long pattern = ONES * (wanted & 0xff);
    while (i + 8 <= to) {
      long found = zeros(get(bytes, i) ^ pattern);
      if (found != 0) {
        return i + first(found);
      }
      i += 8;
    }
    for (; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /// Where `text` stands first in `[from, end)`, or -1.
  public static int indexOf(byte[] bytes, int from, int end, byte[] text) {
    int last = end - text.length + 1;
    int i = from;
    while (i < last) {
      i = indexOf(bytes, i, last, text[0]);
      if (i < 0 || startsWith(bytes, i, end, text)) {
        return i;
      }
      i++;
    }
    return -1;
  }

  /// Where the first line feed stands in `[from, end)`, or -1; for whole files. Pays off in
  /// `FramingBenchmark`.
  public static int lineFeed(byte[] bytes, int from, int end) {
    int at = from;
    for (; at <= end - 32; at += 32) {
      long a = zeros(get(bytes, at) ^ LINE_FEEDS);
      long b = zeros(get(bytes, at + 8) ^ LINE_FEEDS);
      long c = zeros(get(bytes, at + 16) ^ LINE_FEEDS);
      long d = zeros(get(bytes, at + 24) ^ LINE_FEEDS);
      if ((a | b | c | d) != 0) {
        if (a != 0) {
          return at + first(a);
        }
        if (b != 0) {
          return at + 8 + first(b);
        }
        return c != 0 ? at + 16 + first(c) : at + 24 + first(d);
      }
    }
    return indexOf(bytes, at, end, (byte) '\n');
  }

  /// The high bit of each byte that is zero; exact up to the lowest one.
  public static long zeros(long word) {
    return (word - ONES) & ~word & HIGHS;
  }

  /// Whether `text` stands at `at`, before `end`.
  public static boolean startsWith(byte[] bytes, int at, int end, byte[] text) {
    if (end - at < text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (bytes[at + i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  /// Length of the UTF-8 sequence of two to four bytes at `at`, or 0 when there is no valid one
  /// before `end` (Unicode 16, table 3-7).
  public static int sequence(byte[] bytes, int at, int end) {
    int lead = bytes[at] & 0xff;
    if (lead < 0xc2 || lead > 0xf4 || end - at < 2) {
      return 0;
    }
    int second = bytes[at + 1] & 0xff;
    if (lead < 0xe0) {
      return continues(second) ? 2 : 0;
    }
    int lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest || end - at < 3 || !continues(bytes[at + 2])) {
      return 0;
    }
    if (lead < 0xf0) {
      return 3;
    }
    return end - at >= 4 && continues(bytes[at + 3]) ? 4 : 0;
  }

  private static boolean continues(int b) {
    return (b & 0xc0) == 0x80;
  }

  /// Behind a UTF-8 byte order mark at `from`, or `from` where there is none.
  public static int afterByteOrderMark(byte[] bytes, int from, int end) {
    return end - from >= 3
            && bytes[from] == (byte) 0xef
            && bytes[from + 1] == (byte) 0xbb
            && bytes[from + 2] == (byte) 0xbf
        ? from + 3
        : from;
  }

  public static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  public static boolean isLetter(byte b) {
    int folded = b | 0x20;
    return folded >= 'a' && folded <= 'z';
  }

  /// Value of a hexadecimal digit, or -1.
  public static int hex(byte b) {
    if (isDigit(b)) {
      return b - '0';
    }
    int folded = b | 0x20;
    return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
  }
}
