package dev.longshore.agent.enrich;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// Sorts out the annotations by which a pod controls its logs, within limits: they go with each
/// pod, so a pod cannot make them many.
final class ControlAnnotations {
  static final String LONGSHORE = "longshore.dev/";
  static final String FLUENT_BIT_EXCLUDE = "fluentbit.io/exclude";
  static final String FLUENT_BIT_PARSER = "fluentbit.io/parser";
  static final String ELASTIC = "co.elastic.logs";
  static final String ELASTIC_ENABLED = "/enabled";

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
