package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;

/// Quotes that stand in a text under another name: the escape of JSON with their code, `u0022`,
/// which .NET and PHP write in JSON within a string of JSON, and HTML's `&quot;` and `&#34;`.
final class EscapedQuote {
  private static final byte[][] UNITS = {Characters.ascii("u0022"), Characters.ascii("u0027")};
  private static final byte[][] ENTITIES = {
    Characters.ascii("&quot;"), Characters.ascii("&#34;"), Characters.ascii("&#39;")
  };

  /// What such a quote can end with, for [KeyName#mayEndWith].
  static final byte[][] ENDINGS = {
    Characters.ascii("0022"),
    Characters.ascii("0027"),
    Characters.ascii("uot;"),
    Characters.ascii("#34;"),
    Characters.ascii("#39;")
  };

  private static final int LONGEST_VALUE = 4 << 10;

  private EscapedQuote() {}

  /// Where the quote begins, with its backslashes, that ends at `end`; `end` where none does.
  static int before(byte[] bytes, int end, int floor) {
    byte last = bytes[end - 1];
    if (last == '2' || last == '7') {
      int unit = end - UNITS[0].length;
      if (unit - 1 >= floor && bytes[unit - 1] == '\\' && isUnit(bytes, unit, end)) {
        return unit - Characters.backslashes(bytes, unit, floor);
      }
    } else if (last == ';') {
      for (byte[] entity : ENTITIES) {
        int at = end - entity.length;
        if (at >= floor && Bytes.startsWith(bytes, at, end, entity)) {
          return at;
        }
      }
    }
    return end;
  }

  private static boolean isUnit(byte[] bytes, int at, int to) {
    return Bytes.startsWith(bytes, at, to, UNITS[0]) || Bytes.startsWith(bytes, at, to, UNITS[1]);
  }

  /// Where the quote ends that begins at `at`; `at` where none does.
  static int after(byte[] bytes, int at, int to) {
    if (at >= to) {
      return at;
    }
    if (bytes[at] == '\\') {
      int unit = afterBackslashes(bytes, at, to);
      return isUnit(bytes, unit, to) ? unit + UNITS[0].length : at;
    }
    if (bytes[at] == '&') {
      for (byte[] entity : ENTITIES) {
        if (Bytes.startsWith(bytes, at, to, entity)) {
          return at + entity.length;
        }
      }
    }
    return at;
  }

  /// Where a value ends that begins behind the quote `[open, from)`: before the same quote, or with
  /// what holds all of it; `from` where neither comes soon. A quote with more backslashes is one of
  /// the value's own.
  static int end(byte[] bytes, int open, int from, int to) {
    int limit = Math.min(to, from + LONGEST_VALUE);
    int unit = afterBackslashes(bytes, open, to);
    int wanted = unit - open;
    int i = from;
    while (i < limit) {
      int behind = afterBackslashes(bytes, i, to);
      int count = behind - i;
      if (behind >= limit || bytes[behind] == '"' || bytes[behind] == '\n') {
        return behind >= limit ? from : i;
      }
      boolean quote = startsWith(bytes, behind, to, unit, from);
      if (quote && (count < wanted || wanted == 0)) {
        return i;
      }
      if (quote && (count - wanted) % (4 * wanted) == 0) {
        return behind - wanted;
      }
      i = behind + 1;
    }
    return from;
  }

  /// Whether the text `[from, end)` stands at `at` as well.
  private static boolean startsWith(byte[] bytes, int at, int to, int from, int end) {
    int count = end - from;
    if (at + count > to) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (bytes[at + i] != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }

  private static int afterBackslashes(byte[] bytes, int at, int to) {
    int i = at;
    while (i < to && bytes[i] == '\\') {
      i++;
    }
    return i;
  }
}
