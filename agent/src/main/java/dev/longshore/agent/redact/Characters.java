package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;
import java.nio.charset.StandardCharsets;

/// Which characters what consists of, as a table of bits.
final class Characters {
  /// Letters, digits, `-` and `_`: what tokens are made of, and base64url.
  static final int TOKEN = 1;

  static final int ALPHANUMERIC = 1 << 1;
  static final int LOWER_HEX = 1 << 2;
  static final int UPPER_OR_DIGIT = 1 << 3;

  /// What a key is made of: TOKEN and dots.
  static final int KEY = 1 << 4;

  /// What credentials behind a scheme are made of (RFC 7235, token68).
  static final int TOKEN68 = 1 << 5;

  /// What stands between a key and `=` or `:`.
  static final int DECORATION = 1 << 6;

  /// What base64 is made of, in both alphabets.
  static final int BASE64 = 1 << 7;

  private static final byte[] BITS = bits();

  private Characters() {}

  private static byte[] bits() {
    byte[] bits = new byte[256];
    for (int b = 0; b < 128; b++) {
      boolean digit = b >= '0' && b <= '9';
      boolean upper = b >= 'A' && b <= 'Z';
      boolean lower = b >= 'a' && b <= 'z';
      boolean alphanumeric = digit || upper || lower;
      boolean token = alphanumeric || b == '-' || b == '_';
      int of = token ? TOKEN : 0;
      of |= alphanumeric ? ALPHANUMERIC : 0;
      of |= digit || (b >= 'a' && b <= 'f') ? LOWER_HEX : 0;
      of |= digit || upper ? UPPER_OR_DIGIT : 0;
      of |= token || b == '.' ? KEY : 0;
      of |= token || "._~+/=".indexOf(b) >= 0 ? TOKEN68 : 0;
      of |= " \t\"'\\]".indexOf(b) >= 0 ? DECORATION : 0;
      of |= token || "+/=".indexOf(b) >= 0 ? BASE64 : 0;
      bits[b] = (byte) of;
    }
    return bits;
  }

  static boolean is(byte b, int characters) {
    return (BITS[b & 0xff] & characters) != 0;
  }

  /// Where a run of them ends that begins at `from`.
  static int runEnd(byte[] bytes, int from, int to, int characters) {
    int i = from;
    while (i < to && is(bytes[i], characters)) {
      i++;
    }
    return i;
  }

  /// Where a run of them begins that ends at `end`.
  static int runStart(byte[] bytes, int end, int floor, int characters) {
    int i = end;
    while (i > floor && is(bytes[i - 1], characters)) {
      i--;
    }
    return i;
  }

  /// How many backslashes stand before `at`.
  static int backslashes(byte[] bytes, int at, int floor) {
    int i = at;
    while (i > floor && bytes[i - 1] == '\\') {
      i--;
    }
    return at - i;
  }

  /// Behind the escape (`\n`, or `u` and four digits) in which `at` stands; `at` where it stands in
  /// none.
  static int afterEscape(byte[] bytes, int at, int end, int floor) {
    for (int back = 1; back <= 5 && at - back >= floor; back++) {
      int backslash = at - back;
      if (bytes[backslash] != '\\') {
        continue;
      }
      if ((backslashes(bytes, backslash + 1, floor) & 1) == 0) {
        return at;
      }
      if (isUnit(bytes, backslash + 1, end)) {
        return Math.min(end, backslash + 6);
      }
      return back == 1 ? Math.min(end, at + 1) : at;
    }
    return at;
  }

  private static boolean isUnit(byte[] bytes, int at, int end) {
    if (at + 5 > bytes.length || bytes[at] != 'u' || at >= end) {
      return false;
    }
    for (int i = at + 1; i < at + 5; i++) {
      if (Bytes.hex(bytes[i]) < 0) {
        return false;
      }
    }
    return true;
  }

  /// Whether there are both letters and digits.
  static boolean isMixed(byte[] bytes, int from, int to) {
    boolean digit = false;
    boolean letter = false;
    for (int i = from; i < to; i++) {
      int folded = bytes[i] | 0x20;
      digit |= bytes[i] >= '0' && bytes[i] <= '9';
      letter |= folded >= 'a' && folded <= 'z';
    }
    return digit && letter;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
