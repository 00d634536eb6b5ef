package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;

/// Where a value ends that begins at a place: at the quote of its own depth of escaping, at what
/// divides values, or with its line. Reused for each message.
final class ValueEnd {
  private static final int LONGEST_HEADER = 8 << 10;
  private static final int LONGEST_BRACES = 128;

  /// How many quotes of other depths a value may hold.
  private static final int MOST_QUOTES = 256;

  private byte[] bytes = new byte[0];
  private boolean json;
  private int to;

  void begin(Message message) {
    bytes = message.bytes();
    json = message.isJson();
    to = message.to();
  }

  /// Where the quote stands, with its backslashes, that ends what began behind a quote with
  /// `backslashes` before it: text in a string in a string has three, and its own quotes have
  /// seven. A quote that is doubled, as connection strings have it, is a part of the value.
  int quoted(int from, int backslashes) {
    int period = 2 * (backslashes + 1);
    int left = MOST_QUOTES;
    int i = from;
    while (i < to) {
      int quote = Bytes.indexOf(bytes, i, to, (byte) '"');
      if (quote < 0) {
        return plain(from);
      }
      int before = Characters.backslashes(bytes, quote, from);
      if (json && backslashes > 0 && (before & 1) == 0) {
        // It ends the string of the JSON object.
        return quote - before;
      }
      left--;
      if (left == 0) {
        return quote - before;
      }
      if (before < backslashes || before % period == backslashes) {
        if (json || !isDoubled(quote, from)) {
          return quote - Math.min(before, backslashes);
        }
        quote++;
      }
      i = quote + 1;
    }
    return to;
  }

  private boolean isDoubled(int quote, int from) {
    return quote > from
        && quote + 2 < to
        && bytes[quote + 1] == bytes[quote]
        && Characters.is(bytes[quote + 2], Characters.TOKEN);
  }

  /// The same for a single quote or a backquote.
  int closing(int from, byte quote) {
    int i = from;
    while (i < to) {
      byte b = bytes[i];
      if (b == '\n') {
        return i;
      }
      if (b == '"') {
        return i - Characters.backslashes(bytes, i, from);
      }
      if (b == quote && !isEscaped(i, from)) {
        if (!isDoubled(i, from)) {
          return i;
        }
        i++;
      }
      i++;
    }
    return i;
  }

  /// In a string of JSON each backslash is two.
  private boolean isEscaped(int at, int from) {
    int backslashes = Characters.backslashes(bytes, at, from);
    return ((json ? backslashes >> 1 : backslashes) & 1) == 1;
  }

  /// To the end of the line or of the string.
  int line(int from) {
    int limit = Math.min(to, from + LONGEST_HEADER);
    int i = from;
    while (i < limit) {
      byte b = bytes[i];
      if (b == '\n' || b == '\r' || b == ']' || (b == '\\' && endsLine(i))) {
        return i;
      }
      if (b == '"') {
        return i - Characters.backslashes(bytes, i, from);
      }
      i++;
    }
    return wholeCharacter(i);
  }

  /// To the end of the line, quotes in it passed over, or of the string of a JSON object.
  int list(int from) {
    int limit = Math.min(to, from + LONGEST_HEADER);
    int i = from;
    while (i < limit && bytes[i] != '\n' && bytes[i] != '\r' && !(json && bytes[i] == '"')) {
      i += json && bytes[i] == '\\' ? 2 : 1;
    }
    return wholeCharacter(Math.min(i, to));
  }

  /// Behind the character, or the escape of a JSON string, in which `at` is.
  private int wholeCharacter(int at) {
    int i = json ? Characters.afterEscape(bytes, at, to, 0) : at;
    while (i < to && (bytes[i] & 0xc0) == 0x80) {
      i++;
    }
    return i;
  }

  private boolean endsLine(int backslash) {
    int i = backslash;
    while (i < to && bytes[i] == '\\') {
      i++;
    }
    return i < to && (bytes[i] == 'n' || bytes[i] == 'r' || bytes[i] == '"');
  }

  /// Of a value without quotes.
  int plain(int from) {
    int i = from;
    while (i < to) {
      byte b = bytes[i];
      if ((b >= 0 && b <= ' ') || b == '"' || divides(b)) {
        break;
      }
      if (b == '\\') {
        int escaped = i + 1;
        while (escaped < to && bytes[escaped] == '\\') {
          escaped++;
        }
        if (escaped >= to || bytes[escaped] == '"') {
          return json ? i : escaped >= to ? to : i;
        }
        boolean odd = ((escaped - i) & 1) == 1;
        if (json && odd) {
          byte letter = bytes[escaped];
          if (letter == 'n' || letter == 'r' || letter == 't') {
            break;
          }
          escaped += letter == 'u' ? 5 : 1;
        }
        i = Math.min(to, escaped);
        continue;
      }
      i++;
    }
    return i;
  }

  /// Behind the brace that ends a value in braces, in which a connection string may have what else
  /// divides its values (`PWD={a;b}`); `from` where there is none.
  int braces(int from) {
    int limit = Math.min(to, from + LONGEST_BRACES);
    for (int i = from + 1; i < limit; i++) {
      byte b = bytes[i];
      if (b == '}') {
        return i + 1;
      }
      if ((b >= 0 && b <= ' ') || b == '"' || b == '\\' || b == '{' || b == '=') {
        break;
      }
    }
    return from;
  }

  private static boolean divides(byte b) {
    return switch (b) {
      case ',', ';', '&', ')', ']', '}', '<', '>', '\'', '`', '|' -> true;
      default -> false;
    };
  }
}
