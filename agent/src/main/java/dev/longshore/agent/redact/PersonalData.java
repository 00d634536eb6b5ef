package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;

/// Finds numbers of payment cards, e-mail addresses and IP addresses; each in a walk of its own,
/// and only where it is wanted. Reused for each message.
final class PersonalData {
  static final long PATTERNS = BuiltIn.CARD.bit() | BuiltIn.EMAIL.bit() | BuiltIn.IP.bit();

  private static final int LEAST_CARD_DIGITS = 13;
  private static final int MOST_CARD_DIGITS = 19;
  private static final int LONGEST_IPV6 = 45;

  private final Matches matches;
  private final byte[] digits = new byte[MOST_CARD_DIGITS];
  private Message message = new Message();
  private byte[] bytes = new byte[0];
  private int from;
  private int to;

  PersonalData(Matches matches) {
    this.matches = matches;
  }

  void scan(Message text, long patterns) {
    message = text;
    bytes = text.bytes();
    from = text.from();
    to = text.to();
    if ((patterns & BuiltIn.EMAIL.bit()) != 0) {
      emails();
      matches.settle();
    }
    if ((patterns & BuiltIn.CARD.bit()) != 0) {
      cards();
      matches.settle();
    }
    if ((patterns & BuiltIn.IP.bit()) != 0) {
      addresses();
    }
  }

  private void add(int start, int end, BuiltIn pattern) {
    boolean inEscape = Characters.afterEscape(bytes, start, end, from) != start;
    if (!inEscape && !matches.overlaps(start, end)) {
      boolean bare = message.isJson() && !message.isInString(start);
      matches.add(start, end, pattern.index(), bare ? 0 : Matches.UNQUOTED);
    }
  }

  private void emails() {
    int floor = from;
    int sign = Bytes.indexOf(bytes, from, to, (byte) '@');
    while (sign >= 0) {
      int start = sign;
      while (start > floor && isLocal(bytes[start - 1])) {
        start--;
      }
      start = Characters.afterEscape(bytes, start, sign, from);
      int end = domainEnd(sign + 1);
      if (start < sign && end > 0) {
        add(start, end, BuiltIn.EMAIL);
        floor = end;
      }
      sign = Bytes.indexOf(bytes, Math.max(sign + 1, end), to, (byte) '@');
    }
  }

  private static boolean isLocal(byte b) {
    return b < 0 || Characters.is(b, Characters.KEY) || b == '+' || b == '%';
  }

  /// Behind `example.com`, whose last label has letters only; 0 where there is none.
  private int domainEnd(int at) {
    int end = 0;
    int i = at;
    while (i < to) {
      int label = i;
      while (i < to
          && (Characters.is(bytes[i], Characters.ALPHANUMERIC)
              || bytes[i] == '-'
              || bytes[i] < 0)) {
        i++;
      }
      if (i == label) {
        break;
      }
      if (label > at && i - label >= 2 && isName(label, i)) {
        end = i;
      }
      if (i >= to || bytes[i] != '.') {
        break;
      }
      i++;
    }
    return end;
  }

  private boolean isName(int label, int end) {
    for (int i = label; i < end; i++) {
      if (bytes[i] >= 0 && !Bytes.isLetter(bytes[i])) {
        return false;
      }
    }
    return true;
  }

  private void cards() {
    int i = from;
    while (i < to) {
      if (!Bytes.isDigit(bytes[i])) {
        i++;
        continue;
      }
      boolean begins = i == from || !isGlued(bytes[i - 1]) || isBehindEscape(i) || isBehindTrack(i);
      int count = 0;
      int last = i;
      int group = 0;
      int groupEnd = i;
      byte divider = 0;
      for (int end = i; end < to; end++) {
        byte b = bytes[end];
        if (Bytes.isDigit(b)) {
          if (count < digits.length) {
            digits[count] = (byte) (b - '0');
          }
          count++;
          last = end + 1;
          if (divider == 0) {
            group = count;
            groupEnd = last;
          }
          if (count > MOST_CARD_DIGITS) {
            break;
          }
        } else if ((b == ' ' || b == '-')
            && (divider == 0 || divider == b)
            && last == end
            && end + 1 < to
            && Bytes.isDigit(bytes[end + 1])) {
          divider = b;
        } else {
          break;
        }
      }
      boolean plain = last == to || !isGlued(bytes[last]) || endsSentence(last);
      if (begins && plain && isCard(count) && (divider == 0 || isGrouped(i, last, divider))) {
        add(i, last, BuiltIn.CARD);
        i = last;
      } else if (begins && divider == ' ' && isCard(group)) {
        // Other numbers follow it.
        add(i, groupEnd, BuiltIn.CARD);
        i = groupEnd;
      } else {
        // Numbers that stand beside each other: the next may be one.
        i = Characters.runEnd(bytes, i, to, Characters.ALPHANUMERIC);
      }
    }
  }

  private boolean isBehindEscape(int at) {
    return at - 2 >= from && bytes[at - 2] == '\\' && !Bytes.isDigit(bytes[at - 1]);
  }

  /// `%B` begins the first track of a card's magnetic stripe (ISO/IEC 7813).
  private boolean isBehindTrack(int at) {
    return at - 2 >= from && bytes[at - 1] == 'B' && bytes[at - 2] == '%';
  }

  private boolean endsSentence(int at) {
    return (bytes[at] == '.' || bytes[at] == '-') && (at + 1 == to || !isGlued(bytes[at + 1]));
  }

  private static boolean isGlued(byte b) {
    return Characters.is(b, Characters.KEY);
  }

  /// Four and four, or 4-6-5 and 4-6-4.
  private boolean isGrouped(int start, int end, byte divider) {
    int first = Bytes.indexOf(bytes, start, end, divider) - start;
    return first == 4;
  }

  private boolean isCard(int count) {
    if (count < LEAST_CARD_DIGITS || count > MOST_CARD_DIGITS || !isIssuer(count)) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < count; i++) {
      int digit = digits[count - 1 - i];
      if ((i & 1) == 1) {
        digit *= 2;
        digit -= digit > 9 ? 9 : 0;
      }
      sum += digit;
    }
    return sum % 10 == 0;
  }

  /// Whether the first digits and the length are those of a network (ISO/IEC 7812).
  private boolean isIssuer(int count) {
    int two = digits[0] * 10 + digits[1];
    int four = two * 100 + digits[2] * 10 + digits[3];
    if (digits[0] == 4) {
      return count == 13 || count == 16 || count == 19;
    }
    if ((two >= 51 && two <= 55)
        || (four >= 2200 && four <= 2204)
        || (four >= 2221 && four <= 2720)) {
      return count == 16;
    }
    if (isMaestro(four)) {
      return true;
    }
    if (two == 34 || two == 37) {
      return count == 15;
    }
    if (two == 36 || two == 38 || (two == 30 && digits[2] <= 5)) {
      return count == 14;
    }
    return (four == 6011 || two == 65 || two == 35 || two == 62 || (four >= 6440 && four <= 6499))
        && count >= 16;
  }

  /// Maestro, and debit cards that came from it.
  private static boolean isMaestro(int four) {
    return switch (four) {
      case 5018, 5019, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763 -> true;
      default -> false;
    };
  }

  private void addresses() {
    int i = from;
    while (i < to) {
      byte b = bytes[i];
      if (Bytes.hex(b) < 0 && b != ':') {
        i++;
        continue;
      }
      int end = i;
      int colons = 0;
      while (end < to && (Bytes.hex(bytes[end]) >= 0 || bytes[end] == ':' || bytes[end] == '.')) {
        colons += bytes[end] == ':' ? 1 : 0;
        end++;
      }
      boolean begins = i == from || !isGlued(bytes[i - 1]) || isBehindEscape(i);
      boolean ends = end == to || !Characters.is(bytes[end], Characters.TOKEN);
      int v6 = end;
      while (v6 > i + 2
          && (bytes[v6 - 1] == '.' || (bytes[v6 - 1] == ':' && bytes[v6 - 2] != ':'))) {
        v6--;
      }
      if (begins && ends && colons >= 2 && isIpv6(i, v6)) {
        add(i, v6, BuiltIn.IP);
      } else {
        ipv4(i, end);
      }
      i = Math.max(end, i + 1);
    }
  }

  /// Looks for addresses in a run of hexadecimal digits, dots and colons.
  private void ipv4(int start, int end) {
    int i = start;
    while (i < end) {
      int stop = ipv4End(i, end);
      boolean begins = i == from || !isGlued(bytes[i - 1]) || isBehindEscape(i);
      boolean ends =
          stop > 0
              && (stop == to
                  || !(Characters.is(bytes[stop], Characters.ALPHANUMERIC)
                      || bytes[stop] == '_'
                      || (bytes[stop] == '.' && stop + 1 < to && Bytes.isDigit(bytes[stop + 1]))));
      if (begins && ends) {
        add(i, stop, BuiltIn.IP);
        i = stop;
      } else {
        i++;
      }
    }
  }

  private int ipv4End(int at, int end) {
    int i = at;
    for (int part = 0; part < 4; part++) {
      if (part > 0) {
        if (i >= end || bytes[i] != '.') {
          return 0;
        }
        i++;
      }
      int value = 0;
      int first = i;
      while (i < end && i - first < 3 && Bytes.isDigit(bytes[i])) {
        value = value * 10 + bytes[i] - '0';
        i++;
      }
      if (i == first || value > 255) {
        return 0;
      }
    }
    return i < end && Bytes.isDigit(bytes[i]) ? 0 : i;
  }

  private boolean isIpv6(int start, int end) {
    if (end - start > LONGEST_IPV6 || end - start < 3) {
      return false;
    }
    int groups = 0;
    int doubled = 0;
    boolean digit = false;
    int i = start;
    while (i < end) {
      if (bytes[i] == ':') {
        if (i + 1 < end && bytes[i + 1] == ':') {
          doubled++;
          i++;
        } else if (i == start) {
          return false;
        }
        i++;
        continue;
      }
      int group = i;
      while (i < end && Bytes.hex(bytes[i]) >= 0) {
        digit |= Bytes.isDigit(bytes[i]);
        i++;
      }
      if (i < end && bytes[i] == '.') {
        groups += 2;
        return ipv4End(group, end) == end && doubled <= 1 && (groups == 8 || doubled == 1);
      }
      if (i - group > 4) {
        return false;
      }
      groups++;
    }
    return doubled == 0 ? groups == 8 : doubled == 1 && groups < 8 && groups > 0 && digit;
  }
}
