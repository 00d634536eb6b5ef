package dev.longshore.alerting.receiver.posted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.notify.DefaultTemplates;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.Draft;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.Reason;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One receiver of an Alertmanager file, and a server that stands in for its service: a test says
/// what the service answers to a request, and looks at what it got.
public final class ReceiverRig implements AutoCloseable {

  /// A request.
  ///
  /// @param headers the first value of each, by lower-case names
  public record Request(
      String method, String path, Map<String, String> headers, String body, JsonNode json) {}

  /// An answer.
  public record Reply(int status, String body) {}

  public static final Instant NOW = Instant.parse("2026-05-04T10:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  public final List<Request> requests = new ArrayList<>();
  private final HttpServer server;
  private final Function<Request, Reply> service;
  private final ReceiverClient client;

  private ReceiverRig(HttpServer server, Function<Request, Reply> service, ReceiverClient client) {
    this.server = server;
    this.service = service;
    this.client = client;
  }

  /// @param yaml an Alertmanager file but for its route; `URL` in it is the server's address
  /// @param service what it answers
  public static ReceiverRig open(Path folder, String yaml, Function<Request, Reply> service)
      throws IOException, TemplateException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    ReceiverRig rig =
        new ReceiverRig(server, service, open(integration(folder, yaml.replace("URL", url))));
    server.createContext("/", rig::answer);
    server.start();
    return rig;
  }

  /// Where the service is.
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// The only integration of a file.
  public static Integration integration(Path folder, String yaml) throws IOException {
    Path file = folder.resolve("alertmanager.yml");
    Files.writeString(file, "route: {receiver: team}\n" + yaml);
    return AlertmanagerFile.load(file).receivers().getFirst().integrations().getFirst();
  }

  /// Puts an integration to work, as alerting does.
  public static ReceiverClient open(Integration integration) throws TemplateException {
    TemplateLibrary library = new TemplateLibrary(Functions.alertmanager(Clock.system()));
    DefaultTemplates.addTo(library);
    return integration.open("team", integration.kind() + "[0]", library, "http://longshore");
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    JsonNode json = body.startsWith("{") ? JSON.readTree(body) : JSON.createObjectNode();
    Request request =
        new Request(
            exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body, json);
    Reply reply;
    synchronized (requests) {
      requests.add(request);
      reply = service.apply(request);
    }
    byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /// An alert that fires.
  public static Alert alert(String... labels) {
    return new Alert(
        Labels.of(labels),
        Labels.of("summary", "It is slow"),
        NOW.minusSeconds(60),
        null,
        NOW,
        "http://prometheus/graph?g0.expr=up",
        Alert.Origin.RULE,
        Evidence.NONE);
  }

  /// A group whose alerts fire, and then those that have ended.
  public static GroupNotification group(List<Alert> firing, List<Alert> resolved) {
    List<AlertGroup.Member> members = new ArrayList<>();
    firing.forEach(it -> members.add(new AlertGroup.Member(it, Suppression.NONE)));
    resolved.forEach(it -> members.add(new AlertGroup.Member(it, Suppression.NONE)));
    AlertGroup group =
        new AlertGroup(
            "{}:{alertname=\"Slow\"}",
            "{}:{alertname=\"Slow\"}",
            "team",
            Labels.of("alertname", "Slow"),
            members,
            Duration.ofHours(4));
    return new GroupNotification(
        group, NOW, true, firing, resolved, List.of(), List.of(), List.of());
  }

  /// Tells of alerts that fire.
  public DeliveryResult fire(Alert... alerts) {
    return tell(group(List.of(alerts), List.of()), Reason.FIRST, false);
  }

  /// The same, after the service has refused the markup.
  public DeliveryResult firePlainly(Alert... alerts) {
    return tell(group(List.of(alerts), List.of()), Reason.FIRST, true);
  }

  /// Tells that alerts have ended.
  public DeliveryResult resolve(Alert... alerts) {
    List<Alert> ended = new ArrayList<>();
    for (Alert alert : alerts) {
      ended.add(alert.withEndsAt(NOW));
    }
    return tell(group(List.of(), ended), Reason.ALL_RESOLVED, false);
  }

  private DeliveryResult tell(GroupNotification group, Reason reason, boolean plain) {
    return deliver(client, group, reason, plain);
  }

  /// Words a message and hands it over.
  public static DeliveryResult deliver(
      ReceiverClient client, GroupNotification group, Reason reason, boolean plain) {
    Draft draft = Objects.requireNonNull(client.draft(group, reason, null));
    return client.deliver(
        new Delivery(
            "m1", draft.channel(), null, null, null, draft.content(), false, plain, false, NOW));
  }

  /// What is kept on disk of a message about alerts that fire.
  public String kept(Alert... alerts) {
    return Objects.requireNonNull(
            client.draft(group(List.of(alerts), List.of()), Reason.FIRST, null))
        .content();
  }

  public Request last() {
    return requests.getLast();
  }

  public boolean hasPlain() {
    return client.hasPlain();
  }

  /// A field of the last request; null where it has none.
  public @Nullable String field(String pointer) {
    JsonNode node = last().json().at(pointer);
    return node.isMissingNode() ? null : node.asText();
  }

  @Override
  public void close() {
    client.close();
    server.stop(0);
  }
}
