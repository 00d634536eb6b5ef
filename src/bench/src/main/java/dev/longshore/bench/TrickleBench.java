package dev.longshore.bench;

import dev.longshore.shared.units.Durations;
import java.io.IOException;
import java.util.List;

/// `longshore bench --trickle`: what a node costs whose containers have little to say, as [LiveRun]
/// measures it: what most nodes are like most of the time.
final class TrickleBench implements Row {
  private static final String FOR = "--for";
  private static final String CONTAINERS = "--containers";
  private static final String EVERY = "--every";
  private static final String WARM_UP = "--warm-up";
  private static final double PERCENT = 100;
  private static final Aim CORE_PERCENT = Aim.atMost(0.3, "0.3 %");
  private static final Aim MEMORY = Aim.atMost(96 * Figures.MIB, "96 MiB");

  @Override
  public String option() {
    return "--trickle";
  }

  @Override
  public String key() {
    return "trickle";
  }

  @Override
  public String summary() {
    return "share of a core and memory with 200 quiet containers";
  }

  @Override
  public List<Option> options() {
    return List.of(
        Option.of(FOR, Option.Kind.DURATION, "10m", "30s", "1s", "how long it is measured"),
        Option.of(CONTAINERS, Option.Kind.COUNT, "200", "200", "20", "how many containers log"),
        Option.of(
            EVERY, Option.Kind.DURATION, "10s", "10s", "1s", "between two lines of a container"),
        Option.of(WARM_UP, Option.Kind.DURATION, "1m", "20s", "1s", "how long they log before"));
  }

  @Override
  public Report measure(Settings settings) throws IOException, InterruptedException {
    long containers = settings.count(CONTAINERS);
    Bench.step(
        "%d containers, a line each %s, for %s and then %s",
        containers,
        Durations.format(settings.duration(EVERY)),
        Durations.format(settings.duration(WARM_UP)),
        Durations.format(settings.duration(FOR)));
    LiveRun.Live live =
        new LiveRun(
                containers,
                containers / (settings.duration(EVERY).toNanos() / 1e9),
                settings.duration(WARM_UP),
                settings.duration(FOR),
                SinkProcess.Wire.PLAIN,
                false)
            .run();
    double percent = PERCENT * live.cores();
    return new Report(percent)
        .add("containers", containers, "containers", "%d", containers)
        .add("seconds", live.seconds(), "measured seconds", "%.0f", live.seconds())
        .add("corePercent", percent, CORE_PERCENT, "of a core", "%.2f %%", percent)
        .add(
            "memoryBytes",
            live.memoryBytes(),
            MEMORY,
            "memory, peak",
            "%.0f MiB",
            live.memoryBytes() / Figures.MIB)
        .say("memoryOf", "memory is that of", live.memoryOf())
        .add(
            "peakResidentBytes",
            live.residentBytes(),
            "peak resident memory (VmHWM)",
            "%.0f MiB",
            live.residentBytes() / Figures.MIB);
  }
}
