package dev.longshore.bench;

import java.util.List;
import java.util.Locale;

/// One measurement of `longshore bench`.
sealed interface Bench permits Row, TableBench {
  /// What asks for it on the command line.
  String option();

  /// What it measures, in a line.
  String summary();

  /// What can be set.
  List<Option> options();

  /// Tells what is being done.
  static void step(String text, Object... values) {
    System.err.println("▸ " + String.format(Locale.ROOT, text, values));
  }
}
