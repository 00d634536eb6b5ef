package dev.longshore.alerting.state;

import java.util.List;

/// The tables of one package and how they came to be, in SQLite's words: `integer` is of 64 bits
/// and `real` a double. Another database has words of its own for these.
///
/// @param name the package's; what the database remembers its version under
/// @param steps statements; step n takes version n to n + 1. A step that was released never changes
public record Schema(String name, List<String> steps) {
  public Schema {
    steps = List.copyOf(steps);
  }
}
