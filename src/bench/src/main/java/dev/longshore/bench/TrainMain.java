package dev.longshore.bench;

import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.AlertingProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes a product's AOT cache (JEP 483, 514, 515) in a training run: the product does what it is
/// for, and the JVM writes down which classes it loaded and what it learnt of their methods. With
/// it the product starts in a fraction of the time, and spends less on compiling.
///
/// Arguments: `agent` or `alerting`.
public final class TrainMain {
  private TrainMain() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    String product = arguments.length == 1 ? arguments[0] : "";
    switch (product) {
      case "agent" -> AgentTraining.run(options(AgentProcess.aotCache()));
      case "alerting" -> AlertingTraining.run(options(AlertingProcess.aotCache()));
      default -> throw new IllegalArgumentException("which product? There are: agent, alerting");
    }
    Path cache = product.equals("agent") ? AgentProcess.aotCache() : AlertingProcess.aotCache();
    if (!Files.exists(cache)) {
      throw new IOException("the JVM wrote no " + cache);
    }
  }

  private static List<String> options(Path cache) throws IOException {
    Files.deleteIfExists(cache);
    return List.of("-XX:AOTCacheOutput=" + cache, "-Xlog:aot*=off:stdout");
  }
}
