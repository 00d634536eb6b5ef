package dev.longshore.bench;

import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// `longshore bench --steady`: bytes of log per CPU second of an agent that has run for a while,
/// against `gzip -1` on the same files: what it costs in the months after its start.
final class SteadyBench implements Row {
  private static final String WARM_UP = "--warm-up";
  private static final String LINES = "--lines";
  private static final Aim RATIO = Aim.atLeast(1.5, "1.50");
  private static final Duration EVERY = Duration.ofMillis(200);

  @Override
  public String option() {
    return "--steady";
  }

  @Override
  public String key() {
    return "steady";
  }

  @Override
  public String summary() {
    return "the agent after its warm-up, against gzip -1";
  }

  @Override
  public List<Option> options() {
    return List.of(
        Option.of(
            LINES,
            Option.Kind.COUNT,
            "12_000_000",
            "1_500_000",
            "30_000",
            "lines that are measured"),
        Option.of(
            WARM_UP,
            Option.Kind.COUNT,
            "3_000_000",
            "1_500_000",
            "10_000",
            "lines that are shipped before"));
  }

  @Override
  public Report measure(Settings settings) throws IOException, InterruptedException {
    long warmUp = settings.count(WARM_UP);
    long lines = warmUp + settings.count(LINES);
    Bench.step("writing %,d lines", lines);
    try (Rig rig = new Rig(ProjectFolder.find().resolve(".longshore/bench"), lines);
        SinkProcess sink = SinkProcess.start(rig.node().folder().resolve("sink.log"))) {
      LogCorpus corpus = rig.corpus();
      Bench.step("gzip -1 on the same %,d MB", corpus.bytes() / 1_000_000);
      double gzip = corpus.bytes() / GzipMeasure.cpuSeconds(corpus.files());
      Bench.step("the agent, to a sink on loopback");
      try (AgentRun agent = rig.node().start(sink.url(), "", List.of(), List.of())) {
        long warmUpRecords = (long) ((double) warmUp / lines * corpus.records());
        AgentRun.Progress warm = agent.untilIndexed(warmUpRecords, EVERY);
        if (warm.records() >= corpus.records()) {
          throw new IOException("everything was indexed with the warm-up: more --lines are needed");
        }
        AgentRun.Progress done = agent.untilAllIndexed(corpus.records(), EVERY);
        agent.end();
        return report(corpus, warm, done, gzip);
      }
    }
  }

  private static Report report(
      LogCorpus corpus, AgentRun.Progress warm, AgentRun.Progress done, double gzip) {
    double share = (double) (done.records() - warm.records()) / corpus.records();
    double bytes = share * corpus.bytes();
    double lines = share * corpus.lines();
    double cpu = done.cost().cpuSeconds() - warm.cost().cpuSeconds();
    double perSecond = bytes / cpu;
    return new Report(perSecond)
        .add("bytes", Math.rint(bytes), "log, after the warm-up", "%.1f MB", bytes / 1e6)
        .add("lines", Math.rint(lines), "lines, after the warm-up", "%,.0f", lines)
        .add("cpuSeconds", cpu, "CPU seconds", "%.2f", cpu)
        .add("microsPerLine", cpu / lines * 1e6, "CPU per line", "%.2f µs", cpu / lines * 1e6)
        .add(
            "bytesPerCpuSecond",
            Math.rint(perSecond),
            "MB of log per CPU second",
            "%.1f",
            perSecond / 1e6)
        .add(
            "gzipBytesPerCpuSecond",
            Math.rint(gzip),
            "gzip -1, MB per CPU second",
            "%.1f",
            gzip / 1e6)
        .add("ratioToGzip", perSecond / gzip, RATIO, "ratio to gzip -1", "%.2f", perSecond / gzip)
        .add(
            "peakResidentBytes",
            done.cost().peakResidentBytes(),
            "peak resident memory (VmHWM)",
            "%.0f MiB",
            done.cost().peakResidentBytes() / Figures.MIB);
  }
}
