package dev.longshore.bench;

import dev.longshore.shared.units.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the options of a measurement are set to.
///
/// @param values by the option's name; a flag that is set has an empty one
record Settings(Map<String, String> values) {
  Settings {
    values = Map.copyOf(values);
  }

  /// Reads arguments. A value that no option precedes is that of the first option, as in `--chain
  /// 60000`.
  ///
  /// @throws UsageException for an option that there is not, or a value that it does not take
  static Settings parse(List<String> arguments, List<Option> options, Scale scale) {
    Map<String, String> values = new HashMap<>();
    for (Option option : options) {
      if (!option.standards().at(scale).isEmpty()) {
        values.put(option.name(), option.standards().at(scale));
      }
    }
    List<String> rest = new ArrayList<>(arguments);
    if (!rest.isEmpty() && !rest.getFirst().startsWith("-") && !options.isEmpty()) {
      rest.addFirst(options.getFirst().name());
    }
    for (int i = 0; i < rest.size(); i++) {
      Option option = named(rest.get(i), options);
      String value = "";
      if (option.takesValue()) {
        if (++i == rest.size()) {
          throw new UsageException("option " + option.name() + " requires a value");
        }
        value = rest.get(i);
        option.check(value);
      }
      values.put(option.name(), value);
    }
    return new Settings(values);
  }

  private static Option named(String name, List<Option> options) {
    return options.stream()
        .filter(option -> option.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "no option '"
                        + name
                        + "'; there are: "
                        + options.stream().map(Option::name).collect(Collectors.joining(", "))));
  }

  long count(String name) {
    return Option.count(value(name));
  }

  Duration duration(String name) {
    return Durations.parse(value(name));
  }

  List<String> list(String name) {
    return has(name) ? Option.list(value(name)) : List.of();
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  @Nullable Path file(String name) {
    return has(name) ? Path.of(value(name)) : null;
  }

  Scale scale(String name) {
    return Option.scale(value(name));
  }

  /// These, and those of `others` for what is not set here.
  Settings with(Settings others) {
    Map<String, String> all = new HashMap<>(others.values);
    all.putAll(values);
    return new Settings(all);
  }

  private String value(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("option " + name + " has no value and no default");
    }
    return value;
  }
}
