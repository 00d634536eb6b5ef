package dev.longshore.gotemplate;

import java.util.function.IntUnaryOperator;

/// Texts with other letter cases.
final class Letters {
  private static final String MIDDLE = ".:'\u2019\u00b7";

  private Letters() {}

  /// Go's `strings.Title`: the first letter of each word is large, the others stay.
  static String titleFirst(String text) {
    StringBuilder title = new StringBuilder(text.length());
    int before = ' ';
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      title.appendCodePoint(isSeparator(before) ? Character.toTitleCase(c) : c);
      before = c;
    }
    return title.toString();
  }

  private static boolean isSeparator(int c) {
    return c < 128
        ? !Character.isLetterOrDigit(c) && c != '_'
        : !Character.isLetterOrDigit(c) && Character.isWhitespace(c);
  }

  /// As Alertmanager's `title`: the first letter of each word is large, the others small. One `.`
  /// or apostrophe between two letters is part of a word.
  static String titleOnly(String text) {
    int[] letters = text.codePoints().toArray();
    StringBuilder title = new StringBuilder(text.length());
    boolean inWord = false;
    for (int i = 0; i < letters.length; i++) {
      int c = letters[i];
      if (isCased(c)) {
        title.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
        inWord = true;
      } else {
        title.appendCodePoint(c);
        boolean joins =
            MIDDLE.indexOf(c) >= 0
                && i > 0
                && isOfWord(letters[i - 1])
                && i + 1 < letters.length
                && isOfWord(letters[i + 1]);
        inWord &= isOfWord(c) || joins;
      }
    }
    return title.toString();
  }

  private static boolean isOfWord(int c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  /// Go's `strings.ToUpper`: letter by letter, so that a letter without a capital stays as it is.
  static String upper(String text) {
    return mapped(text, Character::toUpperCase);
  }

  /// Go's `strings.ToLower`.
  static String lower(String text) {
    return mapped(text, Character::toLowerCase);
  }

  /// Go's `strings.TrimSpace`: without the white space of Unicode at both ends.
  static String trimmed(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isSpace(char c) {
    return Character.isSpaceChar(c) || (c >= '\t' && c <= '\r') || c == '\u0085';
  }

  private static String mapped(String text, IntUnaryOperator letter) {
    StringBuilder mapped = new StringBuilder(text.length());
    text.codePoints().map(letter).forEach(mapped::appendCodePoint);
    return mapped.toString();
  }
}
