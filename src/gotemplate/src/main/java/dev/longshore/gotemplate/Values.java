package dev.longshore.gotemplate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What Go's rules say about a value: its type's name, whether it is true, how long it is.
final class Values {
  private Values() {}

  /// A value without the methods of its named type.
  static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case TemplateObject object -> object.underlying();
      case Integer number -> (long) number;
      case Float number -> (double) number;
      case null, default -> value;
    };
  }

  /// The name of its type in errors, and for `%T`.
  static String type(@Nullable Object value) {
    return switch (value) {
      case null -> "<nil>";
      case TemplateObject object -> object.typeName();
      case String _ -> "string";
      case Long _, Integer _ -> "int";
      case Double _, Float _ -> "float64";
      case Boolean _ -> "bool";
      case Instant _, ZonedDateTime _ -> "time.Time";
      case Duration _ -> "time.Duration";
      case List<?> list -> isOfTexts(list) ? "[]string" : "[]interface {}";
      case Map<?, ?> _ -> "map[string]string";
      default -> value.getClass().getSimpleName();
    };
  }

  private static boolean isOfTexts(List<?> list) {
    return !list.isEmpty() && list.stream().allMatch(it -> it instanceof String);
  }

  /// Whether `if` takes it as true: neither nil, false, zero nor empty.
  static boolean isTrue(@Nullable Object value) {
    return switch (plain(value)) {
      case null -> false;
      case Boolean bool -> bool;
      case String text -> !text.isEmpty();
      case Long number -> number != 0;
      case Double number -> number != 0;
      case Duration duration -> !duration.isZero();
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> true;
    };
  }

  static String text(List<@Nullable Object> arguments, int index) {
    return String.valueOf(arguments.get(index));
  }

  /// A map's keys in their order; keys that are no text are taken as their text.
  static List<String> keys(Map<?, ?> map) {
    List<String> keys = new ArrayList<>(map.size());
    map.keySet().forEach(key -> keys.add(String.valueOf(key)));
    Collections.sort(keys);
    return keys;
  }

  /// The value of a map's key, null when there is none.
  static @Nullable Object get(Map<?, ?> map, String key) {
    return map.get(key);
  }

  /// What a missing key of a map gives.
  static @Nullable Object missing(@Nullable Object map) {
    return map instanceof TemplateObject object && object.typeName().endsWith("interface {}")
        ? null
        : "";
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// How much work a value is, for the bounds; not that of what its elements hold.
  static long weight(@Nullable Object value) {
    return switch (plain(value)) {
      case String text -> text.length();
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      case null, default -> 0;
    };
  }
}
