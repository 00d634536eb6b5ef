package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;

/// Where in a message secrets may be: `=`, `:` and `>` behind what can be the key of one, `:`
/// before the two slashes of a URL, and runs that are long enough for a token. It may be wrong
/// about a place, and never about one that it leaves out.
///
/// Looks at a word of eight bytes at a time, and branches only where most words have nothing. A run
/// of 15 has a whole word somewhere, wherever the words begin.
final class Candidates {
  /// Bytes of a word.
  static final int WORD = 8;

  private static final long HIGHS = 0x8080_8080_8080_8080L;
  private static final long LOWS = 0x7f * Bytes.ONES;
  private static final long EQUAL_SIGNS = '=' * Bytes.ONES;
  private static final long COLONS = ':' * Bytes.ONES;

  private static final long QUESTION_MARKS = '?' * Bytes.ONES;

  /// Added to a byte that was turned over by `?`, it leaves the high bit unset from `:` to `?`.
  private static final long TO_HIGH_BIT_BEFORE_COLON = (0x7f - (':' ^ '?')) * Bytes.ONES;

  /// Takes away the one bit in which `>` and `:` differ, so that one look finds both.
  private static final long ANGLES_TO_COLONS = ~(('>' ^ ':') * Bytes.ONES);

  /// Turned over in a byte, it puts `-` right below the digits, and `,`, `.` and `/` below that.
  private static final long DASH_BIT = 2 * Bytes.ONES;

  /// Added to a byte below 0x80, after that, it sets the high bit of dashes, digits, letters,
  /// underscores and a few others.
  private static final long TO_HIGH_BIT = (0x80 - ('-' ^ 2)) * Bytes.ONES;

  private Candidates() {}

  /// Where the first word from `from` on begins that must be looked at: for its [#anchors], or else
  /// for the run in which it stands. `to`, or a place behind it, when there is none. The last bytes
  /// are looked at as a word whose other bytes are zero; no token has its only whole word there.
  static int next(byte[] bytes, int from, int to) {
    int i = from;
    int last = to - WORD;
    while (i <= last) {
      long word = Bytes.get(bytes, i) & LOWS;
      if (mayHaveAnchors(word)) {
        if (mayHaveValue(bytes, i, anchors(word))) {
          return i;
        }
      } else if ((ofTokens(word) & HIGHS) == HIGHS && mayBeLong(bytes, i, to)) {
        return i;
      }
      i += WORD;
    }
    return i < to && mayHaveValue(bytes, i, anchors(bytes, i, to)) ? i : i + WORD;
  }

  /// The high bit of each `=`, `:` and `>` among the first eight bytes of `[i, to)`.
  static long anchors(byte[] bytes, int i, int to) {
    int count = to - i;
    if (count >= WORD) {
      return anchors(Bytes.get(bytes, i) & LOWS);
    }
    if (to >= WORD) {
      return anchors((Bytes.get(bytes, to - WORD) >>> (64 - 8 * count)) & LOWS);
    }
    long word = 0;
    for (int at = to - 1; at >= i; at--) {
      word = (word << 8) | (bytes[at] & 0x7f);
    }
    return anchors(word);
  }

  /// Whether there is one of the six characters from `:` to `?`, of which three are anchors: a
  /// cheaper look, and the other three are seldom.
  private static boolean mayHaveAnchors(long word) {
    return (~((word ^ QUESTION_MARKS) + TO_HIGH_BIT_BEFORE_COLON) & HIGHS) != 0;
  }

  private static long anchors(long word) {
    long colons = (word & ANGLES_TO_COLONS) ^ COLONS;
    return ~(((word ^ EQUAL_SIGNS) + LOWS) & (colons + LOWS)) & HIGHS;
  }

  /// The high bit is set in each byte that may be of a token; other bits mean nothing.
  private static long ofTokens(long word) {
    return (word ^ DASH_BIT) + TO_HIGH_BIT;
  }

  private static boolean mayHaveValue(byte[] bytes, int i, long anchors) {
    for (long rest = anchors; rest != 0; rest &= rest - 1) {
      if (mayHaveValue(bytes, i + Bytes.first(rest))) {
        return true;
      }
    }
    return false;
  }

  /// Whether what stands before `at`, past one quote, can be the end of a key that matters, or `at`
  /// is in a URL. Most keys are passed over here.
  static boolean mayHaveValue(byte[] bytes, int at) {
    if (at < WORD) {
      return true;
    }
    long before = Bytes.get(bytes, at - WORD);
    long quote = (before >>> 56) ^ '"';
    // Eight where it is zero, without a branch: JSON and text come in turns.
    long past = ((quote - 1) >>> 60) & 8;
    int lastFour = (int) (before << past >>> 32);
    return KeyName.mayEndWith(lastFour)
        || Characters.is((byte) (lastFour >>> 24), Characters.DECORATION)
        || (at + 1 < bytes.length && bytes[at + 1] == '/');
  }

  /// Whether the run may be long enough in which the word at `i` stands, if no word before it is
  /// whole. Ids of 16 digits, which many lines have, end here.
  private static boolean mayBeLong(byte[] bytes, int i, int to) {
    if (i + 2 * WORD > bytes.length) {
      return true;
    }
    int behind = Math.min(to - i - WORD, Long.numberOfTrailingZeros(ends(bytes, i + WORD)) >>> 3);
    int before = i < WORD ? i : Long.numberOfLeadingZeros(ends(bytes, i - WORD)) >>> 3;
    return before + WORD + behind >= TokenScanner.MIN_RUN;
  }

  /// The high bit of most bytes that end a run.
  private static long ends(byte[] bytes, int at) {
    long word = Bytes.get(bytes, at) & LOWS;
    return (~ofTokens(word) & HIGHS) | anchors(word);
  }
}
