package dev.longshore.alerting.alert;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// A set of names with values, in the order of the names; immutable. A label with an empty value is
/// the same as none, as in Prometheus.
public final class Labels implements Comparable<Labels> {

  /// The label that names an alert.
  public static final String ALERT_NAME = "alertname";

  /// Marks an alert that nobody has to act on: somebody tries the way that it takes.
  public static final String DRILL = "longshore_drill";

  public static final Labels EMPTY = new Labels(new TreeMap<>());

  private final SortedMap<String, String> values;
  private final Fingerprint fingerprint;

  private Labels(SortedMap<String, String> values) {
    this.values = Collections.unmodifiableSortedMap(values);
    this.fingerprint = Fingerprint.of(values);
  }

  /// Labels from a map; empty values are left out.
  public static Labels of(Map<String, String> values) {
    TreeMap<String, String> sorted = new TreeMap<>(values);
    sorted.values().removeIf(String::isEmpty);
    return sorted.isEmpty() ? EMPTY : new Labels(sorted);
  }

  /// Labels from names and values in turn.
  ///
  /// @throws IllegalArgumentException when a name has no value
  public static Labels of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "a name without a value: " + Arrays.toString(namesAndValues));
    }
    TreeMap<String, String> sorted = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      sorted.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return of(sorted);
  }

  /// A label's value; empty when there is none.
  public String get(String name) {
    return values.getOrDefault(name, "");
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /// The value of `alertname`.
  public String alertName() {
    return get(ALERT_NAME);
  }

  /// All names and values, in the order of the names; can't be changed.
  public SortedMap<String, String> asMap() {
    return values;
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /// These labels with one more, or with another value.
  public Labels with(String name, String value) {
    TreeMap<String, String> changed = new TreeMap<>(values);
    changed.put(name, value);
    return of(changed);
  }

  /// These labels and others, whose values win.
  public Labels with(Labels others) {
    TreeMap<String, String> changed = new TreeMap<>(values);
    changed.putAll(others.values);
    return of(changed);
  }

  /// The labels with these names alone.
  public Labels only(Collection<String> names) {
    return filtered(names::contains);
  }

  /// The labels with other names.
  public Labels without(Collection<String> names) {
    return filtered(name -> !names.contains(name));
  }

  private Labels filtered(Predicate<String> kept) {
    TreeMap<String, String> changed = new TreeMap<>(values);
    changed.keySet().removeIf(kept.negate());
    return of(changed);
  }

  /// The labels that both have, with the same value.
  public Labels common(Labels other) {
    TreeMap<String, String> changed = new TreeMap<>(values);
    changed.entrySet().removeIf(it -> !it.getValue().equals(other.values.get(it.getKey())));
    return of(changed);
  }

  /// The hash that Prometheus and Alertmanager give these labels.
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  /// The bytes that names and values take in UTF-8.
  public long bytes() {
    long bytes = 0;
    for (Map.Entry<String, String> label : values.entrySet()) {
      bytes += label.getKey().getBytes(StandardCharsets.UTF_8).length;
      bytes += label.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    return bytes;
  }

  @Override
  public int compareTo(Labels other) {
    var mine = values.entrySet().iterator();
    var theirs = other.values.entrySet().iterator();
    while (mine.hasNext() && theirs.hasNext()) {
      var a = mine.next();
      var b = theirs.next();
      int byName = a.getKey().compareTo(b.getKey());
      int order = byName != 0 ? byName : a.getValue().compareTo(b.getValue());
      if (order != 0) {
        return order;
      }
    }
    return Boolean.compare(mine.hasNext(), theirs.hasNext());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labels labels && values.equals(labels.values);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(fingerprint.value());
  }

  /// As Prometheus writes them: `{alertname="PodDown", severity="page"}`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    values.forEach(
        (name, value) -> {
          if (text.length() > 1) {
            text.append(", ");
          }
          text.append(name).append('=').append(quoted(value));
        });
    return text.append('}').toString();
  }

  /// Text in double quotes, with backslashes before what would end or break it.
  static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
