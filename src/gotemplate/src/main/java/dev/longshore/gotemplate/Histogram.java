package dev.longshore.gotemplate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A native histogram of Prometheus, as `$value` has it and as it prints: `{count:12, sum:6.5,
/// [-1,-0.5):2, (2,4]:10}`. No function that wants a number takes it.
///
/// @param count of observations
/// @param buckets those that are not empty, in ascending order
public record Histogram(double count, double sum, List<Bucket> buckets) implements TemplateObject {

  /// @param lowerIn whether the lower bound belongs to it
  /// @param upperIn whether the upper bound belongs to it
  public record Bucket(
      boolean lowerIn, double lower, double upper, boolean upperIn, double count) {}

  public Histogram {
    buckets = List.copyOf(buckets);
  }

  @Override
  public String typeName() {
    return "*histogram.FloatHistogram";
  }

  @Override
  public @Nullable Object member(String name, List<@Nullable Object> arguments) {
    return switch (name) {
      case "Count" -> count;
      case "Sum" -> sum;
      case "String" -> text();
      default -> NO_SUCH_MEMBER;
    };
  }

  @Override
  public String text() {
    StringBuilder text = new StringBuilder("{count:");
    text.append(Floats.shortest(count)).append(", sum:").append(Floats.shortest(sum));
    for (Bucket bucket : buckets) {
      text.append(", ")
          .append(bucket.lowerIn ? '[' : '(')
          .append(Floats.shortest(bucket.lower))
          .append(',')
          .append(Floats.shortest(bucket.upper))
          .append(bucket.upperIn ? ']' : ')')
          .append(':')
          .append(Floats.shortest(bucket.count));
    }
    return text.append('}').toString();
  }

  @Override
  public String toString() {
    return text();
  }
}
