package dev.longshore.gotemplate;

import dev.longshore.shared.units.PrometheusDurations;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What Prometheus' templates can call besides Go's own functions.
final class PrometheusFunctions {
  private static final List<Function.Type> NONE = List.of();
  private static final List<Function.Type> ANY = List.of(Function.Type.ANY);
  private static final List<Function.Type> TEXT = List.of(Function.Type.TEXT);

  private PrometheusFunctions() {}

  static Map<String, Function> all(RuleContext context) {
    Map<String, Function> all = new HashMap<>();
    all.put("query", Function.of(TEXT, (it, _) -> context.query().of(Values.text(it, 0))));
    all.put("first", Function.of(ANY, (it, _) -> first(samples(it.get(0)))));
    all.put(
        "label",
        Function.of(
            List.of(Function.Type.TEXT, Function.Type.ANY),
            (it, _) -> sample(it.get(1)).labels().getOrDefault(Values.text(it, 0), "")));
    all.put("value", Function.of(ANY, (it, _) -> sample(it.get(0)).value()));
    all.put(
        "strvalue",
        Function.of(ANY, (it, _) -> sample(it.get(0)).labels().getOrDefault("__value__", "")));
    all.put(
        "sortByLabel",
        Function.of(
            List.of(Function.Type.TEXT, Function.Type.ANY),
            (it, _) -> sorted(Values.text(it, 0), samples(it.get(1)))));
    all.put("humanize", number(Humanize::decimal));
    all.put("humanize1024", number(Humanize::binary));
    all.put("humanizeDuration", number(Humanize::duration));
    all.put("humanizePercentage", number(Humanize::percentage));
    all.put("humanizeTimestamp", number(Humanize::timestamp));
    all.put("toTime", number(Humanize::time));
    all.put("toDuration", number(Humanize::ofSeconds));
    all.put("now", Function.of(NONE, (_, _) -> context.now().toEpochMilli() / 1000.0));
    all.put("title", Function.ofText(Letters::titleFirst));
    all.put("toUpper", Function.ofText(Letters::upper));
    all.put("toLower", Function.ofText(Letters::lower));
    all.put("stripPort", Function.ofText(HostPort::withoutPort));
    all.put("stripDomain", Function.ofText(HostPort::withoutDomain));
    all.putAll(regexes());
    all.put("graphLink", Function.ofText(expression -> link(expression, 0)));
    all.put("tableLink", Function.ofText(expression -> link(expression, 1)));
    all.put("parseDuration", Function.of(TEXT, (it, _) -> duration(Values.text(it, 0))));
    all.put("urlQueryEscape", Function.ofText(Builtins::urlQuery));
    all.put("args", Function.variadic(ANY, (it, _) -> arguments(it)));
    all.put(
        "tmpl",
        Function.of(
            List.of(Function.Type.TEXT, Function.Type.ANY),
            (it, execution) -> execution.call(Values.text(it, 0), it.get(1))));
    all.put("safeHtml", Function.ofText(text -> text));
    all.put("externalURL", Function.of(NONE, (_, _) -> context.externalUrl()));
    all.put("pathPrefix", Function.of(NONE, (_, _) -> path(context.externalUrl())));
    return all;
  }

  /// `match` and `reReplaceAll`, which Alertmanager has too.
  static Map<String, Function> regexes() {
    return Map.of(
        "match",
        Function.of(
            List.of(Function.Type.TEXT, Function.Type.TEXT),
            (it, _) -> Regexes.isMatch(Values.text(it, 0), Values.text(it, 1))),
        "reReplaceAll",
        Function.of(
            List.of(Function.Type.TEXT, Function.Type.TEXT, Function.Type.TEXT),
            (it, _) ->
                Regexes.replaceAll(Values.text(it, 0), Values.text(it, 1), Values.text(it, 2))));
  }

  private interface OfNumber {
    Object of(double number) throws TemplateException;
  }

  static Function humanizeDuration() {
    return number(Humanize::duration);
  }

  private static Function number(OfNumber function) {
    return Function.of(ANY, (it, _) -> function.of(Humanize.number(it.get(0))));
  }

  private static List<QuerySample> samples(@Nullable Object value) throws TemplateException {
    if (!(value instanceof List<?> list)) {
      throw wrong("template.queryResult", value);
    }
    List<QuerySample> samples = new ArrayList<>(list.size());
    for (Object element : list) {
      samples.add(sample(element));
    }
    return samples;
  }

  private static QuerySample sample(@Nullable Object value) throws TemplateException {
    if (value instanceof QuerySample sample) {
      return sample;
    }
    throw wrong("*template.sample", value);
  }

  private static TemplateException wrong(String expected, @Nullable Object value) {
    return new TemplateException(
        "wrong type for value; expected " + expected + "; got " + Values.type(value));
  }

  private static QuerySample first(List<QuerySample> samples) throws TemplateException {
    if (samples.isEmpty()) {
      throw new TemplateException("first() called on vector with no elements");
    }
    return samples.getFirst();
  }

  private static List<QuerySample> sorted(String label, List<QuerySample> samples) {
    return samples.stream()
        .sorted(Comparator.comparing(sample -> sample.labels().getOrDefault(label, "")))
        .toList();
  }

  private static String link(String expression, int tab) {
    return "/graph?g0.expr=" + Builtins.urlQuery(expression) + "&g0.tab=" + tab;
  }

  private static double duration(String text) throws TemplateException {
    try {
      return GoTime.seconds(PrometheusDurations.parse(text));
    } catch (IllegalArgumentException e) {
      throw new TemplateException(String.valueOf(e.getMessage()));
    }
  }

  private static Object arguments(List<@Nullable Object> values) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      named.put("arg" + i, values.get(i));
    }
    return new AnyMap(named);
  }

  private static String path(String externalUrl) {
    try {
      String path = URI.create(externalUrl).getPath();
      return path == null ? "" : path;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
