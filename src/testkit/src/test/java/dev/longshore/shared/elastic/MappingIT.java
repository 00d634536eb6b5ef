package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each field that the agent writes is found the way that its users look for it, and nothing that
/// stands in a log line makes a mapping grow.
class MappingIT {
  private static final String ERROR_LINE =
      """
      {"kubernetes":{"namespace":"shop","pod":{"name":"checkout-7d9f","uid":"5f0c"},\
      "container":{"name":"app"},"node":{"name":"node-1"},"deployment":{"name":"checkout"},\
      "labels":{"app":"checkout","app.kubernetes.io/name":"checkout"},\
      "annotations":{"prometheus.io/scrape":"true"},"namespace_labels":{"team":"harbour"},\
      "metadata_truncated":3},"container":{"id":"c0ffee","image":{"name":"shop/checkout:17"}},\
      "service":{"name":"checkout"},\
      "orchestrator":{"cluster":{"name":"harbour"},"type":"kubernetes"},\
      "@timestamp":"2026-11-23T06:00:00.000000001Z",\
      "message":"card refused\\njava.lang.IllegalStateException: no","stream":"stderr",\
      "log":{"offset":4711,"file":{"path":"/var/log/pods/shop_checkout-7d9f_5f0c/app/0.log"},\
      "level":"error","flags":["multiline","fragment"],"fragment":{"ordinal":0,"last":false}},\
      "error":{"type":"java.lang.IllegalStateException",\
      "stack_trace":"java.lang.IllegalStateException: no\\n\\tat Card.pay(Card.java:7)",\
      "fingerprint":"9f86d081884c7d65"}}\
      """;
  private static final String FIRST_JSON_LINE =
      """
      {"kubernetes":{"namespace":"shop","metadata_missing":"timeout",\
      "cronjob":{"name":"bill"},"job":{"name":"bill-29393040"}},\
      "@timestamp":"2026-11-23T06:00:01.5Z","message":"paid","stream":"stdout",\
      "log":{"offset":5000,"file":{"path":"/x"}},"json":{"durationMs":17,"user":{"id":"u-1"}},\
      "numbers":{"durationMs":17,"db.rows":12345678901234567890}}\
      """;
  private static final String SECOND_JSON_LINE =
      """
      {"kubernetes":{"namespace":"shop","statefulset":{"name":"db"}},\
      "@timestamp":"2026-11-23T06:00:02Z","message":"paid","stream":"stdout",\
      "log":{"offset":6000,"file":{"path":"/x"}},"json":{"durationMs":"slow","user":"u-2"},\
      "numbers":{"durationMs":18.5,"db.rows":-3e2}}\
      """;
  private static final String SAFE_LINE =
      """
      {"kubernetes":{"namespace":"shop","daemonset":{"name":"proxy"}},\
      "@timestamp":"2026-11-23T06:00:03Z","message":"odd","stream":"stdout",\
      "log":{"offset":7000,"file":{"path":"/x"},"flags":["unmapped"]},\
      "longshore.unmapped":"{\\"json\\":{\\"a\\":\\"LONG\\"}}"}\
      """;

  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final String stream = "logs-kubernetes.map_" + run + "-default";
  private final Elastic elastic =
      new Elastic(ElasticsearchServer.secured().config(), Clock.system());
  private final Search search = new Search(elastic);

  @AfterEach
  void clean() throws IOException {
    elastic.request("DELETE", "/_data_stream/" + stream, null);
    elastic.request("DELETE", "/_index_template/longshore-logs-kubernetes.map_" + run, null);
    elastic.close();
  }

  @ParameterizedTest
  @EnumSource
  void findsWhatTheAgentWrites(ObjectMapping mapping) throws IOException {
    install(stream, mapping);
    String long40k = SAFE_LINE.replace("LONG", "x".repeat(40_000));

    assertTaken(stream, ERROR_LINE, FIRST_JSON_LINE, SECOND_JSON_LINE, long40k);

    assertFinds(1, "kubernetes.labels.app:checkout");
    assertFinds(1, "kubernetes.labels.app.kubernetes.io\\/name:checkout");
    assertFinds(1, "kubernetes.namespace_labels.team:harbour");
    assertFinds(1, "kubernetes.annotations.prometheus.io\\/scrape:true");
    assertFinds(1, "kubernetes.metadata_truncated:>2");
    assertFinds(1, "kubernetes.metadata_missing:timeout");
    assertFinds(1, "kubernetes.deployment.name:checkout AND kubernetes.pod.uid:5f0c");
    assertFinds(1, "kubernetes.cronjob.name:bill AND kubernetes.job.name:bill\\-29393040");
    assertFinds(1, "kubernetes.statefulset.name:db OR kubernetes.replicaset.name:db");
    assertFinds(1, "kubernetes.daemonset.name:proxy AND log.flags:unmapped");
    assertFinds(1, "container.id:c0ffee AND container.image.name:shop\\/checkout\\:17");
    assertFinds(1, "orchestrator.cluster.name:harbour AND orchestrator.type:kubernetes");
    assertFinds(1, "service.name:checkout AND stream:stderr AND log.level:error");
    assertFinds(1, "log.flags:multiline AND log.fragment.ordinal:0 AND log.fragment.last:false");
    assertFinds(1, "error.fingerprint:9f86d081884c7d65");
    assertFinds(1, "error.type:java.lang.IllegalStateException AND error.stack_trace:card.pay");
    assertFinds(1, "json.user.id:u\\-1 AND json.durationMs:17");
    assertFinds(2, "numbers.durationMs:[17 TO 18.5] AND message:paid");
    assertFinds(1, "numbers.db.rows:<0");
  }

  @Test
  void reckonsWithNumbersWholeOrNot() throws IOException {
    install(stream);
    assertTaken(stream, FIRST_JSON_LINE, SECOND_JSON_LINE);

    Object answer =
        post(
            "/" + stream + "/_search",
            "{\"size\":0,\"aggs\":{\"mean\":{\"avg\":{\"field\":\"numbers.durationMs\"}}}}");

    assertThat(Json.at(answer, "aggregations", "mean", "value")).isEqualTo(17.75);
    Object numbers = at(mapping(stream), "numbers", "properties");
    assertThat(Json.text(numbers, "durationMs", "type")).isEqualTo("double");
    assertThat(Json.text(numbers, "db.rows", "type")).isEqualTo("double");
  }

  @Test
  void mapsNothingButNumbersByItself() throws IOException {
    install(stream);
    assertTaken(stream, ERROR_LINE);
    Map<?, ?> before = mapping(stream);

    assertTaken(
        stream,
        """
        {"@timestamp":"2026-11-23T06:00:09Z","message":"x","new":1,"kubernetes":{"new":{"a":1}},\
        "log":{"new":"x"},"longshore.new":"x","error":{"new":[1,{"a":2}]},\
        "labels":{"a":1},"json":{"never":{"seen":"before"}}}\
        """);

    assertThat(mapping(stream)).isEqualTo(before);
    assertThat(at(before, "longshore", "properties", "unmapped", "index")).isEqualTo(false);
  }

  @Test
  void mapsEachNameByItselfWithoutAConflict() throws IOException {
    install(stream, ObjectMapping.DYNAMIC);
    String line = "{\"@timestamp\":\"2026-11-23T06:00:09Z\",\"message\":\"x\",\"json\":%s}";

    assertTaken(
        stream,
        line.formatted("{\"user\":\"u-1\",\"took\":17,\"at\":\"2026-11-23\"}"),
        line.formatted("{\"user\":{\"id\":1},\"took\":\"long\",\"at\":[true,null,1.5]}"),
        line.formatted("{\"user\":[{\"id\":2,\"name\":{\"first\":\"Ada\"}},\"u-3\",[4]]}"),
        line.formatted("{\"user\":{\"name\":7},\"user.id\":\"5\",\"long\":\"%s\"}")
            .formatted("x".repeat(40_000)));

    assertFinds(3, "json.user.id:(1 OR 2 OR 5)");
    assertFinds(2, "json.user:(u\\-1 OR u\\-3)");
    assertFinds(1, "json.user.name:7 AND message:x");
    assertFinds(1, "json.user.name.first:Ada");
    assertFinds(2, "json.took:(17 OR long)");
    assertFinds(1, "json.at:1.5 AND json.at:true");
    Object json = at(mapping(stream), "json", "properties");
    assertThat(Json.text(json, "at", "type")).isEqualTo("keyword");
  }

  @Test
  void takesALineWithMoreNamesThanAnIndexMaps() throws IOException {
    install(stream, ObjectMapping.DYNAMIC);
    String names =
        IntStream.range(0, 1_200)
            .mapToObj(i -> "\"name%d\":\"value\"".formatted(i))
            .collect(Collectors.joining(","));
    assertTaken(
        stream,
        "{\"@timestamp\":\"2026-11-23T06:00:09Z\",\"message\":\"many\",\"json\":{%s}}"
            .formatted(names));

    assertFinds(1, "json.name0:value AND json.name899:value");
    assertFinds(0, "json.name1199:value");
    assertFinds(1, "message:many AND _ignored:json.name1199");
    assertThat((Map<?, ?>) at(mapping(stream), "json", "properties")).hasSizeLessThan(1_000);
  }

  @Test
  void takesDeadLettersWithWhateverTheyHold() throws IOException {
    String letters = "logs-longshore.dead_letter-" + run;
    install(letters);
    String letter =
        """
        {"@timestamp":"2026-11-23T06:00:00.123Z","message":"\ufffd broken %1$s",\
        "longshore":{"dead_letter":{"id":"a1","destination":"logs-kubernetes.container_logs-%2$s",\
        "status":400,"type":"document_parsing_exception","reason":"%3$s","original":"%1$s",\
        "document":"{\\"@timestamp\\":\\"yesterday\\"} %1$s"}},\
        "kubernetes":{"namespace":"shop","pod":{"name":"checkout-7d9f","uid":"5f0c"},\
        "container":{"name":"app"}},"log":{"offset":17,"file":{"path":"/var/%3$s"}}}\
        """;
    String large = "QUJD".repeat(25_000);

    assertTaken(
        letters,
        letter.formatted("QUJD", run, "failed to parse"),
        letter.formatted(large, run, "r".repeat(50_000)),
        letter.replace("400,", "\"4xx\",").replace("17,", "\"far\",").formatted("", run, ""));

    search.refresh(letters);
    assertThat(search.count(letters, "longshore.dead_letter.status:400")).isEqualTo(2);
    assertThat(search.count(letters, "longshore.dead_letter.reason:parse AND message:broken"))
        .isEqualTo(1);
    assertThat(search.count(letters, "kubernetes.pod.name:checkout\\-7d9f")).isEqualTo(3);
    elastic.request("DELETE", "/_data_stream/" + letters, null);
  }

  private void install(String dataStream) throws IOException {
    install(dataStream, ObjectMapping.FLATTENED);
  }

  private void install(String dataStream, ObjectMapping mapping) throws IOException {
    new DataStreamTemplate(elastic, dataStream, Duration.ofDays(30), null, mapping).install();
  }

  private void assertTaken(String dataStream, String... documents) throws IOException {
    StringBuilder body = new StringBuilder();
    for (String document : documents) {
      body.append("{\"create\":{\"_id\":\"")
          .append(UUID.randomUUID())
          .append("\"}}\n")
          .append(document)
          .append('\n');
    }
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    assertThat(elastic.bulk(dataStream, bytes, bytes.length, documents.length, false).join())
        .isInstanceOfSatisfying(
            BulkReply.Answered.class, answer -> assertThat(answer.failures()).isEmpty());
    search.refresh(dataStream);
  }

  private void assertFinds(long expected, String query) throws IOException {
    assertThat(search.count(stream, query)).as(query).isEqualTo(expected);
  }

  private Map<?, ?> mapping(String dataStream) throws IOException {
    Elastic.Response reply = elastic.request("GET", "/" + dataStream + "/_mapping", null);
    Object answer = Json.read(reply.body());
    assertThat(answer).isInstanceOf(Map.class);
    Object index = ((Map<?, ?>) Objects.requireNonNull(answer)).values().iterator().next();
    return (Map<?, ?>) at(index, "mappings", "properties");
  }

  private @Nullable Object post(String path, String body) throws IOException {
    Elastic.Response reply = elastic.request("POST", path, body.getBytes(StandardCharsets.UTF_8));
    assertThat(reply.status()).isEqualTo(200);
    return Json.read(reply.body());
  }

  private static Object at(@Nullable Object root, String... path) {
    return Objects.requireNonNull(Json.at(root, path), () -> String.join(".", path));
  }
}
