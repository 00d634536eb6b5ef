package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A newer index template holds from the next document, by one rollover, and what was indexed
/// before is found by the same searches.
class TemplateRolloverIT {
  private static final String SEARCH = "message:paid AND kubernetes.labels.app:checkout";
  private static final String DOCUMENT =
      "{\"@timestamp\":\"2026-11-23T06:00:00Z\",\"message\":\"paid\","
          + "\"kubernetes\":{\"labels\":{\"app\":\"checkout\"}}}";

  private static final Duration YOUNG = Duration.ofSeconds(4);

  /// Longer than a hundred starts take where other work shares the machine.
  private static final Duration YOUNG_FOR_MANY = Duration.ofSeconds(30);

  private final String dataset = "rollover." + UUID.randomUUID().toString().substring(0, 8);
  private final String stream = "logs-" + dataset + "-default";
  private final Elastic elastic =
      new Elastic(ElasticsearchServer.secured().config(), Clock.system());
  private final ElasticGenerations generations = new ElasticGenerations(elastic);

  @BeforeEach
  void olderTemplate() throws IOException {
    call(
        "PUT",
        "/_index_template/longshore-logs-" + dataset,
        """
        {"index_patterns":["logs-%s-*"],"priority":500,"version":5,"data_stream":{},
         "_meta":{"managed_by":"longshore","configured":"of version 5"},
         "template":{"mappings":{"properties":{
           "@timestamp":{"type":"date"},"message":{"type":"text"},
           "kubernetes":{"properties":{"labels":{"type":"flattened"}}}}}}}
        """
            .formatted(dataset));
    create("before");
  }

  @AfterEach
  void clean() throws IOException {
    elastic.request("DELETE", "/_data_stream/" + stream, null);
    elastic.request("DELETE", "/_index_template/longshore-logs-" + dataset, null);
    elastic.close();
  }

  @Test
  void aNewerTemplateHoldsFromTheNextDocumentAndOldOnesAreFound() throws IOException {
    start();
    create("after");

    assertThat(generations.of(stream)).hasSize(2);
    assertThat(text("/" + generations.of(stream).getLast().name() + "/_settings"))
        .contains("\"mode\":\"logsdb\"");
    Search search = new Search(elastic);
    search.refresh(stream);
    assertThat(search.count(stream, SEARCH)).isEqualTo(2);
  }

  @Test
  void rollsOverOnceHoweverOftenAgentsStart() throws IOException {
    for (int start = 0; start < 3; start++) {
      start();
      create("start-" + start);
    }

    assertThat(generations.of(stream)).hasSize(2);
  }

  @Test
  void rollsOverOnceForAnotherMappingAndCountsByWhatStandsInBoth() throws IOException {
    start();
    create("flattened");
    for (int start = 0; start < 2; start++) {
      start(Duration.ofMillis(1), ObjectMapping.DYNAMIC);
      create("dynamic-" + start);
    }

    assertThat(generations.of(stream)).hasSize(3);
    Search search = new Search(elastic);
    search.refresh(stream);
    assertThat(search.count(stream, SEARCH)).isEqualTo(4);
    Object counted =
        Json.read(
            call(
                    "POST",
                    "/" + stream + "/_search",
                    """
                    {"size":0,"aggs":{"a":{"terms":{"field":"kubernetes.labels.app"}}}}
                    """)
                .body());
    assertThat(Json.at(counted, "aggregations", "a", "buckets"))
        .isEqualTo(List.of(Map.of("key", "checkout", "doc_count", 4)));
  }

  @Test
  void rollsOverOnceForAHundredAgentsThatStartAtATime() throws Exception {
    List<Callable<TemplateOutcome>> agents = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      agents.add(() -> start(YOUNG_FOR_MANY));
    }
    try (ExecutorService starts = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<TemplateOutcome> start : starts.invokeAll(agents)) {
        assertThat(start.get()).isNotEqualTo(TemplateOutcome.FOREIGN);
      }
    }
    create("after");

    assertThat(generations.of(stream)).hasSize(2);
  }

  @Test
  void leavesADataStreamAloneThatAnotherTemplateServes() throws IOException {
    String other = "/_index_template/other-" + dataset;
    call(
        "PUT",
        other,
        "{\"index_patterns\":[\"logs-%s-*\"],\"priority\":501,\"data_stream\":{}}"
            .formatted(dataset));
    try {
      start();
      create("after");

      assertThat(generations.of(stream)).hasSize(1);
    } finally {
      elastic.request("DELETE", other, null);
    }
  }

  private TemplateOutcome start() throws IOException {
    return start(YOUNG);
  }

  /// What an agent does at its start. The write index counts as old by then, and one that this
  /// makes as young.
  private TemplateOutcome start(Duration young) throws IOException {
    return start(young, ObjectMapping.FLATTENED);
  }

  private TemplateOutcome start(Duration young, ObjectMapping mapping) throws IOException {
    TemplateOutcome outcome =
        new DataStreamTemplate(elastic, stream, Duration.ofDays(30), null, mapping).install();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                System.currentTimeMillis() - generations.of(stream).getFirst().createdEpochMillis()
                    > young.toMillis());
    new TemplateRollover(
            elastic, new TemplateRollover.Origin(DataStreamTemplate.VERSION, mapping), young)
        .rollOver("logs-" + dataset + "-*");
    return outcome;
  }

  private void create(String id) throws IOException {
    call("PUT", "/" + stream + "/_create/" + id, DOCUMENT);
  }

  private String text(String path) throws IOException {
    return new String(elastic.request("GET", path, null).body(), StandardCharsets.UTF_8);
  }

  private Elastic.Response call(String method, String path, String body) throws IOException {
    Elastic.Response reply = elastic.request(method, path, body.getBytes(StandardCharsets.UTF_8));
    if (!reply.ok()) {
      throw reply.refused(method + " " + path);
    }
    return reply;
  }
}
