package dev.longshore.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.command.Commands;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.agent.ops.Explain;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.web.HttpConfigFile;
import dev.longshore.testkit.BulkSink;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.SinkAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A running agent says on its port what it does, in the words that are documented.
class AgentTest {
  /// Set, it writes the page instead of comparing it.
  private static final String WRITE = "longshore.page.write";

  /// Maven runs a module's tests in its folder.
  private static final Path METRICS = Path.of("METRICS.md");

  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private BulkSink sink;
  private URI ops;
  private Agent agent;

  @BeforeEach
  void start() throws IOException {
    sink = BulkSink.recording();
    Path log = folder.resolve("pods/shop_checkout-7d9f_0f1e2d3c-4b5a/app/0.log");
    Files.createDirectories(log.getParent());
    Files.writeString(log, "2026-11-23T06:00:00.000000001Z stdout F paid\n");
    int port = FreePorts.one();
    ops = URI.create("http://127.0.0.1:" + port);
    Path config = folder.resolve("agent.yaml");
    Files.writeString(
        config,
        """
        node:
          name: node-1
        tail:
          paths: ["%s/pods/*/*/*.log"]
        kubernetes:
          enabled: false
        filters:
          - {name: debug, namespaces: ["*"], levels: [debug]}
        elasticsearch:
          urls: ["%s"]
        buffer:
          dir: "%s"
          minFree: 1MiB
        ops:
          listen: "127.0.0.1:%d"
        """
            .formatted(folder, sink.url(), folder.resolve("buffer"), port));
    agent = Agent.of(AgentConfig.load(config, Map.of()), Clock.system());
  }

  @AfterEach
  void stop() {
    agent.stop();
    sink.close();
  }

  private HttpResponse<String> get(String page) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(ops.resolve(page)).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private void shipped() {
    await().atMost(SOON).until(() -> sink.items() == 1);
    await()
        .atMost(SOON)
        .until(
            () ->
                new ObjectMapper()
                        .readTree(get("/status").body())
                        .at("/containers/0/indexed")
                        .asInt()
                    == 1);
  }

  @Test
  void eachMetricOfAScrapeIsDocumentedWithOneLine() throws Exception {
    agent.start();
    shipped();
    String scrape = get("/metrics").body();
    Map<String, String> described = found(scrape, "# HELP (\\S+) ?(.*)");
    Map<String, String> types = found(scrape, "# TYPE (\\S+) (.*)");
    StringBuilder page =
        new StringBuilder(
            """
            # Metrics of the agent

            What `/metrics` shows, each with its type, its labels and what it means. A summary has `_count` and `_sum`. Made by a
            test from a scrape.

            | Metric | Type | Labels | Meaning |
            |---|---|---|---|
            """);
    described.forEach(
        (name, text) ->
            page.append(
                "| `%s` | %s | %s | %s |\n"
                    .formatted(
                        name, types.get(name), labels(scrape, name), text.replace("|", "\\|"))));
    assertThat(page)
        .contains("| `longshore_agent_container_read_records_total` | counter |")
        .contains("| `namespace`, `pod`, `container` | Records read from the container's log. |")
        .contains("| `longshore_agent_reading_paused` | gauge | `reason` |");
    assertThat(described.values()).as("each has a text").noneMatch(String::isEmpty);
    assertThat(described)
        .containsKeys(
            "longshore_agent_container_read_records_total",
            "longshore_agent_container_indexed_records_total",
            "longshore_agent_container_lost_bytes_total",
            "longshore_agent_container_buffered_records");
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(METRICS, page);
    }
    // What a JVM tells of its collectors depends on the machine.
    assertThat(ours(page.toString())).isEqualTo(ours(Files.readString(METRICS)));
  }

  private static Map<String, String> found(String scrape, String pattern) {
    Map<String, String> found = new TreeMap<>();
    var lines = Pattern.compile(pattern).matcher(scrape);
    while (lines.find()) {
      found.put(lines.group(1), lines.group(2).strip());
    }
    return found;
  }

  /// The labels of a metric's samples.
  private static String labels(String scrape, String name) {
    Set<String> labels = new LinkedHashSet<>();
    var samples =
        Pattern.compile("^" + name + "(?:_count|_sum|_bucket)?\\{(.*)} \\S+$", Pattern.MULTILINE)
            .matcher(scrape);
    while (samples.find()) {
      Pattern.compile("([a-zA-Z_]\\w*)=\"(?:[^\"\\\\]|\\\\.)*\"")
          .matcher(samples.group(1))
          .results()
          .forEach(label -> labels.add("`" + label.group(1) + "`"));
    }
    return String.join(", ", labels);
  }

  private static String ours(String page) {
    return String.join(
        "\n", new TreeSet<>(page.lines().filter(it -> it.contains("longshore_")).toList()));
  }

  @Test
  void noSecretIsSentNeitherInADocumentNorInADeadLetter() throws Exception {
    Files.writeString(
        folder.resolve("pods/shop_checkout-7d9f_0f1e2d3c-4b5a/app/0.log"),
        """
        2026-11-23T06:00:00.000000002Z stdout F {"msg":"login","password":"hunter2"}
        2026-11-23T06:00:00.000000004Z stderr F dial https://app:hunter2@db/shop failed
        """,
        StandardOpenOption.APPEND);
    sink.answerOthers(
        request ->
            request.dataStream().contains("dead_letter")
                ? new SinkAnswer.Success()
                : SinkAnswer.Items.of(400));
    agent.start();
    await()
        .atMost(SOON)
        .until(
            () ->
                sink.recorded().stream()
                        .filter(item -> item.dataStream().contains("dead_letter"))
                        .count()
                    == 3);

    assertThat(sink.recorded())
        .allSatisfy(
            item -> {
              assertThat(item.document()).doesNotContain("hunter2");
              String original =
                  new ObjectMapper()
                      .readTree(item.document())
                      .at("/longshore/dead_letter/original")
                      .asText("");
              assertThat(new String(Base64.getDecoder().decode(original), StandardCharsets.UTF_8))
                  .doesNotContain("hunter2");
            });
  }

  @Test
  void statusNamesABoundedNumberOfAContainersFilesAndCountsTheOthers() throws Exception {
    Path container = folder.resolve("pods/shop_search-0_0f1e2d3c-4b5a/app");
    Files.createDirectories(container);
    for (int i = 0; i < 50; i++) {
      Files.writeString(
          container.resolve(i + ".log"),
          "2026-11-23T06:00:00.%09dZ stdout F paid\n".formatted(i + 1));
    }
    agent.start();

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              JsonNode search =
                  new ObjectMapper().readTree(get("/status").body()).at("/containers/1");
              assertThat(search.path("pod").asText()).isEqualTo("search-0");
              assertThat(search.path("files")).hasSize(20);
              assertThat(search.path("filesLeftOut").asInt()).isEqualTo(30);
            });
  }

  @Test
  void statusHasTheBooksTheFilesAndWhatIsOutside() throws Exception {
    agent.start();
    shipped();
    JsonNode status = new ObjectMapper().readTree(get("/status").body());
    assertThat(status.at("/agent/node").asText()).isEqualTo("node-1");
    assertThat(status.at("/buffer/blocks").asInt()).isZero();
    assertThat(status.at("/elasticsearch/destinations/0/dataStream").asText())
        .isEqualTo("logs-kubernetes.container_logs-default");
    assertThat(status.at("/kubernetes/enabled").asBoolean(true)).isFalse();
    await()
        .atMost(SOON)
        .until(
            () ->
                new ObjectMapper()
                    .readTree(get("/status").body())
                    .at("/elasticsearch/destinations/0/duplicates")
                    .asText()
                    .equals("rejected"));
    assertThat(sink.recorded()).as("nothing is left of the probe").hasSize(1);
    JsonNode container = status.at("/containers/0");
    assertThat(container.path("pod").asText()).isEqualTo("checkout-7d9f");
    assertThat(container.path("read").asInt()).isEqualTo(1);
    assertThat(container.path("indexed").asInt()).isEqualTo(1);
    assertThat(container.path("buffered").asInt()).isZero();
    assertThat(container.at("/files/0/offset").asInt())
        .isEqualTo(container.at("/files/0/bytes").asInt());
  }

  @Test
  void isNotReadyBeforeElasticsearchWasReached() throws Exception {
    sink.close();
    agent.start();

    await().atMost(SOON).until(() -> get("/readyz").body().contains("Connection refused"));
    HttpResponse<String> reply = get("/readyz");
    assertThat(reply.statusCode()).isEqualTo(503);
    assertThat(reply.body()).contains("Elasticsearch was not reached yet: ");
    assertThat(get("/metrics").body()).contains("longshore_ready{check=\"elasticsearch\",} 0.0");
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void isReadyWhenElasticsearchAcceptsTheWatermarkThoughThereAreNoLogs() throws Exception {
    Files.delete(folder.resolve("pods/shop_checkout-7d9f_0f1e2d3c-4b5a/app/0.log"));
    agent.start();

    await().atMost(SOON).until(() -> get("/readyz").statusCode() == 200);
    assertThat(sink.items()).isZero();
    assertThat(get("/metrics").body()).contains("longshore_ready{check=\"elasticsearch\",} 1.0");
  }

  @Test
  void readinessNamesTheReason() throws Exception {
    sink.answerOthers(_ -> SinkAnswer.Refusal.of(401, "security_exception"));
    agent.start();
    await().atMost(SOON).until(() -> get("/readyz").body().contains("401"));
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    sink.answerOthers(_ -> new SinkAnswer.Success());
    await().atMost(Duration.ofSeconds(60)).until(() -> get("/readyz").statusCode() == 200);
    shipped();
  }

  @Test
  void anElasticsearchThatAnswersHtmlCostsNothingButTime() throws Exception {
    sink.answerNext(SinkAnswer.Text.html(200), SinkAnswer.Text.html(502));
    agent.start();
    shipped();
    assertThat(sink.recorded()).hasSize(1);
  }

  @Test
  void ledgerShowsBooksThatBalance() throws Exception {
    agent.start();
    shipped();
    var out = new ByteArrayOutputStream();
    int code =
        new Commands(
                Map.of(),
                Clock.system(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                System.err)
            .run(List.of("ledger", "--json", "--url", ops.toString(), "shop/checkout"));
    assertThat(code).isZero();
    JsonNode page = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    assertThat(page.path("balanced").asBoolean()).isTrue();
    assertThat(page.at("/containers/0/container").asText()).isEqualTo("shop/checkout-7d9f/app");
    assertThat(page.at("/total/read").asInt()).isEqualTo(1);
    assertThat(page.at("/total/indexed").asInt()).isEqualTo(1);
    assertThat(new ObjectMapper().readTree(get("/status").body()).at("/ledger/indexed").asInt())
        .isEqualTo(1);
  }

  @Test
  void explainTellsWhatHappensToAPodsLogs() throws Exception {
    agent.start();
    shipped();
    var out = new ByteArrayOutputStream();
    int code =
        new Explain(ops, HttpConfigFile.NONE, new PrintStream(out, true, StandardCharsets.UTF_8))
            .print("shop/checkout-7d9f");
    assertThat(code).isZero();
    assertThat(
            out.toString(StandardCharsets.UTF_8)
                .replace(folder.toRealPath().toString(), "DIR")
                .replaceAll("generation \\S+,", "generation ID,"))
        .isEqualTo(
            """
            shop/checkout-7d9f, container app
              records: 1 read, 0 recovered; 1 indexed, 0 already there, 0 dead-lettered, 0 filtered, 0 in the buffer
              goes to logs-kubernetes.container_logs-default; metadata: pod
              multiline: as configured; parsed as JSON: true; left out: nothing
              DIR/pods/shop_checkout-7d9f_0f1e2d3c-4b5a/app/0.log
                generation ID, idle: read 45 of 45 bytes, 0 behind
            Elasticsearch, logs-kubernetes.container_logs-default: 0 requests in flight, 0 records wait to be sent again
            """);
  }
}
