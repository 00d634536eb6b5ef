package dev.longshore.agent.line;

/// The control sequences with which programs colour their output (ECMA-48, `ESC [ … m`).
public final class Ansi {
  public static final byte ESCAPE = 0x1b;

  private Ansi() {}

  /// Behind the sequence that begins at `from`; at least one byte further, at most at `end`.
  static int end(byte[] bytes, int from, int end) {
    int i = from + 1;
    if (i < end && bytes[i] == '[') {
      i++;
      while (i < end && (Bytes.isDigit(bytes[i]) || bytes[i] == ';')) {
        i++;
      }
      i++;
    }
    return Math.min(i, end);
  }

  /// Behind all sequences that stand at `from`.
  public static int skip(byte[] bytes, int from, int end) {
    int i = from;
    while (i < end && bytes[i] == ESCAPE) {
      i = end(bytes, i, end);
    }
    return i;
  }
}
