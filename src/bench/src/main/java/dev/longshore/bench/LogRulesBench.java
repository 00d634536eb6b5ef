package dev.longshore.bench;

import dev.longshore.alerting.logs.ElasticLogSource;
import dev.longshore.alerting.logs.LogAnswer;
import dev.longshore.alerting.logs.LogProgress;
import dev.longshore.alerting.logs.LogQuestion;
import dev.longshore.alerting.logs.LogsConfig;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.Rule;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// `longshore bench --log-rules [DOCUMENTS]`: what an evaluation of each kind of log rule costs
/// over a day of ten million documents, in time and in Elasticsearch's CPU time.
///
/// Each rule is asked as an evaluator asks it, each 30 s of the logs' own time, alone. The first
/// time is told apart: new terms ask for their history then, and caches are cold.
final class LogRulesBench {
  static final long DOCUMENTS = 10_000_000;

  private static final int EVALUATIONS = 20;
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private static final String RULES =
      """
      groups:
        - name: kinds
          rules:
            - {alert: any, logs: {query: 'log.level:error', any: {}}}
            - alert: frequency by service
              logs: {query: 'log.level:error', by: [kubernetes.namespace, service.name], frequency: {num_events: 50}}
            - alert: spike by service
              logs: {query: 'log.level:error', by: [kubernetes.namespace, service.name], spike: {spike_height: 3, threshold_cur: 10}}
            - alert: flatline by service
              logs: {query: '*', by: [service.name], flatline: {threshold: 1}}
            - alert: new_term
              logs: {query: '*', new_term: {fields: [kubernetes.node.name], terms_window_size: 12h}}
            - alert: change by service
              logs: {query: '*', by: [service.name], change: {compare_key: [kubernetes.node.name], timeframe: 12h}}
            - alert: cardinality
              logs: {query: '*', by: [kubernetes.namespace], cardinality: {cardinality_field: kubernetes.pod.name, max_cardinality: 100}}
            - alert: percentage by service
              logs: {query: '*', by: [service.name], percentage: {match: 'log.level:error', max_percentage: 5}}
            - alert: metric p99 by service
              logs: {query: '*', by: [service.name], metric: {metric_agg_key: numbers.durationMs, metric_agg_type: percentile, percentile_range: 99, max_threshold: 2000}}
            - alert: new_error
              logs: {query: 'log.level:error', new_error: {unseen_for: 12h}}
            - alert: frequency of text
              logs: {query: 'message:"is not open"', by: [service.name], frequency: {num_events: 50}}
            - alert: frequency, within 1d
              logs: {query: '*', by: [service.name], within: 1d, frequency: {num_events: 100000000}}
      """;

  private LogRulesBench() {}

  static void run(long documents) throws IOException, InterruptedException {
    Clock clock = Clock.system();
    Path dir =
        Files.createTempDirectory(
            Files.createDirectories(ProjectFolder.find().resolve("target")), "log-rules-bench");
    Files.writeString(
        dir.resolve("rules.yml"),
        RULES.replace("logs: {", "logs: {index: " + LogFlood.STREAM + ", "));
    RuleSet rules = new RuleFiles(List.of("rules.yml"), dir, clock).load();
    if (!rules.quarantined().isEmpty()) {
      throw new IllegalStateException("broken rules: " + rules.quarantined());
    }
    try (ElasticsearchServer server = ElasticsearchServer.start(LogRulesBench::step);
        Elastic elastic = new Elastic(server.config(), clock)) {
      Instant end = clock.now();
      put(elastic, end, documents, clock);
      System.out.printf(
          Locale.ROOT, "%,d documents, %s%n%n", documents, "each rule each 30 s of the logs' time");
      System.out.printf(
          "%-26s %10s %10s %10s %16s%n", "rule", "first", "p50", "p95", "CPU/evaluation");
      for (Rule rule : rules.groups().getFirst().rules()) {
        if (rule instanceof AlertingRule alerting
            && alerting.condition() instanceof LogCondition condition) {
          measure(alerting.name(), condition, elastic, end, clock);
        }
      }
    }
  }

  private static void put(Elastic elastic, Instant end, long documents, Clock clock)
      throws IOException, InterruptedException {
    long started = clock.nanoTime();
    long[] told = {0};
    step("putting %,d documents", documents);
    new LogFlood(elastic, end)
        .put(
            documents,
            count -> {
              if (count * 20 / documents > told[0]) {
                told[0] = count * 20 / documents;
                step("  %d%%, %.0f s", told[0] * 5, (clock.nanoTime() - started) / 1e9);
              }
            });
    ElasticFigures figures = new ElasticFigures(elastic, clock);
    while (figures.merges(LogFlood.STREAM) > 0) {
      clock.sleep(Duration.ofSeconds(1));
    }
  }

  private static void measure(
      String name, LogCondition condition, Elastic elastic, Instant end, Clock clock)
      throws IOException, InterruptedException {
    LogsConfig config = LogsConfig.defaults().withDelay(Duration.ZERO);
    ElasticLogSource source = new ElasticLogSource(config, elastic, clock);
    LogProgress progress = LogProgress.from(end.minus(INTERVAL.multipliedBy(EVALUATIONS + 2L)));
    long[] nanos = new long[EVALUATIONS + 1];
    ElasticFigures figures = new ElasticFigures(elastic, clock);
    double cpuBefore = 0;
    for (int i = 0; i <= EVALUATIONS; i++) {
      if (i == 1) {
        cpuBefore = figures.cpuSeconds();
      }
      Instant now = end.minus(INTERVAL.multipliedBy(EVALUATIONS + 1L - i));
      long started = clock.nanoTime();
      LogAnswer answer =
          source.ask(new LogQuestion(condition, now, INTERVAL, Duration.ZERO, progress));
      nanos[i] = clock.nanoTime() - started;
      if (!(answer instanceof LogAnswer.Seen seen)) {
        throw new IOException(name + " was not answered: " + answer);
      }
      progress = seen.progress();
    }
    double cpu = (figures.cpuSeconds() - cpuBefore) / EVALUATIONS;
    long first = nanos[0];
    long[] others = Arrays.copyOfRange(nanos, 1, nanos.length);
    Arrays.sort(others);
    System.out.printf(
        Locale.ROOT,
        "%-26s %7.0f ms %7.0f ms %7.0f ms %13.0f ms%n",
        name,
        first / 1e6,
        others[EVALUATIONS / 2] / 1e6,
        others[EVALUATIONS * 19 / 20] / 1e6,
        cpu * 1e3);
  }

  private static void step(String text, Object... values) {
    System.err.println("▸ " + String.format(Locale.ROOT, text, values));
  }
}
