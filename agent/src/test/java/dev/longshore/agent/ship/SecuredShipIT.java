package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.testkit.ElasticsearchServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A wrong password costs time and nothing else: no record, and not the index template.
class SecuredShipIT {
  private final String logs =
      "logs-kubernetes.container_logs-it" + UUID.randomUUID().toString().substring(0, 8);
  private final ElasticConfig right = ElasticsearchServer.secured().config();

  @TempDir Path folder;

  @AfterEach
  void clean() throws Exception {
    try (Elastic elastic = new Elastic(right, Clock.system())) {
      elastic.request("DELETE", "/_data_stream/" + logs, null);
    }
  }

  @Test
  void losesNothingWhileThePasswordIsWrong() throws Exception {
    ElasticConfig wrong =
        new ElasticConfig(
            right.urls(),
            right.username(),
            "not-the-password",
            null,
            right.caFile(),
            right.compression(),
            right.requestTimeout());
    try (ElasticFixture fixture = new ElasticFixture(wrong, folder)) {
      fixture.start();
      fixture.add(new ContainerLog(1).line("one").line("two").block(logs));

      assertThat(fixture.awaitPaused(logs)).contains("401");
      assertThat(fixture.source.acknowledged()).isEmpty();
      assertThat(fixture.account().buffered()).isEqualTo(2);

      fixture.connect(right);
      fixture.awaitAllAcknowledged();

      assertThat(fixture.account().indexed()).isEqualTo(2);
      assertThat(
              new String(
                  fixture.elastic().request("GET", "/" + logs + "/_mapping", null).body(),
                  StandardCharsets.UTF_8))
          .as("our template came before the first document")
          .contains("numbers_whole");
    }
  }
}
