package dev.longshore.alerting.api;

import dev.longshore.alerting.acknowledge.Acknowledgements;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.route.Dispatcher;
import dev.longshore.alerting.silence.Silences;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRequest;
import dev.longshore.shared.ops.OpsRoute;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Surface;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The routes of the API, under a prefix.
public final class Api {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);

  /// Prometheus posts 256 alerts at a time; this is room for far more. A larger body is a 413.
  static final int MAX_BODY_BYTES = 8 * 1024 * 1024;

  /// The version of Alertmanager whose API this is; clients compare it with their own.
  private static final String ALERTMANAGER_VERSION = "0.34.0";

  /// What the configuration in force says to the API.
  ///
  /// @param receivers their labels by their names, in the order of the file
  /// @param original the Alertmanager file, secrets hidden
  public record InForce(Map<String, Labels> receivers, String original, Duration resolveTimeout) {
    public InForce {
      receivers = Collections.unmodifiableMap(new LinkedHashMap<>(receivers));
    }

    /// A receiver's labels, its name among them, as Alertmanager has them.
    Labels receiverLabels(String receiver) {
      return receivers.getOrDefault(receiver, Labels.EMPTY).with("name", receiver);
    }
  }

  /// What somebody asked by `POST /-/reload`.
  public interface Reload {
    /// @return an empty text, or what is wrong with the configuration
    String reload() throws InterruptedException;
  }

  /// Waits until what was put is durable, or can't be for now.
  public interface Commit {
    void await() throws InterruptedException;
  }

  /// Waits until what was put is durable, or can't be for now and nobody else leads.
  interface Recorded {
    /// @throws ApiException when another replica may lead, and does not know of it
    void await() throws InterruptedException, ApiException;
  }

  private final Commit commit;

  /// Whether this process leads; set before the routes are added.
  private BooleanSupplier leads = () -> true;

  private final Supplier<InForce> inForce;
  private final Reload reload;
  private final AlertsApi alerts;
  private final SilencesApi silences;
  private final AcknowledgementsApi acknowledgements;
  private final Instant startedAt;

  /// @param sink where posted alerts go; called on the loop
  /// @param commit asked before what was put is answered
  /// @param known all alerts that there are; called on the loop
  /// @param dispatcher called on the loop
  /// @param acknowledgements called on the loop
  /// @param intakeBytes what posted alerts may take on the heap until they are put
  public Api(
      Loop loop,
      Clock clock,
      AlertSink sink,
      Commit commit,
      Supplier<Collection<Alert>> known,
      Supplier<Dispatcher> dispatcher,
      Silences silences,
      Acknowledgements acknowledgements,
      Supplier<InForce> inForce,
      Reload reload,
      long intakeBytes,
      ApiMetrics metrics) {
    this.commit = commit;
    this.inForce = inForce;
    this.reload = reload;
    this.alerts =
        new AlertsApi(
            loop,
            clock,
            sink,
            this::recorded,
            known,
            dispatcher,
            acknowledgements,
            inForce,
            intakeBytes,
            metrics);
    this.silences = new SilencesApi(loop, clock, silences, this::recorded);
    this.acknowledgements =
        new AcknowledgementsApi(loop, dispatcher, acknowledgements, this::recorded);
    this.startedAt = clock.now();
  }

  /// Has it refuse changes while a condition does not hold: that this replica leads.
  public Api whileLeading(BooleanSupplier condition) {
    leads = condition;
    return this;
  }

  private void recorded() throws InterruptedException, ApiException {
    commit.await();
    if (!leads.getAsBoolean()) {
      throw new ApiException(503, "this replica can't record it, and another may lead; try again");
    }
  }

  /// Changes of it, where it allows any, are the administrator's.
  private static final Need READ = Need.read(Surface.API);

  private static final Need POST_ALERTS = new Need(Surface.API, Role.ADMIN, true);
  private static final Need SILENCE = new Need(Surface.API, Role.SILENCE, true);

  private interface Answer {
    OpsReply to(OpsRequest request) throws Exception;
  }

  /// Adds the routes to a server.
  ///
  /// @param prefix empty, or begins with a slash and does not end with one
  public void addTo(OpsServer server, String prefix) {
    String v2 = prefix + "/api/v2/";
    server.route(
        prefix + "/api/v2",
        Set.of("GET"),
        0,
        READ,
        _ -> OpsReply.text(301, "the API is at " + v2).with("Location", v2));
    add(server, v2, Set.of("GET", "POST", "PUT", "DELETE"), READ, Api::nothingThere);
    add(server, v2 + "status", Set.of("GET"), READ, _ -> status());
    add(server, v2 + "receivers", Set.of("GET"), READ, this::receivers);
    add(server, v2 + "alerts", Set.of("GET", "POST"), POST_ALERTS, alerts::alerts);
    add(server, v2 + "alerts/groups", Set.of("GET"), READ, alerts::groups);
    add(server, v2 + "silences", Set.of("GET", "POST"), SILENCE, silences::silences);
    String one = v2 + "silence/";
    add(
        server,
        one,
        Set.of("GET", "DELETE"),
        SILENCE,
        request -> silences.silence(request, request.path().substring(one.length())));
    String acknowledged = prefix + "/acknowledgements";
    add(server, acknowledged, Set.of("GET", "POST"), SILENCE, acknowledgements::acknowledgements);
    add(
        server,
        acknowledged + "/",
        Set.of("DELETE"),
        SILENCE,
        request ->
            acknowledgements.end(request, request.path().substring(acknowledged.length() + 1)));
    add(
        server,
        prefix + "/api/v1/",
        Set.of("GET", "POST", "PUT", "DELETE"),
        READ,
        _ -> v1IsGone(prefix));
    server.probe(
        prefix + "/-/healthy",
        _ -> {
          OpsReply health = server.health();
          return health.status() == 200 ? OpsReply.text(200, "OK") : health;
        });
    server.probe(
        prefix + "/-/ready",
        _ ->
            leads.getAsBoolean()
                ? OpsReply.text(200, "OK")
                : OpsReply.text(503, "another replica may lead"));
    add(server, prefix + "/-/reload", Set.of("POST", "PUT"), READ, _ -> reloaded());
  }

  /// In the words of Alertmanager.
  private static OpsReply nothingThere(OpsRequest request) {
    return ApiJson.reply(
        404,
        json -> {
          json.writeStartObject();
          json.writeNumberField("code", 404);
          json.writeStringField("message", "path " + request.path() + " was not found");
          json.writeEndObject();
        });
  }

  static OpsReply v1IsGone(String prefix) {
    return ApiJson.error(
        410, "the API v1 was removed in Alertmanager 0.27; use " + prefix + "/api/v2/");
  }

  /// Adds the same routes for a replica that does not lead, and all others: the leader answers.
  ///
  /// @param leader passes a request on
  /// @param ready whether this replica can pass requests on
  public static void passOn(
      OpsServer server, String prefix, OpsRoute leader, BooleanSupplier ready) {
    String v2 = prefix + "/api/v2/";
    Set<String> read = Set.of("GET");
    Set<String> write = Set.of("GET", "POST", "PUT", "DELETE");
    server.route(v2 + "alerts", write, MAX_BODY_BYTES, POST_ALERTS, leader);
    server.route(v2 + "silences", write, MAX_BODY_BYTES, SILENCE, leader);
    server.route(v2 + "silence/", write, MAX_BODY_BYTES, SILENCE, leader);
    server.route(prefix + "/acknowledgements", write, MAX_BODY_BYTES, SILENCE, leader);
    server.route(prefix + "/acknowledgements/", write, MAX_BODY_BYTES, SILENCE, leader);
    server.route(prefix + "/-/reload", write, MAX_BODY_BYTES, READ, leader);
    server.route(prefix + "/drill", write, MAX_BODY_BYTES, READ, leader);
    server.route(prefix + "/", read, 0, READ, leader);
    server.probe(
        prefix + "/-/healthy",
        _ -> {
          OpsReply health = server.health();
          return health.status() == 200 ? OpsReply.text(200, "OK") : health;
        });
    server.probe(
        prefix + "/-/ready",
        _ ->
            ready.getAsBoolean()
                ? OpsReply.text(200, "OK")
                : OpsReply.text(503, "the database of the state does not answer"));
  }

  private static void add(
      OpsServer server, String path, Set<String> methods, Need need, Answer answer) {
    server.route(
        path,
        methods,
        MAX_BODY_BYTES,
        need,
        request -> {
          try {
            return answer.to(request);
          } catch (ApiException e) {
            LOG.atDebug()
                .addKeyValue("path", request.path())
                .addKeyValue("reason", e.getMessage())
                .log("a request was refused");
            return ApiJson.error(e.status(), String.valueOf(e.getMessage()));
          }
        });
  }

  private OpsReply reloaded() throws InterruptedException {
    String problem = reload.reload();
    return problem.isEmpty()
        ? OpsReply.text(200, "reloaded").changing(Map.of("change", "reload"))
        : OpsReply.text(500, "failed to reload config: " + problem);
  }

  private OpsReply receivers(OpsRequest request) throws ApiException {
    InForce now = inForce.get();
    List<Matcher> matchers = new Query(request.query()).matchers("receiver_matchers");
    return ApiJson.reply(
        200,
        json -> {
          json.writeStartArray();
          for (String receiver : now.receivers().keySet()) {
            Labels labels = now.receiverLabels(receiver);
            if (Matchers.match(matchers, labels)) {
              json.writeStartObject();
              json.writeStringField("name", receiver);
              ApiJson.labels(json, "labels", labels);
              json.writeEndObject();
            }
          }
          json.writeEndArray();
        });
  }

  private OpsReply status() {
    return ApiJson.reply(
        200,
        json -> {
          json.writeStartObject();
          json.writeObjectFieldStart("cluster");
          json.writeStringField("status", "disabled");
          json.writeArrayFieldStart("peers");
          json.writeEndArray();
          json.writeEndObject();
          json.writeObjectFieldStart("config");
          json.writeStringField("original", inForce.get().original());
          json.writeEndObject();
          json.writeStringField("uptime", ApiTime.text(startedAt));
          json.writeObjectFieldStart("versionInfo");
          json.writeStringField("version", ALERTMANAGER_VERSION);
          json.writeStringField("branch", "longshore");
          json.writeStringField("revision", revision());
          json.writeStringField("buildDate", "");
          json.writeStringField("buildUser", "");
          json.writeStringField("goVersion", "");
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  private static String revision() {
    String version = Api.class.getPackage().getImplementationVersion();
    return version == null ? "" : version;
  }
}
