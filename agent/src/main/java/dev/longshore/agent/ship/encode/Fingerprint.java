package dev.longshore.agent.ship.encode;

import java.nio.charset.StandardCharsets;

/// A hash by which the same error is known again in another pod, on another day: of an exception's
/// types and frames, or of a message without what changes in it. Reused for each error.
///
/// The text begins with the version of these rules, so that old and new ones are never compared.
/// The hash is FNV-1a of 64 bits with MurmurHash3's finalizer over it.
final class Fingerprint {
  /// Length of what [#write] writes.
  static final int BYTES = 18;

  private static final byte VERSION = '1';
  private static final int MESSAGE_WINDOW_BYTES = 1024;
  private static final int HEX_WORD_BYTES = 8;
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;
  private static final byte PLACEHOLDER = '#';
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private long hash = OFFSET_BASIS;

  void start() {
    hash = OFFSET_BASIS;
  }

  private void add(byte b) {
    hash = (hash ^ (b & 0xff)) * PRIME;
  }

  /// Adds a name or a frame, without line numbers, addresses and the numbers that compilers and
  /// proxies put into names.
  void frame(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      byte b = bytes[i];
      if (Words.isDigit(b)) {
        int end = b == '0' && i + 1 < to && bytes[i + 1] == 'x' ? i + 2 : i;
        i = end > i ? hexEnd(bytes, end, to) : digitsEnd(bytes, i, to);
        add(PLACEHOLDER);
      } else if (b == '$' && i + 1 < to && bytes[i + 1] == '$') {
        add(b);
        int end = hexEnd(bytes, i + 2, to);
        boolean generated = end > i + 2 && (end == to || !Words.isLetter(bytes[end]));
        i = generated ? end : i + 2;
      } else {
        add(b);
        i++;
      }
    }
    add((byte) '\n');
  }

  /// Adds a message: tokens with digits, quoted text, long hexadecimal words and the pod's name
  /// become placeholders, blanks one blank.
  void message(byte[] bytes, int from, int to, byte[] pod) {
    int end = Math.min(to, from + MESSAGE_WINDOW_BYTES);
    boolean blank = false;
    int i = from;
    while (i < end) {
      byte b = bytes[i];
      if (b >= 0 && b <= ' ') {
        blank = true;
        i++;
        continue;
      }
      if (blank) {
        add((byte) ' ');
        blank = false;
      }
      if (isToken(b)) {
        i = token(bytes, i, end, pod);
      } else {
        int close = isQuote(bytes, from, i) ? Words.indexOf(bytes, i + 1, end, b) : -1;
        if (close >= 0) {
          add(PLACEHOLDER);
          i = close + 1;
        } else {
          add(b);
          i++;
        }
      }
    }
  }

  private int token(byte[] bytes, int from, int end, byte[] pod) {
    int i = from;
    boolean digits = false;
    boolean hex = true;
    while (i < end && isToken(bytes[i])) {
      digits |= Words.isDigit(bytes[i]);
      hex &= Words.hex(bytes[i]) >= 0;
      i++;
    }
    boolean isPod = pod.length > 0 && Words.startsWith(bytes, from, i, pod);
    if (digits || isPod || (hex && i - from >= HEX_WORD_BYTES)) {
      add(PLACEHOLDER);
    } else {
      for (int k = from; k < i; k++) {
        add(bytes[k]);
      }
    }
    return i;
  }

  private static boolean isToken(byte b) {
    return b < 0
        || Words.isLetter(b)
        || Words.isDigit(b)
        || b == '_'
        || b == '-'
        || b == '.'
        || b == '@'
        || b == '%';
  }

  /// A single quote inside a word is an apostrophe.
  private static boolean isQuote(byte[] bytes, int from, int at) {
    return switch (bytes[at]) {
      case '"', '`' -> true;
      case '\'' -> at == from || !Words.isLetter(bytes[at - 1]);
      default -> false;
    };
  }

  private static int digitsEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && Words.isDigit(bytes[i])) {
      i++;
    }
    return i;
  }

  private static int hexEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && Words.hex(bytes[i]) >= 0) {
      i++;
    }
    return i;
  }

  /// Writes `1:` and 16 hexadecimal digits.
  void write(byte[] target, int offset) {
    long mixed = hash;
    mixed ^= mixed >>> 33;
    mixed *= 0xff51afd7ed558ccdL;
    mixed ^= mixed >>> 33;
    mixed *= 0xc4ceb9fe1a85ec53L;
    mixed ^= mixed >>> 33;
    target[offset] = VERSION;
    target[offset + 1] = ':';
    for (int i = 0; i < 16; i++) {
      target[offset + 2 + i] = HEX[(int) (mixed >>> (60 - 4 * i)) & 0xf];
    }
  }
}
