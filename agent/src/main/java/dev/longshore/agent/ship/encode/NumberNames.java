package dev.longshore.agent.ship.encode;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// The leaves of a body that are indexed as doubles too, as a snapshot names them.
final class NumberNames {
  /// Longer names are not looked for.
  static final int MAX_NAME_BYTES = 512;

  private final byte[][] names;
  private final byte[][] keys;

  /// @param paths dotted paths; those that Elasticsearch can't have as field names, with nothing or
  ///   only blanks between two dots, are left out
  NumberNames(List<String> paths) {
    List<String> usable = paths.stream().filter(NumberNames::isFieldName).distinct().toList();
    names = new byte[usable.size()][];
    keys = new byte[usable.size()][];
    for (int i = 0; i < names.length; i++) {
      names[i] = usable.get(i).getBytes(StandardCharsets.UTF_8);
      keys[i] = JsonText.quoted(usable.get(i));
    }
  }

  private static boolean isFieldName(String path) {
    if (path.length() > MAX_NAME_BYTES / 4) {
      return false;
    }
    for (String segment : path.split("\\.", -1)) {
      if (segment.isBlank()) {
        return false;
      }
    }
    return true;
  }

  int count() {
    return names.length;
  }

  /// A path in UTF-8; never changed.
  byte[] name(int index) {
    return names[index];
  }

  /// The path as a JSON string with its quotes; never changed.
  byte[] key(int index) {
    return keys[index];
  }
}
