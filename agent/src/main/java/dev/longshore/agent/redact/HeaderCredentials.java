package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;

/// What is secret in the values of HTTP's headers `Authorization` and `Cookie`. Reused for each
/// message.
final class HeaderCredentials {
  private static final byte[] REDACTED = Characters.ascii("[redacted");
  private static final int LEAST = 8;
  private static final int LEAST_OF_SCHEME = 4;

  /// Of credentials behind a scheme that is not known; words are shorter.
  private static final int LEAST_OF_UNKNOWN = 16;

  private static final int LONGEST_SCHEME = 40;
  private static final int LONGEST_WORD = 11;
  private static final int LEAST_OF_COOKIE = 16;

  private static final byte[][] SCHEMES = {
    Characters.ascii("bearer "),
    Characters.ascii("basic "),
    Characters.ascii("token "),
    Characters.ascii("apikey "),
    Characters.ascii("negotiate "),
    Characters.ascii("ntlm "),
    Characters.ascii("dpop "),
    Characters.ascii("geniekey "),
    Characters.ascii("sharedkey "),
    Characters.ascii("sharedkeylite "),
    Characters.ascii("splunk "),
    Characters.ascii("ssws ")
  };

  // Their credentials are several values.
  private static final byte[][] SCHEMES_OF_LISTS = {
    Characters.ascii("digest "),
    Characters.ascii("aws4-hmac-sha256 "),
    Characters.ascii("oauth "),
    Characters.ascii("hawk "),
    Characters.ascii("token token="),
    Characters.ascii("signature keyid="),
    Characters.ascii("hmac username="),
    Characters.ascii("sharedaccesssignature sr="),
    Characters.ascii("sharedaccesssignature sig=")
  };

  private final Matches matches;
  private final ValueEnd ends;
  private byte[] bytes = new byte[0];

  HeaderCredentials(Matches matches, ValueEnd ends) {
    this.matches = matches;
    this.ends = ends;
  }

  void begin(Message message) {
    bytes = message.bytes();
  }

  /// Where the credentials begin in the value `[start, end)` of `Authorization`, and where they end
  /// as the high half; 0 where there are none.
  long authorization(int start, int end, boolean quoted) {
    int all = quoted ? end : ends.list(start);
    for (byte[] scheme : SCHEMES_OF_LISTS) {
      if (startsWith(start, all, scheme)) {
        return span(start + scheme.length, all);
      }
    }
    for (byte[] scheme : SCHEMES) {
      if (startsWith(start, end, scheme)) {
        int from = afterBlanks(start + scheme.length, end);
        int last = quoted ? end : ends.plain(from);
        return last - from >= LEAST_OF_SCHEME
                && !isRedacted(from, end)
                && !isWord(from, last)
                && !SecretValue.isPlaceholder(bytes, from, last)
            ? span(from, Math.min(last, end))
            : 0;
      }
    }
    long behind = ofUnknown(start, end);
    int last = quoted ? end : Math.min(end, ends.plain(start));
    if (behind != 0 || last - start < LEAST || !SecretValue.isStrong(bytes, start, last)) {
      return behind;
    }
    return span(start, last);
  }

  private static long span(int from, int to) {
    return ((long) to << 32) | from;
  }

  /// Of a sentence about authorization.
  private boolean isWord(int from, int end) {
    boolean lower = end - from <= LONGEST_WORD;
    for (int i = from; i < end && lower; i++) {
      lower = bytes[i] >= 'a' && bytes[i] <= 'z';
    }
    return lower;
  }

  /// Behind `Api-Key `, `Bot ` and other schemes that nobody can list: what is no word and no id.
  private long ofUnknown(int start, int end) {
    int from = afterScheme(start, end);
    int last = Math.min(end, ends.plain(from));
    if (from == start
        || last - from < LEAST_OF_UNKNOWN
        || !Characters.isMixed(bytes, from, last)
        || isUuid(from, last)
        || SecretValue.isName(bytes, from, last)
        || SecretValue.isPlaceholder(bytes, from, last)) {
      return 0;
    }
    // The first word may be a secret as well.
    return span(SecretValue.isStrong(bytes, start, from) ? start : from, last);
  }

  private boolean isUuid(int from, int end) {
    return end - from == 36 && bytes[from + 8] == '-' && bytes[from + 23] == '-';
  }

  private int afterScheme(int start, int end) {
    int blank =
        Characters.runEnd(bytes, start, Math.min(end, start + LONGEST_SCHEME), Characters.TOKEN);
    return blank > start && blank < end && bytes[blank] == ' ' ? afterBlanks(blank, end) : start;
  }

  private int afterBlanks(int from, int end) {
    int i = from;
    while (i < end && (bytes[i] == ' ' || bytes[i] == '\t')) {
      i++;
    }
    return i;
  }

  private boolean isRedacted(int from, int end) {
    return Bytes.startsWith(bytes, from, end, REDACTED);
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
    return !isRedacted(at + lower.length, end);
  }

  /// Finds in the value `[start, end)` of `Cookie` or `Set-Cookie` what may be a session: values
  /// that are long and no words.
  ///
  /// @return where the last one ends, or 0
  int cookies(int start, int end) {
    int found = 0;
    int i = start;
    while (i < end) {
      int sign = Bytes.indexOf(bytes, i, end, (byte) '=');
      if (sign < 0) {
        break;
      }
      int from = sign + 1;
      int last = Math.min(end, ends.plain(from));
      if (last - from >= LEAST_OF_COOKIE
          && Characters.isMixed(bytes, from, last)
          && !SecretValue.isName(bytes, from, last)
          && !isRedacted(from, end)) {
        matches.add(from, last, BuiltIn.AUTHORIZATION.index(), Matches.UNQUOTED);
        found = last;
      }
      i = Math.max(last, from);
    }
    return found;
  }
}
