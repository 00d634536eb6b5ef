package dev.longshore.alerting.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.eval.RuleGroupView;
import dev.longshore.alerting.eval.RuleGroupView.ActiveAlertView;
import dev.longshore.alerting.eval.RuleGroupView.AlertingRuleView;
import dev.longshore.alerting.eval.RuleGroupView.RecordingRuleView;
import dev.longshore.alerting.eval.RuleGroupView.RuleView;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRequest;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.runtime.BuildInfo;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Surface;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Prometheus' API of rules and of the alerts that they raise, `/api/v1/rules` and
/// `/api/v1/alerts`, so that Grafana and others show Longshore's rules beside Prometheus' own.
/// Objects, filters and errors are those of Prometheus 3; `query` is the text of the file, which
/// Prometheus formats anew.
public final class RulesApi {
  /// The version of Prometheus whose API this is; clients decide by it what they ask.
  private static final String PROMETHEUS_VERSION = "3.5.0";

  /// Go's zero time, for "never".
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private final Loop loop;
  private final Supplier<List<RuleGroupView>> groups;

  /// @param groups called on the loop
  public RulesApi(Loop loop, Supplier<List<RuleGroupView>> groups) {
    this.loop = loop;
    this.groups = groups;
  }

  /// Adds the routes to a server.
  ///
  /// @param prefix empty, or begins with a slash and does not end with one
  public void addTo(OpsServer server, String prefix) {
    String v1 = prefix + "/api/v1/";
    server.route(v1 + "rules", Set.of("GET"), 0, Need.read(Surface.API), this::rules);
    server.route(
        v1 + "alerts",
        Set.of("GET", "POST"),
        Api.MAX_BODY_BYTES,
        Need.read(Surface.API),
        request -> request.method().equals("POST") ? Api.v1IsGone(prefix) : alerts());
    server.route(
        v1 + "status/buildinfo", Set.of("GET"), 0, Need.read(Surface.API), _ -> buildInfo());
  }

  private OpsReply rules(OpsRequest request) throws ExecutionException, InterruptedException {
    Filter filter;
    GroupPage page;
    List<RuleGroupView> shown;
    try {
      Query query = new Query(request.query());
      filter = Filter.of(query);
      page = GroupPage.of(query);
      shown =
          page.onwards(loop.call(groups::get)).stream()
              .filter(it -> !filter.of(it).isEmpty())
              .toList();
    } catch (ApiException e) {
      return badData(String.valueOf(e.getMessage()));
    }
    String next = page.next(shown);
    return success(
        json -> {
          json.writeArrayFieldStart("groups");
          for (RuleGroupView group : next == null ? shown : shown.subList(0, page.limit())) {
            group(json, group, filter.of(group), filter.withAlerts);
          }
          json.writeEndArray();
          if (next != null) {
            json.writeStringField("groupNextToken", next);
          }
        });
  }

  private OpsReply alerts() throws ExecutionException, InterruptedException {
    List<RuleGroupView> all = loop.call(groups::get);
    return success(
        json -> {
          json.writeArrayFieldStart("alerts");
          for (RuleGroupView group : all) {
            for (RuleView rule : group.rules()) {
              if (rule instanceof AlertingRuleView alerting) {
                for (ActiveAlertView alert : alerting.alerts()) {
                  alert(json, alert);
                }
              }
            }
          }
          json.writeEndArray();
        });
  }

  private static OpsReply buildInfo() {
    return success(
        json -> {
          json.writeStringField("version", PROMETHEUS_VERSION);
          json.writeStringField("revision", BuildInfo.current().revision());
          json.writeStringField("branch", "longshore");
          json.writeStringField("buildUser", "");
          json.writeStringField("buildDate", "");
          json.writeStringField("goVersion", "");
        });
  }

  private static OpsReply success(ApiJson.Writing data) {
    return ApiJson.reply(
        200,
        json -> {
          json.writeStartObject();
          json.writeStringField("status", "success");
          json.writeObjectFieldStart("data");
          data.write(json);
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  private static OpsReply badData(String error) {
    return ApiJson.reply(
        400,
        json -> {
          json.writeStartObject();
          json.writeStringField("status", "error");
          json.writeStringField("errorType", "bad_data");
          json.writeStringField("error", error);
          json.writeEndObject();
        });
  }

  /// What of the rules is asked for.
  ///
  /// @param sets a rule's labels must match all of one of them; any when there is none
  private record Filter(
      boolean alerting,
      boolean recording,
      boolean withAlerts,
      Set<String> names,
      Set<String> groupNames,
      Set<String> files,
      List<List<Matcher>> sets) {

    static Filter of(Query query) throws ApiException {
      String type = query.text("type");
      String kind = type == null ? "" : type.toLowerCase(Locale.ROOT);
      if (!Set.of("", "alert", "record").contains(kind)) {
        throw new ApiException(
            400, "invalid parameter \"type\": not supported value \"" + kind + "\"");
      }
      List<List<Matcher>> sets = new ArrayList<>();
      for (String selector : query.texts("match[]")) {
        sets.add(selector(selector));
      }
      return new Filter(
          !kind.equals("record"),
          !kind.equals("alert"),
          !isTrue(query.text("exclude_alerts")),
          new HashSet<>(query.texts("rule_name[]")),
          new HashSet<>(query.texts("rule_group[]")),
          new HashSet<>(query.texts("file[]")),
          sets);
    }

    private static boolean isTrue(@Nullable String text) throws ApiException {
      return switch (text == null ? "" : text) {
        case "1", "t", "T", "TRUE", "true", "True" -> true;
        case "", "0", "f", "F", "FALSE", "false", "False" -> false;
        default ->
            throw new ApiException(
                400,
                "invalid parameter \"exclude_alerts\": strconv.ParseBool: parsing \""
                    + text
                    + "\": invalid syntax");
      };
    }

    private static List<Matcher> selector(String text) throws ApiException {
      try {
        return SeriesSelector.parse(text);
      } catch (IllegalArgumentException e) {
        throw new ApiException(400, "invalid parameter \"match[]\": " + e.getMessage());
      }
    }

    List<RuleView> of(RuleGroupView group) {
      if ((!groupNames.isEmpty() && !groupNames.contains(group.name()))
          || (!files.isEmpty() && !files.contains(group.file()))) {
        return List.of();
      }
      return group.rules().stream().filter(this::has).toList();
    }

    private boolean has(RuleView rule) {
      Labels labels =
          switch (rule) {
            case AlertingRuleView it -> it.labels();
            case RecordingRuleView it -> it.labels();
          };
      boolean kind = rule instanceof AlertingRuleView ? alerting : recording;
      return kind
          && (names.isEmpty() || names.contains(rule.name()))
          && (sets.isEmpty() || sets.stream().anyMatch(it -> Matchers.match(it, labels)));
    }
  }

  private static void group(
      JsonGenerator json, RuleGroupView group, List<RuleView> rules, boolean withAlerts)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", group.name());
    json.writeStringField("file", group.file());
    json.writeArrayFieldStart("rules");
    for (RuleView rule : rules) {
      switch (rule) {
        case AlertingRuleView alerting -> alerting(json, alerting, withAlerts);
        case RecordingRuleView recording -> recording(json, recording);
      }
    }
    json.writeEndArray();
    seconds(json, "interval", group.interval());
    json.writeNumberField("limit", group.limit());
    seconds(json, "evaluationTime", group.evaluationTime());
    json.writeStringField("lastEvaluation", time(group.lastEvaluation()));
    json.writeEndObject();
  }

  private static void alerting(JsonGenerator json, AlertingRuleView rule, boolean withAlerts)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("state", rule.state());
    json.writeStringField("name", rule.name());
    json.writeStringField("query", rule.expression());
    seconds(json, "duration", rule.holdFor());
    seconds(json, "keepFiringFor", rule.keepFiringFor());
    ApiJson.labels(json, "labels", rule.labels());
    ApiJson.labels(json, "annotations", rule.annotations());
    if (withAlerts) {
      json.writeArrayFieldStart("alerts");
      for (ActiveAlertView alert : rule.alerts()) {
        alert(json, alert);
      }
      json.writeEndArray();
    } else {
      json.writeNullField("alerts");
    }
    json.writeStringField("health", rule.health());
    if (rule.lastError() != null) {
      json.writeStringField("lastError", rule.lastError());
    }
    seconds(json, "evaluationTime", rule.evaluationTime());
    json.writeStringField("lastEvaluation", time(rule.lastEvaluation()));
    json.writeStringField("type", "alerting");
    json.writeEndObject();
  }

  /// Prometheus evaluates it: nothing is known of how that goes.
  private static void recording(JsonGenerator json, RecordingRuleView rule) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", rule.name());
    json.writeStringField("query", rule.expression());
    if (!rule.labels().asMap().isEmpty()) {
      ApiJson.labels(json, "labels", rule.labels());
    }
    json.writeStringField("health", "unknown");
    json.writeNumberField("evaluationTime", 0);
    json.writeStringField("lastEvaluation", NEVER);
    json.writeStringField("type", "recording");
    json.writeEndObject();
  }

  private static void alert(JsonGenerator json, ActiveAlertView alert) throws IOException {
    json.writeStartObject();
    ApiJson.labels(json, "labels", alert.labels());
    ApiJson.labels(json, "annotations", alert.annotations());
    json.writeStringField("state", alert.state());
    json.writeStringField("activeAt", time(alert.activeAt()));
    if (alert.keepFiringSince() != null) {
      json.writeStringField("keepFiringSince", time(alert.keepFiringSince()));
    }
    json.writeStringField(
        "value", scientific(Double.parseDouble(alert.value().replace("Inf", "Infinity"))));
    json.writeEndObject();
  }

  /// Whole seconds without a fraction, as Go writes them.
  private static void seconds(JsonGenerator json, String name, Duration duration)
      throws IOException {
    if (duration.equals(Duration.ofSeconds(duration.toSeconds()))) {
      json.writeNumberField(name, duration.toSeconds());
    } else {
      json.writeNumberField(name, duration.toNanos() / 1e9);
    }
  }

  private static String time(@Nullable Instant time) {
    return time == null ? NEVER : time.toString();
  }

  /// A number as Go's `%e` with as many digits as it needs: `1e+00`, `2.5e-01`, `NaN`, `+Inf`.
  static String scientific(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return Double.compare(value, 0.0) < 0 ? "-0e+00" : "0e+00";
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = exact.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - exact.scale();
    return (exact.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }
}
