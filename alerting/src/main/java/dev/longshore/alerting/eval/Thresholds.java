package dev.longshore.alerting.eval;

import dev.longshore.alerting.rule.LogTest;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/// Log tests that differ from a given one in their threshold alone, so that they can be held
/// against the same figures of the past.
final class Thresholds {

  /// How far others are from the one that is there, as multiples.
  private static final List<Double> MULTIPLES = List.of(0.5, 0.75, 1.5, 2.0, 3.0);

  /// A rule for any line becomes one for so many.
  private static final List<Double> INSTEAD_OF_ANY = List.of(2.0, 5.0, 10.0, 20.0);

  private static final MathContext FIGURES = new MathContext(3, RoundingMode.HALF_EVEN);

  private Thresholds() {}

  /// Another threshold.
  ///
  /// @param words as a rule file has it: `num_events: 25`
  record Other(String words, LogTest test) {}

  /// Others about the one that is there; none for tests without a threshold.
  static List<Other> around(LogTest test) {
    return switch (test) {
      case LogTest.Any _ -> named(test, INSTEAD_OF_ANY);
      case LogTest.Spike spike -> named(test, fromOne(spike.height()));
      case LogTest.NewError error -> {
        Double growth = error.growth();
        yield growth == null ? List.of() : named(test, fromOne(growth));
      }
      case LogTest.Frequency _,
          LogTest.Flatline _,
          LogTest.NewTerm _,
          LogTest.Change _,
          LogTest.Cardinality _,
          LogTest.Percentage _,
          LogTest.Metric _ -> {
        List<Other> others = new ArrayList<>();
        for (Limit limit : limits(test)) {
          for (double multiple : MULTIPLES) {
            add(others, test, limit, limit.value * multiple);
          }
        }
        yield others;
      }
    };
  }

  /// Those that somebody names; each limit of the test becomes each of the values, where it can.
  static List<Other> named(LogTest test, List<Double> values) {
    List<Other> others = new ArrayList<>();
    for (Limit limit : limits(test)) {
      for (double value : values) {
        add(others, test, limit, value);
      }
    }
    return others;
  }

  /// As many times as now is no change: what lies beyond that is multiplied.
  private static List<Double> fromOne(double factor) {
    return MULTIPLES.stream().map(it -> factor > 1 ? 1 + (factor - 1) * it : factor * it).toList();
  }

  /// A limit of a test.
  ///
  /// @param key as a rule file calls it
  /// @param value as it is
  /// @param least the lowest that is accepted
  /// @param most the highest that is accepted
  /// @param with the test with another
  private record Limit(
      String key,
      double value,
      boolean whole,
      double least,
      double most,
      DoubleFunction<LogTest> with) {

    /// A whole number.
    static Limit count(String key, double value, double least, DoubleFunction<LogTest> with) {
      return new Limit(key, value, true, least, Integer.MAX_VALUE, with);
    }
  }

  private static List<Limit> limits(LogTest test) {
    return switch (test) {
      case LogTest.Any _ -> List.of(Limit.count("num_events", 1, 1, Thresholds::frequency));
      case LogTest.Frequency it ->
          List.of(Limit.count("num_events", it.numEvents(), 1, Thresholds::frequency));
      case LogTest.Spike it ->
          List.of(
              new Limit(
                  "spike_height",
                  it.height(),
                  false,
                  Double.MIN_NORMAL,
                  Double.MAX_VALUE,
                  value -> withHeight(it, value)));
      case LogTest.Flatline it ->
          List.of(
              Limit.count(
                  "threshold",
                  it.threshold(),
                  1,
                  value -> new LogTest.Flatline((long) value, it.forgetAfter())));
      case LogTest.Cardinality it ->
          both(
              limit(
                  "max_cardinality",
                  it.max(),
                  value -> cardinality(it, (long) value, it.min()),
                  true,
                  Integer.MAX_VALUE),
              limit(
                  "min_cardinality",
                  it.min(),
                  value -> cardinality(it, it.max(), (long) value),
                  true,
                  Integer.MAX_VALUE));
      case LogTest.Percentage it ->
          both(
              limit(
                  "max_percentage", it.max(), value -> percentage(it, value, it.min()), false, 100),
              limit(
                  "min_percentage",
                  it.min(),
                  value -> percentage(it, it.max(), value),
                  false,
                  100));
      case LogTest.Metric it ->
          both(
              limit(
                  "max_threshold",
                  it.max(),
                  value -> metric(it, value, it.min()),
                  false,
                  Double.MAX_VALUE),
              limit(
                  "min_threshold",
                  it.min(),
                  value -> metric(it, it.max(), value),
                  false,
                  Double.MAX_VALUE));
      case LogTest.NewError it ->
          both(
              limit("growth", it.growth(), value -> withGrowth(it, value), false, Double.MAX_VALUE),
              null);
      case LogTest.NewTerm _, LogTest.Change _ -> List.of();
    };
  }

  private static List<Limit> both(@Nullable Limit max, @Nullable Limit min) {
    List<Limit> limits = new ArrayList<>();
    if (max != null) {
      limits.add(max);
    }
    if (min != null) {
      limits.add(min);
    }
    return limits;
  }

  private static @Nullable Limit limit(
      String key,
      @Nullable Number value,
      DoubleFunction<LogTest> with,
      boolean whole,
      double most) {
    double least = most == Double.MAX_VALUE ? -most : 0;
    return value == null ? null : new Limit(key, value.doubleValue(), whole, least, most, with);
  }

  private static LogTest frequency(double lines) {
    return new LogTest.Frequency((long) lines);
  }

  private static LogTest withHeight(LogTest.Spike it, double height) {
    return new LogTest.Spike(
        height, it.direction(), it.thresholdRef(), it.thresholdCur(), it.alertOnNewData());
  }

  private static LogTest cardinality(
      LogTest.Cardinality it, @Nullable Long max, @Nullable Long min) {
    return new LogTest.Cardinality(it.field(), max, min, it.forgetAfter());
  }

  private static LogTest percentage(
      LogTest.Percentage it, @Nullable Double max, @Nullable Double min) {
    return new LogTest.Percentage(it.match(), max, min, it.minDenominator());
  }

  private static LogTest metric(LogTest.Metric it, @Nullable Double max, @Nullable Double min) {
    return new LogTest.Metric(it.field(), it.function(), it.percentile(), max, min);
  }

  private static LogTest withGrowth(LogTest.NewError it, double growth) {
    return new LogTest.NewError(it.unseenFor(), growth, it.minEvents());
  }

  private static void add(List<Other> others, LogTest test, Limit limit, double wanted) {
    double value =
        limit.whole ? Math.rint(wanted) : new BigDecimal(wanted).round(FIGURES).doubleValue();
    if (value < limit.least || value > limit.most || value == limit.value) {
      return;
    }
    Other other = new Other(limit.key + ": " + text(value), limit.with.apply(value));
    if (!other.test.equals(test) && !others.contains(other)) {
      others.add(other);
    }
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%s", value);
  }

  /// The test that holds whenever one of these holds: its figures are figures for all of them.
  static LogTest loosest(LogTest test, List<Other> others) {
    LogTest loosest = test;
    for (Other other : others) {
      loosest = looser(loosest, other.test);
    }
    return loosest;
  }

  private static LogTest looser(LogTest a, LogTest b) {
    return switch (a) {
      case LogTest.Any it -> it;
      case LogTest.Frequency it when b instanceof LogTest.Frequency other ->
          it.numEvents() <= other.numEvents() ? it : other;
      case LogTest.Spike it when b instanceof LogTest.Spike other ->
          it.height() <= other.height() ? it : other;
      case LogTest.Flatline it when b instanceof LogTest.Flatline other ->
          it.threshold() >= other.threshold() ? it : other;
      case LogTest.Cardinality it when b instanceof LogTest.Cardinality other ->
          cardinality(it, lower(it.max(), other.max()), higher(it.min(), other.min()));
      case LogTest.Percentage it when b instanceof LogTest.Percentage other ->
          percentage(it, lower(it.max(), other.max()), higher(it.min(), other.min()));
      case LogTest.Metric it when b instanceof LogTest.Metric other ->
          metric(it, lower(it.max(), other.max()), higher(it.min(), other.min()));
      case LogTest.NewError it when b instanceof LogTest.NewError other -> {
        Double growth = lower(it.growth(), other.growth());
        yield growth == null ? it : withGrowth(it, growth);
      }
      case LogTest.Frequency _,
          LogTest.Spike _,
          LogTest.Flatline _,
          LogTest.Cardinality _,
          LogTest.Percentage _,
          LogTest.Metric _,
          LogTest.NewError _,
          LogTest.NewTerm _,
          LogTest.Change _ ->
          a;
    };
  }

  private static <T extends Comparable<T>> @Nullable T lower(@Nullable T a, @Nullable T b) {
    return a == null || b == null ? a : a.compareTo(b) <= 0 ? a : b;
  }

  private static <T extends Comparable<T>> @Nullable T higher(@Nullable T a, @Nullable T b) {
    return a == null || b == null ? a : a.compareTo(b) >= 0 ? a : b;
  }

  /// Whether a test holds of a figure that a looser one measured.
  static boolean holds(LogTest test, double measured) {
    return switch (test) {
      case LogTest.Any _, LogTest.NewTerm _, LogTest.Change _ -> true;
      case LogTest.Frequency it -> measured >= it.numEvents();
      case LogTest.Spike it -> it.holds(measured);
      case LogTest.Flatline it -> measured < it.threshold();
      case LogTest.Cardinality it -> isOutside(measured, it.max(), it.min());
      case LogTest.Percentage it -> isOutside(measured, it.max(), it.min());
      case LogTest.Metric it -> isOutside(measured, it.max(), it.min());
      case LogTest.NewError it -> {
        Double growth = it.growth();
        yield growth == null || measured >= growth;
      }
    };
  }

  private static boolean isOutside(double measured, @Nullable Number max, @Nullable Number min) {
    return (max != null && measured > max.doubleValue())
        || (min != null && measured < min.doubleValue());
  }
}
