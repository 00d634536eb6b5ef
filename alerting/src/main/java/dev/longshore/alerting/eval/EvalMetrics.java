package dev.longshore.alerting.eval;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// The meters of evaluation, by the names that people know of Prometheus. On the loop's thread.
public final class EvalMetrics {
  private static final String GROUP = "rule_group";

  private final MeterRegistry registry;
  private final Timer evaluation;
  private final Map<String, AtomicInteger> upBySource = new HashMap<>();
  private final Map<String, Counter> queries = new HashMap<>();

  public EvalMetrics(MeterRegistry registry) {
    this.registry = registry;
    evaluation =
        Timer.builder("longshore.rule.evaluation.duration")
            .description("An evaluation of a rule, from asking its source to the new state")
            .register(registry);
  }

  /// A source answered, or failed to.
  void asked(String source, EvaluationResult evaluationResult) {
    String what =
        switch (evaluationResult) {
          case EvaluationResult.Matched _, EvaluationResult.Windows _ -> "answered";
          case EvaluationResult.Refused _ -> "refused";
          case EvaluationResult.Unavailable _ -> "unavailable";
        };
    queries
        .computeIfAbsent(
            source + '\0' + what,
            _ ->
                Counter.builder("longshore.source.queries")
                    .description(
                        "Queries of rules: answered, refused as wrong, or without an answer")
                    .tag("source", source)
                    .tag("outcome", what)
                    .register(registry))
        .increment();
  }

  void up(String source, boolean up) {
    upBySource
        .computeIfAbsent(
            source,
            _ -> {
              AtomicInteger value = new AtomicInteger(1);
              Gauge.builder("longshore.source.up", value, AtomicInteger::get)
                  .description("1 while the source answers, 0 while LongshoreSourceDown fires")
                  .tag("source", source)
                  .strongReference(true)
                  .register(registry);
              return value;
            })
        .set(up ? 1 : 0);
  }

  void evaluated(Duration took) {
    evaluation.record(took);
  }

  /// The meters of one group.
  OfGroup group(String file, String name) {
    return new OfGroup(registry, file + ";" + name);
  }

  /// One group's; removed with it.
  static final class OfGroup implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final Counter evaluations;
    private final Counter failures;
    private final Counter iterations;
    private final Counter missed;
    private volatile double lastDurationSeconds;
    private volatile double lastEvaluationSeconds;
    private volatile double lagSeconds;
    private volatile double intervalSeconds;
    private volatile double rules;

    private OfGroup(MeterRegistry registry, String key) {
      this.registry = registry;
      evaluations = counter("longshore.rule.evaluations", "Evaluations of rules", key);
      failures =
          counter(
              "longshore.rule.evaluation.failures",
              "Evaluations that left states as they were",
              key);
      iterations = counter("longshore.rule.group.iterations", "Evaluations of the group", key);
      missed =
          counter(
              "longshore.rule.group.iterations.missed",
              "Evaluations left out because the one before was not over",
              key);
      gauge(
              "longshore.rule.group.last.duration",
              "How long the last evaluation took",
              key,
              "seconds")
          .accept(group -> group.lastDurationSeconds);
      gauge(
              "longshore.rule.group.last.evaluation.timestamp",
              "When the group was last evaluated",
              key,
              "seconds")
          .accept(group -> group.lastEvaluationSeconds);
      gauge("longshore.rule.group.lag", "From an evaluation's time to its end", key, "seconds")
          .accept(group -> group.lagSeconds);
      gauge("longshore.rule.group.interval", "Between evaluations", key, "seconds")
          .accept(group -> group.intervalSeconds);
      gauge("longshore.rule.group.rules", "Alerting rules of the group", key, null)
          .accept(group -> group.rules);
    }

    private interface Definition {
      void accept(java.util.function.ToDoubleFunction<OfGroup> value);
    }

    private Definition gauge(
        String name,
        String description,
        String key,
        @org.jspecify.annotations.Nullable String unit) {
      return value ->
          meters.add(
              Gauge.builder(name, this, value)
                  .description(description)
                  .baseUnit(unit)
                  .tag(GROUP, key)
                  .register(registry));
    }

    private Counter counter(String name, String description, String key) {
      Counter counter =
          Counter.builder(name).description(description).tag(GROUP, key).register(registry);
      meters.add(counter);
      return counter;
    }

    void defined(Duration interval, int ruleCount) {
      intervalSeconds = interval.toMillis() / 1e3;
      rules = ruleCount;
    }

    void evaluated(boolean failed) {
      evaluations.increment();
      if (failed) {
        failures.increment();
      }
    }

    void missed(long count) {
      missed.increment(count);
    }

    void iterated(Instant slot, Instant end, Duration took) {
      iterations.increment();
      lastDurationSeconds = took.toNanos() / 1e9;
      lastEvaluationSeconds = slot.toEpochMilli() / 1e3;
      lagSeconds = Duration.between(slot, end).toMillis() / 1e3;
    }

    @Override
    public void close() {
      meters.forEach(registry::remove);
    }
  }
}
