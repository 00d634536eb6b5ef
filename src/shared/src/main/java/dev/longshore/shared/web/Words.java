package dev.longshore.shared.web;

import java.util.Locale;

/// What enums are called in logs and JSON.
final class Words {
  private Words() {}

  static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
