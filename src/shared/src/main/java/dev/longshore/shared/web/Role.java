package dev.longshore.shared.web;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What somebody may do; each role includes those before it.
public enum Role {
  /// Look at everything.
  READ,
  /// Make, change and end silences; acknowledge.
  SILENCE,
  /// Post alerts, reload, run drills.
  ADMIN;

  /// The configuration's words, with `none` for nobody's role.
  public static final List<String> WORDS = List.of("none", "read", "silence", "admin");

  /// The role of a word; null for `none`.
  public static @Nullable Role of(String word) {
    return word.equals("none") ? null : valueOf(word.toUpperCase(Locale.ROOT));
  }

  /// The configuration's word.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether it includes another.
  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }
}
