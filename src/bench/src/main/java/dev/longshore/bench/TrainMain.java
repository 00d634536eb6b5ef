package dev.longshore.bench;

import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes the agent's AOT cache (JEP 483, 514, 515) in a training run: the agent ships a small
/// corpus, and the JVM writes down which classes it loaded and what it learnt of their methods.
/// With it the agent starts in a fraction of the time, and spends less on compiling.
public final class TrainMain {
  /// Enough for every hot method to be compiled; more changes little.
  private static final long LINES = 400_000;

  private TrainMain() {}

  public static void main(String[] arguments) throws IOException {
    Path cache = AgentProcess.aotCache();
    Files.deleteIfExists(cache);
    Path folder = ProjectFolder.find().resolve("target/training");
    try (Rig rig = new Rig(folder, LINES)) {
      rig.ship(List.of("-XX:AOTCacheOutput=" + cache, "-Xlog:aot*=off:stdout"));
    }
    if (!Files.exists(cache)) {
      throw new IOException("the JVM wrote no " + cache);
    }
  }
}
