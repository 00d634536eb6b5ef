package dev.longshore.alerting.ops;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.reload.Configuration;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRequest;
import dev.longshore.shared.ops.OpsServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/// The pages of ours beside Alertmanager's API: `<prefix>/` for people, `GET
/// <prefix>/explain?alert=…` and `POST <prefix>/drill`; and `<prefix>/metrics`, where there is a
/// prefix, because who knows Alertmanager looks for it there.
public final class OpsPages {
  private final Engine engine;
  private final Configuration configuration;
  private final Clock clock;
  private final Loop loop;
  private final String externalUrl;

  public OpsPages(
      Engine engine, Configuration configuration, Clock clock, Loop loop, String externalUrl) {
    this.engine = engine;
    this.configuration = configuration;
    this.clock = clock;
    this.loop = loop;
    this.externalUrl = externalUrl;
  }

  /// Adds the routes to a server.
  ///
  /// @param prefix empty, or begins with a slash and does not end with one
  public void addTo(OpsServer server, String prefix, Meters meters) {
    Page.addTo(server, prefix);
    server.get(prefix + "/explain", this::explain);
    server.route(prefix + "/drill", Set.of("POST"), this::drill);
    if (!prefix.isEmpty()) {
      server.get(prefix + "/metrics", _ -> meters.reply());
    }
  }

  private OpsReply explain(OpsRequest request) throws ExecutionException, InterruptedException {
    AlertSelector alertSelector;
    try {
      alertSelector = AlertSelector.parse(parameter(request.query(), "alert"));
    } catch (IllegalArgumentException e) {
      return OpsReply.text(400, String.valueOf(e.getMessage()));
    }
    Explanation explanation = new Explanation(engine, alertSelector, clock.now());
    loop.call(explanation::look);
    explanation.remember();
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
        });
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
