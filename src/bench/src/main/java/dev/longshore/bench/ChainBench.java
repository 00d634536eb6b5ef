package dev.longshore.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
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
    QUESTIONS.put("a service", matching("{'term': {'service.name': 'search'}}"));
    QUESTIONS.put(
        "lines over time by level",
        counting(
            "{'date_histogram': {'field': '@timestamp', 'fixed_interval': '10s'}, 'aggs':"
                + " {'level': {'terms': {'field': 'log.level'}}}}",
            "{'match_all': {}}"));
    QUESTIONS.put(
        "errors by fingerprint",
        counting(
            "{'terms': {'field': 'error.fingerprint'}}",
            "{'exists': {'field': 'error.fingerprint'}}"));
    QUESTIONS.put(
        "pods with errors",
        counting(
            "{'cardinality': {'field': 'kubernetes.pod.name'}}",
            "{'term': {'log.level': 'error'}}"));
  }

  private ChainBench() {}

  private static String matching(String query) {
    return "{'size': 20, 'track_total_hits': true, 'query': " + query + "}";
  }

  private static String counting(String aggregation, String query) {
    return "{'size': 0, 'track_total_hits': true, 'query': "
        + query
        + ", 'aggs': {'a': "
        + aggregation
        + "}}";
  }

  static void run(long lines) throws IOException, InterruptedException {
    Clock clock = Clock.system();
    step("writing %,d lines", lines);
    try (Rig rig = new Rig(ProjectFolder.find().resolve(".longshore/bench"), lines);
        ElasticsearchServer server = ElasticsearchServer.start(ChainBench::step);
        Elastic elastic = new Elastic(server.config(), clock)) {
      LogCorpus corpus = rig.corpus();
      ElasticFigures figures = new ElasticFigures(elastic, clock);
      double before = figures.cpuSeconds();
      step("the agent, to Elasticsearch");
      Rig.Run shipped = rig.ship(server.url(), List.of());
      double indexing = figures.cpuSeconds() - before;
      step("a force merge");
      figures.post("/" + STREAM + "/_forcemerge?max_num_segments=1", "");
      figures.post("/" + STREAM + "/_refresh", "");
      long stored = figures.storedBytes(STREAM);
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
        ask(figures, question.getKey(), question.getValue(), clock);
      }
    }
  }

  /// The caches of requests are off; those of the file system and of queries are as they come.
  private static void ask(ElasticFigures figures, String name, String body, Clock clock)
      throws IOException {
    long[] nanos = new long[REPETITIONS];
    long hits = 0;
    for (int i = 0; i < REPETITIONS; i++) {
      long started = clock.nanoTime();
      JsonNode answer =
          figures.post("/" + STREAM + "/_search?request_cache=false", body.replace('\'', '"'));
      nanos[i] = clock.nanoTime() - started;
      hits = answer.at("/hits/total/value").asLong();
    }
    if (hits == 0) {
      throw new IOException("'" + name + "' finds nothing: it measures nothing");
    }
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT, "%-32s %,12d %9.0f ms%n", name, hits, nanos[REPETITIONS / 2] / 1e6);
  }

  private static void row(String name, String format, Object... values) {
    System.out.printf(Locale.ROOT, "%-32s %s%n", name, String.format(Locale.ROOT, format, values));
  }

  private static void step(String text, Object... values) {
    System.err.println("▸ " + String.format(Locale.ROOT, text, values));
  }
}
