package dev.longshore.bench;

import dev.longshore.shared.units.Durations;
import dev.longshore.testkit.Certificates;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// `longshore bench --rate`: what a busy node costs, with TLS to a server that takes its time, as
/// [LiveRun] measures it; once as by default, and once with compressed bulk bodies.
final class RateBench implements Row {
  private static final String FOR = "--for";
  private static final String LINES = "--lines-per-second";
  private static final String CONTAINERS = "--containers";
  private static final String DELAY = "--delay";
  private static final String WARM_UP = "--warm-up";
  private static final Aim CORES = Aim.atMost(0.05, "0.05");
  private static final Aim MEMORY = Aim.atMost(128 * Figures.MIB, "128 MiB");

  @Override
  public String option() {
    return "--rate";
  }

  @Override
  public String key() {
    return "rate";
  }

  @Override
  public String summary() {
    return "cores and memory for 10,000 lines/s, with TLS, and with compression";
  }

  @Override
  public List<Option> options() {
    return List.of(
        Option.of(FOR, Option.Kind.DURATION, "5m", "30s", "1s", "how long it is measured, twice"),
        Option.of(LINES, Option.Kind.COUNT, "10_000", "10_000", "1_000", "lines of all containers"),
        Option.of(CONTAINERS, Option.Kind.COUNT, "100", "100", "10", "how many containers log"),
        Option.of(DELAY, Option.Kind.DURATION, "20ms", "20ms", "20ms", "until the server answers"),
        Option.of(WARM_UP, Option.Kind.DURATION, "1m", "20s", "1s", "how long they log before"));
  }

  @Override
  public Report measure(Settings settings) throws IOException, InterruptedException {
    LiveRun.Live plain = live(settings, false);
    LiveRun.Live compressed = live(settings, true);
    long lines = settings.count(LINES);
    return new Report(plain.cores())
        .add("linesPerSecond", lines, "lines per second", "%,d", lines)
        .add("seconds", plain.seconds(), "measured seconds", "%.0f", plain.seconds())
        .add("cores", plain.cores(), CORES, "cores", "%.3f", plain.cores())
        .add(
            "ratioToGzip",
            plain.ratioToGzip(),
            "ratio to gzip -1, log per CPU second",
            "%.2f",
            plain.ratioToGzip())
        .add(
            "memoryBytes",
            plain.memoryBytes(),
            MEMORY,
            "memory, peak",
            "%.0f MiB",
            plain.memoryBytes() / Figures.MIB)
        .say("memoryOf", "memory is that of", plain.memoryOf())
        .add(
            "peakResidentBytes",
            plain.residentBytes(),
            "peak resident memory (VmHWM)",
            "%.0f MiB",
            plain.residentBytes() / Figures.MIB)
        .add(
            "wireBytesPerLine",
            plain.wireBytesPerLine(),
            "bytes on the wire, per line",
            "%.0f",
            plain.wireBytesPerLine())
        .add(
            "compressedCores",
            compressed.cores(),
            "cores, with compression",
            "%.3f",
            compressed.cores())
        .add(
            "compressedRatioToGzip",
            compressed.ratioToGzip(),
            "ratio to gzip -1, with compression",
            "%.2f",
            compressed.ratioToGzip())
        .add(
            "compressedMemoryBytes",
            compressed.memoryBytes(),
            "memory, peak, with compression",
            "%.0f MiB",
            compressed.memoryBytes() / Figures.MIB)
        .add(
            "compressedWireBytesPerLine",
            compressed.wireBytesPerLine(),
            "bytes on the wire, per line, with compression",
            "%.0f",
            compressed.wireBytesPerLine());
  }

  private static LiveRun.Live live(Settings settings, boolean compression)
      throws IOException, InterruptedException {
    Duration warmUp = settings.duration(WARM_UP);
    Duration measured = settings.duration(FOR);
    Bench.step(
        "%,d lines/s for %s and then %s, compression %s",
        settings.count(LINES),
        Durations.format(warmUp),
        Durations.format(measured),
        compression ? "on" : "off");
    return new LiveRun(
            settings.count(CONTAINERS),
            settings.count(LINES),
            warmUp,
            measured,
            new SinkProcess.Wire(settings.duration(DELAY), Certificates.create()),
            compression)
        .run();
  }
}
