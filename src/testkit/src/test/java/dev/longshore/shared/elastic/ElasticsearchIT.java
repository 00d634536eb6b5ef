package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What we send is what a real Elasticsearch understands: templates, bulk requests, watermarks and
/// searches.
class ElasticsearchIT {
  private final String dataset = "kubernetes.it_" + UUID.randomUUID().toString().substring(0, 8);
  private final String stream = "logs-" + dataset + "-default";
  private Elastic elastic = open();
  private Search search = new Search(elastic);

  private static Elastic open() {
    return new Elastic(ElasticsearchServer.secured().config(), Clock.system());
  }

  @BeforeEach
  void install() throws IOException {
    assertThat(template(Duration.ofDays(30)).install()).isEqualTo(TemplateOutcome.INSTALLED);
  }

  @AfterEach
  void clean() throws IOException {
    elastic.request("DELETE", "/_data_stream/" + stream, null);
    elastic.request("DELETE", "/_index_template/longshore-logs-" + dataset, null);
    elastic.close();
  }

  @Test
  void createsADataStreamWithOurMappingsAndNoFailureStore() throws IOException {
    index("a", "{\"message\":\"x\",\"unknown\":{\"field\":1}}");

    Object state = streamState();
    assertThat(Json.at(state, "options", "failure_store", "enabled")).isEqualTo(false);
    assertThat(Json.text(state, "lifecycle", "data_retention")).isEqualTo("30d");
    assertThat(text("/" + stream + "/_settings"))
        .contains("\"mode\":\"logsdb\"", "\"source\":{\"mode\":\"stored\"}")
        .doesNotContain("refresh_interval");
    String mapping = text("/" + stream + "/_mapping");
    assertThat(mapping).contains("\"flattened\"").doesNotContain("unknown");
  }

  @Test
  void namesTheBackingIndicesTheNewestLast() throws IOException {
    DataStreams streams = new DataStreams(elastic);
    ElasticGenerations generations = new ElasticGenerations(elastic);
    assertThat(generations.of(stream)).isEmpty();
    assertThat(streams.matching("logs-" + dataset + "-*")).isEmpty();
    index("a", "{\"message\":\"x\"}");
    List<Generations.Generation> first = generations.of(stream);

    assertThat(elastic.request("POST", "/" + stream + "/_rollover", null).ok()).isTrue();

    List<Generations.Generation> both = generations.of(stream);
    assertThat(first)
        .singleElement()
        .extracting(Generations.Generation::name, as(InstanceOfAssertFactories.STRING))
        .startsWith(".ds-" + stream)
        .endsWith("-000001");
    assertThat(both).hasSize(2).startsWith(first.getFirst());
    assertThat(both.getLast().name()).endsWith("-000002");
    assertThat(both.getLast().createdEpochMillis())
        .isGreaterThanOrEqualTo(first.getFirst().createdEpochMillis());
    assertThat(streams.matching("logs-" + dataset + "-*")).containsExactly(stream);
  }

  @Test
  void givesEachItemItsOutcomeAndRefusesNoSecondTime() throws IOException {
    String bad = "{\"@timestamp\":\"yesterday\",\"message\":\"x\"}";
    String body =
        item("one", document("{\"message\":\"a\"}"))
            + item("two", bad)
            + item("one", document("{}"));

    BulkReply.Answered reply = bulk(body, 3, true);

    assertThat(reply.statuses()).containsExactly((short) 201, (short) 400, (short) 409);
    assertThat(reply.failures().getFirst().type()).isEqualTo("document_parsing_exception");
    assertThat(reply.failures().getFirst().reason()).contains("@timestamp");
    assertThat(reply.indexNames()).hasSize(3);
    assertThat(required(reply.indexNames())[0]).startsWith(".ds-" + stream);
  }

  @Test
  void keepsConflictingLabelsApartAndFindsThem() throws IOException {
    index("a", "{\"message\":\"a\",\"kubernetes\":{\"labels\":{\"app\":\"checkout\"}}}");
    index(
        "b",
        "{\"message\":\"b\",\"kubernetes\":{\"labels\":{\"app.kubernetes.io/name\":\"checkout\"}}}");
    index(
        "c",
        "{\"message\":\"c\",\"json\":{\"deep\":{\"er\":[1,\"two\"]}},\"numbers\":{\"took.ms\":17,\"took\":1.5}}");
    search.refresh(stream);

    assertThat(search.count(stream, "kubernetes.labels.app:checkout")).isEqualTo(1);
    assertThat(search.count(stream, "kubernetes.labels.app.kubernetes.io\\/name:checkout"))
        .isEqualTo(1);
    assertThat(search.count(stream, "json.deep.er:two")).isEqualTo(1);
    assertThat(search.count(stream, "numbers.took.ms:>16.5 AND numbers.took:[1 TO 2]"))
        .isEqualTo(1);
  }

  @Test
  void readsAllHitsInOrderOverSeveralPages() throws IOException {
    int lines = 2 * Search.PAGE_HITS + 7;
    StringBuilder body = new StringBuilder();
    for (int i = lines - 1; i >= 0; i--) {
      body.append(
          item(
              "line-" + i, document("{\"message\":\"GET /cart\",\"log\":{\"offset\":" + i + "}}")));
    }
    assertThat(bulk(body.toString(), lines, false).failures()).isEmpty();
    search.refresh(stream);
    List<Long> offsets = new ArrayList<>();

    long hits =
        search.each(
            Search.Query.all(stream, "cart", "log.offset"),
            hit -> offsets.add(required(hit.number("log", "offset")).longValue()));

    assertThat(hits).isEqualTo(lines);
    assertThat(offsets).hasSize(lines).isSorted().startsWith(0L).endsWith((long) lines - 1);
  }

  @Test
  void readsTheNewestFirstUpToALimit() throws IOException {
    for (int i = 0; i < 5; i++) {
      index("n" + i, "{\"message\":\"tick\",\"log\":{\"offset\":" + i + "}}");
    }
    search.refresh(stream);
    List<String> ids = new ArrayList<>();

    search.each(new Search.Query(stream, "*", List.of(), true, 2), hit -> ids.add(hit.id()));

    assertThat(ids).containsExactly("n4", "n3");
  }

  @Test
  void saysWhatIsWrongWithAQueryAndFindsNothingInNothing() throws IOException {
    index("a", "{\"message\":\"x\"}");

    assertThatThrownBy(() -> search.count(stream, "message:(("))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("HTTP 400");
    assertThat(search.each(Search.Query.all("logs-nowhere-*", "*"), hit -> true)).isZero();
  }

  @Test
  void replacesItsOwnTemplateWhenConfiguredDifferentlyAndRetainsByIt() throws IOException {
    index("a", "{\"message\":\"x\"}");
    assertThat(template(Duration.ofDays(30)).install()).isEqualTo(TemplateOutcome.PRESENT);

    assertThat(template(Duration.ofDays(7)).install()).isEqualTo(TemplateOutcome.INSTALLED);

    assertThat(text("/_index_template/longshore-logs-" + dataset))
        .contains("\"data_retention\":\"7d\"");
    assertThat(Json.text(streamState(), "lifecycle", "data_retention"))
        .isEqualTo(knowsLifecycles() ? "7d" : "30d");
  }

  @Test
  void leavesAForeignTemplateAlone() throws IOException {
    String path = "/_index_template/longshore-logs-" + dataset;
    elastic.request("DELETE", path, null);
    byte[] foreign =
        ("{\"index_patterns\":[\"logs-" + dataset + "-*\"],\"data_stream\":{},\"priority\":500}")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(elastic.request("PUT", path, foreign).ok()).isTrue();

    assertThat(template(Duration.ofDays(30)).install()).isEqualTo(TemplateOutcome.FOREIGN);

    assertThat(text(path)).contains("\"priority\":500");
  }

  @Test
  void keepsAWatermarkPerNode() throws IOException {
    Watermarks watermarks = new Watermarks(elastic);
    String cluster = "harbour-" + dataset;
    Instant at = Instant.parse("2026-11-23T06:00:00.123456789Z");
    Watermark first = new Watermark(cluster, "node 1/ä", at, null, false, List.of());
    Watermark second =
        new Watermark(
            cluster,
            "node 1/ä",
            at.plusSeconds(5),
            at,
            true,
            List.of(new Watermark.Behind("shop/checkout-7d9f/app", at.minusSeconds(400))));

    assertThat(watermarks.get(cluster, "node 1/ä")).isEmpty();
    watermarks.put(first);
    assertThat(watermarks.get(cluster, "node 1/ä")).contains(first);
    watermarks.put(second);
    watermarks.put(new Watermark(cluster, "node-2", at, at, false, List.of()));

    assertThat(watermarks.get(cluster, "node 1/ä")).contains(second);
    search.refresh(Watermarks.INDEX);
    assertThat(watermarks.all(cluster)).hasSize(2).contains(second);
    assertThat(text("/" + Watermarks.INDEX + "/_mapping")).contains("date_nanos");
  }

  @Test
  void keepsAReportPerNodeAndFindsTheNewOnes() throws IOException {
    NodeReports reports = new NodeReports(elastic);
    String cluster = "fleet-" + dataset;
    Instant at = NodeReportTest.REPORT.published();
    NodeReport one = NodeReportTest.report(cluster, "node 1/ä", at);

    reports.put(NodeReportTest.report(cluster, "node 1/ä", at.minusSeconds(60)));
    reports.put(one);
    reports.put(NodeReportTest.report(cluster, "node-2", at.minusSeconds(7_200)));
    search.refresh(NodeReports.INDEX);

    NodeReports.Found all = reports.since(cluster, at.minusSeconds(86_400));
    assertThat(all.total()).isEqualTo(2);
    assertThat(all.reports()).first().isEqualTo(one);
    assertThat(reports.since(cluster, at.minusSeconds(3_600)).reports()).containsExactly(one);
    assertThat(reports.since(null, at.minusSeconds(3_600)).reports()).contains(one);
    assertThat(text("/" + NodeReports.INDEX + "/_mapping")).contains("volume_free_bytes");
  }

  private @Nullable Object streamState() throws IOException {
    return Json.at(
        get("/_cluster/state/metadata/" + stream + "?filter_path=metadata.data_stream"),
        "metadata",
        "data_stream",
        "data_stream",
        stream);
  }

  /// Elastic's distribution for integration tests does not.
  private boolean knowsLifecycles() throws IOException {
    return elastic.request("GET", "/_data_stream/" + stream + "/_lifecycle", null).ok();
  }

  private DataStreamTemplate template(Duration retention) {
    return new DataStreamTemplate(elastic, stream, retention);
  }

  private void index(String id, String fields) {
    assertThat(bulk(item(id, document(fields)), 1, false).statuses()).containsExactly((short) 201);
  }

  private BulkReply.Answered bulk(String body, int items, boolean names) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    BulkReply reply = elastic.bulk(stream, bytes, bytes.length, items, names).join();
    assertThat(reply).isInstanceOf(BulkReply.Answered.class);
    return (BulkReply.Answered) reply;
  }

  private static String item(String id, String document) {
    return "{\"create\":{\"_id\":\"" + id + "\"}}\n" + document + "\n";
  }

  private static String document(String fields) {
    String rest = fields.equals("{}") ? "}" : "," + fields.substring(1);
    return "{\"@timestamp\":\"2026-11-23T06:00:00.000000001Z\"" + rest;
  }

  private Object get(String path) throws IOException {
    return required(Json.read(text(path).getBytes(StandardCharsets.UTF_8)));
  }

  private String text(String path) throws IOException {
    Elastic.Response response = elastic.request("GET", path, null);
    assertThat(response.status()).isEqualTo(200);
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static <T> T required(@Nullable T value) {
    assertThat(value).isNotNull();
    return Objects.requireNonNull(value);
  }
}
