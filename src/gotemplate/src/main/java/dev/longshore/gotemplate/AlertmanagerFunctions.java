package dev.longshore.gotemplate;

import dev.longshore.shared.clock.Clock;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What Alertmanager's templates can call besides Go's own functions.
final class AlertmanagerFunctions {
  private static final List<Function.Type> ANY = List.of(Function.Type.ANY);
  private static final ZoneId UTC = ZoneId.of("UTC");

  private AlertmanagerFunctions() {}

  static Map<String, Function> all(Clock clock) {
    Map<String, Function> all = new HashMap<>(PrometheusFunctions.regexes());
    all.put("toUpper", Function.ofText(Letters::upper));
    all.put("toLower", Function.ofText(Letters::lower));
    all.put("title", Function.ofText(Letters::titleOnly));
    all.put("trimSpace", Function.ofText(Letters::trimmed));
    all.put(
        "join",
        Function.of(
            List.of(Function.Type.TEXT, Function.Type.LIST),
            (it, _) -> joined(Values.text(it, 0), (List<?>) it.get(1))));
    all.put("safeHtml", Function.ofText(text -> text));
    all.put("safeUrl", Function.ofText(text -> text));
    all.put(
        "urlUnescape",
        Function.of(List.of(Function.Type.TEXT), (it, _) -> unescaped(Values.text(it, 0))));
    all.put(
        "stringSlice", Function.variadic(List.of(Function.Type.TEXT), (it, _) -> List.copyOf(it)));
    all.put(
        "date",
        Function.of(
            List.of(Function.Type.TEXT, Function.Type.TIME),
            (it, _) -> GoTime.format(time(it.get(1)), Values.text(it, 0))));
    all.put(
        "tz",
        Function.of(
            List.of(Function.Type.TEXT, Function.Type.TIME),
            (it, _) -> time(it.get(1)).withZoneSameInstant(zone(Values.text(it, 0)))));
    all.put(
        "since",
        Function.of(
            List.of(Function.Type.TIME),
            (it, _) -> Duration.between(time(it.get(0)).toInstant(), clock.now())));
    all.put("now", Function.of(List.of(), (_, _) -> clock.now()));
    all.put("humanizeDuration", PrometheusFunctions.humanizeDuration());
    all.put("toJson", Function.of(ANY, (it, _) -> Json.text(it.getFirst())));
    all.put("list", Function.variadic(ANY, (it, _) -> new ArrayList<>(it)));
    all.put(
        "append",
        Function.variadic(List.of(Function.Type.ANY, Function.Type.ANY), (it, _) -> appended(it)));
    all.put("dict", Function.variadic(ANY, (it, _) -> dictionary(it)));
    return all;
  }

  private static String joined(String separator, List<?> list) throws TemplateException {
    Output out = new Output();
    for (int i = 0; i < list.size(); i++) {
      if (!(Values.plain(list.get(i)) instanceof String text)) {
        throw new TemplateException(
            "wrong type for value; expected []string; got a "
                + Values.type(list.get(i))
                + " in it");
      }
      out.append(i > 0 ? separator : "").append(text);
    }
    return out.toString();
  }

  private static String unescaped(String text) throws TemplateException {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new TemplateException("invalid URL escape in " + Quote.quote(text));
    }
  }

  private static ZonedDateTime time(@Nullable Object time) throws TemplateException {
    return switch (time) {
      case Instant instant -> instant.atZone(UTC);
      case ZonedDateTime zoned -> zoned;
      case null, default -> throw new TemplateException("expected time.Time");
    };
  }

  private static ZoneId zone(String name) throws TemplateException {
    try {
      return switch (name) {
        case "" -> UTC;
        case "Local" -> ZoneId.systemDefault();
        default -> ZoneId.of(name);
      };
    } catch (DateTimeException e) {
      throw new TemplateException(
          "unknown time zone " + name + "; write an IANA name such as Europe/Berlin");
    }
  }

  private static List<@Nullable Object> appended(List<@Nullable Object> arguments)
      throws TemplateException {
    Object first = Values.plain(arguments.getFirst());
    if (first != null && !(first instanceof List<?>)) {
      throw new TemplateException(
          "append expects a list first, and got " + Values.type(arguments.getFirst()));
    }
    List<@Nullable Object> list = new ArrayList<>(first instanceof List<?> it ? it : List.of());
    list.addAll(arguments.subList(1, arguments.size()));
    return list;
  }

  private static Object dictionary(List<@Nullable Object> arguments) throws TemplateException {
    if (arguments.size() % 2 != 0) {
      throw new TemplateException("dict expects an even number of arguments");
    }
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      if (!(Values.plain(arguments.get(i)) instanceof String key)) {
        throw new TemplateException("dict keys must be strings");
      }
      map.put(key, arguments.get(i + 1));
    }
    return new AnyMap(map);
  }
}
