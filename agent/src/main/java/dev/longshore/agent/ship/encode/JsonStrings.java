package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Bytes;

/// The inside of JSON strings, taken out of its escapes (RFC 8259, section 7).
final class JsonStrings {
  private static final int REPLACEMENT = 0xfffd;

  private JsonStrings() {}

  /// Writes the text of `[from, to)`, which stands between quotes, as UTF-8. It never becomes
  /// longer. An escape that is none is kept as it stands; half a surrogate pair becomes U+FFFD.
  ///
  /// @return the end of what was written into `target`
  static int unescape(byte[] bytes, int from, int to, byte[] target, int offset) {
    int i = from;
    int w = offset;
    while (i < to) {
      int backslash = Bytes.indexOf(bytes, i, to, (byte) '\\');
      int plainEnd = backslash < 0 ? to : backslash;
      System.arraycopy(bytes, i, target, w, plainEnd - i);
      w += plainEnd - i;
      i = plainEnd;
      if (i + 1 >= to) {
        if (i < to) {
          target[w++] = bytes[i++];
        }
        continue;
      }
      byte escape = bytes[i + 1];
      int unit = escape == 'u' ? unit(bytes, i, to) : -1;
      if (unit >= 0) {
        i += 6;
        if (Character.isHighSurrogate((char) unit)) {
          int low =
              i + 6 <= to && bytes[i] == '\\' && bytes[i + 1] == 'u' ? unit(bytes, i, to) : -1;
          if (low >= 0 && Character.isLowSurrogate((char) low)) {
            i += 6;
            w = utf8(Character.toCodePoint((char) unit, (char) low), target, w);
          } else {
            w = utf8(REPLACEMENT, target, w);
          }
        } else {
          w = utf8(Character.isLowSurrogate((char) unit) ? REPLACEMENT : unit, target, w);
        }
        continue;
      }
      byte plain = plain(escape);
      if (plain != 0) {
        target[w++] = plain;
      } else {
        target[w++] = '\\';
        target[w++] = escape;
      }
      i += 2;
    }
    return w;
  }

  /// What a two-character escape stands for, or 0 when it is none.
  static byte plain(byte escape) {
    return switch (escape) {
      case '"', '\\', '/' -> escape;
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> 0;
    };
  }

  /// The UTF-16 unit of the escape that begins at `at`, or -1.
  static int unit(byte[] bytes, int at, int to) {
    if (at + 6 > to) {
      return -1;
    }
    int value = 0;
    for (int i = at + 2; i < at + 6; i++) {
      int digit = Bytes.hex(bytes[i]);
      if (digit < 0) {
        return -1;
      }
      value = (value << 4) | digit;
    }
    return value;
  }

  private static int utf8(int point, byte[] target, int offset) {
    int w = offset;
    if (point < 0x80) {
      target[w++] = (byte) point;
    } else if (point < 0x800) {
      target[w++] = (byte) (0xc0 | (point >> 6));
      target[w++] = (byte) (0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      target[w++] = (byte) (0xe0 | (point >> 12));
      target[w++] = (byte) (0x80 | ((point >> 6) & 0x3f));
      target[w++] = (byte) (0x80 | (point & 0x3f));
    } else {
      target[w++] = (byte) (0xf0 | (point >> 18));
      target[w++] = (byte) (0x80 | ((point >> 12) & 0x3f));
      target[w++] = (byte) (0x80 | ((point >> 6) & 0x3f));
      target[w++] = (byte) (0x80 | (point & 0x3f));
    }
    return w;
  }
}
