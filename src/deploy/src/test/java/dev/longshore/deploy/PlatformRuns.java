package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.deploy.Playbook.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The first run of the playbook for an environment, made once for all tests that look at it.
final class PlatformRuns {
  private static final Map<String, PlatformRuns> RUNS = new HashMap<>();

  private final Path records;
  private final Run first;
  private final PlatformObjects objects;

  private PlatformRuns(Path records, Run first) {
    this.records = records;
    this.first = first;
    this.objects = PlatformObjects.of(first, records);
  }

  static synchronized PlatformRuns of(String environment) {
    return RUNS.computeIfAbsent(
        environment,
        it -> {
          try {
            Path records = Files.createTempDirectory("longshore-platform-" + it);
            Playbook playbook = new Playbook(records, it).withDefinitions();
            // Loud, so that a secret that could be seen is seen.
            Run run = (it.equals("local") ? playbook.with("-vvv") : playbook).run();
            assertThat(run.code()).as(run.output()).isZero();
            return new PlatformRuns(records, run);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  Run first() {
    return first;
  }

  /// A further run against the same cluster.
  Run again() {
    return new Playbook(records, "local").withDefinitions().run();
  }

  PlatformObjects objects() {
    return objects;
  }
}
