package dev.longshore.alerting.alert;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A set of names with values, in the order of the names; immutable. A label with an empty value is
/// the same as none, as in Prometheus.
///
/// Names and values lie in one array, since there may be hundreds of thousands of sets: a tree
/// would take 40 bytes more for each label.
public final class Labels implements Comparable<Labels> {

  /// The label that names an alert.
  public static final String ALERT_NAME = "alertname";

  /// Marks an alert that nobody has to act on: somebody tries the way that it takes.
  public static final String DRILL = "longshore_drill";

  public static final Labels EMPTY = new Labels(new String[0]);

  // What objects take on a 64-bit JVM with compressed references, in bytes.
  private static final int SET_BYTES = 24 + 24 + 16;
  private static final int REFERENCE_BYTES = 4;
  private static final int STRING_BYTES = 24 + 16;

  /// Names and values in turn, in the order of the names.
  private final String[] pairs;

  private final Fingerprint fingerprint;

  private Labels(String[] pairs) {
    this.pairs = pairs;
    this.fingerprint = Fingerprint.of(pairs);
  }

  private static Labels ofSorted(SortedMap<String, String> sorted) {
    if (sorted.isEmpty()) {
      return EMPTY;
    }
    String[] pairs = new String[sorted.size() * 2];
    int i = 0;
    for (Map.Entry<String, String> label : sorted.entrySet()) {
      pairs[i++] = label.getKey();
      pairs[i++] = label.getValue();
    }
    return new Labels(pairs);
  }

  /// Labels from a map; empty values are left out.
  public static Labels of(Map<String, String> values) {
    TreeMap<String, String> sorted = new TreeMap<>(values);
    sorted.values().removeIf(String::isEmpty);
    return ofSorted(sorted);
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
    int at = find(name);
    return at < 0 ? "" : pairs[at + 1];
  }

  public boolean has(String name) {
    return find(name) >= 0;
  }

  /// Where a name is in the array; negative when it is not there.
  private int find(String name) {
    int low = 0;
    int high = pairs.length / 2 - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = pairs[middle * 2].compareTo(name);
      if (order == 0) {
        return middle * 2;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /// The value of `alertname`.
  public String alertName() {
    return get(ALERT_NAME);
  }

  /// All names and values, in the order of the names; can't be changed.
  public Map<String, String> asMap() {
    return new View();
  }

  private final class View extends AbstractMap<String, String> {

    @Override
    public int size() {
      return pairs.length / 2;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
      return name instanceof String text && has(text);
    }

    @Override
    public @Nullable String get(@Nullable Object name) {
      int at = name instanceof String text ? find(text) : -1;
      return at < 0 ? null : pairs[at + 1];
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
      return new AbstractSet<>() {
        @Override
        public int size() {
          return pairs.length / 2;
        }

        @Override
        public Iterator<Map.Entry<String, String>> iterator() {
          return new Entries();
        }
      };
    }
  }

  private final class Entries implements Iterator<Map.Entry<String, String>> {
    private int at;

    @Override
    public boolean hasNext() {
      return at < pairs.length;
    }

    @Override
    public Map.Entry<String, String> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Map.Entry<String, String> label = Map.entry(pairs[at], pairs[at + 1]);
      at += 2;
      return label;
    }
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  private SortedMap<String, String> copy() {
    TreeMap<String, String> copy = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      copy.put(pairs[i], pairs[i + 1]);
    }
    return copy;
  }

  /// These labels with one more, or with another value.
  public Labels with(String name, String value) {
    SortedMap<String, String> changed = copy();
    changed.put(name, value);
    return of(changed);
  }

  /// These labels and others, whose values win.
  public Labels with(Labels others) {
    SortedMap<String, String> changed = copy();
    changed.putAll(others.asMap());
    return ofSorted(changed);
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
    String[] left = new String[pairs.length];
    int count = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      if (kept.test(pairs[i])) {
        left[count++] = pairs[i];
        left[count++] = pairs[i + 1];
      }
    }
    return count == pairs.length
        ? this
        : count == 0 ? EMPTY : new Labels(Arrays.copyOf(left, count));
  }

  /// The labels that both have, with the same value.
  public Labels common(Labels other) {
    return filtered(name -> get(name).equals(other.get(name)));
  }

  /// The hash that Prometheus and Alertmanager give these labels.
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  /// The bytes that names and values take in UTF-8.
  public long bytes() {
    long bytes = 0;
    for (String text : pairs) {
      bytes += utf8Bytes(text);
    }
    return bytes;
  }

  /// The bytes that a name and a value take in UTF-8.
  public static long bytes(String name, String value) {
    return utf8Bytes(name) + utf8Bytes(value);
  }

  static long utf8Bytes(String text) {
    long bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Each half of a surrogate pair counts for two of its four bytes.
      bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
    }
    return bytes;
  }

  /// About what they take on the heap, in bytes: names are taken as shared by many.
  public long heapBytes() {
    long bytes = SET_BYTES + (long) pairs.length * REFERENCE_BYTES;
    for (int i = 1; i < pairs.length; i += 2) {
      bytes += STRING_BYTES + utf8Bytes(pairs[i]);
    }
    return bytes;
  }

  @Override
  public int compareTo(Labels other) {
    int shared = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < shared; i++) {
      int order = pairs[i].compareTo(other.pairs[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(pairs.length, other.pairs.length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Labels labels && Arrays.equals(pairs, labels.pairs);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(fingerprint.value());
  }

  /// As Prometheus writes them: `{alertname="PodDown", severity="page"}`.
  @Override
  public String toString() {
    return written(Labels::quoted);
  }

  /// As Alertmanager writes them in the key of a group: what can't be seen in a value is escaped as
  /// Go escapes it.
  public String inKey() {
    return written(GoText::quoted);
  }

  private String written(UnaryOperator<String> quoting) {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < pairs.length; i += 2) {
      if (i > 0) {
        text.append(", ");
      }
      text.append(pairs[i]).append('=').append(quoting.apply(pairs[i + 1]));
    }
    return text.append('}').toString();
  }

  /// Text in double quotes, with backslashes before what would end or break it.
  static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
