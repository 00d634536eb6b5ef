package dev.longshore.bench;

import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.util.List;

/// `longshore bench`: bytes and lines per CPU second of the whole agent process from its start, its
/// peak resident memory, and how it compares with `gzip -1` on the same files in the same run.
final class ThroughputBench implements Row {
  private static final String LINES = "--lines";

  @Override
  public String option() {
    return "--throughput";
  }

  @Override
  public String key() {
    return "throughput";
  }

  @Override
  public String summary() {
    return "throughput and memory of the agent from its start, to a sink on loopback";
  }

  @Override
  public int runs(Scale scale) {
    return 1;
  }

  @Override
  public List<Option> options() {
    return List.of(
        Option.of(
            LINES, Option.Kind.COUNT, "3_000_000", "1_000_000", "20_000", "lines of the corpus"));
  }

  @Override
  public Report measure(Settings settings) throws IOException, InterruptedException {
    long lines = Math.max(settings.count(LINES), LogCorpus.CONTAINERS.size());
    Bench.step("writing %,d lines", lines);
    try (Rig rig = new Rig(ProjectFolder.find().resolve(".longshore/bench"), lines)) {
      LogCorpus corpus = rig.corpus();
      Bench.step("gzip -1 on the same %,d MB", corpus.bytes() / 1_000_000);
      double gzipCpuSeconds = GzipMeasure.cpuSeconds(corpus.files());
      Bench.step("the agent, to a sink on loopback");
      Rig.Run shipped = rig.ship(List.of());
      return new Figures(
              corpus.bytes(),
              corpus.lines(),
              corpus.records(),
              shipped.cost(),
              shipped.seconds(),
              gzipCpuSeconds)
          .report();
    }
  }
}
