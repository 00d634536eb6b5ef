package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Bytes;

/// A reader of JSON tokens (RFC 8259) over bytes; makes no objects. It says where a token ends, how
/// long its text is, and whether it is valid.
final class JsonScanner {
  private static final int NOT_JSON = -1;

  private boolean escapes;
  private boolean broken;
  private boolean lineBreaks;
  private int textBytes;

  /// Where the string ends whose first byte behind the quote is at `from`: at its closing quote, or
  /// -1 when there is none. What else is wrong in it, [#broken] says.
  int string(byte[] bytes, int from, int end) {
    escapes = false;
    broken = false;
    int saved = 0;
    int i = from;
    while (i < end) {
      if (i + 8 <= end) {
        long special = Bytes.special(Bytes.get(bytes, i));
        if (special == 0) {
          i += 8;
          continue;
        }
        i += Bytes.first(special);
      }
      byte b = bytes[i];
      if (b == '"') {
        textBytes = i - from - saved;
        return i;
      }
      if (b < 0) {
        int sequence = Bytes.sequence(bytes, i, end);
        broken |= sequence == 0;
        i += Math.max(sequence, 1);
      } else if (b == '\\') {
        escapes = true;
        int length = escape(bytes, i, end);
        broken |= length < 0;
        saved += length == 6 ? savedByUnit(bytes, i, end) : 1;
        i += Math.max(length, 2);
      } else {
        broken |= b < 0x20;
        i++;
      }
    }
    return NOT_JSON;
  }

  private static int escape(byte[] bytes, int at, int end) {
    if (at + 1 >= end) {
      return NOT_JSON;
    }
    if (bytes[at + 1] == 'u') {
      return JsonStrings.unit(bytes, at, end) >= 0 ? 6 : NOT_JSON;
    }
    return JsonStrings.plain(bytes[at + 1]) != 0 ? 2 : NOT_JSON;
  }

  /// By how much UTF-8 is shorter than the escape. The halves of a pair count 3 bytes each, which
  /// is one more than they have.
  private static int savedByUnit(byte[] bytes, int at, int end) {
    int unit = JsonStrings.unit(bytes, at, end);
    if (unit < 0x80) {
      return 5;
    }
    return unit < 0x800 ? 4 : 3;
  }

  /// Where the number ends that begins at `from`, or -1 when it is none.
  int number(byte[] bytes, int from, int end) {
    int i = from;
    if (i < end && bytes[i] == '-') {
      i++;
    }
    int digits = digits(bytes, i, end);
    if (digits == i || (bytes[i] == '0' && digits > i + 1)) {
      return NOT_JSON;
    }
    i = digits;
    if (i < end && bytes[i] == '.') {
      digits = digits(bytes, i + 1, end);
      if (digits == i + 1) {
        return NOT_JSON;
      }
      i = digits;
    }
    if (i < end && (bytes[i] == 'e' || bytes[i] == 'E')) {
      i++;
      if (i < end && (bytes[i] == '+' || bytes[i] == '-')) {
        i++;
      }
      digits = digits(bytes, i, end);
      if (digits == i) {
        return NOT_JSON;
      }
      i = digits;
    }
    textBytes = i - from;
    return i;
  }

  private static int digits(byte[] bytes, int from, int end) {
    int i = from;
    while (i < end && Bytes.isDigit(bytes[i])) {
      i++;
    }
    return i;
  }

  /// Where `true`, `false` or `null` ends, or -1.
  int literal(byte[] bytes, int from, int end, byte[] word) {
    textBytes = word.length;
    return Bytes.startsWith(bytes, from, end, word) ? from + word.length : NOT_JSON;
  }

  /// Past blanks; remembers line breaks, see [#lineBreaks].
  int blanks(byte[] bytes, int from, int end) {
    int i = from;
    while (i < end) {
      byte b = bytes[i];
      if (b == '\n' || b == '\r') {
        lineBreaks = true;
      } else if (b != ' ' && b != '\t') {
        break;
      }
      i++;
    }
    return i;
  }

  void forgetLineBreaks() {
    lineBreaks = false;
  }

  /// Whether there were line breaks among the blanks.
  boolean lineBreaks() {
    return lineBreaks;
  }

  /// Whether the last string has what none may have: bytes that are no UTF-8, control characters,
  /// or escapes that there are not, as `\x22`.
  boolean broken() {
    return broken;
  }

  /// Whether the last string has escapes.
  boolean escapes() {
    return escapes;
  }

  /// Length of the last string, number or literal as Elasticsearch sees it: UTF-8, without quotes
  /// and escapes; a little more than that where half pairs stand.
  int textBytes() {
    return textBytes;
  }
}
