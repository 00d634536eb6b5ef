package dev.longshore.agent.line;

/// The level of a line that is fields between commas or semicolons, quoted or not: CSV layouts of
/// logging libraries (`2026-11-28 12:00:01.101,ERROR,shop.Cart,no stock`) and PostgreSQL's csvlog.
/// The first field is a time, or the level in capitals. Reused for each line.
final class CsvHeader {
  private static final int MOST_FIELDS = 14;

  private boolean dated;
  private int levelFrom;
  private int levelTo;

  /// Whether the line from `at` has a level in a field of its own.
  boolean read(byte[] bytes, int at, int limit) {
    dated = false;
    byte separator = 0;
    int i = at;
    for (int field = 0; field < MOST_FIELDS && i < limit; field++) {
      boolean quoted = bytes[i] == '"';
      int from = quoted ? i + 1 : i;
      int to = quoted ? Bytes.indexOf(bytes, from, limit, (byte) '"') : end(bytes, from, limit);
      int next = quoted ? to + 1 : to;
      if (to < 0 || next >= limit) {
        return false;
      }
      if (field == 0) {
        separator = bytes[next];
        dated = LineTime.is(bytes, from, to);
      } else if (bytes[next] != separator) {
        return false;
      }
      if (separator != ',' && separator != ';') {
        return false;
      }
      if (isLevel(bytes, from, to, dated && field <= 2)) {
        levelFrom = from;
        levelTo = to;
        return true;
      }
      if (!dated || (!quoted && isText(bytes, from, to))) {
        return false;
      }
      i = next + 1;
    }
    return false;
  }

  private static boolean isLevel(byte[] bytes, int from, int to, boolean anyCase) {
    return to > from
        && HeaderToken.letters(bytes, from, to) == to
        && (anyCase || HeaderToken.areCapitals(bytes, from, to))
        && Level.of(bytes, from, to) != Level.NONE;
  }

  /// Whether the field is words of a sentence, and no time.
  private static boolean isText(byte[] bytes, int from, int to) {
    return Bytes.indexOf(bytes, from, to, (byte) ' ') >= 0 && !LineTime.is(bytes, from, to);
  }

  /// Where a field without quotes ends, or -1.
  private static int end(byte[] bytes, int from, int limit) {
    int i = from;
    while (i < limit && bytes[i] != ',' && bytes[i] != ';') {
      i++;
    }
    return i < limit ? i : -1;
  }

  /// Whether the first field is a time.
  boolean isDated() {
    return dated;
  }

  int levelFrom() {
    return levelFrom;
  }

  int levelTo() {
    return levelTo;
  }
}
