package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.Condition;
import dev.longshore.alerting.state.InternalAlerts;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// Whether a source answers, and the one alert that says when it does not. Owned by the loop's
/// thread.
///
/// It is told when a rule went without an answer for several evaluations, or when the source gave
/// none at all for a time, and a last try, of the question that failed, confirms it. A source that
/// answers some rules and others never is told as what it is. It ends when every rule has its
/// answer; after an outage of the whole, with the first answer.
final class SourceHealth {
  private record Streak(Instant since, int failures) {}

  private final Source source;
  private final EvalConfig config;
  private final Clock clock;
  private final Loop loop;
  private final Executor executor;
  private final InternalAlerts alerts;
  private final EvalMetrics metrics;
  private final IntSupplier rules;
  private final Labels labels;

  /// The rules without an answer.
  private final Map<RuleIdentity, Streak> waiting = new HashMap<>();

  private @Nullable Instant answeredAt;
  private @Nullable Instant failingSince;
  private @Nullable Condition lastFailed;
  private String lastCause = "";
  private boolean down;

  /// Whether nothing was answered when it went down.
  private boolean whole;

  private Loop.@Nullable Timer check;

  /// @param rules how many are evaluated here
  SourceHealth(
      Source source,
      EvalConfig config,
      Clock clock,
      Loop loop,
      Executor executor,
      InternalAlerts alerts,
      EvalMetrics metrics,
      IntSupplier rules) {
    this.source = source;
    this.config = config;
    this.clock = clock;
    this.loop = loop;
    this.executor = executor;
    this.alerts = alerts;
    this.metrics = metrics;
    this.rules = rules;
    this.labels = labels(source.name(), config);
    this.failingSince = alerts.since(labels);
    this.down = failingSince != null;
    this.whole = down;
    metrics.up(source.name(), !down);
  }

  static Labels labels(String source, EvalConfig config) {
    return Labels.of(
        Labels.ALERT_NAME,
        InternalAlerts.SOURCE_DOWN,
        "source",
        source,
        "severity",
        config.sourceDownSeverity());
  }

  boolean isDown() {
    return down;
  }

  /// The source as it is now.
  SourceView view() {
    return new SourceView(
        source.name(),
        switch (source) {
          case Source.OfMetrics _ -> "metrics";
          case Source.OfLogs _ -> "logs";
        },
        !down,
        failingSince,
        failingSince == null ? "" : lastCause,
        rules.getAsInt());
  }

  /// A rule has an answer; a refusal is one.
  void answered(RuleIdentity rule, Instant now) {
    waiting.remove(rule);
    answered(now);
  }

  private void answered(Instant now) {
    answeredAt = now;
    if (down && whole) {
      waiting.clear();
    }
    if (waiting.isEmpty()) {
      end();
    }
  }

  /// A rule has none.
  void failed(RuleIdentity rule, Condition condition, String cause, Instant now) {
    Streak before = waiting.get(rule);
    Streak streak =
        before == null ? new Streak(now, 1) : new Streak(before.since, before.failures + 1);
    waiting.put(rule, streak);
    lastFailed = condition;
    lastCause = cause;
    if (failingSince == null) {
      failingSince = now;
    }
    if (down || streak.failures >= config.failures()) {
      raise(streak.since);
    }
    if (check == null) {
      check = loop.in(config.failingFor(), this::check);
    }
  }

  /// A rule is no more.
  void forget(RuleIdentity rule) {
    waiting.remove(rule);
    if (waiting.isEmpty() && !whole) {
      end();
    }
  }

  /// Asks again what failed last, unless there were answers meanwhile.
  private void check() {
    check = null;
    Instant since = failingSince;
    if (since == null || isAnsweredSince(since)) {
      return;
    }
    check = loop.in(config.failingFor(), this::check);
    Condition condition = lastFailed;
    if (condition == null) {
      return;
    }
    Instant at = clock.now();
    executor.execute(
        () -> {
          String cause = source.problem(condition, at);
          loop.execute(() -> checked(cause, since));
        });
  }

  /// @param cause why there is no answer; null when there is one
  private void checked(@Nullable String cause, Instant since) {
    if (!since.equals(failingSince)) {
      return;
    }
    if (cause == null) {
      answered(clock.now());
      return;
    }
    lastCause = cause;
    if (!isAnsweredSince(since)) {
      raise(since);
    }
  }

  private boolean isAnsweredSince(Instant since) {
    return answeredAt != null && !answeredAt.isBefore(since);
  }

  private void raise(Instant since) {
    if (!down) {
      down = true;
      whole = !isAnsweredSince(since);
      metrics.up(source.name(), false);
    }
    Instant failing = failingSince == null ? since : failingSince;
    int all = Math.max(rules.getAsInt(), waiting.size());
    int without = whole ? all : waiting.size();
    String who = source.words();
    String what =
        whole ? " does not answer" : " does not answer " + without + " of " + all + " rules";
    Labels annotations =
        Labels.of(
            "summary",
            who + what,
            "description",
            "Since "
                + AlertMaker.time(failing)
                + " nothing is known of "
                + counted(without)
                + ". Their alerts stay as they are: none begins and none is resolved. Cause: "
                + lastCause);
    alerts.raise(
        labels,
        annotations,
        List.of(
            new Evidence.Fact("cause", lastCause),
            new Evidence.Fact("since", AlertMaker.time(failing)),
            new Evidence.Fact("waiting", counted(without))),
        lastFailed == null ? "" : source.link(lastFailed));
  }

  private static String counted(int rules) {
    return rules == 1 ? "1 rule" : rules + " rules";
  }

  private void end() {
    failingSince = null;
    if (check != null) {
      check.cancel();
      check = null;
    }
    if (down) {
      down = false;
      whole = false;
      metrics.up(source.name(), true);
    }
    alerts.end(labels);
  }

  void close() {
    if (check != null) {
      check.cancel();
      check = null;
    }
  }
}
