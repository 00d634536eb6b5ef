package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;

/// Finds values by the names of their keys: `password=…`, `"apiKey": "…"`, `Authorization: …`,
/// `--client-secret=…`, in text, in JSON and in JSON within JSON's strings; and passwords in URLs.
/// Reused for each message.
///
/// A value in quotes ends at the quote of the same depth of escaping; one without ends at a blank,
/// a quote, or what divides values in query strings, lists and connection strings.
final class KeyScanner {
  private static final byte[] REDACTED = Characters.ascii("[redacted");
  private static final int MAX_DECORATION = 8;
  private static final int LONGEST_CREDENTIALS = 512;
  private static final int LEAST_MAYBE = 8;
  private static final int LEAST_WITHOUT_QUOTES = 6;
  private static final int LEAST_SIGNATURE = 30;
  private static final int LONGEST_HEADER = 8 << 10;

  /// How many quotes of other depths a value may hold.
  private static final int MOST_QUOTES = 256;

  private static final int NONE = 0;
  private static final byte[][] SCHEMES = {
    Characters.ascii("bearer "),
    Characters.ascii("basic "),
    Characters.ascii("token "),
    Characters.ascii("apikey "),
    Characters.ascii("negotiate "),
    Characters.ascii("ntlm ")
  };
  // Their credentials are several values.
  private static final byte[][] SCHEMES_OF_LISTS = {
    Characters.ascii("digest "),
    Characters.ascii("aws4-hmac-sha256 "),
    Characters.ascii("oauth "),
    Characters.ascii("hawk ")
  };

  private final Matches matches;
  private final TokenScanner tokens;
  private byte[] bytes = new byte[0];
  private boolean json;
  private int to;
  private long patterns;

  KeyScanner(Matches matches, TokenScanner tokens) {
    this.matches = matches;
    this.tokens = tokens;
  }

  void begin(Message message, long wanted) {
    bytes = message.bytes();
    json = message.isJson();
    to = message.to();
    patterns = wanted;
  }

  private boolean wants(BuiltIn pattern) {
    return (patterns & pattern.bit()) != 0;
  }

  /// Looks at what stands around `=` or `:` at `at`.
  ///
  /// @param floor where the last match ended
  /// @return where what was found ends, or 0
  int at(int at, int floor) {
    if (bytes[at] != '=' && bytes[at] != ':') {
      return NONE;
    }
    int keyEnd = at;
    while (keyEnd > floor && Characters.is(bytes[keyEnd - 1], Characters.DECORATION)) {
      keyEnd--;
    }
    if (keyEnd - floor >= 3 && KeyName.mayEnd(bytes, keyEnd) && at - keyEnd <= MAX_DECORATION) {
      int found = value(at, keyEnd, floor);
      if (found > NONE) {
        return found;
      }
    }
    if (at + 2 < to && bytes[at + 1] == '/' && bytes[at + 2] == '/' && bytes[at] == ':') {
      return url(at + 3);
    }
    return NONE;
  }

  private int value(int at, int decorated, int floor) {
    int keyEnd = beforeColour(decorated, floor);
    KeyName name = KeyName.of(bytes, keyEnd, floor);
    if (name == null) {
      return NONE;
    }
    BuiltIn pattern =
        switch (name) {
          case SECRET, MAYBE, WORD -> BuiltIn.PASSWORD;
          case AUTHORIZATION -> BuiltIn.AUTHORIZATION;
          case SIGNATURE -> BuiltIn.AZURE_KEY;
        };
    int v = at + 1;
    if (v >= to || bytes[v] == '=' || !wants(pattern)) {
      return NONE;
    }
    if (bytes[v] == '>') {
      v++;
    }
    v = afterBlanks(afterColour(afterBlanks(v)));
    boolean list = v < to && bytes[v] == '[' && !Bytes.startsWith(bytes, v, to, REDACTED);
    if (list) {
      v = afterBlanks(v + 1);
    }
    int keyQuote = quoteBefore(at, decorated);
    int found = one(v, name, pattern, keyQuote, bytes[at] == ':');
    while (list && found > 0) {
      int next = nextOfList(found);
      int more = next > 0 ? one(next, name, pattern, keyQuote, false) : NONE;
      if (more <= 0) {
        break;
      }
      found = more;
    }
    return found;
  }

  /// The value behind a comma, which must be in quotes as well; 0 where there is none.
  private int nextOfList(int end) {
    int i = end;
    while (i < to && (bytes[i] == '\\' || bytes[i] == '"')) {
      i++;
    }
    i = afterBlanks(i);
    if (i >= to || bytes[i] != ',') {
      return NONE;
    }
    i = afterBlanks(i + 1);
    return quoteAt(i, to) != Matches.UNQUOTED ? i : NONE;
  }

  private int afterBlanks(int from) {
    int i = from;
    while (i < to && (bytes[i] == ' ' || bytes[i] == '\t')) {
      i++;
    }
    return i;
  }

  /// How many backslashes stand before the double quote at `from`, or [Matches#UNQUOTED].
  private int quoteAt(int from, int end) {
    int i = from;
    while (i < end && bytes[i] == '\\') {
      i++;
    }
    int backslashes = i - from;
    boolean ends = json && backslashes > 0 && (backslashes & 1) == 0;
    return i < end && bytes[i] == '"' && !ends ? backslashes : Matches.UNQUOTED;
  }

  /// The same for the last double quote before `at`.
  private int quoteBefore(int at, int from) {
    int i = at;
    while (i > from && bytes[i - 1] == ' ') {
      i--;
    }
    if (i == from || bytes[i - 1] != '"') {
      return Matches.UNQUOTED;
    }
    int backslashes = Characters.backslashes(bytes, i - 1, from);
    return json && (backslashes & 1) == 0 ? 0 : backslashes;
  }

  private int one(int v, KeyName name, BuiltIn pattern, int keyQuote, boolean colon) {
    if (v >= to) {
      return NONE;
    }
    int quote = quoteAt(v, to);
    if (quote != Matches.UNQUOTED) {
      int start = v + quote + 1;
      if (json && quote == 0 && keyQuote != 0) {
        // It ends the string in which the key stands.
        return NONE;
      }
      if (start >= to || bytes[start] == ',' || bytes[start] == '}' || bytes[start] == ' ') {
        return NONE;
      }
      return take(start, quotedEnd(start, quote), name, pattern, true);
    }
    if (bytes[v] == '\'' || bytes[v] == '`') {
      return take(v + 1, closing(v + 1, bytes[v]), name, pattern, true);
    }
    if (keyQuote != Matches.UNQUOTED && colon) {
      return number(v, name, pattern, keyQuote);
    }
    if (name == KeyName.AUTHORIZATION) {
      return take(v, lineEnd(v), name, pattern, false);
    }
    int end = plainEnd(v);
    if (colon && !(end - v >= LEAST_WITHOUT_QUOTES && SecretValue.isStrong(bytes, v, end))) {
      return NONE;
    }
    return take(v, end, name, pattern, false);
  }

  /// A JSON number becomes a string; other values without quotes are words of JSON, or no JSON.
  private int number(int v, KeyName name, BuiltIn pattern, int keyQuote) {
    int end = v;
    while (end < to && (Bytes.isDigit(bytes[end]) || "+-.eE".indexOf(bytes[end]) >= 0)) {
      end++;
    }
    if (end == v || name != KeyName.SECRET || !(Bytes.isDigit(bytes[v]) || bytes[v] == '-')) {
      return NONE;
    }
    if (end < to && Characters.is(bytes[end], Characters.TOKEN)) {
      return json ? NONE : take(v, plainEnd(v), name, pattern, false);
    }
    matches.add(v, end, pattern.index(), keyQuote);
    return end;
  }

  private int take(int start, int end, KeyName name, BuiltIn pattern, boolean quoted) {
    if (end <= start || Bytes.startsWith(bytes, start, to, REDACTED)) {
      return NONE;
    }
    return switch (name) {
      case SECRET ->
          SecretValue.isPlaceholder(bytes, start, end) ? NONE : found(start, end, pattern);
      case MAYBE, WORD ->
          (name == KeyName.WORD ? end - start >= LEAST_WITHOUT_QUOTES : end - start >= LEAST_MAYBE)
                  && SecretValue.isStrong(bytes, start, end)
                  && !SecretValue.isName(bytes, start, end)
                  && !SecretValue.isPlaceholder(bytes, start, end)
              ? found(start, end, pattern)
              : NONE;
      case SIGNATURE ->
          end - start >= LEAST_SIGNATURE && SecretValue.isStrong(bytes, start, end)
              ? found(start, end, pattern)
              : NONE;
      case AUTHORIZATION -> credentials(start, end, quoted);
    };
  }

  private int found(int start, int end, BuiltIn pattern) {
    // A token that tells what it is gives its name to the match.
    int token = Characters.runEnd(bytes, start, end, Characters.TOKEN);
    int tokenEnd = tokens.run(start, token, start);
    matches.add(start, end, pattern.index(), Matches.UNQUOTED);
    return Math.max(tokenEnd, end);
  }

  private int credentials(int start, int end, boolean quoted) {
    int s = start;
    for (byte[] scheme : SCHEMES_OF_LISTS) {
      if (startsWith(s, end, scheme)) {
        return found(
            s + scheme.length, quoted ? end : listEnd(s + scheme.length), BuiltIn.AUTHORIZATION);
      }
    }
    for (byte[] scheme : SCHEMES) {
      if (startsWith(s, end, scheme)) {
        s = afterBlanks(s + scheme.length);
        int last = quoted ? end : plainEnd(s);
        return last - s >= 4 && !Bytes.startsWith(bytes, s, to, REDACTED)
            ? found(s, Math.min(last, end), BuiltIn.AUTHORIZATION)
            : NONE;
      }
    }
    int last = quoted ? end : Math.min(end, plainEnd(s));
    return last - s >= LEAST_MAYBE && SecretValue.isStrong(bytes, s, last)
        ? found(s, last, BuiltIn.AUTHORIZATION)
        : NONE;
  }

  private boolean startsWith(int at, int end, byte[] lower) {
    if (end - at <= lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      byte b = bytes[at + i];
      if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != lower[i]) {
        return false;
      }
    }
    return !Bytes.startsWith(bytes, at + lower.length, end, REDACTED);
  }

  /// Where the quote stands, with its backslashes, that ends what began behind a quote with
  /// `backslashes` before it: text in a string in a string has three, and its own quotes have
  /// seven.
  private int quotedEnd(int from, int backslashes) {
    int period = 2 * (backslashes + 1);
    int left = MOST_QUOTES;
    int i = from;
    while (i < to) {
      int quote = Bytes.indexOf(bytes, i, to, (byte) '"');
      if (quote < 0) {
        return plainEnd(from);
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
        return quote - Math.min(before, backslashes);
      }
      i = quote + 1;
    }
    return to;
  }

  private int closing(int from, byte quote) {
    int i = from;
    while (i < to && bytes[i] != quote) {
      if (bytes[i] == '"' || bytes[i] == '\n') {
        return bytes[i] == '"' ? i - Characters.backslashes(bytes, i, from) : i;
      }
      i++;
    }
    return i;
  }

  /// To the end of the line or of the string.
  private int lineEnd(int from) {
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
  private int listEnd(int from) {
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

  private int plainEnd(int from) {
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

  private static boolean divides(byte b) {
    return switch (b) {
      case ',', ';', '&', ')', ']', '}', '<', '>', '\'', '`', '|' -> true;
      default -> false;
    };
  }

  /// `user:password` in a URL whose authority begins at `from`.
  private int url(int from) {
    if (!wants(BuiltIn.URL_PASSWORD)) {
      return NONE;
    }
    int colon = NONE;
    int sign = NONE;
    int end = Math.min(to, from + LONGEST_CREDENTIALS);
    for (int i = from; i < end; i++) {
      byte b = bytes[i];
      if ((b >= 0 && b <= ' ') || b == '/' || b == '"' || b == '\\' || b == '<' || b == '>') {
        break;
      }
      if (b == '\'' || b == '`' || b == '?' || b == '#') {
        if (colon == NONE || sign != NONE) {
          break;
        }
      } else if (b == ':' && colon == NONE) {
        colon = i;
      } else if (b == '@') {
        sign = i;
      }
    }
    if (colon == NONE || sign <= colon + 1) {
      return NONE;
    }
    int start = colon + 1;
    if (Bytes.startsWith(bytes, start, to, REDACTED)
        || SecretValue.isPlaceholder(bytes, start, sign)) {
      return NONE;
    }
    matches.add(start, sign, BuiltIn.URL_PASSWORD.index(), Matches.UNQUOTED);
    return sign;
  }

  /// Before the code of a terminal's colour that ends at `end`, or `end`.
  private int beforeColour(int end, int floor) {
    if (bytes[end - 1] != 'm' || !Bytes.isDigit(bytes[end - 2])) {
      return end;
    }
    int i = end - 1;
    while (i > floor && (Bytes.isDigit(bytes[i - 1]) || bytes[i - 1] == ';')) {
      i--;
    }
    if (i - 2 >= floor && bytes[i - 1] == '[' && bytes[i - 2] == 0x1b) {
      return i - 2 - floor >= 3 ? i - 2 : end;
    }
    return end;
  }

  private int afterColour(int from) {
    if (from + 2 >= to || bytes[from] != 0x1b || bytes[from + 1] != '[') {
      return from;
    }
    int i = from + 2;
    while (i < to && (Bytes.isDigit(bytes[i]) || bytes[i] == ';')) {
      i++;
    }
    return i < to && bytes[i] == 'm' ? i + 1 : from;
  }
}
