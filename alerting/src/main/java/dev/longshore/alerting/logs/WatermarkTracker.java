package dev.longshore.alerting.logs;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.Watermark;
import dev.longshore.shared.elastic.Watermarks;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Up to when lines are complete: what all agents say of their nodes, or a fixed delay. Agents are
/// asked at most once a second. Safe for use by any thread.
public final class WatermarkTracker {
  private static final Duration ASK_EVERY = Duration.ofSeconds(1);

  private final Agents agents;
  private final Clock clock;
  private final NodeWatermarks nodeWatermarks = new NodeWatermarks();

  /// Guarded by this; null before the first time.
  private @Nullable Long askedNanos;

  WatermarkTracker(Agents agents, Clock clock) {
    this.agents = agents;
    this.clock = clock;
  }

  /// What all agents say of their nodes.
  public interface Agents {
    List<Watermark> watermarks() throws SearchException;
  }

  /// What they publish in Elasticsearch.
  ///
  /// @param cluster whose agents; null for all
  static Agents published(Elastic elastic, @Nullable String cluster) {
    Watermarks watermarks = new Watermarks(elastic);
    return () -> {
      try {
        return cluster == null ? watermarks.all() : watermarks.all(cluster);
      } catch (IOException e) {
        throw SearchException.unavailable(
            "the agents' watermarks can't be read: " + e.getMessage());
      }
    };
  }

  /// What is complete.
  ///
  /// @param to every line before it is there, but for those of nodes that are behind
  /// @param behind who is behind, for people; empty for nobody
  /// @param returns what nodes that were behind have brought since
  /// @param lastReturn to be given the next time
  record State(
      Instant to,
      List<String> behind,
      NodeWatermarks.@Nullable Backfill returns,
      long lastReturn) {}

  /// By a fixed delay.
  static State after(Duration delay, Instant now) {
    return new State(now.minus(delay), List.of(), null, -1);
  }

  /// By what the agents say.
  ///
  /// @param knownTo up to where the rule was evaluated; null for nowhere
  /// @param returnsSeen [State#lastReturn] of the last time
  synchronized State state(Instant now, @Nullable Instant knownTo, long returnsSeen)
      throws SearchException {
    long nanos = clock.nanoTime();
    if (askedNanos == null || nanos - askedNanos >= ASK_EVERY.toNanos()) {
      nodeWatermarks.heard(agents.watermarks(), clock.now());
      askedNanos = nanos;
    }
    return nodeWatermarks.state(now, knownTo, returnsSeen);
  }
}
