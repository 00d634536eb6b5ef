package dev.longshore.agent.migrate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.longshore.agent.migrate.Settings.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What another agent leaves out, as rules of our `filters`: conditions on the message, and on
/// names that the pod has. Any other condition has no counterpart.
final class Dropped {
  private static final java.util.regex.Pattern NAME =
      java.util.regex.Pattern.compile("(\\^?)([a-zA-Z0-9_-]+)(\\$?)");
  private static final java.util.regex.Pattern NAMES =
      java.util.regex.Pattern.compile("(\\^?)\\((?:\\?:)?([a-zA-Z0-9_|-]+)\\)(\\$?)");

  /// As many as `filters` may have.
  private static final int MAX_RULES = 64;

  private final List<String> rules = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /// How a value is compared.
  enum Kind {
    EQUALS,
    CONTAINS,
    /// A name, or one that has a dash and more behind it.
    BEGINS,
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
  /// @return whether every condition has a counterpart and there is room; otherwise nothing is
  ///   added
  boolean add(Setting at, List<Condition> conditions) {
    if (conditions.size() == 1 && conditions.getFirst().field().startsWith("labels.")) {
      Condition condition = conditions.getFirst();
      List<String> values = names(condition);
      // A rule has one value of a label.
      if (values.size() > 1 && values.stream().noneMatch(it -> it.contains("*"))) {
        return values.stream()
            .allMatch(it -> add(at, List.of(new Condition(condition.field(), Kind.EQUALS, it))));
      }
    }
    Map<String, String> keys = new LinkedHashMap<>();
    for (Condition condition : conditions) {
      Map.Entry<String, String> key = key(condition);
      if (key == null || keys.putIfAbsent(key.getKey(), key.getValue()) != null) {
        return false;
      }
    }
    if (keys.isEmpty() || rules.size() == MAX_RULES) {
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
            case BEGINS -> null;
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
      case BEGINS -> List.of(value, value + "-*");
      case MATCHES -> {
        List<String> all = new ArrayList<>();
        for (String alternative : alternatives(value)) {
          Matcher name = NAME.matcher(alternative);
          if (!name.matches()) {
            yield List.of();
          }
          all.add(
              (name.group(1).isEmpty() ? "*" : "")
                  + name.group(2)
                  + (name.group(3).isEmpty() ? "*" : ""));
        }
        yield List.copyOf(all);
      }
    };
  }

  /// Each with its own anchors: `^(a|b)$` is `^a$` and `^b$`.
  private static List<String> alternatives(String regex) {
    Matcher group = NAMES.matcher(regex);
    String text = group.matches() ? Objects.requireNonNull(group.group(2)) : regex;
    return Stream.of(text.split("\\|", -1))
        .map(it -> group.matches() ? group.group(1) + it + group.group(3) : it)
        .toList();
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
