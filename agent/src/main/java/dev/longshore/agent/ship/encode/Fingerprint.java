package dev.longshore.agent.ship.encode;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Bytes;
import java.nio.charset.StandardCharsets;

/// A hash by which the same error is known again in another pod, on another day: of an exception's
/// types and frames, or of a message without what changes in it. Reused for each error.
///
/// The text begins with the version of these rules, so that old and new ones are never compared.
/// The hash is FNV-1a of 64 bits with MurmurHash3's finalizer over it.
class Fingerprint {
  /// Length of what [#write] writes.
  static final int BYTES = 18;

  static final byte VERSION = '2';
  private static final int MESSAGE_WINDOW_BYTES = 1024;
  private static final int HEX_WORD_BYTES = 8;
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;
  private static final byte PLACEHOLDER = '#';
  private static final byte[][] GENERATORS = {
    ascii("HibernateProxy"),
    ascii("HibernateInstantiator"),
    ascii("HibernateAccessOptimizer"),
    ascii("ByteBuddy"),
    ascii("MockitoMock"),
    ascii("auxiliary"),
  };
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private long hash = OFFSET_BASIS;

  void start() {
    hash = OFFSET_BASIS;
  }

  /// Adds a byte of the text that is compared.
  void add(byte b) {
    hash = (hash ^ (b & 0xff)) * PRIME;
  }

  /// Adds a name or a frame, without line numbers, addresses and the numbers that compilers and
  /// proxies put into names.
  void frame(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      byte b = bytes[i];
      if (Bytes.isDigit(b)) {
        int end = b == '0' && i + 1 < to && bytes[i + 1] == 'x' ? i + 2 : i;
        i = end > i ? hexEnd(bytes, end, to) : digitsEnd(bytes, i, to);
        add(PLACEHOLDER);
      } else if (b == '$' && i + 1 < to && bytes[i + 1] == '$') {
        add(b);
        int end = hexEnd(bytes, i + 2, to);
        boolean generated = end > i + 2 && (end == to || !Bytes.isLetter(bytes[end]));
        i = generated ? end : i + 2;
      } else if (b == '$' && isGenerator(bytes, from, i)) {
        // Byte Buddy's names end in characters drawn anew at each start.
        add(b);
        add(PLACEHOLDER);
        i = nameEnd(bytes, i + 1, to);
      } else {
        add(b);
        i++;
      }
    }
    add((byte) '\n');
  }

  /// Whether the segment of a class name that ends at `to` is that of a generator of classes.
  private static boolean isGenerator(byte[] bytes, int from, int to) {
    int start = to;
    while (start > from && Bytes.isLetter(bytes[start - 1])) {
      start--;
    }
    if (start == from || bytes[start - 1] != '$') {
      return false;
    }
    for (byte[] generator : GENERATORS) {
      if (to - start == generator.length && Bytes.startsWith(bytes, start, to, generator)) {
        return true;
      }
    }
    return false;
  }

  private static int nameEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && (Bytes.isLetter(bytes[i]) || Bytes.isDigit(bytes[i]))) {
      i++;
    }
    return i;
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
        int close = isQuote(bytes, from, i) ? Bytes.indexOf(bytes, i + 1, end, b) : -1;
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
      digits |= Bytes.isDigit(bytes[i]);
      hex &= Bytes.hex(bytes[i]) >= 0;
      i++;
    }
    boolean isPod = pod.length > 0 && Bytes.startsWith(bytes, from, i, pod);
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
        || Bytes.isLetter(b)
        || Bytes.isDigit(b)
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
      case '\'' -> at == from || !Bytes.isLetter(bytes[at - 1]);
      default -> false;
    };
  }

  private static int digitsEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && Bytes.isDigit(bytes[i])) {
      i++;
    }
    return i;
  }

  private static int hexEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && Bytes.hex(bytes[i]) >= 0) {
      i++;
    }
    return i;
  }

  /// What is written in hexadecimal digits.
  long value() {
    long mixed = hash;
    mixed ^= mixed >>> 33;
    mixed *= 0xff51afd7ed558ccdL;
    mixed ^= mixed >>> 33;
    mixed *= 0xc4ceb9fe1a85ec53L;
    mixed ^= mixed >>> 33;
    return mixed;
  }

  /// Writes `2:` and 16 hexadecimal digits.
  void write(byte[] target, int offset) {
    long mixed = value();
    target[offset] = VERSION;
    target[offset + 1] = ':';
    for (int i = 0; i < 16; i++) {
      target[offset + 2 + i] = HEX[(int) (mixed >>> (60 - 4 * i)) & 0xf];
    }
  }
}
