package dev.longshore.agent.migrate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.longshore.agent.migrate.Settings.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/// What another agent leaves out, as rules of our `filters`: conditions on the message, and on
/// names that the pod has. Any other condition has no counterpart.
final class Dropped {
  private static final java.util.regex.Pattern NAME =
      java.util.regex.Pattern.compile("(\\^?)([a-zA-Z0-9_-]+)(\\$?)");
  private static final java.util.regex.Pattern NAMES =
      java.util.regex.Pattern.compile(
          "\\^\\((?:\\?:)?([a-zA-Z0-9_-]+(?:\\|[a-zA-Z0-9_-]+)*)\\)\\$");

  private final List<String> rules = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /// How a value is compared.
  enum Kind {
    EQUALS,
    CONTAINS,
    /// A regular expression that matches somewhere.
    MATCHES
  }

  /// A condition on one field.
  ///
  /// @param field `message`, `stream`, `namespaces`, `containers`, or `labels.` and a label's name
  record Condition(String field, Kind kind, String value) {}

  /// The rules, each as a flow mapping in YAML.
  List<String> rules() {
    return List.copyOf(rules);
  }

  /// Adds a rule that drops what meets all conditions.
  ///
  /// @param at what it is made of; the rule is named by its line
  /// @return whether every condition has a counterpart; otherwise nothing is added
  boolean add(Setting at, List<Condition> conditions) {
    Map<String, String> keys = new LinkedHashMap<>();
    for (Condition condition : conditions) {
      Map.Entry<String, String> key = key(condition);
      if (key == null || keys.putIfAbsent(key.getKey(), key.getValue()) != null) {
        return false;
      }
    }
    if (keys.isEmpty()) {
      return false;
    }
    StringBuilder rule = new StringBuilder("{name: " + name(at.line()));
    keys.forEach((key, value) -> rule.append(", ").append(key).append(": ").append(value));
    rules.add(rule.append('}').toString());
    return true;
  }

  private String name(int line) {
    String base = "line-" + line;
    String name = base;
    for (int i = 2; !names.add(name); i++) {
      name = base + "-" + i;
    }
    return name;
  }

  private static Map.@Nullable Entry<String, String> key(Condition condition) {
    String value = condition.value();
    return switch (condition.field()) {
      case "message" ->
          switch (condition.kind()) {
            case CONTAINS -> Map.entry("contains", Migration.quoted(value));
            case MATCHES -> isRegex(value) ? Map.entry("regex", Migration.quoted(value)) : null;
            case EQUALS -> Map.entry("regex", Migration.quoted("^" + Pattern.quote(value) + "$"));
          };
      case "stream" ->
          value.matches("\\^?(stdout|stderr)\\$?")
              ? Map.entry("stream", value.replaceAll("[$^]", ""))
              : null;
      case "namespaces", "containers" -> {
        List<String> wanted = names(condition);
        yield wanted.isEmpty()
            ? null
            : Map.entry(
                condition.field(),
                "[" + String.join(", ", wanted.stream().map(Migration::quoted).toList()) + "]");
      }
      default -> {
        List<String> wanted = names(condition);
        yield wanted.size() == 1 && !wanted.getFirst().contains("*")
            ? Map.entry(
                "labels",
                "{"
                    + Migration.quoted(condition.field().replaceFirst("labels\\.", ""))
                    + ": "
                    + Migration.quoted(wanted.getFirst())
                    + "}")
            : null;
      }
    };
  }

  /// The names, in which `*` stands for any characters; empty when the condition can't be said so.
  private static List<String> names(Condition condition) {
    String value = condition.value();
    return switch (condition.kind()) {
      case EQUALS -> List.of(value);
      case CONTAINS -> List.of("*" + value + "*");
      case MATCHES -> {
        Matcher names = NAMES.matcher(value);
        if (names.matches()) {
          yield List.of(names.group(1).split("\\|"));
        }
        Matcher name = NAME.matcher(value);
        yield name.matches()
            ? List.of(
                (name.group(1).isEmpty() ? "*" : "")
                    + name.group(2)
                    + (name.group(3).isEmpty() ? "*" : ""))
            : List.of();
      }
    };
  }

  private static boolean isRegex(String text) {
    try {
      var _ = Pattern.compile(text);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }
}
