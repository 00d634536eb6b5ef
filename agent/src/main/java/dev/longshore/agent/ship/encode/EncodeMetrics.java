package dev.longshore.agent.ship.encode;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;

/// What encoding counts: documents that carry a mark in `log.flags`, one counter for each mark.
///
/// A rise of `json_refused` means bodies that a `flattened` field would refuse; of `unparsed`,
/// lines that are not in the runtime's format; of `invalid_utf8`, programs that write other
/// encodings.
public final class EncodeMetrics {
  private final EnumMap<Mark, Counter> marked = new EnumMap<>(Mark.class);

  public EncodeMetrics(MeterRegistry registry) {
    for (Mark mark : Mark.values()) {
      marked.put(
          mark,
          Counter.builder("longshore.agent.marked.documents")
              .description("Documents that were encoded with a mark in log.flags.")
              .tag("flag", mark.text())
              .register(registry));
    }
  }

  void marked(Mark mark) {
    Counter counter = marked.get(mark);
    if (counter != null) {
      counter.increment();
    }
  }
}
