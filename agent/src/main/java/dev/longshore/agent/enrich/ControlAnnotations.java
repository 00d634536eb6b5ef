package dev.longshore.agent.enrich;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Sorts out the annotations by which a pod controls its logs, within limits: they go with each
/// pod, so a pod cannot make them many.
final class ControlAnnotations {
  static final String LONGSHORE = "longshore.dev/";
  static final String FLUENT_BIT_EXCLUDE = "fluentbit.io/exclude";
  static final String FLUENT_BIT_PARSER = "fluentbit.io/parser";
  static final String ELASTIC = "co.elastic.logs";
  static final String ELASTIC_ENABLED = "/enabled";

  /// Names in `longshore.dev/`.
  static final Set<String> NAMES =
      Set.of(
          "exclude",
          "multiline",
          "format",
          "dataset",
          "numbers",
          "redact",
          "max-bytes-per-second",
          "over-limit");

  /// All that mean something, without the stream and the container that they may name, in order.
  static final List<String> KNOWN =
      Stream.concat(
              NAMES.stream().map(name -> LONGSHORE + name),
              Stream.of(FLUENT_BIT_EXCLUDE, FLUENT_BIT_PARSER, ELASTIC + ELASTIC_ENABLED))
          .sorted()
          .toList();

  private static final int MAX_BYTES = 8 << 10;

  private final Map<String, String> kept = new TreeMap<>();
  private int bytes;
  private int leftOut;

  static boolean isControl(String key) {
    return key.startsWith(LONGSHORE)
        || key.startsWith(FLUENT_BIT_EXCLUDE)
        || key.startsWith(FLUENT_BIT_PARSER)
        || (key.startsWith(ELASTIC) && key.endsWith(ELASTIC_ENABLED));
  }

  /// An annotation without the stream and the container that it names.
  static String withoutContainer(String key) {
    if (key.startsWith(LONGSHORE)) {
      int dot = key.indexOf('.', LONGSHORE.length());
      return dot < 0 ? key : key.substring(0, dot);
    }
    if (key.startsWith(FLUENT_BIT_EXCLUDE)) {
      return FLUENT_BIT_EXCLUDE;
    }
    return key.startsWith(FLUENT_BIT_PARSER) ? FLUENT_BIT_PARSER : ELASTIC + ELASTIC_ENABLED;
  }

  /// Takes the annotation if it is one of those.
  void offer(String key, String value) {
    if (!isControl(key)) {
      return;
    }
    int more =
        key.getBytes(StandardCharsets.UTF_8).length + value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes + more > MAX_BYTES) {
      leftOut++;
      return;
    }
    bytes += more;
    kept.put(key, value);
  }

  /// How many had no room.
  int leftOut() {
    return leftOut;
  }

  Map<String, String> kept() {
    return Map.copyOf(kept);
  }
}
