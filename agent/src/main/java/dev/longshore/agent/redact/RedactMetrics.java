package dev.longshore.agent.redact;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// What redaction counts: matches by pattern, each time a document is encoded.
///
/// A rise means that a program logs what it should not.
public final class RedactMetrics {
  private final Counter[] matches;

  public RedactMetrics(MeterRegistry registry, RedactConfig config) {
    matches = new Counter[config.count()];
    for (int i = 0; i < matches.length; i++) {
      matches[i] =
          Counter.builder("longshore.agent.redacted.matches")
              .description("Texts that were left out of documents, by the pattern that found them.")
              .tag("pattern", config.name(i))
              .register(registry);
    }
  }

  void matched(int pattern) {
    matches[pattern].increment();
  }
}
