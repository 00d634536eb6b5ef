package dev.longshore.alerting.ops;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.eval.RuleGroupView;
import dev.longshore.alerting.fleet.Fleet;
import dev.longshore.alerting.fleet.FleetView;
import dev.longshore.alerting.reload.Configuration;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRequest;
import dev.longshore.shared.ops.OpsRoute;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Surface;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The pages of ours beside Alertmanager's API: `<prefix>/` for people ([Page]), what it asks
/// beside that API (`GET <prefix>/overview`, `/rules`, `/notifications`, `/oncall`, `/fleet` and
/// `/explain?alert=…`), and `POST <prefix>/drill`; and `<prefix>/metrics`, where there is a prefix,
/// because who knows Alertmanager looks for it there.
public final class OpsPages {
  private static final Duration OVERVIEW_KEPT = Duration.ofSeconds(1);
  private static final int MAX_DRILL_BYTES = 64 << 10;

  private final Engine engine;
  private final Configuration configuration;
  private final Fleet fleet;
  private final Clock clock;
  private final Loop loop;
  private final String externalUrl;
  private final Instant startedAt;

  /// The latest overview, which those share who ask within [#OVERVIEW_KEPT]; guarded by this.
  private @Nullable Overview overview;

  private long overviewNanos;

  public OpsPages(
      Engine engine,
      Configuration configuration,
      Fleet fleet,
      Clock clock,
      Loop loop,
      String externalUrl) {
    this.engine = engine;
    this.configuration = configuration;
    this.fleet = fleet;
    this.clock = clock;
    this.loop = loop;
    this.externalUrl = externalUrl;
    this.startedAt = clock.now();
  }

  /// Adds the routes to a server.
  ///
  /// @param prefix empty, or begins with a slash and does not end with one
  public void addTo(OpsServer server, String prefix, Meters meters) {
    Page.addTo(server, prefix);
    read(server, prefix + "/overview", request -> overview(server, request));
    read(server, prefix + "/rules", _ -> rules());
    read(server, prefix + "/notifications", _ -> notifications());
    read(server, prefix + "/oncall", _ -> onCall());
    read(server, prefix + "/fleet", _ -> fleet());
    read(server, prefix + "/explain", this::explain);
    server.route(
        prefix + "/drill",
        Set.of("POST"),
        MAX_DRILL_BYTES,
        new Need(Surface.API, Role.ADMIN, true),
        this::drill);
    if (!prefix.isEmpty()) {
      server.metrics(prefix + "/metrics", meters);
    }
  }

  private static void read(OpsServer server, String path, OpsRoute route) {
    server.route(path, Set.of("GET"), 0, Need.read(Surface.API), route);
  }

  private OpsReply overview(OpsServer server, OpsRequest request)
      throws ExecutionException, InterruptedException {
    Overview taken = latestOverview();
    return OpsReply.streamedJson(
        200,
        json -> {
          server.writeAccess(json, request.caller());
          taken.write(json, configuration.rules());
        });
  }

  /// However many pages are open, the loop is asked once in [#OVERVIEW_KEPT].
  private synchronized Overview latestOverview() throws ExecutionException, InterruptedException {
    Overview latest = overview;
    if (latest == null || clock.nanoTime() - overviewNanos > OVERVIEW_KEPT.toNanos()) {
      latest = loop.call(() -> Overview.of(engine, clock.now()));
      overview = latest;
      overviewNanos = clock.nanoTime();
    }
    return latest;
  }

  private OpsReply rules() throws ExecutionException, InterruptedException {
    List<RuleGroupView> groups = loop.call(() -> engine.evaluator().groups());
    return OpsReply.streamedJson(200, json -> RulesPage.write(json, groups));
  }

  private OpsReply notifications() throws ExecutionException, InterruptedException {
    NotificationsPage page = loop.call(() -> NotificationsPage.of(engine.notifier(), startedAt));
    return OpsReply.streamedJson(200, page::write);
  }

  private OpsReply onCall() throws ExecutionException, InterruptedException {
    OnCallPage page = loop.call(() -> OnCallPage.of(engine, clock.now()));
    return OpsReply.streamedJson(200, page::write);
  }

  private OpsReply fleet() throws InterruptedException {
    FleetView view = fleet.view();
    return OpsReply.streamedJson(200, json -> FleetPage.write(json, view));
  }

  private OpsReply explain(OpsRequest request) throws ExecutionException, InterruptedException {
    AlertSelector alertSelector;
    try {
      alertSelector = AlertSelector.parse(parameter(request.query(), "alert"));
    } catch (IllegalArgumentException e) {
      return OpsReply.text(400, String.valueOf(e.getMessage()));
    }
    Explanation explanation = new Explanation(engine, alertSelector, clock);
    try {
      loop.call(explanation::look);
      explanation.remember();
    } catch (IllegalArgumentException e) {
      return OpsReply.text(400, String.valueOf(e.getMessage()));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IllegalArgumentException tooLong) {
        return OpsReply.text(400, String.valueOf(tooLong.getMessage()));
      }
      throw e;
    }
    return OpsReply.json(200, explanation::write);
  }

  private OpsReply drill(OpsRequest request)
      throws ExecutionException, InterruptedException, IOException {
    List<Alert> alerts;
    try {
      alerts = Drill.read(request.body()).alerts(configuration.rules(), clock.now(), externalUrl);
    } catch (IllegalArgumentException e) {
      return OpsReply.text(400, String.valueOf(e.getMessage()));
    }
    List<String> receivers =
        loop.call(
            () -> {
              engine.put(alerts);
              return engine.dispatcher().receivers(alerts.getFirst().labels());
            });
    return OpsReply.json(
            200,
            json -> {
              json.writeArrayFieldStart("alerts");
              for (Alert alert : alerts) {
                json.writeString(alert.labels().toString());
              }
              json.writeEndArray();
              json.writeArrayFieldStart("receivers");
              for (String receiver : receivers) {
                json.writeString(receiver);
              }
              json.writeEndArray();
            })
        .changing(Map.of("change", "drill", "alert", alerts.getFirst().labels().get("alertname")));
  }

  private static String parameter(String query, String name) {
    for (String pair : query.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return "";
  }
}
