package dev.longshore.agent.command;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.Search;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The largest workload and the largest pattern are named, and a rule that is printed leaves out
/// what it is said to.
class TopCommandIT {
  private static final int HEALTH_CHECKS = 150;
  private static final int OTHERS = 50;

  private final String dataset = "top." + UUID.randomUUID().toString().substring(0, 8);
  private final String stream = "logs-" + dataset + "-default";
  private final ElasticConfig server = ElasticsearchServer.secured().config();
  private final Elastic elastic = new Elastic(server, Clock.system());
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @TempDir Path folder;
  private String connection = "";

  @BeforeEach
  void index() throws IOException {
    Path password =
        Files.writeString(folder.resolve("password"), requireNonNull(server.password()));
    connection =
        "elasticsearch: {urls: [\"%s\"], username: \"%s\", passwordFile: \"%s\", caFile: \"%s\", dataStream: \"%s\"}\n"
            .formatted(
                server.urls().getFirst(), server.username(), password, server.caFile(), stream);
    new DataStreamTemplate(elastic, stream, Duration.ofDays(1)).install();
    StringBuilder body = new StringBuilder();
    long now = Clock.system().epochMillis();
    for (int i = 0; i < HEALTH_CHECKS + OTHERS; i++) {
      boolean health = i < HEALTH_CHECKS;
      body.append(
          """
          {"create":{"_id":"%d"}}
          {"@timestamp":"%s","message":"%s","stream":"stdout","log":{"level":"%s"},"kubernetes":{"namespace":"shop","pod":{"name":"%s-7d9f"},"container":{"name":"app"},"deployment":{"name":"%s"}}}
          """
              .formatted(
                  i,
                  Instant.ofEpochMilli(now - 60_000L - i * 10_000L),
                  message(i),
                  health ? "info" : "error",
                  health ? "checkout" : "search",
                  health ? "checkout" : "search"));
    }
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    assertThat(elastic.bulk(stream, bytes, bytes.length, HEALTH_CHECKS + OTHERS, false).join())
        .isInstanceOfSatisfying(
            BulkReply.Answered.class, reply -> assertThat(reply.failures()).isEmpty());
    new Search(elastic).refresh(stream);
  }

  @AfterEach
  void clean() throws IOException {
    elastic.request("DELETE", "/_data_stream/" + stream, null);
    elastic.request("DELETE", "/_index_template/longshore-logs-" + dataset, null);
    elastic.close();
  }

  private static String message(int i) {
    return i < HEALTH_CHECKS
        ? "GET /health answered 200 in " + i + " ms"
        : "index shard-" + i + " is gone";
  }

  @Test
  void namesWhatFillsTheIndexAndARuleThatLeavesItOut() throws Exception {
    Path config = Files.writeString(folder.resolve("agent.yaml"), connection);

    assertThat(run("top", "--config", config.toString())).isZero();

    String page = text();
    assertThat(page)
        .contains(stream + ", the last 1h: 200 documents, 200 of them looked at")
        .containsPattern("shop/checkout \\(deployment\\) +150 +75\\.0%")
        .containsPattern("shop/search \\(deployment\\) +50 +25\\.0%")
        .contains("1. shop/checkout (deployment), info: 75.0% of the documents")
        .contains("GET /health answered # in # ms")
        .contains("this rule saves 75.0% of the documents")
        .contains("with `sample 1/10` 67.5%")
        .contains("contains: \"GET /health answered\"");

    List<String> rules =
        page.lines().map(String::strip).filter(line -> line.startsWith("- {name:")).toList();
    assertThat(rules).hasSize(2);
    Path withRule =
        Files.writeString(
            folder.resolve("filtered.yaml"), connection + "filters:\n" + rules.getFirst() + "\n");
    out.reset();
    assertThat(
            run(
                "filter",
                "--config",
                withRule.toString(),
                recorded().toString(),
                "--namespace",
                "shop",
                "--workload",
                "checkout"))
        .isZero();
    assertThat(text()).contains("50 of 200 records would be shipped.");
  }

  @Test
  void looksAtASampleThatStandsForAllOfThem() throws Exception {
    Path config = Files.writeString(folder.resolve("agent.yaml"), connection);

    assertThat(run("top", "--config", config.toString(), "--sample", "40")).isZero();

    assertThat(text())
        .containsPattern("200 documents, [1-4]?\\d of them looked at")
        .containsPattern("shop/checkout \\(deployment\\) +1[2-7]\\d ");
  }

  @Test
  void findsNothingInANamespaceWithoutLogs() throws Exception {
    Path config = Files.writeString(folder.resolve("agent.yaml"), connection);

    assertThat(run("top", "--config", config.toString(), "--namespace", "bank")).isZero();

    assertThat(text()).contains("the last 1h: 0 documents");
  }

  /// The same lines as the runtime writes them, all of level info as far as the text goes.
  private Path recorded() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < HEALTH_CHECKS + OTHERS; i++) {
      lines.add("2026-11-23T06:00:00.%09dZ stdout F INFO %s".formatted(i, message(i)));
    }
    return Files.write(folder.resolve("0.log"), lines);
  }

  private int run(String... words) throws InterruptedException {
    return new Commands(
            Map.of(),
            Clock.system(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(out, true, StandardCharsets.UTF_8))
        .run(List.of(words));
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
