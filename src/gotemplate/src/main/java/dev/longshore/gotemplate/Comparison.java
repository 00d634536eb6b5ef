package dev.longshore.gotemplate;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `eq`, `lt` and their kin, with Go's rule that whole and broken numbers are not compared.
final class Comparison {
  private Comparison() {}

  /// Whether the first value equals any of the others.
  static boolean anyEquals(List<@Nullable Object> values) throws TemplateException {
    if (values.size() < 2) {
      throw new TemplateException("missing argument for comparison");
    }
    for (Object other : values.subList(1, values.size())) {
      if (areEqual(values.getFirst(), other)) {
        return true;
      }
    }
    return false;
  }

  static boolean areEqual(@Nullable Object first, @Nullable Object second)
      throws TemplateException {
    Object a = basic(first);
    Object b = basic(second);
    if (a == null || b == null) {
      return a == b;
    }
    for (Object value : List.of(a, b)) {
      if (value instanceof List<?> || value instanceof Map<?, ?>) {
        throw new TemplateException("non-comparable type " + Values.type(first));
      }
    }
    if (a instanceof Double x && b instanceof Double y) {
      return x.doubleValue() == y.doubleValue();
    }
    if (!a.getClass().equals(b.getClass())) {
      throw incompatible(first, second);
    }
    return a.equals(b);
  }

  static boolean isLess(@Nullable Object first, @Nullable Object second) throws TemplateException {
    Object a = basic(first);
    Object b = basic(second);
    if (!isOrdered(a) || !isOrdered(b)) {
      throw new TemplateException("invalid type for comparison");
    }
    if (a instanceof String x && b instanceof String y) {
      return compareBytes(x, y) < 0;
    }
    if (a instanceof Long x && b instanceof Long y) {
      return x < y;
    }
    if (a instanceof Double x && b instanceof Double y) {
      return x < y;
    }
    throw incompatible(first, second);
  }

  private static boolean isOrdered(@Nullable Object value) {
    return value instanceof String || value instanceof Long || value instanceof Double;
  }

  private static int compareBytes(String a, String b) {
    return Arrays.compareUnsigned(Values.bytes(a), Values.bytes(b));
  }

  /// A duration is a whole number of nanoseconds.
  private static @Nullable Object basic(@Nullable Object value) {
    Object plain = Values.plain(value);
    return plain instanceof Duration duration ? (Object) GoTime.nanos(duration) : plain;
  }

  private static TemplateException incompatible(@Nullable Object a, @Nullable Object b) {
    boolean numbers = basic(a) instanceof Number && basic(b) instanceof Number;
    return new TemplateException(
        "incompatible types for comparison"
            + (numbers
                ? ": " + Values.type(a) + " and " + Values.type(b) + "; write 5.0, not 5"
                : ""));
  }
}
