package dev.longshore.alerting.rule;

import dev.longshore.shared.units.PrometheusDurations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What must hold of the lines in a window for a log rule to be true. The names and what they mean
/// are ElastAlert 2's, but that a rule is true for as long as it holds, and then no more.
public sealed interface LogPredicate {

  /// Whether more lines can only make it truer: then it is believed at once, before all lines of
  /// the window are there.
  boolean isEager();

  /// For people: `at least 50 lines`.
  String text();

  /// Fields that tell alerts apart beside `by`.
  default List<String> ownKeys() {
    return List.of();
  }

  /// There is a line.
  record Any() implements LogPredicate {
    @Override
    public boolean isEager() {
      return true;
    }

    @Override
    public String text() {
      return "any line";
    }
  }

  /// There are at least so many lines.
  record Frequency(long numEvents) implements LogPredicate {
    @Override
    public boolean isEager() {
      return true;
    }

    @Override
    public String text() {
      return "at least " + numEvents + " lines";
    }
  }

  /// The window has at least `height` times as many lines as the one before it, or as few.
  ///
  /// @param thresholdRef lines that the window before must have
  /// @param thresholdCur lines that the window must have
  /// @param alertOnNewData whether what was not there before counts as a spike; else a key is
  ///   compared once it was seen before both windows, within [#KNOWN_FOR]
  record Spike(
      double height,
      Direction direction,
      long thresholdRef,
      long thresholdCur,
      boolean alertOnNewData)
      implements LogPredicate {

    /// How long before its windows a key may have been seen last to be known.
    public static final Duration KNOWN_FOR = Duration.ofDays(1);

    /// Where to.
    public enum Direction {
      UP,
      DOWN,
      BOTH
    }

    /// Whether so many times as many lines are a spike; infinitely many when there were none
    /// before.
    public boolean holds(double factor) {
      boolean up = factor >= height;
      boolean down = factor <= 1 / height;
      return switch (direction) {
        case UP -> up;
        case DOWN -> down;
        case BOTH -> up || down;
      };
    }

    @Override
    public boolean isEager() {
      return direction == Direction.UP;
    }

    @Override
    public String text() {
      String times = number(height) + " times ";
      return switch (direction) {
        case UP -> times + "as many lines as before";
        case DOWN -> times + "fewer lines than before";
        case BOTH -> times + "as many lines as before, or fewer";
      };
    }
  }

  /// There are fewer lines than that. With `by`, for each key that was seen before the window,
  /// until it was not seen for `forgetAfter`.
  record Flatline(long threshold, Duration forgetAfter) implements LogPredicate {
    @Override
    public boolean isEager() {
      return false;
    }

    @Override
    public String text() {
      return "fewer than " + threshold + " lines";
    }
  }

  /// There is a value of these fields that was not there for `history` before the window.
  record NewTerm(List<String> fields, Duration history) implements LogPredicate {
    public static final Duration DEFAULT_HISTORY = Duration.ofDays(30);

    public NewTerm {
      fields = List.copyOf(fields);
    }

    @Override
    public boolean isEager() {
      return true;
    }

    @Override
    public List<String> ownKeys() {
      return fields;
    }

    @Override
    public String text() {
      return "a value of "
          + String.join(", ", fields)
          + " that was not there for "
          + PrometheusDurations.format(history);
    }
  }

  /// The value of these fields is another than before.
  ///
  /// @param ignoreNull whether lines without the fields say nothing; else that is a value too
  /// @param timeframe how far before the window the value is looked up
  record Change(List<String> fields, boolean ignoreNull, Duration timeframe)
      implements LogPredicate {
    public Change {
      fields = List.copyOf(fields);
    }

    @Override
    public boolean isEager() {
      return true;
    }

    @Override
    public String text() {
      return "a change of " + String.join(", ", fields);
    }
  }

  /// A field has more different values than `max`, or fewer than `min`. For `min` with `by` a key
  /// must have been seen before the window, as for [Flatline].
  record Cardinality(String field, @Nullable Long max, @Nullable Long min, Duration forgetAfter)
      implements LogPredicate {
    @Override
    public boolean isEager() {
      return min == null;
    }

    @Override
    public String text() {
      return limits("values of " + field, max, min);
    }
  }

  /// Of the lines, the share that matches another query too is above `max` or below `min`, in
  /// percent.
  ///
  /// @param minDenominator fewer lines say nothing
  record Percentage(String match, @Nullable Double max, @Nullable Double min, long minDenominator)
      implements LogPredicate {
    @Override
    public boolean isEager() {
      return false;
    }

    @Override
    public String text() {
      return limits("% of lines with " + match, max, min);
    }
  }

  /// A figure computed from a field is above `max` or below `min`. No line with the field says
  /// nothing.
  ///
  /// @param percentile from 0 to 100, for [Function#PERCENTILE]
  record Metric(
      String field,
      Function function,
      double percentile,
      @Nullable Double max,
      @Nullable Double min)
      implements LogPredicate {

    /// How.
    public enum Function {
      AVG,
      MIN,
      MAX,
      SUM,
      VALUE_COUNT,
      CARDINALITY,
      PERCENTILE;

      /// As rule files write it.
      public String word() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /// A sum is taken as one of figures that are not negative.
    @Override
    public boolean isEager() {
      return switch (function) {
        case MAX, SUM, VALUE_COUNT, CARDINALITY -> min == null;
        case MIN -> max == null;
        case AVG, PERCENTILE -> false;
      };
    }

    @Override
    public String text() {
      String what =
          function == Function.PERCENTILE ? "percentile " + number(percentile) : function.word();
      return limits(what + " of " + field, max, min);
    }
  }

  /// An error that is new, is back, or has grown.
  ///
  /// @param unseenFor it must not have been there for so long before; null: ever, as far as logs
  ///   are kept
  /// @param growth it is there so many times as often as in the same hour a week ago; null when
  ///   that is not looked at
  /// @param minEvents so many lines it must have to have grown
  record NewError(@Nullable Duration unseenFor, @Nullable Double growth, long minEvents)
      implements LogPredicate {
    @Override
    public boolean isEager() {
      return true;
    }

    @Override
    public List<String> ownKeys() {
      return List.of(LogCondition.ERROR);
    }

    @Override
    public String text() {
      return "an error that was not there "
          + (unseenFor == null ? "before" : "for " + PrometheusDurations.format(unseenFor))
          + (growth == null ? "" : ", or is there " + number(growth) + " times as often");
    }
  }

  private static String limits(String what, @Nullable Number max, @Nullable Number min) {
    return (max == null ? "" : "more than " + number(max.doubleValue()))
        + (max == null || min == null ? "" : " or ")
        + (min == null ? "" : "less than " + number(min.doubleValue()))
        + " "
        + what;
  }

  private static String number(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
