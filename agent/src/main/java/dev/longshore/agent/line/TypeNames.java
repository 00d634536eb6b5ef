package dev.longshore.agent.line;

/// Names of types that do not say that they are exceptions.
public final class TypeNames {
  private TypeNames() {}

  /// Whether it is a name of several words in one, each with a capital: `OutOfStock`. `RequestId`
  /// is none: it names a value.
  public static boolean isCamelCase(byte[] bytes, int from, int to) {
    int words = 0;
    boolean small = false;
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (b >= 'A' && b <= 'Z') {
        words++;
      } else if (i > from && ((b >= 'a' && b <= 'z') || Bytes.isDigit(b))) {
        small = true;
      } else {
        return false;
      }
    }
    return words >= 2 && small && !isIdentifier(bytes, to);
  }

  private static boolean isIdentifier(byte[] bytes, int to) {
    return bytes[to - 2] == 'I' && (bytes[to - 1] == 'd' || bytes[to - 1] == 'D');
  }
}
