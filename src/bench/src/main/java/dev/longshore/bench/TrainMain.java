package dev.longshore.bench;

import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Makes the agent's AOT cache (JEP 483, 514, 515) in a training run: the agent ships a small
/// corpus, and the JVM writes down which classes it loaded and what it learnt of their methods.
/// With it the agent starts in a fraction of the time, and spends less on compiling.
///
/// A method of which the JVM learnt is compiled after its first hundred calls, any other after a
/// thousand. So the training compiles sooner than the agent does, and takes long enough for what
/// runs once for each bulk request to be learnt too.
public final class TrainMain {
  /// About a thousand bulk requests.
  private static final long LINES = 1_500_000;

  private static final List<String> SOONER =
      List.of(
          "-XX:Tier3InvocationThreshold=100",
          "-XX:Tier3MinInvocationThreshold=50",
          "-XX:Tier3CompileThreshold=1000");

  private TrainMain() {}

  public static void main(String[] arguments) throws IOException {
    Path cache = AgentProcess.aotCache();
    Files.deleteIfExists(cache);
    Path folder = ProjectFolder.find().resolve("target/training");
    try (Rig rig = new Rig(folder, LINES)) {
      List<String> options = new ArrayList<>(SOONER);
      options.add("-XX:AOTCacheOutput=" + cache);
      options.add("-Xlog:aot*=off:stdout");
      rig.ship(options);
    }
    if (!Files.exists(cache)) {
      throw new IOException("the JVM wrote no " + cache);
    }
  }
}
