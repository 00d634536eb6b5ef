package dev.longshore.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The figures of one run of a measurement, for people and as JSON.
final class Report {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double ROUNDED = 1e6;

  /// Of several runs the one is told whose figure is the median.
  private final double headline;

  private final List<String> rows = new ArrayList<>();
  private final ObjectNode json = JSON.createObjectNode();
  private final ObjectNode aims = JSON.createObjectNode();

  /// @param headline the figure by which runs are compared
  Report(double headline) {
    this.headline = headline;
  }

  double headline() {
    return headline;
  }

  /// Adds a figure that has no aim.
  Report add(String key, double value, String name, String format, Object... shown) {
    return add(key, value, null, name, format, shown);
  }

  /// Adds a figure.
  ///
  /// @param key its name in the JSON; `a.b` is `b` in the object `a`
  /// @param value in the unit that the key names
  /// @param name for people
  /// @param format how people see it
  /// @param shown what the format takes
  Report add(
      String key, double value, @Nullable Aim aim, String name, String format, Object... shown) {
    put(json, key, value);
    String text = String.format(Locale.ROOT, format, shown);
    rows.add(row(name, text) + (aim == null ? "" : "  " + aim.judge(value)));
    if (aim != null) {
      ObjectNode node = aims.putObject(key);
      put(node, aim.least() ? "atLeast" : "atMost", aim.limit());
      node.put("met", aim.met(value));
    }
    return this;
  }

  /// Adds what is no number.
  Report say(String key, String name, String text) {
    json.put(key, text);
    rows.add(row(name, text));
    return this;
  }

  private static String row(String name, String text) {
    return String.format(Locale.ROOT, "%-46s %14s", name, text);
  }

  private static void put(ObjectNode root, String path, double value) {
    ObjectNode node = root;
    int from = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
      node = node.withObjectProperty(path.substring(from, dot));
      from = dot + 1;
    }
    String key = path.substring(from);
    if (value == Math.rint(value)) {
      node.put(key, (long) value);
    } else {
      node.put(key, Math.rint(value * ROUNDED) / ROUNDED);
    }
  }

  void print(PrintStream out) {
    rows.forEach(row -> out.println(row.stripTrailing()));
  }

  /// The figures by their keys, and beside them the aims by the same keys.
  ObjectNode json() {
    ObjectNode whole = json.deepCopy();
    if (!aims.isEmpty()) {
      whole.set("aims", aims);
    }
    return whole;
  }
}
