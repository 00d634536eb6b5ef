package dev.longshore.rulelab.backtest;

import dev.longshore.alerting.rule.LogPredicate;
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
  record Other(String words, LogPredicate test) {}

  /// Others about the one that is there; none for tests without a threshold.
  static List<Other> around(LogPredicate test) {
    return switch (test) {
      case LogPredicate.Any _ -> named(test, INSTEAD_OF_ANY);
      case LogPredicate.Spike spike -> named(test, fromOne(spike.height()));
      case LogPredicate.NewError error -> {
        Double growth = error.growth();
        yield growth == null ? List.of() : named(test, fromOne(growth));
      }
      case LogPredicate.Frequency _,
          LogPredicate.Flatline _,
          LogPredicate.NewTerm _,
          LogPredicate.Change _,
          LogPredicate.Cardinality _,
          LogPredicate.Percentage _,
          LogPredicate.Metric _ -> {
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
  static List<Other> named(LogPredicate test, List<Double> values) {
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
      DoubleFunction<LogPredicate> with) {

    /// A whole number.
    static Limit count(String key, double value, double least, DoubleFunction<LogPredicate> with) {
      return new Limit(key, value, true, least, Integer.MAX_VALUE, with);
    }
  }

  private static List<Limit> limits(LogPredicate test) {
    return switch (test) {
      case LogPredicate.Any _ -> List.of(Limit.count("num_events", 1, 1, Thresholds::frequency));
      case LogPredicate.Frequency it ->
          List.of(Limit.count("num_events", it.numEvents(), 1, Thresholds::frequency));
      case LogPredicate.Spike it ->
          List.of(
              new Limit(
                  "spike_height",
                  it.height(),
                  false,
                  Double.MIN_NORMAL,
                  Double.MAX_VALUE,
                  value -> withHeight(it, value)));
      case LogPredicate.Flatline it ->
          List.of(
              Limit.count(
                  "threshold",
                  it.threshold(),
                  1,
                  value -> new LogPredicate.Flatline((long) value, it.forgetAfter())));
      case LogPredicate.Cardinality it ->
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
      case LogPredicate.Percentage it ->
          both(
              limit(
                  "max_percentage", it.max(), value -> percentage(it, value, it.min()), false, 100),
              limit(
                  "min_percentage",
                  it.min(),
                  value -> percentage(it, it.max(), value),
                  false,
                  100));
      case LogPredicate.Metric it ->
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
      case LogPredicate.NewError it ->
          both(
              limit("growth", it.growth(), value -> withGrowth(it, value), false, Double.MAX_VALUE),
              null);
      case LogPredicate.NewTerm _, LogPredicate.Change _ -> List.of();
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
      DoubleFunction<LogPredicate> with,
      boolean whole,
      double most) {
    double least = most == Double.MAX_VALUE ? -most : 0;
    return value == null ? null : new Limit(key, value.doubleValue(), whole, least, most, with);
  }

  private static LogPredicate frequency(double lines) {
    return new LogPredicate.Frequency((long) lines);
  }

  private static LogPredicate withHeight(LogPredicate.Spike it, double height) {
    return new LogPredicate.Spike(
        height, it.direction(), it.thresholdRef(), it.thresholdCur(), it.alertOnNewData());
  }

  private static LogPredicate cardinality(
      LogPredicate.Cardinality it, @Nullable Long max, @Nullable Long min) {
    return new LogPredicate.Cardinality(it.field(), max, min, it.forgetAfter());
  }

  private static LogPredicate percentage(
      LogPredicate.Percentage it, @Nullable Double max, @Nullable Double min) {
    return new LogPredicate.Percentage(it.match(), max, min, it.minDenominator());
  }

  private static LogPredicate metric(
      LogPredicate.Metric it, @Nullable Double max, @Nullable Double min) {
    return new LogPredicate.Metric(it.field(), it.function(), it.percentile(), max, min);
  }

  private static LogPredicate withGrowth(LogPredicate.NewError it, double growth) {
    return new LogPredicate.NewError(it.unseenFor(), growth, it.minEvents());
  }

  private static void add(List<Other> others, LogPredicate test, Limit limit, double wanted) {
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
  static LogPredicate loosest(LogPredicate test, List<Other> others) {
    LogPredicate loosest = test;
    for (Other other : others) {
      loosest = looser(loosest, other.test);
    }
    return loosest;
  }

  private static LogPredicate looser(LogPredicate a, LogPredicate b) {
    return switch (a) {
      case LogPredicate.Any it -> it;
      case LogPredicate.Frequency it when b instanceof LogPredicate.Frequency other ->
          it.numEvents() <= other.numEvents() ? it : other;
      case LogPredicate.Spike it when b instanceof LogPredicate.Spike other ->
          it.height() <= other.height() ? it : other;
      case LogPredicate.Flatline it when b instanceof LogPredicate.Flatline other ->
          it.threshold() >= other.threshold() ? it : other;
      case LogPredicate.Cardinality it when b instanceof LogPredicate.Cardinality other ->
          cardinality(it, lower(it.max(), other.max()), higher(it.min(), other.min()));
      case LogPredicate.Percentage it when b instanceof LogPredicate.Percentage other ->
          percentage(it, lower(it.max(), other.max()), higher(it.min(), other.min()));
      case LogPredicate.Metric it when b instanceof LogPredicate.Metric other ->
          metric(it, lower(it.max(), other.max()), higher(it.min(), other.min()));
      case LogPredicate.NewError it when b instanceof LogPredicate.NewError other -> {
        Double growth = lower(it.growth(), other.growth());
        yield growth == null ? it : withGrowth(it, growth);
      }
      case LogPredicate.Frequency _,
          LogPredicate.Spike _,
          LogPredicate.Flatline _,
          LogPredicate.Cardinality _,
          LogPredicate.Percentage _,
          LogPredicate.Metric _,
          LogPredicate.NewError _,
          LogPredicate.NewTerm _,
          LogPredicate.Change _ ->
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
  static boolean holds(LogPredicate test, double measured) {
    return switch (test) {
      case LogPredicate.Any _, LogPredicate.NewTerm _, LogPredicate.Change _ -> true;
      case LogPredicate.Frequency it -> measured >= it.numEvents();
      case LogPredicate.Spike it -> it.holds(measured);
      case LogPredicate.Flatline it -> measured < it.threshold();
      case LogPredicate.Cardinality it -> isOutside(measured, it.max(), it.min());
      case LogPredicate.Percentage it -> isOutside(measured, it.max(), it.min());
      case LogPredicate.Metric it -> isOutside(measured, it.max(), it.min());
      case LogPredicate.NewError it -> {
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
