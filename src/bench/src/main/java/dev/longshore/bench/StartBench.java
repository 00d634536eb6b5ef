package dev.longshore.bench;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.BulkSink;
import dev.longshore.testkit.ProductJava;
import dev.longshore.testkit.ProjectFolder;
import dev.longshore.testkit.SinkAnswer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `longshore bench --start`: from exec of the agent to the first line that a server acknowledges,
/// and the CPU until then; beside it the time of a JVM that does nothing, as the measure of the
/// machine.
final class StartBench implements Row {
  private static final String CONTAINERS = "--containers";
  private static final long LIMIT_SECONDS = 120;
  private static final int RUNS = 5;
  private static final Aim SECONDS = Aim.atMost(0.8, "0.8 s");

  @Override
  public String option() {
    return "--start";
  }

  @Override
  public String key() {
    return "start";
  }

  @Override
  public String summary() {
    return "from exec to the first line acknowledged, and CPU until then";
  }

  @Override
  public int runs(Scale scale) {
    return scale == Scale.TINY ? 1 : RUNS;
  }

  @Override
  public List<Option> options() {
    return List.of(
        Option.of(
            CONTAINERS, Option.Kind.COUNT, "20", "20", "4", "how many containers have a line"));
  }

  @Override
  public Report measure(Settings settings) throws IOException, InterruptedException {
    double jvmSeconds = jvmSeconds();
    CompletableFuture<Long> acknowledged = new CompletableFuture<>();
    Clock clock = Clock.system();
    try (BenchNode node =
            new BenchNode(
                ProjectFolder.find().resolve(".longshore/bench"),
                BenchNode.containers(settings.count(CONTAINERS)));
        LineWriter writer = new LineWriter(node.logs().values(), 1, clock);
        BulkSink sink = BulkSink.counting()) {
      sink.answerOthers(
          request -> {
            acknowledged.complete(System.nanoTime());
            return new SinkAnswer.Success();
          });
      for (int i = 0; i < settings.count(CONTAINERS); i++) {
        writer.writeLine();
      }
      try (AgentRun agent = node.start(sink.url(), "", List.of(), List.of())) {
        double seconds = (await(acknowledged, agent) - agent.startedNanos()) / 1e9;
        double cpu = agent.cost().cpuSeconds();
        agent.end();
        return new Report(seconds)
            .add("seconds", seconds, SECONDS, "to the first line acknowledged", "%.2f s", seconds)
            .add("cpuSeconds", cpu, "CPU seconds until then", "%.2f", cpu)
            .add("jvmSeconds", jvmSeconds, "a JVM that does nothing", "%.2f s", jvmSeconds)
            .add("ratioToJvm", seconds / jvmSeconds, "ratio to it", "%.2f", seconds / jvmSeconds);
      }
    }
  }

  private static long await(CompletableFuture<Long> acknowledged, AgentRun agent)
      throws IOException, InterruptedException {
    try {
      return acknowledged.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no line came; the agent's log:\n" + agent.agent().log(), e);
    }
  }

  private static double jvmSeconds() throws IOException, InterruptedException {
    long started = System.nanoTime();
    Process process =
        new ProcessBuilder(ProductJava.command(), "-XX:+UseSerialGC", "-version")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(ProductJava.command() + " -version failed");
    }
    return (System.nanoTime() - started) / 1e9;
  }
}
