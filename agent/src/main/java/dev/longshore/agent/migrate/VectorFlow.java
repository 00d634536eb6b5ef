package dev.longshore.agent.migrate;

import dev.longshore.agent.migrate.Settings.Setting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which of Vector's components events of a source pass on their way to a sink.
final class VectorFlow {
  private static final Pattern INPUTS =
      Pattern.compile("(?:transforms|sinks)\\.([^.\\[]+)\\.inputs(?:\\[\\d+])?");

  private final Map<String, List<String>> inputs = new HashMap<>();
  private final Set<String> sources = new HashSet<>();

  VectorFlow(Settings settings) {
    for (Setting setting : settings.rest()) {
      Matcher input = INPUTS.matcher(setting.path());
      if (input.matches()) {
        inputs
            .computeIfAbsent(input.group(1), _ -> new ArrayList<>())
            .add(setting.value().toLowerCase(Locale.ROOT));
      }
    }
    settings.roots("sources\\.[^.\\[]+").forEach(it -> sources.add(it.replace("sources.", "")));
  }

  /// Whether no event reaches a sink except through a transform.
  boolean isOnlyWay(String transform, String sink) {
    Set<String> seen = new HashSet<>(Set.of(sink));
    Deque<String> open = new ArrayDeque<>(seen);
    boolean met = false;
    while (!open.isEmpty()) {
      for (String from : inputs.getOrDefault(open.remove(), List.of())) {
        for (String component : named(from)) {
          if (component.equals(transform)) {
            met = true;
          } else if (sources.contains(component)) {
            return false;
          } else if (seen.add(component)) {
            open.add(component);
          }
        }
      }
    }
    return met;
  }

  /// The components that an input names, in which `*` stands for any characters; of a `route`, one
  /// output is named behind a dot.
  private List<String> named(String input) {
    Pattern name =
        Pattern.compile(Pattern.quote(input.replaceFirst("\\..*", "")).replace("*", "\\E.*\\Q"));
    Set<String> all = new HashSet<>(sources);
    all.addAll(inputs.keySet());
    return all.stream().filter(it -> name.matcher(it).matches()).toList();
  }
}
