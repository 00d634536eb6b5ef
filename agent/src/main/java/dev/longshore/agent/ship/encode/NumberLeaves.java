package dev.longshore.agent.ship.encode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Where the named numbers stand in a body: JSON numbers, or strings that are one, finite as
/// doubles. Of several leaves with one path the first counts; elements of arrays do not.
final class NumberLeaves {
  /// A number of fewer characters, without exponent, is finite as a double.
  private static final int SURELY_FINITE_BYTES = 300;

  private NumberNames names = new NumberNames(List.of());
  private final byte[] path = new byte[NumberNames.MAX_NAME_BYTES];
  private int[] from = new int[0];
  private int[] to = new int[0];
  private int count;

  void clear(NumberNames wanted) {
    names = wanted;
    count = 0;
    if (from.length < wanted.count()) {
      from = new int[wanted.count()];
      to = new int[wanted.count()];
    }
    Arrays.fill(from, 0, wanted.count(), -1);
  }

  /// A key of the object whose own path is `before` bytes long, its last dot included.
  void key(byte[] text, int start, int length, int before) {
    if (names.count() == 0 || before + length + 1 > path.length) {
      return;
    }
    System.arraycopy(text, start, path, before, length);
    path[before + length] = '.';
  }

  /// The value of the last key, whose path has `pathBytes` bytes.
  void leaf(byte[] bytes, int start, int end, boolean string, JsonScanner scanner, int pathBytes) {
    for (int i = 0; i < names.count(); i++) {
      byte[] name = names.name(i);
      if (name.length == pathBytes
          && from[i] < 0
          && Arrays.equals(name, 0, pathBytes, path, 0, pathBytes)
          && (!string || scanner.number(bytes, start, end) == end)
          && finite(bytes, start, end)) {
        from[i] = start;
        to[i] = end;
        count++;
      }
    }
  }

  private static boolean finite(byte[] bytes, int start, int end) {
    boolean exponent = false;
    for (int i = start; i < end; i++) {
      exponent |= (bytes[i] | 0x20) == 'e';
    }
    if (!exponent && end - start < SURELY_FINITE_BYTES) {
      return true;
    }
    String text = new String(bytes, start, end - start, StandardCharsets.US_ASCII);
    return Double.isFinite(Double.parseDouble(text));
  }

  /// Writes `"a.b":1,"c":2`, in the order of the names.
  void write(byte[] bytes, JsonText json) {
    boolean more = false;
    for (int i = 0; i < names.count(); i++) {
      if (from[i] >= 0) {
        if (more) {
          json.raw((byte) ',');
        }
        more = true;
        json.raw(names.key(i));
        json.raw((byte) ':');
        json.raw(bytes, from[i], to[i] - from[i]);
      }
    }
  }

  /// How many were found.
  int count() {
    return count;
  }
}
