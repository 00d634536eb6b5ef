package dev.longshore.alerting.rule;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The objects of the cluster that hold rules, as they are known at one moment. Each is taken as a
/// file is.
///
/// @param readings by [#name]
/// @param unlisted namespaces that could not be listed yet, so that objects of theirs may be there
///   which nobody has seen; [#ALL] for all namespaces
public record RuleObjects(Map<String, Reading> readings, Set<String> unlisted) {

  /// Stands for every namespace.
  public static final String ALL = "*";

  /// No objects, and none to come.
  public static final RuleObjects NONE = new RuleObjects(Map.of(), Set.of());

  private static final String KIND = " (PrometheusRule)";

  public RuleObjects {
    readings = Collections.unmodifiableMap(new TreeMap<>(readings));
    unlisted = Set.copyOf(unlisted);
  }

  /// What an object is called where a file would be: `monitoring/node-rules (PrometheusRule)`.
  public static String name(String namespace, String name) {
    return namespace + "/" + name + KIND;
  }

  static boolean isName(String file) {
    return file.endsWith(KIND);
  }

  /// Whether a file is an object of one of these namespaces.
  static boolean mayHold(String file, Set<String> unlisted) {
    return isName(file)
        && (unlisted.contains(ALL) || unlisted.contains(file.substring(0, file.indexOf('/'))));
  }
}
