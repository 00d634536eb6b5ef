package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.deadletter.DeadLetter;
import dev.longshore.agent.event.Block;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.ObjectMapping;
import dev.longshore.shared.elastic.Search;
import dev.longshore.shared.elastic.Search.Hit;
import dev.longshore.testkit.BulkSink;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.SinkAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever a container prints and whatever Elasticsearch makes of it, the ledger balances: each
/// record is indexed, already there, or a dead letter with its original.
class ShipIT {
  private final String name = "it" + UUID.randomUUID().toString().substring(0, 8);
  private final String logs = "logs-kubernetes.container_logs-" + name;
  private final String letters = DeadLetter.dataStream(logs);
  private final String audit = "logs-shop.audit-" + name;
  private final Elastic elastic =
      new Elastic(ElasticsearchServer.secured().config(), Clock.system());
  private final Search search = new Search(elastic);

  @TempDir Path folder;

  @AfterEach
  void clean() throws IOException {
    for (String stream : List.of(logs, letters, audit)) {
      elastic.request("DELETE", "/_data_stream/" + stream, null);
    }
    elastic.request("DELETE", "/_index_template/" + name, null);
    elastic.close();
  }

  @Test
  void indexesWhateverAContainerPrintsAndKnowsItTheSecondTime() throws Exception {
    try (ElasticFixture fixture = fixture()) {
      blocks().forEach(fixture::add);
      fixture.start().awaitAllAcknowledged();

      assertThat(fixture.account().indexed()).isEqualTo(fixture.account().read());
    }
    search.refresh(logs);
    assertThat(search.count(logs, "*")).isEqualTo(records());
    assertThat(search.count(logs, "json.order.id:4711")).isEqualTo(1);
    assertThat(search.count(logs, "error.type:\"java.io.IOException\"")).isEqualTo(1);
    assertThat(search.count(logs, "message:needle")).as("in the line of 1 MiB").isEqualTo(1);
    assertThat(search.count(logs, "kubernetes.labels.label-4999:v")).isEqualTo(1);

    try (ElasticFixture again = fixture()) {
      blocks().forEach(again::add);
      again.start().awaitAllAcknowledged();

      assertThat(again.account().duplicate()).isEqualTo(again.account().read());
    }
    search.refresh(logs);
    assertThat(search.count(logs, "*")).isEqualTo(records());
  }

  private long records() {
    return blocks().stream().mapToLong(Block::records).sum();
  }

  private List<Block> blocks() {
    String labels =
        IntStream.range(0, 5_000)
            .mapToObj(i -> "\"label-" + i + "\":\"v\"")
            .collect(Collectors.joining(","));
    ContainerLog ordinary = new ContainerLog(1);
    for (int i = 0; i < 500; i++) {
      ordinary.line("GET /cart/" + i + " 200");
    }
    ordinary.group(
        "java.io.IOException: connection reset", "\tat shop.Checkout.pay(Checkout.java:42)");
    ordinary.line("{\"level\":\"info\",\"order\":{\"id\":4711},\"took.ms\":1.5}");
    return List.of(
        ordinary.block(logs),
        new ContainerLog(2)
            .line("{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000))
            .line("{\"body\":\"" + "x".repeat(40_000) + "\"}")
            .line("{\"a\\u0000b\":1,\"c\":\"\\u0000\"}")
            .line("{\"a\":1,\"b\":{\"c\":1,\"c\":2},\"a\":2}")
            .line("{\"\":1,\".\":2,\"a..b\":3,\"@timestamp\":\"yesterday\",\"message\":{\"x\":1}}")
            .line("\0\0 before and after \0")
            .line(new byte[] {(byte) 0xff, (byte) 0xfe, 'a', (byte) 0xc3, '(', (byte) 0xed, 'z'})
            .line("")
            .block(logs),
        new ContainerLog(3).line("needle " + "y".repeat(1 << 20)).block(logs),
        new ContainerLog(4)
            .fields("\"kubernetes\":{\"labels\":{" + labels + "}}")
            .line("labelled")
            .block(logs));
  }

  @Test
  void movesAsideWhatAForeignMappingRefuses() throws Exception {
    foreignTemplate("\"json\":{\"type\":\"keyword\"}");
    try (ElasticFixture fixture = fixture()) {
      fixture.add(new ContainerLog(1).line("plain").line("{\"order\":4711}").block(logs));
      fixture.start().awaitAllAcknowledged();

      assertThat(fixture.account().indexed()).isEqualTo(2);
    }
    search.refresh(logs);
    Hit hit = only(search, logs, "log.flags:unmapped");
    assertThat(hit.text("message")).isEqualTo("{\"order\":4711}");
    assertThat(hit.source().toString()).contains("unmapped").contains("4711");
  }

  @Test
  void movesABodyAsideWhoseNamesCanBeNoFields() throws Exception {
    ShipConfig standard = ShipConfig.defaults();
    ShipConfig dynamic =
        new ShipConfig(
            audit,
            standard.maxBatch(),
            standard.requestsInFlight(),
            standard.retention(),
            null,
            ObjectMapping.DYNAMIC,
            List.of());
    ElasticConfig server = ElasticsearchServer.secured().config();
    try (ElasticFixture fixture = new ElasticFixture(server, folder, it -> it, dynamic)) {
      fixture.add(
          new ContainerLog(1)
              .line("{\"\":4711}")
              .line("{\" \":{\"a\":4711}}")
              .line("{\"a\":1,\".\":2,\"a..b\":3}")
              .block(audit));
      fixture.start().awaitAllAcknowledged();

      assertThat(fixture.account().indexed()).isEqualTo(3);
    }
    search.refresh(audit);
    assertThat(search.count(audit, "log.flags:unmapped AND message:4711")).isEqualTo(2);
    assertThat(search.count(audit, "json.a:1")).isEqualTo(1);
  }

  @Test
  void deadLettersWithItsOriginalWhatAForeignMappingRefusesInAnyForm() throws Exception {
    foreignTemplate("\"message\":{\"type\":\"integer\"}");
    try (ElasticFixture fixture = fixture()) {
      fixture.add(new ContainerLog(1).line("42").line("forty-two").block(logs));
      fixture.start().awaitAllAcknowledged();

      assertThat(fixture.account().indexed()).isEqualTo(1);
      assertThat(fixture.account().deadLettered()).isEqualTo(1);
      assertThat(fixture.disk.bytes()).isZero();
    }
    search.refresh(letters);
    Hit letter = only(search, letters, "*");
    assertThat(letter.text("message")).endsWith("stdout F forty-two\n");
    assertThat(letter.text("longshore", "dead_letter", "destination")).isEqualTo(logs);
    assertThat(letter.text("longshore", "dead_letter", "type"))
        .isEqualTo("document_parsing_exception");
  }

  @Test
  void aWriteBlockHoldsItsDataStreamAloneUntilItIsLifted() throws Exception {
    try (ElasticFixture fixture = fixture()) {
      fixture.start();
      fixture.add(new ContainerLog(1).line("before").block(logs));
      fixture.awaitAllAcknowledged();
      writeBlock(true);
      long blocked = fixture.add(new ContainerLog(2).line("blocked").block(logs));

      assertThat(fixture.awaitPaused(logs)).contains("403").contains("cluster_block_exception");
      long passing = fixture.add(new ContainerLog(3).line("paid").block(audit));
      await(fixture, passing);
      assertThat(fixture.source.acknowledged()).doesNotContain(blocked);
      assertThat(fixture.paused(logs)).isNotEmpty();

      writeBlock(false);
      fixture.awaitAllAcknowledged();
      assertThat(fixture.account().indexed()).isEqualTo(3);
      assertThat(fixture.paused(logs)).isEmpty();
    }
  }

  @Test
  void aMissingIngestPipelineHoldsItsDataStreamAndCostsNoDocument() throws Exception {
    try (ElasticFixture fixture = fixture()) {
      fixture.start();
      fixture.add(new ContainerLog(1).line("before").block(logs));
      fixture.awaitAllAcknowledged();
      call("PUT", "/" + logs + "/_settings", "{\"index.default_pipeline\":\"shop-orders\"}");
      fixture.add(new ContainerLog(2).line("meanwhile").block(logs));

      assertThat(fixture.awaitPaused(logs)).contains("pipeline with id [shop-orders]");

      call("PUT", "/" + logs + "/_settings", "{\"index.default_pipeline\":null}");
      fixture.awaitAllAcknowledged();
      assertThat(fixture.account().indexed()).isEqualTo(2);
    }
  }

  @Test
  void sendsAgainWhatAProxyAnsweredWithAPage() throws Exception {
    try (BulkSink proxy = BulkSink.recording()) {
      proxy.answerOthers(request -> SinkAnswer.Text.html(200));
      var config = ElasticsearchServer.secured().config();
      try (ElasticFixture fixture =
          new ElasticFixture(
              new ElasticConfig(
                  List.of(proxy.url()), null, null, null, null, false, config.requestTimeout()),
              folder)) {
        fixture.start();
        fixture.add(new ContainerLog(1).line("behind a proxy").block(logs));

        assertThat(fixture.awaitPaused(logs)).contains("request failed");
        assertThat(fixture.source.acknowledged()).isEmpty();

        proxy.answerOthers(request -> new SinkAnswer.Success());
        fixture.awaitAllAcknowledged();
        assertThat(fixture.account().indexed()).isEqualTo(1);
        assertThat(proxy.recorded()).hasSize(1);
      }
    }
  }

  private static void await(ElasticFixture fixture, long reference) {
    org.awaitility.Awaitility.await()
        .untilAsserted(() -> assertThat(fixture.source.acknowledged()).contains(reference));
  }

  private ElasticFixture fixture() {
    return new ElasticFixture(ElasticsearchServer.secured().config(), folder);
  }

  private void foreignTemplate(String properties) throws IOException {
    call(
        "PUT",
        "/_index_template/" + name,
        "{\"index_patterns\":[\""
            + logs
            + "\"],\"priority\":9000,\"data_stream\":{},\"template\":{\"mappings\":{\"properties\":{"
            + properties
            + "}}}}");
  }

  private void writeBlock(boolean on) throws IOException {
    call("PUT", "/" + logs + "/_settings", "{\"index.blocks.write\":" + on + "}");
  }

  private void call(String method, String path, String body) throws IOException {
    Elastic.Response reply = elastic.request(method, path, body.getBytes(StandardCharsets.UTF_8));
    if (!reply.ok()) {
      throw reply.refused(method + " " + path);
    }
  }

  private static Hit only(Search search, String stream, String query) throws IOException {
    List<Hit> hits = new ArrayList<>();
    search.each(Search.Query.all(stream, query), hits::add);
    assertThat(hits).hasSize(1);
    return hits.getFirst();
  }
}
