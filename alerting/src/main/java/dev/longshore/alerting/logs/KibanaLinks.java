package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.LogCondition;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Links into Kibana's Discover, through its redirect of locators (`/app/r`), which knows a data
/// view by its pattern.
public final class KibanaLinks {

  /// Slack takes no longer one.
  private static final int MAX_CHARACTERS = 3_000;

  /// The version of the locator's parameters, which migrations go by.
  private static final String VERSION = "8.19.0";

  private final @Nullable URI kibana;

  /// @param kibana where people reach Kibana; null when links to it are not wanted
  public KibanaLinks(@Nullable URI kibana) {
    this.kibana = kibana;
  }

  /// Lines of a rule; empty without Kibana, or when it would be too long.
  ///
  /// @param key only lines with these values
  /// @param from a time, or Kibana's words such as `now-15m`
  String discover(LogCondition condition, Labels key, String from, String to) {
    return discover(condition.index(), query(condition, key), from, to);
  }

  /// Lines that a query finds; empty without Kibana, or when it would be too long.
  ///
  /// @param index an index, a data stream, or a pattern
  /// @param query in Lucene's syntax
  /// @param from a time, or Kibana's words such as `now-15m`
  public String discover(String index, String query, String from, String to) {
    if (kibana == null) {
      return "";
    }
    ObjectNode parameters = Searches.JSON.createObjectNode();
    parameters
        .putObject("timeRange")
        .put("from", from)
        .put("to", to)
        .put("mode", from.startsWith("now") ? "relative" : "absolute");
    parameters.putObject("query").put("language", "lucene").put("query", query);
    parameters.putObject("dataViewSpec").put("title", index).put("timeFieldName", Searches.TIME);
    parameters.putArray("columns").add("service.name").add("message");
    String url =
        kibana
            + "/app/r?l=DISCOVER_APP_LOCATOR&v="
            + VERSION
            + "&p="
            + URLEncoder.encode(parameters.toString(), StandardCharsets.UTF_8);
    return url.length() > MAX_CHARACTERS ? "" : url;
  }

  /// The rule's query, narrowed to a key.
  static String query(LogCondition condition, Labels key) {
    StringBuilder query = new StringBuilder();
    for (String field : condition.keys()) {
      String value = key.get(LogCondition.label(field));
      if (!value.isEmpty()) {
        query.append(" AND ").append(name(field)).append(':').append(quoted(value));
      }
    }
    return query.isEmpty() ? condition.query() : "(" + condition.query() + ")" + query;
  }

  /// A value as a phrase of Lucene's syntax.
  public static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /// A field's name as Lucene's syntax has it.
  private static String name(String field) {
    return field.replaceAll("([\\\\+\\-!(){}\\[\\]^\"~:/&|])", "\\\\$1");
  }
}
