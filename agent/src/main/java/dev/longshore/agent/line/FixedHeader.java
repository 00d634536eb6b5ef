package dev.longshore.agent.line;

import static dev.longshore.agent.line.Bytes.ascii;

import java.nio.charset.StandardCharsets;

/// Headers of lines that have one form, whose level is a letter, a number, or a sign: klog, syslog,
/// CUPS, Ceph, Redis, Erlang's reports, npm, warnings of Node.js and Python, the signs of Next.js
/// and other command line tools, and the crashes of [CrashHeader]. Reused for each line.
final class FixedHeader {
  private static final byte[] REPORT = ascii(" REPORT====");
  private static final byte[] CRASH = ascii("=CRASH");
  private static final byte[] SUPERVISOR = ascii("=SUPERVISOR");
  private static final byte[] NPM = ascii("npm ");
  private static final byte[] NODE = ascii("(node:");
  private static final byte[] NODE_REJECTION = ascii("UnhandledPromiseRejectionWarning: ");
  private static final byte[] NODE_ADVICE = ascii("Unhandled promise rejection");
  private static final int NODE_WINDOW_BYTES = "(node:1234567890)".length();
  private static final byte[] CEPH_CLUSTER = ascii("cluster 2");
  private static final byte[] CEPH_AUDIT = ascii("audit 2");
  private static final byte[] CEPH_COLON = ascii(" : ");
  private static final int CUPS_BYTES = "E [28/Nov/2026:12:00:01 +0000] ".length();
  private static final byte[] COLON = ascii(": ");

  /// What V8 prints first when its heap is full.
  private static final byte[] V8_MEMORY = ascii("<--- Last few GCs --->");

  private static final byte[] WARNING = ascii("Warning");
  private static final byte[] SANITIZER_ERROR = ascii("==ERROR: ");
  private static final byte[][] ERROR_SIGNS = {utf8("⨯ "), utf8("✖ "), utf8("✘ "), utf8("❌ ")};
  private static final byte[] SWIFT_CRASH = utf8("💣 Program crashed: ");
  private static final byte[] WARNING_SIGN = utf8("⚠ ");

  /// The longest digits of a process number that a sanitizer puts between equals signs.
  private static final int SANITIZER_WINDOW_BYTES = 16;

  private Level level = Level.NONE;
  private boolean dated;
  private int words;

  /// Whether the line whose first word begins at `at` has such a header.
  boolean read(byte[] bytes, int at, int limit) {
    level = Level.NONE;
    dated = false;
    byte first = bytes[at];
    if (first == '<') {
      return syslog(bytes, at, limit)
          || pythonWarning(bytes, at, limit)
          || (Bytes.startsWith(bytes, at, limit, V8_MEMORY) && found(Level.FATAL, at));
    }
    if (first >= 'D' && first <= 'W') {
      dated = klog(bytes, at, limit) || cups(bytes, at, limit);
      return dated || found(CrashHeader.of(bytes, at, limit), at);
    }
    if (first == 'n') {
      return npm(bytes, at, limit);
    }
    if ((first == 'c' || first == 'a') && ceph(bytes, at, limit)) {
      dated = true;
      return true;
    }
    if ((first == '/' || first == 's') && pythonWarning(bytes, at, limit)) {
      return true;
    }
    if (first == '(') {
      return nodeWarning(bytes, at, limit);
    }
    if (first == '=') {
      return report(bytes, at, limit);
    }
    if (first == '[' && julia(bytes, at, limit)) {
      return true;
    }
    if (first < 0) {
      return sign(bytes, at, limit);
    }
    if (!Bytes.isDigit(first)) {
      return found(CrashHeader.of(bytes, at, limit), at);
    }
    dated = redis(bytes, at, limit);
    return dated;
  }

  private boolean found(Level candidate, int wordsFrom) {
    level = candidate;
    words = wordsFrom;
    return candidate != Level.NONE;
  }

  private boolean syslog(byte[] bytes, int from, int limit) {
    int i = from + 1;
    int value = 0;
    while (i < limit && i < from + 4 && Bytes.isDigit(bytes[i])) {
      value = value * 10 + bytes[i++] - '0';
    }
    return i > from + 1 && i < limit && bytes[i] == '>' && found(Level.ofNumber(value & 7), i + 1);
  }

  /// `E1123 05:48:55` of klog and glog, and the `E20261123 05:48:55` and `E261123 05:48:55` of
  /// newer ones.
  private boolean klog(byte[] bytes, int from, int limit) {
    int digits = from + 1;
    while (digits < limit && digits < from + 9 && Bytes.isDigit(bytes[digits])) {
      digits++;
    }
    int count = digits - from - 1;
    boolean date = count == 4 || count == 6 || count == 8;
    if (!date
        || digits + 6 >= limit
        || bytes[digits] != ' '
        || !Bytes.isDigit(bytes[digits + 1])
        || bytes[digits + 3] != ':'
        || bytes[digits + 6] != ':') {
      return false;
    }
    int bracket = Bytes.indexOf(bytes, digits, limit, (byte) ']');
    return found(
        Level.ofLetter(bytes[from]), bracket < 0 ? digits : blanks(bytes, bracket + 1, limit));
  }

  /// `cluster 2026-11-28T12:00:01.101234+0000 mon.a (mon.0) 123 : cluster [WRN] …`, and the same
  /// with `audit`, of Ceph's monitors.
  private boolean ceph(byte[] bytes, int from, int limit) {
    boolean named =
        Bytes.startsWith(bytes, from, limit, CEPH_CLUSTER)
            || Bytes.startsWith(bytes, from, limit, CEPH_AUDIT);
    int name = named ? HeaderToken.letters(bytes, from, limit) : limit;
    if (!HeaderName.isDateNext(bytes, name, limit)) {
      return false;
    }
    int colon = Bytes.indexOf(bytes, from, limit, CEPH_COLON);
    int open = colon < 0 ? -1 : Bytes.indexOf(bytes, colon, limit, (byte) '[');
    int close = open < 0 ? -1 : Bytes.indexOf(bytes, open, limit, (byte) ']');
    return close > 0 && found(Level.of(bytes, open + 1, close), blanks(bytes, close + 1, limit));
  }

  /// `E [28/Nov/2026:12:00:01 +0000] …`, of CUPS.
  private boolean cups(byte[] bytes, int from, int limit) {
    return from + CUPS_BYTES < limit
        && bytes[from + 1] == ' '
        && bytes[from + 2] == '['
        && bytes[from + 5] == '/'
        && bytes[from + 9] == '/'
        && found(Level.ofLetter(bytes[from]), from + CUPS_BYTES);
  }

  /// `1:M 28 Nov 2026 12:00:00.000 # …`: process, role, time, and a sign that is the level.
  private boolean redis(byte[] bytes, int from, int limit) {
    int i = from;
    while (i < limit && Bytes.isDigit(bytes[i])) {
      i++;
    }
    int day = i + 3;
    if (day + 14 >= limit
        || bytes[i] != ':'
        || !Bytes.isLetter(bytes[i + 1])
        || bytes[i + 2] != ' '
        || !Bytes.isDigit(bytes[day])
        || !Bytes.isDigit(bytes[day + 1])
        || !LineTime.isCalendar(bytes, day + 3, day + 6)) {
      return false;
    }
    int sign = Bytes.indexOf(bytes, day + 12, limit, (byte) ' ') + 1;
    if (sign <= 0 || sign + 1 >= limit || bytes[sign + 1] != ' ') {
      return false;
    }
    Level meant =
        switch (bytes[sign]) {
          case '.', '-' -> Level.DEBUG;
          case '*' -> Level.INFO;
          case '#' -> Level.WARN;
          default -> Level.NONE;
        };
    return found(meant, sign + 2);
  }

  /// Erlang's `=ERROR REPORT==== 28-Nov-2026::12:00:01.101000 ===`, and the sanitizers'
  /// `==1==ERROR: AddressSanitizer: …`.
  private boolean report(byte[] bytes, int from, int limit) {
    int near = Math.min(limit, from + SANITIZER_WINDOW_BYTES);
    int error = Bytes.indexOf(bytes, from, near, SANITIZER_ERROR);
    if (error > from) {
      return found(Level.ERROR, error + SANITIZER_ERROR.length);
    }
    int letters = from + 1;
    while (letters < limit && Bytes.isLetter(bytes[letters])) {
      letters++;
    }
    if (!Bytes.startsWith(bytes, letters, limit, REPORT)) {
      return false;
    }
    boolean failure =
        Bytes.startsWith(bytes, from, limit, CRASH)
            || Bytes.startsWith(bytes, from, limit, SUPERVISOR);
    Level stated = failure ? Level.ERROR : Level.of(bytes, from + 1, letters);
    int feed = Bytes.indexOf(bytes, letters, limit, (byte) '\n');
    return found(stated == Level.NONE ? Level.INFO : stated, feed < 0 ? limit : feed + 1);
  }

  /// `npm error code ELIFECYCLE`, and of older ones `npm ERR! …` and `npm WARN …`.
  private boolean npm(byte[] bytes, int from, int limit) {
    if (!Bytes.startsWith(bytes, from, limit, NPM)) {
      return false;
    }
    int word = from + NPM.length;
    int to = HeaderToken.letters(bytes, word, limit);
    boolean ends = to < limit && (bytes[to] == ' ' || bytes[to] == '!');
    return ends && found(Level.of(bytes, word, to), blanks(bytes, to + 1, limit));
  }

  /// `(node:7) MaxListenersExceededWarning: …`, `(node:7) [DEP0040] DeprecationWarning: …`; up to
  /// version 14 a promise's rejection is one, which is an error.
  private boolean nodeWarning(byte[] bytes, int from, int limit) {
    int close = Bytes.indexOf(bytes, from, Math.min(limit, from + NODE_WINDOW_BYTES), (byte) ')');
    if (close < 0 || !Bytes.startsWith(bytes, from, limit, NODE)) {
      return false;
    }
    int warning = blanks(bytes, close + 1, limit);
    boolean rejection =
        Bytes.startsWith(bytes, warning, limit, NODE_REJECTION)
            && !Bytes.startsWith(bytes, warning + NODE_REJECTION.length, limit, NODE_ADVICE);
    return found(rejection ? Level.ERROR : Level.WARN, warning);
  }

  /// `/app/cart.py:12: DeprecationWarning: …`, `<frozen importlib>:228: RuntimeWarning: …` and
  /// `sys:1: RuntimeWarning: …`, of Python.
  private boolean pythonWarning(byte[] bytes, int from, int limit) {
    int colon = Bytes.indexOf(bytes, from, limit, COLON);
    if (colon <= from || !Bytes.isDigit(bytes[colon - 1])) {
      return false;
    }
    int word = colon + COLON.length;
    int to = HeaderToken.letters(bytes, word, limit);
    return to < limit
        && bytes[to] == ':'
        && to - word >= WARNING.length
        && Bytes.startsWith(bytes, to - WARNING.length, limit, WARNING)
        && found(Level.WARN, to + 2);
  }

  /// `[ Info: ready`, of Julia, whose bracket nothing closes.
  private boolean julia(byte[] bytes, int from, int limit) {
    int word = from + 2;
    if (word >= limit || bytes[from + 1] != ' ') {
      return false;
    }
    int to = HeaderToken.letters(bytes, word, limit);
    return to + 1 < limit
        && bytes[to] == ':'
        && bytes[to + 1] == ' '
        && found(Level.of(bytes, word, to), to + 2);
  }

  private boolean sign(byte[] bytes, int from, int limit) {
    for (byte[] sign : ERROR_SIGNS) {
      if (Bytes.startsWith(bytes, from, limit, sign)) {
        return found(Level.ERROR, from + sign.length);
      }
    }
    if (Bytes.startsWith(bytes, from, limit, SWIFT_CRASH)) {
      return found(Level.FATAL, from);
    }
    return Bytes.startsWith(bytes, from, limit, WARNING_SIGN)
        && found(Level.WARN, from + WARNING_SIGN.length);
  }

  private static int blanks(byte[] bytes, int from, int limit) {
    int i = from;
    while (i < limit && bytes[i] == ' ') {
      i++;
    }
    return i;
  }

  Level level() {
    return level;
  }

  /// Whether there is a time in it.
  boolean isDated() {
    return dated;
  }

  /// Where the words begin.
  int words() {
    return words;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
