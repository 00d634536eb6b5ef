package dev.longshore.bench;

import dev.longshore.testkit.Certificates;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The agent's training run: it ships a small corpus by TLS, as most clusters want it.
///
/// Of a method of which the JVM learnt it need not learn again before it compiles it. So the
/// training compiles sooner than the agent does, and takes long enough for what runs once for each
/// bulk request to be learnt too.
final class AgentTraining {
  /// About a thousand bulk requests. For what lives for seconds fewer are enough: its classes are
  /// in the cache all the same.
  private static final long LINES = Long.getLong("longshore.training.lines", 1_500_000);

  private static final List<String> SOONER =
      List.of(
          "-XX:Tier3InvocationThreshold=100",
          "-XX:Tier3MinInvocationThreshold=50",
          "-XX:Tier3CompileThreshold=1000");

  private AgentTraining() {}

  static void run(List<String> options) throws IOException, InterruptedException {
    Path folder = ProjectFolder.find().resolve("target/training");
    try (Rig rig = new Rig(folder, LINES)) {
      List<String> all = new ArrayList<>(SOONER);
      all.addAll(options);
      var _ = rig.ship(new SinkProcess.Wire(Duration.ZERO, Certificates.create()), all);
    }
  }
}
