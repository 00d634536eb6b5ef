package dev.longshore.alerting.fleet;

import dev.longshore.alerting.logs.ErrorHistory;
import dev.longshore.alerting.logs.KibanaLinks;
import dev.longshore.alerting.logs.LogsConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.shared.elastic.Watermark;
import dev.longshore.shared.elastic.Watermarks;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Reads what the agents publish. However many people look, Elasticsearch is asked by one of them
/// at a time and at most once in [#KEPT]; while it hangs, the others have what was known before.
/// Safe for use by any thread.
public final class Fleet {
  /// Agents report once a minute.
  static final Duration KEPT = Duration.ofSeconds(10);

  /// A node of which nothing was heard for so long is not shown.
  static final Duration SHOWN = Duration.ofDays(1);

  /// How long somebody who asks waits for another's search.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final @Nullable Source source;
  private final @Nullable String cluster;
  private final KibanaLinks kibana;
  private final Clock clock;

  private final ReentrantLock lock = new ReentrantLock();
  private volatile FleetView latest = FleetView.unknown("Elasticsearch was not asked yet");

  /// Guarded by the lock.
  private long askedNanos;

  private boolean asked;

  /// Where reports and watermarks come from.
  interface Source {
    NodeReports.Found reports(@Nullable String cluster, Instant notBefore) throws IOException;

    List<Watermark> watermarks(@Nullable String cluster) throws IOException;

    /// The first documents of errors.
    Map<String, ErrorHistory.First> firstOf(Collection<String> fingerprints);
  }

  /// @param elastic stays the caller's; null when no Elasticsearch is configured
  public Fleet(LogsConfig config, @Nullable Elastic elastic, Clock clock) {
    this(config, elastic == null ? null : new Published(elastic, config.searchTimeout()), clock);
  }

  Fleet(LogsConfig config, @Nullable Source source, Clock clock) {
    this.source = source;
    this.cluster = config.cluster();
    this.kibana = new KibanaLinks(config.kibana());
    this.clock = clock;
  }

  private record Published(NodeReports reports, Watermarks watermarks, ErrorHistory errors)
      implements Source {
    Published(Elastic elastic, Duration timeout) {
      this(new NodeReports(elastic), new Watermarks(elastic), new ErrorHistory(elastic, timeout));
    }

    @Override
    public Map<String, ErrorHistory.First> firstOf(Collection<String> fingerprints) {
      return errors.firstOf(FleetSummary.INDEX, fingerprints);
    }

    @Override
    public NodeReports.Found reports(@Nullable String cluster, Instant notBefore)
        throws IOException {
      return reports.since(cluster, notBefore);
    }

    @Override
    public List<Watermark> watermarks(@Nullable String cluster) throws IOException {
      return cluster == null ? watermarks.all() : watermarks.all(cluster);
    }
  }

  /// The fleet as it was a few seconds ago at the most, or why it is older.
  public FleetView view() throws InterruptedException {
    Source from = source;
    if (from == null) {
      return FleetView.unknown(
          "no Elasticsearch is configured; set elasticsearch.urls to see what the agents publish");
    }
    if (!lock.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      return aged("Elasticsearch has not answered yet");
    }
    try {
      if (!asked || clock.nanoTime() - askedNanos > KEPT.toNanos()) {
        ask(from);
        askedNanos = clock.nanoTime();
        asked = true;
      }
      return latest;
    } finally {
      lock.unlock();
    }
  }

  private void ask(Source from) {
    Instant now = clock.now();
    try {
      Instant notBefore = now.minus(SHOWN);
      FleetSummary summary = new FleetSummary(kibana, now);
      FleetView view = summary.of(from.reports(cluster, notBefore), from.watermarks(cluster));
      Set<String> fingerprints = new LinkedHashSet<>();
      view.errors().forEach(error -> fingerprints.add(error.fingerprint()));
      latest = summary.with(view, from.firstOf(fingerprints));
    } catch (IOException e) {
      latest = aged(FailureText.of(e));
    }
  }

  private FleetView aged(String problem) {
    FleetView known = latest;
    return new FleetView(
        known.asOf(),
        problem,
        known.nodes(),
        known.leftOut(),
        known.loudest(),
        known.erroneous(),
        known.errors());
  }
}
