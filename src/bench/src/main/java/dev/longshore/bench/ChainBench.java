package dev.longshore.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ProjectFolder;
import dev.longshore.testkit.TcpRelay;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `longshore bench --chain [LINES]`: what a line costs from the node to the disk of a real
/// Elasticsearch.
///
/// The corpus is shipped by the agent as users run it, with our index template, into one shard
/// without replicas. Told are the CPU of the agent and of Elasticsearch for a line, the bytes
/// between the two, the size after a force merge compared with the size of the log, and the time of
/// ten questions as dashboards and rules ask them, with how many documents each finds: another
/// template must find as many.
final class ChainBench implements Row {
  private static final String LINES = "--lines";
  private static final String DYNAMIC = "--dynamic";
  private static final String STREAM = "logs-kubernetes.container_logs-default";
  private static final int REPETITIONS = 5;
  private static final double MICROS = 1e6;
  private static final Aim ELASTICSEARCH = Aim.atMost(50, "50 µs");
  private static final Aim ON_DISK = Aim.atMost(0.75, "0.75");

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

  @Override
  public String option() {
    return "--chain";
  }

  @Override
  public String key() {
    return "chain";
  }

  @Override
  public String summary() {
    return "what a line costs the agent, a real Elasticsearch, the wire and the disk";
  }

  @Override
  public int runs(Scale scale) {
    return 1;
  }

  @Override
  public List<Option> options() {
    return List.of(
        Option.of(
            LINES, Option.Kind.COUNT, "1_000_000", "100_000", "20_000", "lines of the corpus"),
        Option.flag(DYNAMIC, "with elasticsearch.mapping: dynamic"));
  }

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

  @Override
  public Report measure(Settings settings) throws IOException, InterruptedException {
    long lines = Math.max(settings.count(LINES), LogCorpus.CONTAINERS.size());
    Clock clock = Clock.system();
    Bench.step("writing %,d lines", lines);
    try (Rig rig = new Rig(ProjectFolder.find().resolve(".longshore/bench"), lines);
        ElasticsearchServer server = ElasticsearchServer.start(it -> Bench.step("%s", it));
        TcpRelay relay = TcpRelay.start(server.url());
        Elastic elastic = new Elastic(server.config(), clock)) {
      LogCorpus corpus = rig.corpus();
      ElasticFigures figures = new ElasticFigures(elastic, clock);
      double before = figures.cpuSeconds();
      Bench.step("the agent, to Elasticsearch");
      String keys = settings.has(DYNAMIC) ? "mapping: dynamic" : "";
      Rig.Run shipped = rig.ship(relay.url(), keys, List.of());
      long wire = relay.bytesToTarget();
      double indexing = figures.cpuSeconds() - before;
      Bench.step("a force merge");
      figures.post("/" + STREAM + "/_forcemerge?max_num_segments=1", "");
      figures.post("/" + STREAM + "/_refresh", "");
      long stored = figures.storedBytes(STREAM);
      Report report = report(corpus, shipped, indexing, wire, stored);
      for (Map.Entry<String, String> question : QUESTIONS.entrySet()) {
        ask(report, figures, question.getKey(), question.getValue(), clock);
      }
      return report;
    }
  }

  private static Report report(
      LogCorpus corpus, Rig.Run shipped, double indexing, long wire, long stored) {
    double agentMicros = MICROS * shipped.cost().cpuSeconds() / corpus.lines();
    double elasticMicros = MICROS * indexing / corpus.lines();
    double wirePerLine = (double) wire / corpus.lines();
    double wireOfLog = (double) wire / corpus.bytes();
    double ofLog = (double) stored / corpus.bytes();
    return new Report(agentMicros + elasticMicros)
        .add("bytes", corpus.bytes(), "log", "%.1f MB", corpus.bytes() / 1e6)
        .add("lines", corpus.lines(), "lines", "%,d", corpus.lines())
        .add("records", corpus.records(), "documents", "%,d", corpus.records())
        .add("agentMicrosPerLine", agentMicros, "agent, CPU per line", "%.2f µs", agentMicros)
        .add(
            "elasticsearchMicrosPerLine",
            elasticMicros,
            ELASTICSEARCH,
            "Elasticsearch, CPU per line",
            "%.1f µs",
            elasticMicros)
        .add("wallSeconds", shipped.seconds(), "wall seconds", "%.1f", shipped.seconds())
        .add("wireBytesPerLine", wirePerLine, "bytes on the wire, per line", "%.0f", wirePerLine)
        .add("wireOfLog", wireOfLog, "on the wire, of the log's size", "%.2f", wireOfLog)
        .add("storedBytes", stored, "on disk, merged", "%.1f MB", stored / 1e6)
        .add("storedOfLog", ofLog, ON_DISK, "on disk, of the log's size", "%.2f", ofLog);
  }

  /// The caches of requests are off; those of the file system and of queries are as they come.
  private static void ask(
      Report report, ElasticFigures figures, String name, String body, Clock clock)
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
    double millis = nanos[REPETITIONS / 2] / 1e6;
    report
        .add("hits." + name, hits, "question: " + name, "%,d hits", hits)
        .add("millis." + name, millis, "  p50 of " + REPETITIONS, "%.0f ms", millis);
  }
}
