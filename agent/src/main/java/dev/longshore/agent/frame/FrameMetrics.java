package dev.longshore.agent.frame;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// What framing counts, over all containers; added to once per call of [Framer], never per line.
public final class FrameMetrics {
  private final Counter records;
  private final Counter joined;
  private final Counter fragments;
  private final Counter unparsed;
  private final Counter incomplete;
  private final Counter nul;

  public FrameMetrics(MeterRegistry registry) {
    records = counter(registry, "records", "records", "Records put to the buffer");
    joined = counter(registry, "joined", "records", "Records of more than one line");
    fragments =
        counter(registry, "fragments", "records", "Pieces of records above frame.maxRecord");
    unparsed = counter(registry, "unparsed", "lines", "Lines that are not in the runtime's format");
    incomplete =
        counter(registry, "incomplete", "records", "Records whose end did not come in time");
    nul =
        counter(registry, "nul", "bytes", "NUL bytes that nobody wrote, and that are in no record");
  }

  private static Counter counter(
      MeterRegistry registry, String what, String unit, String description) {
    return Counter.builder("longshore.agent.frame." + what)
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }

  void add(
      long moreRecords,
      long moreJoined,
      long moreFragments,
      long moreUnparsed,
      long moreIncomplete) {
    increment(records, moreRecords);
    increment(joined, moreJoined);
    increment(fragments, moreFragments);
    increment(unparsed, moreUnparsed);
    increment(incomplete, moreIncomplete);
  }

  /// So many NUL bytes were passed over.
  public void nul(long bytes) {
    increment(nul, bytes);
  }

  private static void increment(Counter counter, long amount) {
    if (amount != 0) {
      counter.increment((double) amount);
    }
  }
}
