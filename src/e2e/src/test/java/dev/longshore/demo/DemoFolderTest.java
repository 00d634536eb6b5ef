package dev.longshore.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A search asks the Elasticsearch of a demo that runs, and not of one that was killed.
final class DemoFolderTest {
  @TempDir Path parent;

  @Test
  void whatADemoLeavesBehindIsNoneThatRuns() throws Exception {
    Path url;
    try (DemoFolder running = DemoFolder.claim(parent)) {
      url = running.path().resolve(DemoFolder.ELASTICSEARCH_URL);
      Files.writeString(url, "http://localhost:32770");

      assertThat(DemoFolder.newest(parent)).hasValue(url);
    }

    assertThat(url).exists();
    assertThat(DemoFolder.newest(parent)).isEmpty();
  }
}
