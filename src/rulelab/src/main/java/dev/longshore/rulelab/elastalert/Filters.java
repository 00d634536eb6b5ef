package dev.longshore.rulelab.elastalert;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From Elasticsearch's query objects, as ElastAlert's `filter` has them, to one query in Lucene's
/// syntax that finds the same. An option that changes what is found is converted or refused by its
/// name; what only changes the score (`boost`) says nothing here.
final class Filters {

  /// Options of a query that change the score alone, or nothing that can be seen.
  private static final Set<String> OF_SCORE =
      Set.of("boost", "_name", "adjust_pure_negative", "rewrite", "lenient", "tie_breaker");

  private Filters() {}

  /// All of a list must match; `*` for none.
  static String query(Object filter) throws UnconvertibleException {
    List<String> parts = all(filter);
    return parts.isEmpty() ? Lucene.ALL : String.join(" AND ", parts);
  }

  private static List<String> all(@Nullable Object filters) throws UnconvertibleException {
    List<String> parts = new ArrayList<>();
    for (Object filter : filters instanceof List<?> list ? list : List.of(given(filters))) {
      parts.add(one(filter));
    }
    return parts;
  }

  private static Object given(@Nullable Object value) throws UnconvertibleException {
    if (value == null) {
      throw new UnconvertibleException("a filter without a value");
    }
    return value;
  }

  private static String one(@Nullable Object filter) throws UnconvertibleException {
    if (!(filter instanceof Map<?, ?> map) || map.size() != 1) {
      throw new UnconvertibleException("a filter is not one query: " + filter);
    }
    Map.Entry<?, ?> entry = map.entrySet().iterator().next();
    Object body = entry.getValue();
    String kind = String.valueOf(entry.getKey());
    return switch (kind) {
      case "query" -> one(body);
      case "constant_score" -> one(options("constant_score", body, "filter").get("filter"));
      case "match_all" -> Lucene.ALL;
      case "query_string" -> queryString(body);
      case "term" -> term(body);
      case "match" -> match(body);
      case "match_phrase" -> phrase(body);
      case "multi_match" -> multiMatch(body);
      case "terms" -> terms(body);
      case "wildcard", "prefix" -> pattern(kind, body);
      case "regexp" -> regex(body);
      case "exists" -> exists(body);
      case "missing" -> Lucene.not(exists(body));
      case "range" -> range(body);
      case "and" -> Lucene.all(some(kind, body));
      case "or" -> Lucene.any(some(kind, body));
      case "not" -> Lucene.not(Lucene.all(some(kind, body)));
      case "bool" -> bool(map(body));
      default ->
          throw new UnconvertibleException("there is no counterpart to the filter " + filter);
    };
  }

  private static List<String> some(String kind, @Nullable Object body)
      throws UnconvertibleException {
    List<String> parts = all(body);
    if (parts.isEmpty()) {
      throw new UnconvertibleException("`" + kind + "` without a filter");
    }
    return parts;
  }

  private static Map<?, ?> map(@Nullable Object body) throws UnconvertibleException {
    if (body instanceof Map<?, ?> map) {
      return map;
    }
    throw new UnconvertibleException("a filter is no mapping: " + body);
  }

  /// The options of a query, of which it has no others that change what is found.
  private static Map<?, ?> options(String query, @Nullable Object body, String... known)
      throws UnconvertibleException {
    Map<?, ?> options = map(body);
    for (Object key : options.keySet()) {
      String name = String.valueOf(key);
      if (!List.of(known).contains(name) && !OF_SCORE.contains(name)) {
        throw new UnconvertibleException(
            "there is no counterpart to " + query + "'s option " + name + ": " + body);
      }
    }
    return options;
  }

  private static String exists(@Nullable Object body) throws UnconvertibleException {
    return Lucene.exists(text(options("exists", body, "field").get("field"), body));
  }

  /// Log rules ask with `analyze_wildcard` and `default_operator: OR`, as Kibana does.
  private static String queryString(@Nullable Object body) throws UnconvertibleException {
    Map<?, ?> map =
        options(
            "query_string",
            body,
            "query",
            "analyze_wildcard",
            "default_field",
            "fields",
            "default_operator",
            "allow_leading_wildcard");
    String query = text(map.get("query"), body);
    if (query.isBlank()) {
      throw new UnconvertibleException("query_string's query is empty, and finds nothing");
    }
    Object operator = map.get("default_operator");
    if (operator != null
        && !String.valueOf(operator).equalsIgnoreCase("or")
        && query.strip().matches("(?s).*\\s.*")) {
      throw new UnconvertibleException(
          "query_string's option default_operator: write its "
              + operator
              + " between the words of "
              + query);
    }
    Object field = map.get("default_field");
    if (map.get("fields") instanceof List<?> fields) {
      if (fields.size() != 1 || field != null) {
        throw new UnconvertibleException(
            "there is no counterpart to query_string's option fields: " + body);
      }
      field = fields.getFirst();
    }
    return field == null || field.equals("*") || field.equals("_all")
        ? "(" + query + ")"
        : Lucene.name(String.valueOf(field)) + ":(" + query + ")";
  }

  /// The only field of a query, with what is said of it.
  private record Field(String name, Map<?, ?> options) {
    Object value(String... keys) throws UnconvertibleException {
      for (String key : keys) {
        Object value = options.get(key);
        if (value != null && !(value instanceof Map) && !(value instanceof List)) {
          return value;
        }
      }
      throw new UnconvertibleException("a filter without a value: " + name + ": " + options);
    }

    boolean is(String option) {
      return "true".equals(String.valueOf(options.get(option)));
    }
  }

  /// @param key under which a value stands that is written without a mapping
  private static Field field(
      String query, @Nullable Object body, String key, String... knownOptions)
      throws UnconvertibleException {
    Map<?, ?> map = map(body);
    List<Map.Entry<?, ?>> fields = new ArrayList<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!OF_SCORE.contains(String.valueOf(entry.getKey()))) {
        fields.add(entry);
      }
    }
    if (fields.size() != 1) {
      throw new UnconvertibleException("a filter of more than one field: " + body);
    }
    Object said = fields.getFirst().getValue();
    Map<?, ?> options =
        said instanceof Map<?, ?> it ? it : said == null ? Map.of() : Map.of(key, said);
    return new Field(
        String.valueOf(fields.getFirst().getKey()), options(query, options, knownOptions));
  }

  private static String term(@Nullable Object body) throws UnconvertibleException {
    Field field = field("term", body, "value", "value", "term", "case_insensitive");
    Object value = field.value("value", "term");
    return field.is("case_insensitive")
        ? Lucene.regex(field.name, Lucene.ignoringCase(String.valueOf(value), false))
        : Lucene.phrase(field.name, value);
  }

  private static String match(@Nullable Object body) throws UnconvertibleException {
    Field field =
        field("match", body, "query", "query", "operator", "minimum_should_match", "type");
    String text = String.valueOf(field.value("query"));
    Object type = field.options.get("type");
    if (type != null && !type.equals("boolean")) {
      if (!type.equals("phrase")) {
        throw new UnconvertibleException("there is no counterpart to match's type " + type);
      }
      return Lucene.phrase(field.name, text);
    }
    return words(field.name, text, field.options);
  }

  private static String words(String field, String text, Map<?, ?> options)
      throws UnconvertibleException {
    Object least = options.get("minimum_should_match");
    boolean all = "and".equalsIgnoreCase(String.valueOf(options.get("operator")));
    if (least != null && !String.valueOf(least).equals("1")) {
      if (!String.valueOf(least).equals("100%")) {
        throw new UnconvertibleException(
            "there is no counterpart to match's minimum_should_match: " + least);
      }
      all = true;
    }
    return all ? Lucene.matchAll(field, text) : Lucene.match(field, text);
  }

  private static String phrase(@Nullable Object body) throws UnconvertibleException {
    Field field = field("match_phrase", body, "query", "query", "slop");
    Object slop = field.options.get("slop");
    String phrase = Lucene.phrase(field.name, field.value("query"));
    return slop == null || String.valueOf(slop).equals("0") ? phrase : phrase + "~" + slop;
  }

  private static String multiMatch(@Nullable Object body) throws UnconvertibleException {
    Map<?, ?> map = options("multi_match", body, "query", "fields", "type", "operator");
    String text = text(map.get("query"), body);
    String type = map.get("type") == null ? "best_fields" : String.valueOf(map.get("type"));
    if (!(map.get("fields") instanceof List<?> fields)
        || fields.isEmpty()
        || fields.stream().anyMatch(it -> String.valueOf(it).contains("*"))
        || !Set.of("best_fields", "most_fields", "phrase").contains(type)) {
      throw new UnconvertibleException(
          "there is no counterpart to the filter multi_match: " + body);
    }
    List<String> clauses = new ArrayList<>();
    for (Object it : fields) {
      String field = String.valueOf(it).replaceFirst("\\^[0-9.]+$", "");
      clauses.add(type.equals("phrase") ? Lucene.phrase(field, text) : words(field, text, map));
    }
    return Lucene.any(clauses);
  }

  private static String terms(@Nullable Object body) throws UnconvertibleException {
    Map<?, ?> map = map(body);
    List<String> clauses = new ArrayList<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (OF_SCORE.contains(String.valueOf(entry.getKey()))) {
        continue;
      }
      if (!(entry.getValue() instanceof List<?> values) || values.isEmpty()) {
        throw new UnconvertibleException("terms without values: " + body);
      }
      clauses.add(Lucene.oneOf(String.valueOf(entry.getKey()), values));
    }
    if (clauses.size() != 1) {
      throw new UnconvertibleException("a filter of more than one field: " + body);
    }
    return clauses.getFirst();
  }

  private static String pattern(String kind, @Nullable Object body) throws UnconvertibleException {
    boolean prefix = kind.equals("prefix");
    Field field = field(kind, body, "value", "value", kind, "case_insensitive");
    String text = String.valueOf(field.value("value", kind));
    if (field.is("case_insensitive")) {
      return Lucene.regex(field.name, Lucene.ignoringCase(text, !prefix) + (prefix ? ".*" : ""));
    }
    return prefix ? Lucene.prefix(field.name, text) : Lucene.wildcard(field.name, text);
  }

  private static String regex(@Nullable Object body) throws UnconvertibleException {
    Field field = field("regexp", body, "value", "value");
    return Lucene.regex(field.name, String.valueOf(field.value("value")));
  }

  private static String range(@Nullable Object body) throws UnconvertibleException {
    Field field =
        field(
            "range",
            body,
            "value",
            "gt",
            "gte",
            "lt",
            "lte",
            "from",
            "to",
            "include_lower",
            "include_upper");
    Map<?, ?> limits = field.options;
    boolean openBelow = limits.containsKey("gt") || isFalse(limits.get("include_lower"));
    boolean openAbove = limits.containsKey("lt") || isFalse(limits.get("include_upper"));
    return Lucene.name(field.name)
        + ":"
        + (openBelow ? "{" : "[")
        + limit(limits, "gte", "gt", "from")
        + " TO "
        + limit(limits, "lte", "lt", "to")
        + (openAbove ? "}" : "]");
  }

  private static boolean isFalse(@Nullable Object value) {
    return "false".equals(String.valueOf(value));
  }

  private static String limit(Map<?, ?> map, String... keys) {
    for (String key : keys) {
      Object value = map.get(key);
      if (value != null) {
        return value instanceof Number ? value.toString() : Lucene.quoted(value);
      }
    }
    return "*";
  }

  private static String bool(Map<?, ?> bool) throws UnconvertibleException {
    List<String> parts = new ArrayList<>();
    List<String> should = List.of();
    Object least = bool.get("minimum_should_match");
    for (Map.Entry<?, ?> clause : bool.entrySet()) {
      String name = String.valueOf(clause.getKey());
      switch (name) {
        case "must", "filter" -> parts.addAll(all(clause.getValue()));
        case "should" -> should = all(clause.getValue());
        case "must_not" -> all(clause.getValue()).forEach(it -> parts.add(Lucene.not(it)));
        case "minimum_should_match" -> {}
        default -> {
          if (!OF_SCORE.contains(name)) {
            throw new UnconvertibleException("there is no counterpart to bool." + name);
          }
        }
      }
    }
    boolean besideMust = bool.containsKey("must") || bool.containsKey("filter");
    if (!should.isEmpty()) {
      parts.addAll(should(should, least, besideMust));
    }
    return parts.isEmpty() ? Lucene.ALL : Lucene.all(parts);
  }

  /// Beside `must`, `should` says nothing about what is found, unless so many of it must match.
  private static Collection<String> should(
      List<String> clauses, @Nullable Object least, boolean besideMust)
      throws UnconvertibleException {
    String wanted = least == null ? "" : String.valueOf(least);
    if (wanted.isEmpty() && besideMust) {
      throw new UnconvertibleException(
          "`should` beside `must` in a filter: write how many of it must match as"
              + " minimum_should_match, or remove it");
    }
    if (wanted.equals("0") && besideMust) {
      return List.of();
    }
    if (wanted.isEmpty() || wanted.equals("1")) {
      return List.of(Lucene.any(clauses));
    }
    if (wanted.equals("100%") || wanted.equals(Integer.toString(clauses.size()))) {
      return clauses;
    }
    throw new UnconvertibleException(
        "there is no counterpart to bool's minimum_should_match: " + wanted);
  }

  private static String text(@Nullable Object value, @Nullable Object body)
      throws UnconvertibleException {
    if (value == null || value instanceof Map || value instanceof List) {
      throw new UnconvertibleException("a filter without a value: " + body);
    }
    return String.valueOf(value);
  }
}
