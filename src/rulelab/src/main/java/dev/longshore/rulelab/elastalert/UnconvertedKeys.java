package dev.longshore.rulelab.elastalert;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keys of a rule that are not converted: those of how ElastAlert works, of which nothing need be
/// said; those that something else here does; those without which the rule would mean something
/// else.
final class UnconvertedKeys {

  /// Keys that say how ElastAlert works, not what the rule means.
  private static final Set<String> OF_ELASTALERT =
      Set.of(
          "ca_certs",
          "client_cert",
          "client_key",
          "es_api_key",
          "es_bearer",
          "es_conn_timeout",
          "es_host",
          "es_hosts",
          "es_password",
          "es_port",
          "es_send_get_body_as",
          "es_url_prefix",
          "es_username",
          "use_ssl",
          "verify_certs",
          "ssl_show_warn",
          "aws_region",
          "profile",
          "run_every",
          "max_query_size",
          "max_scrolling_count",
          "use_count_query",
          "use_terms_query",
          "doc_type",
          "doc_types",
          "terms_size",
          "window_step_size",
          "use_keyword_postfix",
          "scan_entire_timeframe",
          "is_enabled",
          "include",
          "_source_enabled",
          "attach_related",
          "owner",
          "timestamp_type",
          "sync_bucket_interval",
          "use_run_every_query_size",
          "allow_buffer_time_overlap",
          "percentage_format_string",
          "metric_format_string",
          "rule_id");

  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          Map.entry(
              "realert",
              "an alert is one incident here; repeat_interval of its route says when it is told"
                  + " again"),
          Map.entry(
              "exponential_realert",
              "an alert is one incident here; repeat_interval of its route says when it is told"
                  + " again"),
          Map.entry("aggregation", "group_by and group_interval of the route group alerts"),
          Map.entry("aggregation_key", "group_by and group_interval of the route group alerts"),
          Map.entry(
              "aggregate_by_match_time", "group_by and group_interval of the route group alerts"),
          Map.entry(
              "limit_execution",
              "the rule is evaluated at any time; write active_time_intervals on its route"),
          Map.entry(
              "match_enhancements",
              "they may drop or change what is found, and do not run here; write what they do into"
                  + " the query"),
          Map.entry(
              "alertmanager_fields",
              "labels of the line's fields; write the fields as by, and route by their labels"),
          Map.entry("top_count_keys", "a message lists its alerts; write the fields as by"),
          Map.entry(
              "generate_kibana_discover_url", "messages link to Kibana where kibana.url is set"),
          Map.entry("buffer_time", "within is the rule's timeframe"));

  /// Options that change what a rule finds, by their key; none of them has a counterpart.
  private static final Map<String, String> OF_MEANING =
      Map.of(
          "field_value", "a spike of a field's figures: rules count lines; write a metric rule",
          "metric_agg_script", "rules compute on fields alone",
          "filter_by_list", "write the listed values into the query",
          "timestamp_format", "rules go by @timestamp alone",
          "timestamp_format_expr", "rules go by @timestamp alone",
          "esql", "rules ask in Lucene's syntax",
          "eql", "rules ask in Lucene's syntax");

  private UnconvertedKeys() {}

  /// What is to be known of a key that was not converted; null when there is nothing to say.
  static @Nullable String note(String key) {
    if (OF_ELASTALERT.contains(key)) {
      return null;
    }
    String instead = INSTEAD.get(key);
    if (instead != null) {
      return key + ": " + instead;
    }
    if (key.equals("alert") || key.equals("alerters") || isOfAnAlerter(key)) {
      return key + ": the routing file says who is told";
    }
    return key + " has no counterpart and was left out";
  }

  private static boolean isOfAnAlerter(String key) {
    return key.startsWith("slack_")
        || key.startsWith("alertmanager_")
        || key.startsWith("email")
        || key.startsWith("smtp_")
        || key.startsWith("pagerduty_")
        || key.startsWith("opsgenie_")
        || key.startsWith("ms_teams_")
        || key.startsWith("telegram_")
        || key.startsWith("http_post");
  }

  /// Why a rule with this key can't be converted; null when it can.
  static @Nullable String meaning(String key, @Nullable Object value) {
    String why = OF_MEANING.get(key);
    if (why == null || (key.equals("filter_by_list") && Yaml.isTrue(value))) {
      return null;
    }
    return key + ": " + why;
  }
}
