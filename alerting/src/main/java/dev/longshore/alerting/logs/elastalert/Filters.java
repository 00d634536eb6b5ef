package dev.longshore.alerting.logs.elastalert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// From Elasticsearch's query objects, as ElastAlert's `filter` has them, to one query in Lucene's
/// syntax.
final class Filters {
  private Filters() {}

  /// All of a list must match; `*` for none.
  static String query(Object filter) throws UnconvertibleException {
    List<String> parts = all(filter);
    return parts.isEmpty() ? "*" : String.join(" AND ", parts);
  }

  /// One of the values of a field.
  static String oneOf(String field, List<?> values) {
    List<String> quoted = new ArrayList<>();
    values.forEach(it -> quoted.add(quoted(it)));
    return name(field) + ":(" + String.join(" OR ", quoted) + ")";
  }

  static String exists(String field) {
    return "_exists_:" + name(field);
  }

  private static List<String> all(Object filters) throws UnconvertibleException {
    List<String> parts = new ArrayList<>();
    for (Object filter : filters instanceof List<?> list ? list : List.of(filters)) {
      parts.add(one(filter));
    }
    return parts;
  }

  private static String one(Object filter) throws UnconvertibleException {
    if (!(filter instanceof Map<?, ?> map) || map.size() != 1) {
      throw new UnconvertibleException("a filter is not one query: " + filter);
    }
    Map.Entry<?, ?> entry = map.entrySet().iterator().next();
    Object body = entry.getValue();
    return switch (String.valueOf(entry.getKey())) {
      case "query" -> one(body);
      case "query_string" -> queryString(body);
      case "term", "match", "match_phrase" -> term(body);
      case "terms" -> terms(body);
      case "wildcard", "prefix" -> wildcard(entry.getKey().equals("prefix"), body);
      case "exists" -> exists(String.valueOf(map(body).get("field")));
      case "range" -> range(body);
      case "and" -> "(" + String.join(" AND ", all(body)) + ")";
      case "or" -> "(" + String.join(" OR ", all(body)) + ")";
      case "not" -> "(NOT " + one(body instanceof List<?> list ? list.getFirst() : body) + ")";
      case "bool" -> bool(map(body));
      default ->
          throw new UnconvertibleException("there is no counterpart to the filter " + filter);
    };
  }

  private static Map<?, ?> map(Object body) throws UnconvertibleException {
    if (body instanceof Map<?, ?> map) {
      return map;
    }
    throw new UnconvertibleException("a filter is no mapping: " + body);
  }

  private static String queryString(Object body) throws UnconvertibleException {
    Map<?, ?> map = map(body);
    Object query = map.get("query");
    if (query == null || map.size() > 1) {
      throw new UnconvertibleException("query_string with more than a query: " + body);
    }
    return "(" + query + ")";
  }

  private static Map.Entry<String, Object> single(Object body) throws UnconvertibleException {
    Map<?, ?> map = map(body);
    if (map.size() != 1) {
      throw new UnconvertibleException("a filter of more than one field: " + body);
    }
    Map.Entry<?, ?> entry = map.entrySet().iterator().next();
    return Map.entry(String.valueOf(entry.getKey()), entry.getValue());
  }

  private static String term(Object body) throws UnconvertibleException {
    Map.Entry<String, Object> field = single(body);
    Object value = field.getValue();
    if (value instanceof Map<?, ?> map) {
      value = map.containsKey("value") ? map.get("value") : map.get("query");
    }
    if (value == null || value instanceof Map || value instanceof List) {
      throw new UnconvertibleException("a filter without a value: " + body);
    }
    return name(field.getKey()) + ":" + quoted(value);
  }

  private static String terms(Object body) throws UnconvertibleException {
    Map.Entry<String, Object> field = single(body);
    if (field.getValue() instanceof List<?> values && !values.isEmpty()) {
      return oneOf(field.getKey(), values);
    }
    throw new UnconvertibleException("terms without values: " + body);
  }

  private static String wildcard(boolean prefix, Object body) throws UnconvertibleException {
    Map.Entry<String, Object> field = single(body);
    Object value = field.getValue() instanceof Map<?, ?> map ? map.get("value") : field.getValue();
    String text = String.valueOf(value).replaceAll("([\\\\+\\-!(){}\\[\\]^\"~:/&| ])", "\\\\$1");
    return name(field.getKey()) + ":" + text + (prefix ? "*" : "");
  }

  private static String range(Object body) throws UnconvertibleException {
    Map.Entry<String, Object> field = single(body);
    Map<?, ?> limits = map(field.getValue());
    boolean openBelow = limits.containsKey("gt");
    boolean openAbove = limits.containsKey("lt");
    Object from = first(limits, "gte", "gt", "from");
    Object to = first(limits, "lte", "lt", "to");
    return name(field.getKey())
        + ":"
        + (openBelow ? "{" : "[")
        + from
        + " TO "
        + to
        + (openAbove ? "}" : "]");
  }

  private static Object first(Map<?, ?> map, String... keys) {
    for (String key : keys) {
      Object value = map.get(key);
      if (value != null) {
        return value instanceof String ? quoted(value) : value;
      }
    }
    return "*";
  }

  private static String bool(Map<?, ?> bool) throws UnconvertibleException {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<?, ?> clause : bool.entrySet()) {
      List<String> queries = all(clause.getValue());
      switch (String.valueOf(clause.getKey())) {
        case "must", "filter" -> parts.addAll(queries);
        case "should" -> parts.add("(" + String.join(" OR ", queries) + ")");
        case "must_not" -> queries.forEach(it -> parts.add("(NOT " + it + ")"));
        default ->
            throw new UnconvertibleException("there is no counterpart to bool." + clause.getKey());
      }
    }
    // Beside `must`, `should` says nothing about what is found.
    if (bool.containsKey("should") && (bool.containsKey("must") || bool.containsKey("filter"))) {
      throw new UnconvertibleException("`should` beside `must` in a filter");
    }
    return "(" + String.join(" AND ", parts) + ")";
  }

  private static String name(String field) {
    return field.replaceAll("([\\\\+\\-!(){}\\[\\]^\"~:/&| ])", "\\\\$1");
  }

  private static String quoted(Object value) {
    return '"' + String.valueOf(value).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
