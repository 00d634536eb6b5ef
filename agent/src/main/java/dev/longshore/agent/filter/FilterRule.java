package dev.longshore.agent.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.longshore.agent.line.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One rule: what it matches, and what becomes of it. Of a list of names any may match, and all
/// that is said must hold; what is left open matches anything.
///
/// @param name by which it is counted
/// @param namespaces names, in which `*` stands for any characters, as in the other lists
/// @param workloads names of deployments and other owners
/// @param containers names
/// @param labels of the pod, each with its value
/// @param stream `stdout`, `stderr`, or empty for both
/// @param levels in lower case; `none` for records without one
/// @param contains a text that stands in the message; empty for any
/// @param regex that matches somewhere in the message, in RE2's syntax; empty for any
/// @param keepOneIn of how many records one is shipped: 1 for all, [#DROP] for none
public record FilterRule(
    String name,
    List<String> namespaces,
    List<String> workloads,
    List<String> containers,
    Map<String, String> labels,
    String stream,
    List<String> levels,
    String contains,
    String regex,
    int keepOneIn) {

  /// No record is shipped.
  public static final int DROP = 0;

  /// Every record is shipped.
  public static final int KEEP = 1;

  private static final int LARGEST_SAMPLE = 1_000_000;
  private static final int MAX_NAME_CHARACTERS = 60;

  /// @throws IllegalArgumentException with all problems
  public FilterRule {
    namespaces = List.copyOf(namespaces);
    workloads = List.copyOf(workloads);
    containers = List.copyOf(containers);
    labels = Map.copyOf(labels);
    levels = List.copyOf(levels);
    List<String> problems = new ArrayList<>();
    boolean named =
        !name.isEmpty()
            && name.length() <= MAX_NAME_CHARACTERS
            && name.chars()
                .allMatch(
                    c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-');
    if (!named) {
      problems.add(
          "name is '%s'; write up to 60 of a-z, 0-9, '_' and '-', such as health-checks"
              .formatted(name));
    }
    for (String level : levels) {
      if (levelOf(level) == null) {
        problems.add(
            "levels has '%s'; accepted are trace, debug, info, warn, error, fatal and none"
                .formatted(level));
      }
    }
    if (!regex.isEmpty()) {
      try {
        var _ = Pattern.compile(regex);
      } catch (PatternSyntaxException e) {
        problems.add(
            "regex '%s' is none in RE2's syntax: %s (no look-around, no back-references)"
                .formatted(regex, e.getDescription()));
      }
    }
    boolean open =
        namespaces.isEmpty()
            && workloads.isEmpty()
            && containers.isEmpty()
            && labels.isEmpty()
            && stream.isEmpty()
            && levels.isEmpty()
            && contains.isEmpty()
            && regex.isEmpty();
    if (open) {
      problems.add("it says nothing of what it matches; write namespaces: ['*'] if all is meant");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /// What an action means for [#keepOneIn]: `drop`, `keep`, `sample 1/N`.
  ///
  /// @throws IllegalArgumentException that says what would be accepted
  public static int keepOneIn(String action) {
    if (action.equals("drop")) {
      return DROP;
    }
    if (action.equals("keep")) {
      return KEEP;
    }
    String prefix = "sample 1/";
    if (action.startsWith(prefix)) {
      try {
        int n = Integer.parseInt(action.substring(prefix.length()));
        if (n > 1 && n <= LARGEST_SAMPLE) {
          return n;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
    }
    throw new IllegalArgumentException(
        "action is '%s'; accepted are drop, keep and sample 1/N with N from 2 to 1000000"
            .formatted(action));
  }

  /// What becomes of a record, as the configuration writes it.
  public String action() {
    return switch (keepOneIn) {
      case DROP -> "drop";
      case KEEP -> "keep";
      default -> "sample 1/" + keepOneIn;
    };
  }

  /// The level by its name, or null.
  static @Nullable Level levelOf(String name) {
    for (Level level : Level.values()) {
      if (level.name().toLowerCase(Locale.ROOT).equals(name)) {
        return level;
      }
    }
    return null;
  }
}
