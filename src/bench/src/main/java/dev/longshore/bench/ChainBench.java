package dev.longshore.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `longshore bench --chain [LINES]`: what a line costs from the node to the disk of a real
/// Elasticsearch.
///
/// The corpus is shipped by the agent as users run it, with our index template, into one shard
/// without replicas. Told are the CPU of the agent and of Elasticsearch for a line, the size after
/// a force merge compared with the size of the log, and the time of ten questions as dashboards and
/// rules ask them, with how many documents each finds: another template must find as many.
final class ChainBench {
  static final long LINES = 1_000_000;

  private static final String STREAM = "logs-kubernetes.container_logs-default";
  private static final int REPETITIONS = 5;
  private static final double MICROS = 1e6;

  /// Elasticsearch answers with the same figures for a second.
  private static final Duration STATISTICS_ARE_KEPT = Duration.ofMillis(1_500);

  private static final ObjectMapper JSON = new ObjectMapper();

  /// By what they ask for, the body of a search.
  private static final Map<String, String> QUESTIONS = new LinkedHashMap<>();

  static {
    QUESTIONS.put("a word of the text", matching("{'match': {'message': 'customer'}}"));
    QUESTIONS.put(
        "a phrase of the text",
        matching("{'match_phrase': {'message': 'order placed for customer'}}"));
    QUESTIONS.put("errors", matching("{'term': {'log.level': 'error'}}"));
    QUESTIONS.put(
        "the newest lines of a pod",
        "{'size': 500, 'track_total_hits': true, 'sort': [{'@timestamp': 'desc'}], 'query':"
            + " {'term': {'kubernetes.pod.name': 'checkout-7d9f8b6c5-x2x4z'}}}");
    QUESTIONS.put("a label", matching("{'term': {'kubernetes.labels.app': 'billing'}}"));
    QUESTIONS.put("a field of JSON", matching("{'term': {'json.logger': 'order'}}"));
    QUESTIONS.put("a number", matching("{'range': {'numbers.durationMs': {'gte': 800}}}"));
    QUESTIONS.put(
        "lines over time by level",
        counting(
            "{'date_histogram': {'field': '@timestamp', 'fixed_interval': '10s'}, 'aggs':"
                + " {'level': {'terms': {'field': 'log.level'}}}}"));
    QUESTIONS.put("errors by fingerprint", counting("{'terms': {'field': 'error.fingerprint'}}"));
    QUESTIONS.put(
        "percentiles of a number",
        counting("{'percentiles': {'field': 'numbers.durationMs', 'percents': [50, 99]}}"));
  }

  private ChainBench() {}

  private static String matching(String query) {
    return "{'size': 20, 'track_total_hits': true, 'query': " + query + "}";
  }

  private static String counting(String aggregation) {
    return "{'size': 0, 'track_total_hits': true, 'aggs': {'a': " + aggregation + "}}";
  }

  static void run(long lines) throws IOException, InterruptedException {
    Clock clock = Clock.system();
    step("writing %,d lines", lines);
    try (Rig rig = new Rig(ProjectFolder.find().resolve(".longshore/bench"), lines);
        ElasticsearchServer server = ElasticsearchServer.start(ChainBench::step);
        Elastic elastic = new Elastic(server.config(), clock)) {
      LogCorpus corpus = rig.corpus();
      double before = cpuSeconds(elastic, clock);
      step("the agent, to Elasticsearch");
      Rig.Run shipped = rig.ship(server.url(), List.of());
      double indexing = cpuSeconds(elastic, clock) - before;
      step("a force merge");
      post(elastic, "/" + STREAM + "/_forcemerge?max_num_segments=1", "");
      post(elastic, "/" + STREAM + "/_refresh", "");
      long stored = storedBytes(elastic);
      row("log", "%.1f MB, %,d lines", corpus.bytes() / 1e6, corpus.lines());
      row("documents", "%,d", corpus.records());
      row("agent, CPU per line", "%.2f µs", MICROS * shipped.cost().cpuSeconds() / lines);
      row("Elasticsearch, CPU per line", "%.1f µs", MICROS * indexing / lines);
      row("wall seconds", "%.1f", shipped.seconds());
      row("on disk, merged", "%.1f MB", stored / 1e6);
      row("on disk, of the log's size", "%.2f", (double) stored / corpus.bytes());
      System.out.println();
      System.out.printf(
          Locale.ROOT, "%-32s %12s %12s%n", "question", "hits", "p50 of " + REPETITIONS);
      for (Map.Entry<String, String> question : QUESTIONS.entrySet()) {
        ask(elastic, question.getKey(), question.getValue(), clock);
      }
    }
  }

  /// The caches of requests are off; those of the file system and of queries are as they come.
  private static void ask(Elastic elastic, String name, String body, Clock clock)
      throws IOException {
    long[] nanos = new long[REPETITIONS];
    long hits = 0;
    for (int i = 0; i < REPETITIONS; i++) {
      long started = clock.nanoTime();
      JsonNode answer =
          post(elastic, "/" + STREAM + "/_search?request_cache=false", body.replace('\'', '"'));
      nanos[i] = clock.nanoTime() - started;
      hits = answer.path("hits").path("total").path("value").asLong();
    }
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT, "%-32s %,12d %9.0f ms%n", name, hits, nanos[REPETITIONS / 2] / 1e6);
  }

  private static double cpuSeconds(Elastic elastic, Clock clock)
      throws IOException, InterruptedException {
    clock.sleep(STATISTICS_ARE_KEPT);
    long millis = 0;
    for (JsonNode node : get(elastic, "/_nodes/stats/process").path("nodes")) {
      millis += node.path("process").path("cpu").path("total_in_millis").asLong();
    }
    return millis / 1e3;
  }

  private static long storedBytes(Elastic elastic) throws IOException {
    return get(elastic, "/" + STREAM + "/_stats/store")
        .path("_all")
        .path("primaries")
        .path("store")
        .path("size_in_bytes")
        .asLong();
  }

  private static JsonNode get(Elastic elastic, String path) throws IOException {
    return answer("GET " + path, elastic.request("GET", path, null));
  }

  private static JsonNode post(Elastic elastic, String path, String body) throws IOException {
    return answer(
        "POST " + path,
        elastic.request(
            "POST", path, body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8)));
  }

  private static JsonNode answer(String request, Elastic.Response reply) throws IOException {
    if (!reply.ok()) {
      throw reply.refused(request);
    }
    return JSON.readTree(reply.body());
  }

  private static void row(String name, String format, Object... values) {
    System.out.printf(Locale.ROOT, "%-32s %s%n", name, String.format(Locale.ROOT, format, values));
  }

  private static void step(String text, Object... values) {
    System.err.println("▸ " + String.format(Locale.ROOT, text, values));
  }
}
