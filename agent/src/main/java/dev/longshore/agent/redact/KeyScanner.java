package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;

/// Finds values by the names of their keys: `password=…`, `"apiKey": "…"`, `Authorization: …`,
/// `--client-secret=…`, in text, in JSON and in JSON within JSON's strings, and in the notations of
/// languages; and passwords in URLs. Where a value ends is [ValueEnd]'s. Reused for each message.
final class KeyScanner {
  private static final byte[] REDACTED = Characters.ascii("[redacted");
  private static final int MAX_DECORATION = 8;
  private static final int LONGEST_CREDENTIALS = 512;
  private static final int LEAST_MAYBE = 8;
  private static final int LEAST_WITHOUT_QUOTES = 6;
  private static final int LEAST_SIGNATURE = 30;
  private static final int LEAST_IN_BRACES = 8;
  private static final int MAX_PREFIX = 2;
  private static final int VALUE_LENGTH = 5;
  private static final int NONE = 0;
  private static final byte[] SHA256 = Characters.ascii("sha256:");
  private static final byte[] SHA512 = Characters.ascii("sha512:");
  private static final byte[] SOME = Characters.ascii("Some(");
  private static final byte[] STRINGS_OF_GO = Characters.ascii("[]string{");

  private final Matches matches;
  private final TokenScanner tokens;
  private final ValueEnd ends = new ValueEnd();
  private final BasicCredentials basic = new BasicCredentials();
  private final HeaderCredentials headers;
  private final XmlElement element = new XmlElement();
  private byte[] bytes = new byte[0];
  private boolean json;
  private int to;
  private long patterns;

  KeyScanner(Matches matches, TokenScanner tokens) {
    this.matches = matches;
    this.tokens = tokens;
    this.headers = new HeaderCredentials(matches, ends);
  }

  void begin(Message message, long wanted) {
    bytes = message.bytes();
    json = message.isJson();
    to = message.to();
    patterns = wanted;
    ends.begin(message);
    headers.begin(message);
    element.begin(message);
  }

  private boolean wants(BuiltIn pattern) {
    return (patterns & pattern.bit()) != 0;
  }

  /// Looks at what stands around `=` or `:` at `at`, or at the tag that `>` ends.
  ///
  /// @param floor where the last match ended
  /// @return where what was found ends, or 0
  int at(int at, int floor) {
    if (bytes[at] == '>') {
      return element(at, floor);
    }
    if ((bytes[at] != '=' && bytes[at] != ':') || isQuotedAlone(at, floor)) {
      return NONE;
    }
    int keyEnd = beforeDecoration(at, floor);
    if (keyEnd - floor >= 6) {
      int quote = EscapedQuote.before(bytes, keyEnd, floor);
      keyEnd = quote == keyEnd ? beforeMore(keyEnd) : beforeDecoration(quote, floor);
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

  private int element(int at, int floor) {
    KeyName name = element.of(at, floor);
    BuiltIn pattern = name == KeyName.AUTHORIZATION ? BuiltIn.AUTHORIZATION : BuiltIn.PASSWORD;
    if (name == null || !wants(pattern)) {
      return NONE;
    }
    return Math.max(take(element.from(), element.end(), name, pattern, true), NONE);
  }

  /// `unexpected token ':'`.
  private boolean isQuotedAlone(int at, int floor) {
    return at - 2 >= floor
        && at + 1 < to
        && bytes[at - 2] == ' '
        && bytes[at - 1] == bytes[at + 1]
        && (bytes[at - 1] == '\'' || bytes[at - 1] == '"' || bytes[at - 1] == '`');
  }

  /// Before the bracket in the name of a field of a form, `user%5Bpassword%5D`, and before the verb
  /// of `password is: …`.
  private int beforeMore(int end) {
    byte last = bytes[end - 1];
    boolean bracket = (last | 0x20) == 'd' && bytes[end - 2] == '5' && bytes[end - 3] == '%';
    boolean verb = last == 's' && bytes[end - 2] == 'i' && bytes[end - 3] == ' ';
    return bracket || verb ? end - 3 : end;
  }

  private int beforeDecoration(int at, int floor) {
    int end = at;
    while (end > floor && Characters.is(bytes[end - 1], Characters.DECORATION)) {
      end--;
    }
    return end;
  }

  private int value(int at, int decorated, int floor) {
    int keyEnd = beforeColour(decorated, floor);
    KeyName name = KeyName.of(bytes, keyEnd, floor);
    if (name == null) {
      return NONE;
    }
    if (name == KeyName.MAYBE && isPartOfArn(keyEnd, floor)) {
      return NONE;
    }
    if (name == KeyName.VALUE) {
      name = NamedValue.before(bytes, keyEnd - VALUE_LENGTH, floor);
      if (name == null) {
        return NONE;
      }
    }
    BuiltIn pattern =
        switch (name) {
          case SECRET, MAYBE, WORD, BASIC, VALUE -> BuiltIn.PASSWORD;
          case AUTHORIZATION, COOKIE -> BuiltIn.AUTHORIZATION;
          case SIGNATURE -> BuiltIn.AZURE_KEY;
        };
    int v = at + 1;
    boolean assigned = bytes[at] == ':' && v < to && bytes[v] == '=';
    v += assigned ? 1 : 0;
    if (v >= to || bytes[v] == '=' || !wants(pattern)) {
      return NONE;
    }
    if (bytes[v] == '>') {
      v++;
    }
    int text = afterBlanks(afterColour(afterBlanks(v)));
    if (bytes[at] == '=' && text > v && decorated == at && isKey(text)) {
      return NONE;
    }
    v = text;
    boolean list = v < to && bytes[v] == '[' && !Bytes.startsWith(bytes, v, to, REDACTED);
    if (list) {
      boolean go = Bytes.startsWith(bytes, v, to, STRINGS_OF_GO);
      v = afterBlanks(v + (go ? STRINGS_OF_GO.length : 1));
    }
    boolean colon = bytes[at] == ':' && !assigned;
    int keyQuote = quoteBefore(at, decorated);
    int found = one(v, name, pattern, keyQuote, colon);
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

  /// Whether the next key stands here, and the one before it has no value: `password= user=app`.
  private boolean isKey(int at) {
    int sign = Characters.runEnd(bytes, at, to, Characters.KEY);
    return sign > at
        && sign + 1 < to
        && bytes[sign] == '='
        && (bytes[sign + 1] == '"' || Characters.is(bytes[sign + 1], Characters.ALPHANUMERIC));
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
      return take(start, ends.quoted(start, quote), name, pattern, true);
    }
    if (bytes[v] == '\'' || bytes[v] == '`') {
      return take(v + 1, ends.closing(v + 1, bytes[v]), name, pattern, true);
    }
    int escaped = EscapedQuote.after(bytes, v, to);
    if (escaped > v) {
      return take(escaped, EscapedQuote.end(bytes, v, escaped, to), name, pattern, true);
    }
    int behind = afterPrefix(v);
    if (behind > v) {
      int found = one(behind, name, pattern, keyQuote, colon);
      if (found > NONE) {
        return found;
      }
    }
    if (keyQuote != Matches.UNQUOTED && colon) {
      return number(v, name, pattern, keyQuote);
    }
    if (name == KeyName.AUTHORIZATION || (name == KeyName.COOKIE && colon)) {
      return take(v, ends.line(v), name, pattern, false);
    }
    if (name == KeyName.SECRET && !colon && bytes[v] == '{') {
      int brace = ends.braces(v);
      if (brace > v) {
        return isSecretInBraces(v, brace) ? found(v, brace, pattern) : NONE;
      }
    }
    if (name == KeyName.COOKIE) {
      return NONE;
    }
    int end = ends.plain(v);
    if (colon && !(end - v >= LEAST_WITHOUT_QUOTES && SecretValue.isStrong(bytes, v, end))) {
      return NONE;
    }
    return take(v, end, name, pattern, false);
  }

  /// Behind what stands before a quote in the notation of a language: `b'…'`, `u"…"`, `$'…'`,
  /// `Some("…`.
  private int afterPrefix(int v) {
    int i = v;
    if (Bytes.startsWith(bytes, v, to, SOME)) {
      i = v + SOME.length;
    } else {
      while (i < to && i - v < MAX_PREFIX && isPrefix(bytes[i])) {
        i++;
      }
    }
    boolean quoted = i < to && (bytes[i] == '\'' || quoteAt(i, to) != Matches.UNQUOTED);
    return quoted ? i : v;
  }

  private static boolean isPrefix(byte b) {
    return switch (b) {
      case 'b', 'B', 'f', 'F', 'r', 'R', 'u', 'U', 'N', '$', '@' -> true;
      default -> false;
    };
  }

  /// `{name}` stands for a value; a password has something else in it.
  private boolean isSecretInBraces(int brace, int end) {
    boolean divided = false;
    for (int i = brace + 1; i < end - 1; i++) {
      divided |= !Characters.is(bytes[i], Characters.KEY);
    }
    return divided
        ? SecretValue.isStrong(bytes, brace + 1, end - 1)
        : end - brace - 2 >= LEAST_IN_BRACES && Characters.isMixed(bytes, brace + 1, end - 1);
  }

  /// `arn:aws:secretsmanager:eu-west-1:1234:secret:shop/db` names a secret.
  private boolean isPartOfArn(int keyEnd, int floor) {
    int key = Characters.runStart(bytes, keyEnd, floor, Characters.KEY);
    return key - 1 > floor && bytes[key - 1] == ':' && bytes[keyEnd] == ':';
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
      return json ? NONE : take(v, ends.plain(v), name, pattern, false);
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
      case BASIC -> basic.is(bytes, start, end) ? found(start, end, pattern) : NONE;
      case AUTHORIZATION -> {
        long span = headers.authorization(start, end, quoted);
        yield span == 0 ? NONE : found((int) span, (int) (span >>> 32), pattern);
      }
      case COOKIE -> headers.cookies(start, end);
      case VALUE -> NONE;
    };
  }

  private int found(int start, int end, BuiltIn pattern) {
    // A token that tells what it is gives its name to the match.
    int token = Characters.runEnd(bytes, start, end, Characters.TOKEN);
    int tokenEnd = tokens.run(start, token, start);
    matches.add(start, end, pattern.index(), Matches.UNQUOTED);
    return Math.max(tokenEnd, end);
  }

  /// `user:password` in a URL whose authority begins at `from`.
  private int url(int from) {
    if (!wants(BuiltIn.URL_PASSWORD)) {
      return NONE;
    }
    int colon = NONE;
    int sign = NONE;
    boolean port = true;
    int end = Math.min(to, from + LONGEST_CREDENTIALS);
    for (int i = afterAddress(from, end); i < end; i++) {
      byte b = bytes[i];
      if ((b >= 0 && b <= ' ') || b == '"' || b == '\\' || b == '<' || b == '>') {
        break;
      }
      if (b == '/' || b == '\'' || b == '`' || b == '?' || b == '#') {
        if (colon == NONE || sign != NONE || port) {
          break;
        }
      } else if (b == ':' && colon == NONE) {
        colon = i;
      } else if (b == '@') {
        sign = i;
      } else if (colon != NONE) {
        port &= Bytes.isDigit(b);
      }
    }
    if (colon == NONE || sign <= colon + 1 || isDigest(sign + 1)) {
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

  /// Behind an IPv6 address in brackets, whose colons are no credentials'.
  private int afterAddress(int from, int end) {
    if (from >= end || bytes[from] != '[') {
      return from;
    }
    int bracket = Bytes.indexOf(bytes, from, end, (byte) ']');
    return bracket < 0 ? from : bracket + 1;
  }

  /// Of an image: `docker://nginx:1.29@sha256:…`.
  private boolean isDigest(int at) {
    return Bytes.startsWith(bytes, at, to, SHA256) || Bytes.startsWith(bytes, at, to, SHA512);
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
