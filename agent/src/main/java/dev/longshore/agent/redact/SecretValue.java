package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;

/// Tells what may be a secret from what stands in its place: placeholders, names of objects, words.
final class SecretValue {
  private static final byte[][] WORDS = words();
  private static final byte[] ENVIRONMENT_OF_NODE = Characters.ascii("process.env.");

  private static byte[][] words() {
    String[] words = {
      "null",
      "true",
      "false",
      "none",
      "nil",
      "undefined",
      "empty",
      "yes",
      "no",
      "on",
      "off",
      "hidden",
      "protected",
      "redacted",
      "masked",
      "filtered",
      "removed",
      "unset",
      "n/a",
      "string"
    };
    byte[][] all = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      all[i] = Characters.ascii(words[i]);
    }
    return all;
  }

  private SecretValue() {}

  /// Whether there is more to it than letters: a digit, a sign, or both cases in a long word.
  static boolean isStrong(byte[] bytes, int from, int end) {
    boolean letter = false;
    boolean upper = false;
    boolean lower = false;
    boolean other = false;
    for (int i = from; i < end; i++) {
      byte b = bytes[i];
      if (Bytes.isLetter(b)) {
        letter = true;
        upper |= b <= 'Z';
        lower |= b >= 'a';
      } else {
        // An equals sign at the end is base64's.
        other |= Bytes.isDigit(b) || "!@#$%^*+/~".indexOf(b) >= 0 || (b == '=' && i == end - 1);
      }
    }
    return letter && (other || (upper && lower && end - from >= 20));
  }

  /// Whether it is the name of an object, such as `default/app-tls-2`: secrets of Kubernetes are
  /// named in logs.
  static boolean isName(byte[] bytes, int from, int end) {
    boolean divided = false;
    int digits = 0;
    for (int i = from; i < end; i++) {
      byte b = bytes[i];
      if (b == '-' || b == '/' || b == '.') {
        divided = true;
      } else if (Bytes.isDigit(b)) {
        digits++;
      } else if (b < 'a' || b > 'z') {
        return false;
      }
    }
    return divided && digits * 4 < end - from;
  }

  /// Whether it stands for a value, or says that there is none.
  static boolean isPlaceholder(byte[] bytes, int from, int end) {
    int count = end - from;
    byte first = bytes[from];
    byte last = bytes[end - 1];
    boolean same = true;
    for (int i = from; i < end; i++) {
      same &= bytes[i] == first;
    }
    if (same && (count > 2 || "?*-01xX.".indexOf(first) >= 0)) {
      return first == '*'
          || first == 'x'
          || first == 'X'
          || first == '.'
          || first == '?'
          || first == '-'
          || (count == 1 && (first == '0' || first == '1'));
    }
    byte second = count > 1 ? bytes[from + 1] : 0;
    return switch (first) {
      case '$' ->
          second == '{'
              || second == '('
              || (second >= '0' && second <= '9' && count < 4)
              || isVariable(bytes, from + 1, end);
      case '%' -> count == 2 || second == '(' || second == '{' || (count == 3 && second == '+');
      case '{' -> second == '{' || last == '}';
      case '<' -> true;
      case '(' -> last == ')' || count < 3 || isWord(bytes, from + 1, end, count - 1);
      case '[' -> true;
      case ':' -> count > 1 && Bytes.isLetter(second);
      default ->
          isWord(bytes, from, end, count)
              || isCall(bytes, from, end)
              || Bytes.startsWith(bytes, from, end, ENVIRONMENT_OF_NODE);
    };
  }

  /// The begin of an expression in a line of source code, as traces show it: `getpass(`,
  /// `os.environ[`.
  private static boolean isCall(byte[] bytes, int from, int end) {
    int i = end - 1;
    if (i - from < 2 || (bytes[i] != '(' && bytes[i] != '[')) {
      return false;
    }
    while (i > from && (Bytes.isLetter(bytes[i - 1]) || "._".indexOf(bytes[i - 1]) >= 0)) {
      i--;
    }
    return i == from;
  }

  private static boolean isWord(byte[] bytes, int from, int end, int count) {
    for (byte[] word : WORDS) {
      if (word.length == count) {
        int i = 0;
        while (i < count && (bytes[from + i] | 0x20) == word[i]) {
          i++;
        }
        if (i == count) {
          return true;
        }
      }
    }
    // A path: PWD=/srv/app.
    return switch (bytes[from]) {
      case '/' -> Bytes.indexOf(bytes, from + 1, end, (byte) '/') >= 0 || isName(bytes, from, end);
      case '~' -> count > 1 && bytes[from + 1] == '/';
      default -> false;
    };
  }

  /// `DB_PASSWORD`, behind a dollar sign.
  private static boolean isVariable(byte[] bytes, int from, int end) {
    boolean letter = false;
    for (int i = from; i < end; i++) {
      byte b = bytes[i];
      letter |= b >= 'A' && b <= 'Z';
      if (!Characters.is(b, Characters.UPPER_OR_DIGIT) && b != '_') {
        return false;
      }
    }
    return letter && !Bytes.isDigit(bytes[from]);
  }
}
