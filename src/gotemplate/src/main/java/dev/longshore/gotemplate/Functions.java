package dev.longshore.gotemplate;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.config.NearestKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The functions that templates may call, by their names; immutable.
public final class Functions {
  private static final Map<String, String> RULE_VARIABLES =
      Map.of(
          "$labels", "Labels",
          "$externalLabels", "ExternalLabels",
          "$externalURL", "ExternalURL",
          "$value", "Value");

  private final Map<String, Function> functions;

  /// Variables that are there before a template begins, with the member of the data that each is.
  private final Map<String, String> variables;

  private Functions(Map<String, Function> functions, Map<String, String> variables) {
    Map<String, Function> all = Builtins.all();
    all.putAll(functions);
    this.functions = new HashMap<>(all);
    this.variables = variables;
  }

  /// The functions of Prometheus' rule templates, and the variables `$labels`, `$value`,
  /// `$externalLabels` and `$externalURL`; the data is [AlertData].
  ///
  /// @param context what they know of the evaluation
  public static Functions prometheus(RuleContext context) {
    return new Functions(PrometheusFunctions.all(context), RULE_VARIABLES);
  }

  /// The functions of Alertmanager's notification templates.
  ///
  /// @param clock for `since`
  public static Functions alertmanager(Clock clock) {
    return new Functions(AlertmanagerFunctions.all(clock), Map.of());
  }

  /// The names of all, in their order.
  public Set<String> names() {
    return new TreeSet<>(functions.keySet());
  }

  boolean has(String name) {
    return functions.containsKey(name);
  }

  /// A function that there is.
  Function get(String name) throws TemplateException {
    Function function = functions.get(name);
    if (function == null) {
      throw new TemplateException(TemplateException.Kind.MISUSE, unknown(name));
    }
    return function;
  }

  Map<String, String> variables() {
    return variables;
  }

  /// What to say about a name that is no function.
  String unknown(String name) {
    String nearest = NearestKey.of(name, functions.keySet());
    return "function "
        + Quote.quote(name)
        + " not defined"
        + (nearest == null ? "" : "; did you mean " + Quote.quote(nearest) + "?");
  }
}
