package dev.longshore.rulelab.recorded;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.ElasticLogSource;
import dev.longshore.alerting.logs.LogAnswer;
import dev.longshore.alerting.logs.LogQuestion;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.logs.LogsConfig;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Log rules over what a test recorded: the same questions, windows and waiting as with
/// Elasticsearch, but for the answers to searches. One thread.
public final class RecordedLogs implements LogSource {
  private final RecordedSearches searches;
  private final ElasticLogSource source;

  public RecordedLogs(Recording recording, Clock clock) {
    LogsConfig defaults = LogsConfig.defaults();
    this.searches = new RecordedSearches(recording, clock);
    this.source =
        new ElasticLogSource(
            recording.nodes().isEmpty() ? defaults.withDelay(Duration.ZERO) : defaults,
            searches,
            () -> recording.watermarks(clock.now()),
            clock);
  }

  /// Recorded queries that no rule asked.
  public List<Recording.Query> unasked() {
    return searches.unasked();
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public LogAnswer ask(LogQuestion question) {
    return source.ask(question);
  }

  @Override
  public Evidence evidence(LogCondition condition, Labels key, Instant end) {
    return source.evidence(condition, key, end);
  }

  /// What stands beside metric alerts is not recorded.
  @Override
  public Evidence errors(Labels labels, Instant from, Instant to) {
    return Evidence.NONE;
  }

  @Override
  public @Nullable String problem(LogCondition condition, Instant at) {
    return source.problem(condition, at);
  }

  @Override
  public String link(LogCondition condition) {
    return "";
  }

  @Override
  public int concurrency() {
    return 1;
  }
}
