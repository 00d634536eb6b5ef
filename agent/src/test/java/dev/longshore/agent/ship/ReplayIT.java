package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.deadletter.DeadLetter;
import dev.longshore.agent.deadletter.DeadLetterFilter;
import dev.longshore.agent.deadletter.DeadLetters;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.Search;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What shipping made a dead letter of is indexed, under the id that it would have had, once the
/// mapping that refused it is repaired.
class ReplayIT {
  private final String name = "it" + UUID.randomUUID().toString().substring(0, 8);
  private final String logs = "logs-kubernetes.container_logs-" + name;
  private final String letters = DeadLetter.dataStream(logs);
  private final Elastic elastic =
      new Elastic(ElasticsearchServer.secured().config(), Clock.system());
  private final Search search = new Search(elastic);

  /// Others have letters on this server.
  private final DeadLetterFilter mine = new DeadLetterFilter("", "", "", Instant.now());

  @TempDir Path folder;

  @AfterEach
  void clean() throws IOException {
    for (String stream : List.of(logs, letters)) {
      elastic.request("DELETE", "/_data_stream/" + stream, null);
    }
    elastic.request("DELETE", "/_index_template/" + name, null);
    elastic.close();
  }

  @Test
  void bringsBackWhatAMappingHadRefused() throws Exception {
    template("integer");
    try (ElasticFixture fixture =
        new ElasticFixture(ElasticsearchServer.secured().config(), folder)) {
      fixture.add(new ContainerLog(1).line("42").line("forty-two").line("43").block(logs));
      fixture.start().awaitAllAcknowledged();
      assertThat(fixture.account().deadLettered()).isEqualTo(1);
    }
    DeadLetters.Summary refused = box().replay(mine, Long.MAX_VALUE, _ -> {});
    assertThat(refused.refusedAgain()).isEqualTo(1);

    template("text");
    call("POST", "/" + logs + "/_rollover", "{}");
    DeadLetters.Summary taken = box().replay(mine, Long.MAX_VALUE, _ -> {});

    assertThat(taken.problems()).isEmpty();
    assertThat(taken.indexed()).isEqualTo(1);
    search.refresh(logs + "," + letters);
    List<String> ids = new ArrayList<>();
    search.each(Search.Query.all(logs, "*"), hit -> ids.add(hit.id()));
    assertThat(ids).as("ids sort as their records stand").hasSize(3).doesNotHaveDuplicates();
    assertThat(search.count(logs, "message:\"forty-two\"")).isEqualTo(1);
    assertThat(search.count(letters, "*")).isZero();

    assertThat(box().replay(mine, Long.MAX_VALUE, _ -> {}).letters()).isZero();
  }

  private DeadLetters box() {
    return DeadLetters.of(
        elastic,
        _ -> true,
        stream -> new DataStreamTemplate(elastic, stream, Duration.ofDays(1)).install(),
        new DiskStore(folder, dev.longshore.shared.units.DataSize.ofMiB(1)),
        Duration.ofSeconds(1),
        Clock.system());
  }

  private void template(String messageType) throws IOException {
    call(
        "PUT",
        "/_index_template/" + name,
        """
        {"index_patterns":["%s"],"priority":9000,"data_stream":{},
         "template":{"mappings":{"properties":{"message":{"type":"%s"}}}}}
        """
            .formatted(logs, messageType));
  }

  private void call(String method, String path, String body) throws IOException {
    Elastic.Response reply = elastic.request(method, path, body.getBytes(StandardCharsets.UTF_8));
    if (!reply.ok()) {
      throw reply.refused(method + " " + path);
    }
  }
}
