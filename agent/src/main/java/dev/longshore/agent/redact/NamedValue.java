package dev.longshore.agent.redact;

import org.jspecify.annotations.Nullable;

/// Tells what a key `value` holds by the name that stands as a value before it:
/// `{"name":"DB_PASSWORD","value":"…"}`, `name: DB_PASSWORD` and `value: …` below it,
/// `EnvVar{Name:DB_PASSWORD,Value:…}`, `<add key="Password" value="…"/>`.
final class NamedValue {
  private static final byte[][] LABELS = {Characters.ascii("name"), Characters.ascii("key")};

  private NamedValue() {}

  /// The kind of the name before the key that begins at `key`; null where none is.
  static @Nullable KeyName before(byte[] bytes, int key, int floor) {
    int i = beforeQuote(bytes, key, floor);
    boolean quotedKey = i < key;
    int behind = beforeSpace(bytes, i, floor);
    boolean comma = behind > floor && bytes[behind - 1] == ',';
    if (comma) {
      behind = beforeSpace(bytes, behind - 1, floor);
    }
    if (behind == i) {
      return null;
    }
    int end = beforeQuote(bytes, behind, floor);
    KeyName name = secret(bytes, end, floor);
    if (name == null || (quotedKey && comma && end < behind)) {
      return name;
    }
    int start = Characters.runStart(bytes, end, floor, Characters.KEY);
    return isLabelled(bytes, start, floor) ? name : null;
  }

  /// The kind of the name that ends at `end`, if its values are secrets.
  static @Nullable KeyName secret(byte[] bytes, int end, int floor) {
    if (end - floor < 4 || !KeyName.mayEnd(bytes, end)) {
      return null;
    }
    KeyName name = KeyName.of(bytes, end, floor);
    return name == KeyName.SECRET || name == KeyName.MAYBE || name == KeyName.WORD ? name : null;
  }

  /// Whether the value that begins at `start`, behind its quote, is that of a `name` or `key`.
  static boolean isLabelled(byte[] bytes, int start, int floor) {
    int i = beforeSpace(bytes, beforeQuote(bytes, start, floor), floor);
    if (i <= floor || (bytes[i - 1] != '=' && bytes[i - 1] != ':')) {
      return false;
    }
    int end = beforeQuote(bytes, beforeSpace(bytes, i - 1, floor), floor);
    for (byte[] label : LABELS) {
      int at = end - label.length;
      if (at >= floor && isEqual(bytes, at, label)) {
        return at == floor || !Characters.is(bytes[at - 1], Characters.ALPHANUMERIC);
      }
    }
    return false;
  }

  private static boolean isEqual(byte[] bytes, int at, byte[] lower) {
    for (int i = 0; i < lower.length; i++) {
      if ((bytes[at + i] | 0x20) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private static int beforeQuote(byte[] bytes, int end, int floor) {
    return end > floor && (bytes[end - 1] == '"' || bytes[end - 1] == '\'')
        ? end - 1 - Characters.backslashes(bytes, end - 1, floor)
        : end;
  }

  /// Before blanks and ends of lines, also as a string of JSON writes them.
  static int beforeSpace(byte[] bytes, int end, int floor) {
    int i = end;
    while (i > floor) {
      byte b = bytes[i - 1];
      if (b == ' ' || b == '\t' || b == '\n' || b == '\r') {
        i--;
      } else if ((b == 'n' || b == 'r' || b == 't') && i - 1 > floor && bytes[i - 2] == '\\') {
        i -= 1 + Characters.backslashes(bytes, i - 1, floor);
      } else {
        return i;
      }
    }
    return i;
  }
}
