package dev.longshore.e2e.torture;

import dev.longshore.shared.elastic.ObjectMapping;
import dev.longshore.shared.units.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the torture was asked for.
///
/// @param runFor how long lines are written and faults injected
/// @param seed of writes and faults
/// @param pods how many there are at a time
/// @param linesPerSecond of all together, on average
/// @param keep whether the run's folder stays, also when all is well
/// @param json where the result is written too, or null
/// @param without faults that are left out
/// @param namespaces whether the agent runs as PID 1 of its own at times
/// @param mapping how the agent has the objects of its documents mapped
record TortureOptions(
    Duration runFor,
    long seed,
    int pods,
    int linesPerSecond,
    boolean keep,
    @Nullable Path json,
    Set<FaultKind> without,
    boolean namespaces,
    ObjectMapping mapping) {
  static final String USAGE =
      "usage: ./longshore torture [--for 5m] [--seed N] [--pods N] [--rate LINES_PER_SECOND]"
          + " [--keep] [--json FILE] [--without FAULT,...] [--mapping flattened|dynamic]";
  private static final String NAMESPACE = "pid-namespace";
  private static final Duration SHORTEST = Duration.ofSeconds(10);

  TortureOptions {
    without = Set.copyOf(without);
  }

  /// @param anySeed the one to take when none is named
  /// @throws IllegalArgumentException that says which argument is wrong
  static TortureOptions parse(List<String> arguments, long anySeed) {
    Duration runFor = Duration.ofMinutes(5);
    long seed = anySeed;
    int pods = 16;
    int rate = 400;
    boolean keep = false;
    boolean namespaces = true;
    ObjectMapping mapping = ObjectMapping.FLATTENED;
    Path json = null;
    Set<FaultKind> without = EnumSet.noneOf(FaultKind.class);
    for (int i = 0; i < arguments.size(); i++) {
      String option = arguments.get(i);
      if (option.equals("--keep")) {
        keep = true;
        continue;
      }
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException("no value behind '" + option + "'; " + USAGE);
      }
      String value = arguments.get(++i);
      switch (option) {
        case "--for" -> runFor = Durations.parse(value);
        case "--seed" -> seed = number(option, value, Long.MIN_VALUE, Long.MAX_VALUE);
        case "--pods" -> pods = (int) number(option, value, 4, 100);
        case "--rate" -> rate = (int) number(option, value, 10, 20_000);
        case "--json" -> json = Path.of(value);
        case "--mapping" -> mapping = mapping(value);
        case "--without" -> {
          for (String name : value.split(",", -1)) {
            if (name.equals(NAMESPACE)) {
              namespaces = false;
            } else {
              without.add(kind(name));
            }
          }
        }
        default -> throw new IllegalArgumentException("no option '" + option + "'; " + USAGE);
      }
    }
    if (runFor.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "--for " + Durations.format(runFor) + " is too short; at least 10s");
    }
    return new TortureOptions(runFor, seed, pods, rate, keep, json, without, namespaces, mapping);
  }

  private static long number(String option, String value, long least, long most) {
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, for both ways to be wrong.
    }
    throw new IllegalArgumentException(
        option + " '" + value + "' is not a whole number from " + least + " to " + most);
  }

  private static ObjectMapping mapping(String name) {
    for (ObjectMapping mapping : ObjectMapping.values()) {
      if (mapping.toString().equals(name)) {
        return mapping;
      }
    }
    throw new IllegalArgumentException(
        "--mapping '" + name + "' is neither 'flattened' nor 'dynamic'");
  }

  private static FaultKind kind(String name) {
    for (FaultKind kind : FaultKind.values()) {
      if (option(kind).equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "--without '"
            + name
            + "' is no fault; there are "
            + String.join(
                ", ", Arrays.stream(FaultKind.values()).map(TortureOptions::option).toList())
            + " and "
            + NAMESPACE);
  }

  /// A kind as it is named on the command line.
  static String option(FaultKind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
