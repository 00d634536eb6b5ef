package dev.longshore.agent.tail;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/// What the tail counts.
public final class TailMetrics {
  private final Counter read;
  private final Counter rotations;
  private final Counter truncations;
  private final Counter lost;
  private final Counter damaged;
  private final Counter utf16;
  private final Counter scans;
  private final Counter overflows;
  private final AtomicLong followed = new AtomicLong();
  private final AtomicLong unreadable = new AtomicLong();
  private final AtomicLong ignored = new AtomicLong();
  private final AtomicLong held = new AtomicLong();

  public TailMetrics(MeterRegistry registry) {
    read = counter(registry, "read", "bytes", "Bytes that framing has taken from files.");
    rotations = counter(registry, "rotations", null, "Files that were renamed away.");
    truncations =
        counter(registry, "truncations", null, "Files that were cut and begun anew in place.");
    lost =
        counter(
            registry,
            "lost",
            "bytes",
            "Bytes that were deleted or cut away before they were read.");
    damaged =
        counter(
            registry,
            "damaged",
            "files",
            "Compressed files that are torn or not gzip all through; what follows the damage is"
                + " lost.");
    utf16 =
        counter(
            registry,
            "utf16",
            "files",
            "Plain logs in UTF-16, as programs of Windows write them; their text can't be searched.");
    scans = counter(registry, "scans", null, "Complete scans of all folders.");
    overflows =
        counter(
            registry,
            "watch.overflows",
            null,
            "Times that inotify lost events or a limit of it was reached; a rise means slower discovery.");
    gauge(registry, "followed", "Files that are open.", "files", followed);
    gauge(
        registry,
        "unreadable",
        "Files that can't be opened or read, and folders that can't be listed.",
        "files",
        unreadable);
    gauge(
        registry,
        "ignored",
        "Files that are named like a log and not read: links that lead out of the followed folders,"
            + " names that are no text, what is no regular file, empty archives. /status names them.",
        "files",
        ignored);
    gauge(
        registry,
        "held",
        "Bytes of deleted files that are kept until they are read.",
        "bytes",
        held);
  }

  private static Counter counter(
      MeterRegistry registry,
      String what,
      @org.jspecify.annotations.Nullable String unit,
      String description) {
    return Counter.builder("longshore.agent.tail." + what)
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }

  private static void gauge(
      MeterRegistry registry, String what, String description, String unit, AtomicLong value) {
    Gauge.builder("longshore.agent.tail." + what, value, AtomicLong::doubleValue)
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }

  void read(long bytes) {
    read.increment((double) bytes);
  }

  void rotated() {
    rotations.increment();
  }

  void truncated() {
    truncations.increment();
  }

  void lost(long bytes) {
    lost.increment((double) bytes);
  }

  void scanned() {
    scans.increment();
  }

  void overflowed() {
    overflows.increment();
  }

  void followed(long files) {
    followed.set(files);
  }

  void unreadable(long files) {
    unreadable.set(files);
  }

  void ignored(long files) {
    ignored.set(files);
  }

  void damaged() {
    damaged.increment();
  }

  void utf16() {
    utf16.increment();
  }

  void held(long bytes) {
    held.set(bytes);
  }
}
