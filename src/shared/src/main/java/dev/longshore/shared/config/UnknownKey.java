package dev.longshore.shared.config;

import java.util.List;
import java.util.Set;

/// What is said of a key that a section does not know: what was meant, where that can be told.
final class UnknownKey {
  private UnknownKey() {}

  /// @param section in which the key stands
  /// @param sections all of the file
  static String message(String key, Section section, List<Section> sections) {
    Set<String> known = section.items().keySet();
    if (key.equals("<<")) {
      return "merge keys are not supported here; write the keys out";
    }
    int dot = key.indexOf('.');
    if (dot > 0 && known.contains(key.substring(0, dot))) {
      return "unknown key; write '%s:', and '%s:' in a line below it, further to the right"
          .formatted(key.substring(0, dot), key.substring(dot + 1));
    }
    String nearest = NearestKey.of(key, known);
    if (nearest != null) {
      return "unknown key; did you mean '" + nearest + "'?";
    }
    String all = String.join(", ", known);
    for (Section other : sections) {
      if (other.items().containsKey(key)) {
        // A key below another one is seldom one of elsewhere: Filebeat's `hosts` is no name of
        // ours.
        boolean root = section.pathOf(key).equals(key);
        return "unknown key here; did you mean '%s'?".formatted(other.pathOf(key))
            + (root ? "" : " Known here: " + all);
      }
    }
    return "unknown key; known here: " + all;
  }
}
