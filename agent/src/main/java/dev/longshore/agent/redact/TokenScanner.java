package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;

/// Finds tokens that tell what they are, in runs of letters, digits, `-` and `_`: by how they begin
/// ([TokenShape]), as JSON Web Token, by what stands before them, or as the body of a private key.
///
/// A run that is shorter than [#MIN_RUN] is not asked about: no token is. Reused for each message.
final class TokenScanner {
  private static final byte[] JWT_BEGIN = Characters.ascii("eyJ");
  private static final byte[] PEM_DASHES = Characters.ascii("-----");
  private static final byte[] PEM_BEGIN = Characters.ascii("-----BEGIN ");
  private static final byte[] PEM_END = Characters.ascii("-----END ");
  private static final byte[] PEM_KEY = Characters.ascii("PRIVATE KEY");
  private static final byte[] BEARER = Characters.ascii("bearer");
  private static final byte[] BASIC = Characters.ascii("basic");
  private static final byte[] SENDGRID = Characters.ascii("SG.");
  private static final byte[] GOOGLE_ACCESS = Characters.ascii("ya29.");
  private static final byte[] VAULT = Characters.ascii("hv");
  private static final byte[] SLACK_HOOK = Characters.ascii("hooks.slack.com/");
  private static final byte[] DISCORD_HOOK = Characters.ascii("/api/webhooks/");
  private static final byte[] TEAMS_HOOK = Characters.ascii("/IncomingWebhook/");
  private static final byte[] GOOGLE_REFRESH = Characters.ascii("1//");
  private static final int MIN_HOOK = 24;
  private static final int MIN_REFRESH = 40;
  private static final int DISCORD_MIDDLE = 6;
  private static final int LONGEST_DISCORD = 40;
  private static final byte[] DOPPLER = Characters.ascii("dp.");
  private static final int LONGEST_DOPPLER = 32;
  private static final byte[] TERRAFORM = Characters.ascii(".atlasv1.");
  private static final int SLACK_HOOK_REACH = 80;
  private static final int MIN_JWT_PART = 8;
  private static final int MIN_BEARER = 16;

  /// An id of 16 hexadecimal digits is none; the shortest is the header of a JSON Web Token.
  static final int MIN_RUN = 17;

  private static final int MIN_KEY_LINE = 24;
  private static final int LONGEST_LINE = 100;
  private static final int AZURE_MARK = 5;
  private static final int TELEGRAM_SECRET = 35;

  private final Matches matches;
  private final BasicCredentials basic = new BasicCredentials();
  private byte[] bytes = new byte[0];
  private int begin;
  private int to;
  private long patterns;
  private boolean pemLooked;
  private int pemBegin;
  private int pemEnd;

  TokenScanner(Matches matches) {
    this.matches = matches;
  }

  void begin(Message message, long wanted) {
    bytes = message.bytes();
    begin = message.from();
    to = message.to();
    patterns = wanted;
    pemLooked = false;
    pemBegin = -1;
  }

  private boolean wants(BuiltIn pattern) {
    return (patterns & pattern.bit()) != 0;
  }

  /// Looks at the run `[start, end)`.
  ///
  /// @param floor where the last match ended
  /// @return where what was found ends, or 0
  int run(int start, int end, int floor) {
    if (end - start < MIN_RUN) {
      return 0;
    }
    int found = 0;
    for (int q = start; q <= end - MIN_RUN; q++) {
      if (q == start || bytes[q - 1] == '-' || bytes[q - 1] == '_') {
        int matched = at(q, end);
        if (matched > 0) {
          found = matched;
          q = matched;
        }
      }
    }
    if (found == 0) {
      found = byWhatStandsBefore(start, end, floor);
    }
    if (found == 0) {
      found = privateKey(start, end, floor);
    }
    return found;
  }

  private int at(int q, int end) {
    if (bytes[q] == 'e' && Bytes.startsWith(bytes, q, end, JWT_BEGIN)) {
      return jwt(q, end);
    }
    return TokenShape.mayBegin(bytes[q]) ? shaped(q, end) : 0;
  }

  private int shaped(int q, int end) {
    for (TokenShape shape : TokenShape.beginningWith(bytes[q])) {
      int matchEnd = shape.end(bytes, q, end);
      if (matchEnd > 0 && wants(shape.pattern())) {
        return found(q, shape.tailEnd(bytes, matchEnd, to), shape.pattern());
      }
    }
    return 0;
  }

  private int found(int from, int end, BuiltIn pattern) {
    matches.add(from, end, pattern.index(), Matches.UNQUOTED);
    return end;
  }

  /// `header.payload.signature`, or the five parts of an encrypted one.
  ///
  /// @param header where the run ends in which it begins
  private int jwt(int q, int header) {
    if (!wants(BuiltIn.JWT) || header >= to || bytes[header] != '.') {
      return 0;
    }
    int end = header;
    for (int part = 0; part < 4 && end < to && bytes[end] == '.'; part++) {
      int next = Characters.runEnd(bytes, end + 1, to, Characters.TOKEN);
      if (part == 0
          && next - end <= MIN_JWT_PART
          && !(next == end + 1 && next < to && bytes[next] == '.')) {
        return 0;
      }
      if (next == end + 1 && part > 0) {
        break;
      }
      end = next;
    }
    return found(q, end, BuiltIn.JWT);
  }

  private int byWhatStandsBefore(int start, int end, int floor) {
    if (start <= floor) {
      return 0;
    }
    return switch (bytes[start - 1]) {
      case '.' -> behindDot(start, end, floor);
      case '~' -> azureSecret(start, end, floor);
      case '/' -> behindSlash(start, end, floor);
      case ':' -> telegram(start, end, floor);
      case ' ' -> behindScheme(start, floor);
      default -> 0;
    };
  }

  private int behindDot(int start, int end, int floor) {
    int sendgrid = start - SENDGRID.length;
    if (wants(BuiltIn.SERVICE_TOKEN)) {
      if (stands(SENDGRID, sendgrid, floor) && isBegin(sendgrid, floor)) {
        int tail = end;
        while (tail < to && (Characters.is(bytes[tail], Characters.TOKEN) || bytes[tail] == '.')) {
          tail++;
        }
        return found(sendgrid, tail, BuiltIn.SERVICE_TOKEN);
      }
      int vault = start - VAULT.length - 2;
      if (stands(VAULT, vault, floor) && end - start >= 20 && isBegin(vault, floor)) {
        return found(vault, end, BuiltIn.SERVICE_TOKEN);
      }
      if (end - start >= 40) {
        int lowest = Math.max(floor, start - LONGEST_DOPPLER);
        int key = Characters.runStart(bytes, start, lowest, Characters.KEY);
        int doppler = Characters.afterEscape(bytes, key, start, floor);
        if (stands(DOPPLER, doppler, floor)) {
          return found(doppler, end, BuiltIn.SERVICE_TOKEN);
        }
      }
      int terraform = start - TERRAFORM.length;
      if (stands(TERRAFORM, terraform, floor) && end - start >= 60) {
        int first = Characters.runStart(bytes, terraform, floor, Characters.ALPHANUMERIC);
        return found(first, end, BuiltIn.SERVICE_TOKEN);
      }
      int discord = discordBot(start, end, floor);
      if (discord > 0) {
        return discord;
      }
    }
    int google = start - GOOGLE_ACCESS.length;
    if (wants(BuiltIn.GCP_KEY)
        && stands(GOOGLE_ACCESS, google, floor)
        && isBegin(google, floor)
        && end - start >= 20) {
      int tail = Characters.runEnd(bytes, end, to, Characters.KEY);
      return found(google, tail, BuiltIn.GCP_KEY);
    }
    return 0;
  }

  /// A bot's token of Discord: its number as base64, six characters of time, 27 or more.
  private int discordBot(int start, int end, int floor) {
    int middle = start - 1 - DISCORD_MIDDLE;
    if (end - start < 27
        || end - start > 40
        || middle - 1 < floor
        || bytes[middle - 1] != '.'
        || Characters.runStart(bytes, start - 1, floor, Characters.TOKEN) != middle) {
      return 0;
    }
    int lowest = Math.max(floor, middle - 1 - LONGEST_DISCORD);
    int run = Characters.runStart(bytes, middle - 1, lowest, Characters.TOKEN);
    int first = Characters.afterEscape(bytes, run, middle - 1, floor);
    int count = middle - 1 - first;
    boolean number = count >= 23 && count <= 28 && bytes[first] >= 'M' && bytes[first] <= 'O';
    return number && Characters.isMixed(bytes, first, middle - 1)
        ? found(first, end, BuiltIn.SERVICE_TOKEN)
        : 0;
  }

  private boolean stands(byte[] text, int at, int floor) {
    return at >= floor && Bytes.startsWith(bytes, at, to, text);
  }

  private boolean isBegin(int at, int floor) {
    return at <= floor
        || !Characters.is(bytes[at - 1], Characters.ALPHANUMERIC)
        || (at - 2 >= floor && bytes[at - 2] == '\\');
  }

  /// A client secret of Microsoft Entra: three characters, a digit, `Q~`, 31 to 34 characters.
  private int azureSecret(int start, int end, int floor) {
    int mark = start - 1;
    if (!wants(BuiltIn.AZURE_KEY)
        || end - start < 25
        || mark - AZURE_MARK < floor
        || bytes[mark - 1] != 'Q'
        || !Bytes.isDigit(bytes[mark - 2])) {
      return 0;
    }
    int tail = end;
    while (tail < to && (Characters.is(bytes[tail], Characters.KEY) || bytes[tail] == '~')) {
      tail++;
    }
    int from = Characters.runStart(bytes, mark, floor, Characters.KEY);
    return found(Characters.afterEscape(bytes, from, mark, floor), tail, BuiltIn.AZURE_KEY);
  }

  private int behindSlash(int start, int end, int floor) {
    boolean secret = end - start >= MIN_HOOK && Characters.isMixed(bytes, start, end);
    if (secret && wants(BuiltIn.SERVICE_TOKEN)) {
      int number = Characters.runStart(bytes, start - 1, floor, Characters.ALPHANUMERIC);
      if (stands(DISCORD_HOOK, number - DISCORD_HOOK.length, floor)
          || stands(TEAMS_HOOK, start - TEAMS_HOOK.length, floor)) {
        return found(start, end, BuiltIn.SERVICE_TOKEN);
      }
    }
    int refresh = start - GOOGLE_REFRESH.length;
    if (secret
        && wants(BuiltIn.GCP_KEY)
        && stands(GOOGLE_REFRESH, refresh, floor)
        && bytes[start] == '0'
        && end - start >= MIN_REFRESH
        && isBegin(refresh, floor)) {
      return found(refresh, end, BuiltIn.GCP_KEY);
    }
    return slackHook(start, end, floor);
  }

  private int slackHook(int start, int end, int floor) {
    int reach = Math.max(floor, start - SLACK_HOOK_REACH);
    int host = Bytes.indexOf(bytes, reach, start, SLACK_HOOK);
    if (host < 0 || !wants(BuiltIn.SLACK_TOKEN)) {
      return 0;
    }
    int path = host + SLACK_HOOK.length;
    for (int i = path; i < start; i++) {
      if (bytes[i] != '/' && !Characters.is(bytes[i], Characters.TOKEN)) {
        return 0;
      }
    }
    return found(path, end, BuiltIn.SLACK_TOKEN);
  }

  /// A bot's token of Telegram: its number, a colon, 35 characters that begin with `AA`.
  private int telegram(int start, int end, int floor) {
    int number = start - 1;
    while (number > floor && Bytes.isDigit(bytes[number - 1])) {
      number--;
    }
    int digits = start - 1 - number;
    return wants(BuiltIn.SERVICE_TOKEN)
            && end - start == TELEGRAM_SECRET
            && bytes[start] == 'A'
            && bytes[start + 1] == 'A'
            && digits >= 8
            && digits <= 10
        ? found(number, end, BuiltIn.SERVICE_TOKEN)
        : 0;
  }

  /// `Bearer …` and `Basic …` without a header's name.
  private int behindScheme(int start, int floor) {
    if (!wants(BuiltIn.AUTHORIZATION)) {
      return 0;
    }
    int blank = start - 1;
    int end = Characters.runEnd(bytes, start, to, Characters.TOKEN68);
    if (endsWith(blank, floor, BEARER)) {
      return end - start >= MIN_BEARER && Characters.isMixed(bytes, start, end)
          ? found(start, end, BuiltIn.AUTHORIZATION)
          : 0;
    }
    return endsWith(blank, floor, BASIC) && basic.is(bytes, start, end)
        ? found(start, end, BuiltIn.AUTHORIZATION)
        : 0;
  }

  private boolean endsWith(int end, int floor, byte[] lower) {
    int at = end - lower.length;
    if (at < floor) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      if ((bytes[at + i] | 0x20) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /// The body of a private key: from behind its first line to its last, or to the message's end. A
  /// quote before the run, as before an id in JSON, would have ended the string with the key.
  private int privateKey(int start, int end, int floor) {
    if (!wants(BuiltIn.PRIVATE_KEY)
        || (pemLooked && pemBegin < 0)
        || end - start < MIN_KEY_LINE
        || (start > floor && bytes[start - 1] == '"')
        || !mayBeBase64(start, end)) {
      return 0;
    }
    if (!pemLooked || pemBegin < floor) {
      look(Math.max(begin, floor));
    }
    return pemBegin >= 0 && start >= pemBegin && end <= pemEnd
        ? found(pemBegin, pemEnd, BuiltIn.PRIVATE_KEY)
        : 0;
  }

  private boolean mayBeBase64(int start, int end) {
    boolean upper = false;
    boolean lower = false;
    for (int i = start; i < end; i++) {
      upper |= bytes[i] >= 'A' && bytes[i] <= 'Z';
      lower |= bytes[i] >= 'a' && bytes[i] <= 'z';
    }
    return upper && lower;
  }

  private void look(int from) {
    pemLooked = true;
    pemBegin = -1;
    int head = Bytes.indexOf(bytes, from, to, PEM_BEGIN);
    while (head >= 0) {
      int label = head + PEM_BEGIN.length;
      int dashes = Bytes.indexOf(bytes, label, Math.min(to, label + LONGEST_LINE), PEM_DASHES);
      if (dashes < 0) {
        return;
      }
      if (Bytes.indexOf(bytes, label, dashes, PEM_KEY) >= 0) {
        pemBegin = Math.min(to, dashes + PEM_DASHES.length);
        pemBegin = afterLineEnd(pemBegin);
        // A quote ends the string in which it stands.
        int quote = Bytes.indexOf(bytes, pemBegin, to, (byte) '"');
        int limit = quote < 0 ? to : quote;
        int tail = Bytes.indexOf(bytes, pemBegin, limit, PEM_END);
        pemEnd = tail >= 0 ? beforeLineEnd(tail) : base64End(pemBegin, limit);
        return;
      }
      head = Bytes.indexOf(bytes, dashes, to, PEM_BEGIN);
    }
  }

  /// Past a line's end, as a byte or as an escape.
  private int afterLineEnd(int at) {
    int i = at;
    while (i < to) {
      if (bytes[i] == '\n' || bytes[i] == '\r' || bytes[i] == ' ') {
        i++;
      } else if (i + 1 < to && bytes[i] == '\\') {
        int letter = i;
        while (letter < to && bytes[letter] == '\\') {
          letter++;
        }
        if (letter >= to || (bytes[letter] != 'n' && bytes[letter] != 'r')) {
          return i;
        }
        i = letter + 1;
      } else {
        return i;
      }
    }
    return i;
  }

  private int beforeLineEnd(int at) {
    int i = at;
    while (i > pemBegin) {
      byte b = bytes[i - 1];
      if (b == '\n' || b == '\r' || b == ' ') {
        i--;
      } else if ((b == 'n' || b == 'r') && bytes[i - 2] == '\\') {
        i -= 1 + Characters.backslashes(bytes, i - 1, pemBegin);
      } else {
        return i;
      }
    }
    return i;
  }

  /// How far a body without its last line goes.
  private int base64End(int from, int limit) {
    int i = from;
    while (i < limit) {
      int line = Characters.runEnd(bytes, i, limit, Characters.TOKEN68);
      int next = afterLineEnd(line);
      if (line == i || next == line) {
        return line;
      }
      i = next;
    }
    return i;
  }
}
