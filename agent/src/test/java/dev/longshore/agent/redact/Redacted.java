package dev.longshore.agent.redact;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A redactor with its configuration, for tests.
final class Redacted {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Redactor redactor;
  private final long patterns;

  Redacted(RedactConfig config, String... wanted) {
    redactor = new Redactor(config, new RedactMetrics(registry, config));
    patterns = config.patternsFor(List.of(wanted));
  }

  static Redacted byDefault() {
    return new Redacted(RedactConfig.defaults());
  }

  static Redacted with(String... wanted) {
    return new Redacted(RedactConfig.defaults(), wanted);
  }

  /// The text as it is shipped.
  String of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return redactor.redact(bytes, 0, bytes.length, patterns) ? result() : text;
  }

  /// The bytes as they are shipped.
  byte[] of(byte[] bytes) {
    if (!redactor.redact(bytes, 0, bytes.length, patterns)) {
      return bytes;
    }
    byte[] result = new byte[redactor.length()];
    System.arraycopy(redactor.bytes(), 0, result, 0, result.length);
    return result;
  }

  /// A piece of a record that was cut.
  String piece(String text, boolean cutBefore, boolean cutBehind) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return redactor.redact(bytes, 0, bytes.length, patterns, cutBefore, cutBehind)
        ? result()
        : text;
  }

  private String result() {
    return new String(redactor.bytes(), 0, redactor.length(), StandardCharsets.UTF_8);
  }

  /// How often a pattern has matched.
  double count(String pattern) {
    return registry.counter("longshore.agent.redacted.matches", "pattern", pattern).count();
  }
}
