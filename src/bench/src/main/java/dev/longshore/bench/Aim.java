package dev.longshore.bench;

import java.util.Locale;

/// What a figure should be.
///
/// @param limit in the figure's unit
/// @param least whether the figure should be at least the limit, and not at most
/// @param text the limit with its unit, for people
record Aim(double limit, boolean least, String text) {
  static Aim atLeast(double limit, String text) {
    return new Aim(limit, true, text);
  }

  static Aim atMost(double limit, String text) {
    return new Aim(limit, false, text);
  }

  boolean met(double figure) {
    return least ? figure >= limit : figure <= limit;
  }

  /// For example `aim: at most 0.8 s; 1.10 of it, missed`.
  String judge(double figure) {
    return String.format(
        Locale.ROOT,
        "aim: %s %s; %.2f of it, %s",
        least ? "at least" : "at most",
        text,
        figure / limit,
        met(figure) ? "met" : "missed");
  }
}
