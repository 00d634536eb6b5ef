package dev.longshore.e2e.torture;

import dev.longshore.testkit.ClaimedFolder;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ProjectFolder;
import dev.longshore.testkit.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// `longshore torture`: tries to make the agent lose or double a line.
public final class TortureMain {
  private TortureMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    TortureOptions options;
    try {
      options =
          TortureOptions.parse(List.of(arguments), new SplittableRandom().nextLong(1_000_000));
    } catch (IllegalArgumentException e) {
      System.err.println("longshore torture: " + e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(run(options));
  }

  private static int run(TortureOptions options) throws InterruptedException {
    String server = System.getenv(ElasticsearchServer.URL_VARIABLE);
    if (server != null && !server.isBlank()) {
      System.err.println(
          "longshore torture: Elasticsearch is killed in it; unset "
              + ElasticsearchServer.URL_VARIABLE);
      return 2;
    }
    Path folder = ProjectFolder.find().resolve(".longshore/torture/seed-" + options.seed());
    try (ClaimedFolder claimed = ClaimedFolder.claim(folder).orElse(null)) {
      if (claimed == null) {
        System.err.printf(
            "longshore torture: another run with seed %d uses %s; wait for it, or take another"
                + " --seed%n",
            options.seed(), folder);
        return 2;
      }
      Path real = folder.toRealPath();
      boolean good = new Torture(options, real, System.out).run();
      if (good && !options.keep()) {
        Trees.delete(real);
      } else {
        System.out.println("the run's folder is " + real);
      }
      return good ? 0 : 1;
    } catch (IOException | IllegalStateException e) {
      System.err.println("longshore torture: " + e.getMessage());
      return 1;
    }
  }
}
