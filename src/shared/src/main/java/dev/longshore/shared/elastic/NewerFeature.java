package dev.longshore.shared.elastic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A part of an index template that not every server accepts, and the template without it.
final class NewerFeature {
  /// @param path names from the outermost map inwards
  /// @param instead null to remove what is there
  record Change(List<String> path, @Nullable Object instead) {}

  private final Pattern named;
  private final List<Change> changes;

  /// @param named a regular expression: how a server that refuses the feature names it
  NewerFeature(String named, Change... changes) {
    this.named = Pattern.compile(named);
    this.changes = List.of(changes);
  }

  static Change without(String... path) {
    return new Change(List.of(path), null);
  }

  boolean namedIn(String refusal) {
    return named.matcher(refusal).find();
  }

  /// Takes it out of a template; the maps of the path are replaced by copies.
  ///
  /// @return whether anything of it was there
  boolean removeFrom(Map<String, @Nullable Object> template) {
    boolean found = false;
    for (Change change : changes) {
      found |= apply(change, template);
    }
    return found;
  }

  @SuppressWarnings("unchecked")
  private static boolean apply(Change change, Map<String, @Nullable Object> template) {
    Map<String, @Nullable Object> here = template;
    for (String step : change.path.subList(0, change.path.size() - 1)) {
      if (!(here.get(step) instanceof Map<?, ?> next)) {
        return false;
      }
      Map<String, @Nullable Object> copy =
          new LinkedHashMap<>((Map<String, @Nullable Object>) next);
      here.put(step, copy);
      here = copy;
    }
    String last = change.path.getLast();
    if (!here.containsKey(last)) {
      return false;
    }
    if (change.instead == null) {
      here.remove(last);
    } else {
      here.put(last, change.instead);
    }
    return true;
  }

  @Override
  public String toString() {
    return String.join(", ", changes.stream().map(c -> String.join(".", c.path)).toList());
  }
}
