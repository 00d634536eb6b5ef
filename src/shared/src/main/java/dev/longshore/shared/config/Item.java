package dev.longshore.shared.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a section knows under one of its keys.
sealed interface Item {

  /// One sentence about it.
  String description();

  /// A key with a value.
  ///
  /// @param accepted what the value is: `a duration from 10ms to 1m`
  /// @param standard the default; null when there is none
  /// @param isLiteral whether `standard` is what one would write, and not a sentence about it
  /// @param effective the value in force as YAML, secrets hidden
  record Leaf(
      String description,
      String accepted,
      @Nullable String standard,
      boolean isLiteral,
      String effective)
      implements Item {}

  /// A section of its own.
  record Group(String description, Section section) implements Item {}

  /// A list of sections.
  record Groups(String description, List<Section> sections) implements Item {}
}
