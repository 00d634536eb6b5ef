package dev.longshore.bench;

import dev.longshore.shared.units.DataSize;
import dev.longshore.shared.units.Durations;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// An option of a measurement.
///
/// @param name with its dashes
/// @param standards what it is by default, by [Scale], in the order of that
/// @param text what it sets, for the help
record Option(String name, Kind kind, Standards standards, String text) {

  /// What an option takes, and how the help names it.
  enum Kind {
    COUNT("N"),
    DURATION("TIME"),
    /// Several, with commas between them.
    COUNTS("N,N"),
    SIZES("SIZE,SIZE"),
    TEXTS("NAME,NAME"),
    SCALE("SCALE"),
    FILE("FILE"),
    /// Takes no value: it is there or not.
    FLAG("");

    private final String placeholder;

    Kind(String placeholder) {
      this.placeholder = placeholder;
    }

    /// @throws IllegalArgumentException when the value is none of this kind
    private void check(String value) {
      switch (this) {
        case COUNT -> count(value);
        case DURATION -> Durations.parse(value);
        case COUNTS -> list(value).forEach(Option::count);
        case SIZES -> list(value).forEach(Option::bytes);
        case SCALE -> scale(value);
        case FILE -> Path.of(value);
        case TEXTS, FLAG -> {}
      }
    }
  }

  /// The default at each [Scale]; empty for none.
  record Standards(String whole, String brief, String tiny) {
    String at(Scale scale) {
      return switch (scale) {
        case WHOLE -> whole;
        case SHORT -> brief;
        case TINY -> tiny;
      };
    }
  }

  static Option of(String name, Kind kind, String whole, String brief, String tiny, String text) {
    return new Option(name, kind, new Standards(whole, brief, tiny), text);
  }

  static Option flag(String name, String text) {
    return of(name, Kind.FLAG, "", "", "", text);
  }

  boolean takesValue() {
    return kind != Kind.FLAG;
  }

  /// @throws UsageException when the value is none that it takes
  void check(String value) {
    try {
      kind.check(value);
    } catch (IllegalArgumentException e) {
      throw new UsageException(name + " '" + value + "': " + e.getMessage(), e);
    }
  }

  String help() {
    String usage = takesValue() ? name + " " + kind.placeholder : name;
    String standard = standards.whole().isEmpty() ? "" : " (" + standards.whole() + ")";
    return "  %-18s %s%s".formatted(usage, text, standard);
  }

  static List<String> list(String value) {
    return List.of(value.split(",", -1));
  }

  static long bytes(String value) {
    return DataSize.parse(value).bytes();
  }

  static Scale scale(String value) {
    for (Scale scale : Scale.values()) {
      if (scale.name().toLowerCase(Locale.ROOT).equals(value)) {
        return scale;
      }
    }
    throw new IllegalArgumentException("not whole, short or tiny");
  }

  static long count(String value) {
    try {
      long number = Long.parseLong(value.replace("_", ""));
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a number of at least 1", e);
    }
    throw new IllegalArgumentException("not a number of at least 1");
  }
}
