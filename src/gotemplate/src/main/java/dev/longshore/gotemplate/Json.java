package dev.longshore.gotemplate;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Values as Go's `encoding/json` writes them, within a bound.
final class Json {
  private static final int MAX_DEPTH = 50;

  private Json() {}

  static String text(@Nullable Object value) throws TemplateException {
    Output out = new Output();
    write(value, out, 0);
    return out.toString();
  }

  private static void write(@Nullable Object given, Output out, int depth)
      throws TemplateException {
    if (depth > MAX_DEPTH) {
      throw Bounds.exceeded("it writes JSON nested deeper than " + MAX_DEPTH + " levels");
    }
    Object value = Values.plain(given instanceof TemplateObject object ? object.json() : given);
    switch (value) {
      case null -> out.append("null");
      case Boolean bool -> out.append(bool.toString());
      case Long number -> out.append(number.toString());
      case Double number -> number(number, out);
      case Duration duration -> out.append(Long.toString(GoTime.nanos(duration)));
      case Instant instant -> time(instant.atZone(ZoneOffset.UTC), out);
      case ZonedDateTime time -> time(time, out);
      case List<?> list -> {
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
          out.append(i > 0 ? "," : "");
          write(list.get(i), out, depth + 1);
        }
        out.append(']');
      }
      case Map<?, ?> map -> {
        out.append('{');
        String separator = "";
        for (String key : isStruct(given) ? fields(map) : Values.keys(map)) {
          out.append(separator);
          string(key, out);
          out.append(':');
          write(Values.get(map, key), out, depth + 1);
          separator = ",";
        }
        out.append('}');
      }
      default -> string(value.toString(), out);
    }
  }

  private static boolean isStruct(@Nullable Object value) {
    return value instanceof TemplateObject object && !(object.underlying() instanceof Map<?, ?>);
  }

  /// In the order of the struct's fields; the keys of a map are sorted.
  private static List<String> fields(Map<?, ?> struct) {
    return struct.keySet().stream().map(String::valueOf).toList();
  }

  private static void time(ZonedDateTime time, Output out) throws TemplateException {
    string(GoTime.format(time, "2006-01-02T15:04:05.999999999Z07:00"), out);
  }

  private static void number(double number, Output out) throws TemplateException {
    if (!Double.isFinite(number)) {
      throw new TemplateException("json: unsupported value: " + Floats.shortest(number));
    }
    double magnitude = Math.abs(number);
    boolean plain = magnitude == 0 || (magnitude >= 1e-6 && magnitude < 1e21);
    if (plain) {
      BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
      boolean negativeZero = number == 0 && Math.copySign(1, number) < 0;
      out.append(negativeZero ? "-" : "").append(decimal.toPlainString());
    } else {
      out.append(Floats.shortest(number).replaceAll("e-0(\\d)$", "e-$1"));
    }
  }

  private static void string(String text, Output out) throws TemplateException {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '<', '>', '&', '\u2028', '\u2029' -> out.append("\\u%04x".formatted((int) c));
        default -> out.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
      }
    }
    out.append('"');
  }
}
