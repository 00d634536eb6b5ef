package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.NodeReport;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What Kibana's tables and charts ask has an answer in a real Elasticsearch with our templates:
/// each of their columns as the aggregation that Lens makes of it.
final class KibanaDashboardsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LOGS = "logs-kubernetes.container_logs-kibana";
  private static final String DEAD_LETTERS = "logs-longshore.dead_letter-kibana";

  @Test
  void eachTableAndChartHasRows() throws IOException {
    List<JsonNode> objects = new ArrayList<>();
    Map<String, String> views = new TreeMap<>();
    for (String line :
        Files.readAllLines(ProjectFolder.find().resolve("dashboards/kibana/longshore.ndjson"))) {
      JsonNode object = JSON.readTree(line);
      objects.add(object);
      if (object.path("type").asText().equals("index-pattern")) {
        views.put(object.path("id").asText(), object.at("/attributes/title").asText());
      }
    }
    try (Elastic elastic = new Elastic(ElasticsearchServer.shared().config(), Clock.system())) {
      fill(elastic);
      for (JsonNode object : objects) {
        if (object.path("type").asText().equals("lens")) {
          String view = object.at("/references/0/id").asText();
          JsonNode answer =
              ask(elastic, views.getOrDefault(view, ""), object.at("/attributes/state"));
          assertThat(answer.at("/aggregations/rows/buckets").size())
              .as("%s: %s", object.path("id").asText(), answer)
              .isPositive();
        }
      }
    }
  }

  private static void fill(Elastic elastic) throws IOException {
    for (String stream : List.of(LOGS, DEAD_LETTERS)) {
      new DataStreamTemplate(elastic, stream, Duration.ofDays(1)).install();
    }
    Instant now = Clock.system().now();
    post(
        elastic,
        LOGS,
        """
        {"@timestamp": "%s", "message": "PaymentException: refused", "log": {"level": "error"},
         "error": {"type": "PaymentException", "fingerprint": "2:8f14e45fceea167a"},
         "service": {"name": "checkout"}, "container": {"image": {"name": "shop/checkout:1.4"}},
         "kubernetes": {"namespace": "shop", "node": {"name": "worker-1"}}}
        """
            .formatted(now));
    post(
        elastic,
        DEAD_LETTERS,
        """
        {"@timestamp": "%s", "longshore": {"dead_letter": {
          "type": "document_parsing_exception", "destination": "%s"}}}
        """
            .formatted(now, LOGS));
    new NodeReports(elastic)
        .put(
            new NodeReport(
                "kibana",
                "worker-1",
                now,
                now,
                "0.1.0",
                "unknown",
                false,
                now,
                1,
                0,
                true,
                new NodeReport.Records(1, 100, 1, 0, 0, 0, 0),
                new NodeReport.Buffer(0, 0, 1 << 20, 1 << 30, 20L << 30, 100L << 30),
                0,
                List.of(),
                List.of(),
                List.of(),
                60,
                List.of(),
                List.of(),
                List.of()));
    elastic.request("POST", "/" + NodeReports.INDEX + "/_refresh", null);
  }

  private static void post(Elastic elastic, String stream, String document) throws IOException {
    Elastic.Response reply =
        elastic.request(
            "POST", "/" + stream + "/_doc?refresh=true", document.getBytes(StandardCharsets.UTF_8));
    assertThat(reply.ok()).as(new String(reply.body(), StandardCharsets.UTF_8)).isTrue();
  }

  private static JsonNode ask(Elastic elastic, String pattern, JsonNode state) throws IOException {
    JsonNode columns = state.at("/datasourceStates/formBased/layers/one");
    ObjectNode search = JSON.createObjectNode();
    search.put("size", 0);
    String query = state.at("/query/query").asText();
    if (!query.isEmpty()) {
      // What is used of Kibana's query language is Lucene's with other words.
      search
          .putObject("query")
          .putObject("query_string")
          .put("query", query.replace(" or ", " OR ").replace(": ", ":"));
    }
    ObjectNode at = search;
    String name = "rows";
    ObjectNode innermost = search;
    List<JsonNode> metrics = new ArrayList<>();
    for (JsonNode id : columns.path("columnOrder")) {
      JsonNode column = columns.path("columns").path(id.asText());
      if (!column.path("isBucketed").asBoolean()) {
        metrics.add(column);
        continue;
      }
      ObjectNode aggregation = at.putObject("aggs").putObject(name);
      bucket(aggregation, column);
      innermost = aggregation;
      at = aggregation;
      name = "inner";
    }
    ObjectNode values = innermost.withObject("/aggs");
    for (int i = 0; i < metrics.size(); i++) {
      String field = metrics.get(i).path("sourceField").asText();
      switch (metrics.get(i).path("operationType").asText()) {
        case "count" -> assertThat(field).isEqualTo("___records___");
        case "min" -> values.putObject("m" + i).putObject("min").put("field", field);
        case "max" -> values.putObject("m" + i).putObject("max").put("field", field);
        case "unique_count" ->
            values.putObject("m" + i).putObject("cardinality").put("field", field);
        default -> throw new AssertionError("unknown operation in " + metrics.get(i));
      }
    }
    Elastic.Response reply =
        elastic.request(
            "POST",
            "/" + pattern + "/_search?allow_no_indices=false",
            JSON.writeValueAsBytes(search));
    JsonNode answer = JSON.readTree(reply.body());
    assertThat(reply.ok()).as("%s: %s", search, answer).isTrue();
    assertThat(answer.at("/_shards/failed").asInt()).as("%s", answer).isZero();
    return answer;
  }

  private static void bucket(ObjectNode aggregation, JsonNode column) {
    String field = column.path("sourceField").asText();
    switch (column.path("operationType").asText()) {
      case "terms" ->
          aggregation
              .putObject("terms")
              .put("field", field)
              .put("size", column.at("/params/size").asInt());
      case "date_histogram" ->
          aggregation.putObject("date_histogram").put("field", field).put("fixed_interval", "30m");
      default -> throw new AssertionError("unknown operation in " + column);
    }
  }
}
