package dev.longshore.alerting.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.config.OnCallFile;
import dev.longshore.alerting.eval.EvalConfig;
import dev.longshore.alerting.metrics.Answer;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.metrics.Sample;
import dev.longshore.alerting.metrics.Sources;
import dev.longshore.alerting.notify.DefaultTemplates;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.receiver.ReceiverClients;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.StateStore;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.state.UnitOfWork;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All stages in virtual time: a source whose conditions a test sets, a real database whose disk
/// fails when a test says so, and a webhook that keeps what it is sent.
public final class EngineRig implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String RULES =
      """
      groups:
        - name: checkout
          interval: 1m
          rules:
            - alert: PodDown
              expr: down
            - alert: PodSlow
              expr: slow
              for: 5m
      """;

  static final String ROUTING =
      """
      route:
        receiver: hook
        group_by: [alertname]
        group_wait: 1s
        group_interval: 1m
        repeat_interval: 1h
      receivers:
        - name: hook
          webhook_configs:
            - url: http://127.0.0.1:PORT/hook
      """;

  public final ManualClock clock;
  public final FakeSource source = new FakeSource();
  final FailingDisk disk;

  /// What the webhook was sent, in order.
  final List<JsonNode> payloads = new ArrayList<>();

  /// Whether queries and deliveries never end that begin now.
  boolean hangs;

  /// What the webhook answers.
  public int answer = 200;

  private final Path dir;
  private final AlertsConfig known;
  private final List<Throwable> failures = new ArrayList<>();
  private final HttpServer server;
  private final StateOpener opener;
  private StateStore database;
  private Loop loop;
  public Engine engine;

  /// The meters of the engine that runs, or ran last.
  SimpleMeterRegistry registry = new SimpleMeterRegistry();

  /// Opens a store with the engine's tables.
  interface StateOpener {
    StateStore open(ManualClock clock) throws Exception;
  }

  public EngineRig(Path dir) throws Exception {
    this(dir, AlertsConfig.defaults());
  }

  EngineRig(Path dir, AlertsConfig known) throws Exception {
    this(dir, known, ROUTING);
  }

  /// @param routing with `PORT` for the webhook's
  public EngineRig(Path dir, AlertsConfig known, String routing) throws Exception {
    this(dir, new ManualClock(), known, routing);
  }

  /// @param clock shared with what the engine speaks to
  public EngineRig(Path dir, ManualClock clock, AlertsConfig known, String routing)
      throws Exception {
    this(
        dir,
        clock,
        known,
        routing,
        own -> Database.open(dir.resolve("state"), Engine.SCHEMAS, own));
  }

  /// @param opener opens what the engine's state is kept in, anew after each restart
  EngineRig(Path dir, ManualClock clock, AlertsConfig known, String routing, StateOpener opener)
      throws Exception {
    this.clock = clock;
    this.dir = dir;
    this.known = known;
    this.opener = opener;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/hook",
        exchange -> {
          payloads.add(JSON.readTree(exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(answer, -1);
          exchange.close();
        });
    server.start();
    Files.writeString(dir.resolve("rules.yml"), RULES);
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        routing.replace("PORT", Integer.toString(server.getAddress().getPort())));
    disk = new FailingDisk();
    open();
  }

  private void open() throws Exception {
    database = opener.open(clock);
    loop = new Loop("alerting", clock, failures::add);
    registry = new SimpleMeterRegistry();
    AlertmanagerFile routing = AlertmanagerFile.load(dir.resolve("alertmanager.yml"));
    engine =
        new Engine(
            new Engine.Environment(
                new StateWriter(disk, clock, loop, Runnable::run, registry),
                clock,
                loop,
                this::execute,
                new Random(1),
                registry),
            EvalConfig.defaults(),
            known,
            Sources.of(source),
            null,
            new ReceiverClients("http://longshore.example"),
            routing);
    TemplateLibrary library = new TemplateLibrary(Functions.alertmanager(clock));
    DefaultTemplates.addTo(library);
    engine.start(
        routing, onCall(routing), library, new RuleFiles(List.of("rules.yml"), dir, clock).load());
    String lost = database instanceof Database file ? file.problemAtStart() : null;
    if (lost != null) {
      engine.stateIsLost(lost);
    }
  }

  /// What `oncall.yml` says, where a test has written one.
  private OnCall onCall(AlertmanagerFile routing) {
    Path file = dir.resolve("oncall.yml");
    return Files.exists(file)
        ? OnCallFile.load(
            file, routing.receivers().stream().map(Receiver::name).collect(Collectors.toSet()))
        : OnCall.NONE;
  }

  private void execute(Runnable task) {
    if (!hangs) {
      task.run();
    }
  }

  /// Ends the process without a word and starts it again.
  void restart() throws Exception {
    database.close();
    open();
  }

  /// The same, with rows in its database that another version or a fault has left there.
  void restartWith(String... statements) throws Exception {
    database.close();
    String file = dir.resolve("state").resolve("longshore.db").toString();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
    }
    open();
  }

  /// The first column of what a query finds in the database.
  List<String> rows(String query) {
    return database.read(
        connection -> {
          List<String> rows = new ArrayList<>();
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
              rows.add(row.getString(1));
            }
          }
          return rows;
        });
  }

  /// The same, with something else where its database was.
  void restartWithDamagedState() throws Exception {
    database.close();
    Path state = dir.resolve("state");
    Files.writeString(state.resolve("longshore.db"), "damaged ".repeat(4_096));
    open();
  }

  /// The engine's, which nothing runs but [#pass] and who has it from here.
  public Loop loop() {
    return loop;
  }

  public void put(Alert alert) {
    engine.put(List.of(alert));
  }

  /// An alert as Prometheus posts it.
  public Alert posted(String name, Duration believed) {
    return posted(Labels.of("alertname", name), clock.now(), clock.now().plus(believed));
  }

  /// `PodDown` of a pod, as Prometheus posts it, believed for a day.
  Alert podDown(String pod) {
    return posted(
        Labels.of("alertname", "PodDown", "pod", pod),
        clock.now(),
        clock.now().plus(Duration.ofDays(1)));
  }

  /// The end of an alert that was posted.
  Alert ended(Alert alert) {
    return posted(alert.labels(), alert.startsAt(), clock.now());
  }

  private Alert posted(Labels labels, Instant startsAt, Instant endsAt) {
    return new Alert(
        labels,
        Labels.EMPTY,
        startsAt,
        endsAt,
        clock.now(),
        "",
        Alert.Origin.POSTED,
        Evidence.NONE);
  }

  /// Lets time pass, timer by timer.
  public void pass(Duration duration) {
    long end = clock.nanoTime() + duration.toNanos();
    while (clock.nanoTime() < end) {
      loop.runDue();
      clock.advance(Duration.ofMillis(Math.min(500, (end - clock.nanoTime()) / 1_000_000)));
    }
    loop.runDue();
    if (!failures.isEmpty()) {
      throw new AssertionError("the loop had failures", failures.getFirst());
    }
  }

  /// What the webhook was told, as `firing PodDown`.
  List<String> told() {
    return payloads.stream().map(it -> it.path("status").asText() + " " + name(it)).toList();
  }

  private static String name(JsonNode payload) {
    return payload.path("commonLabels").path("alertname").asText();
  }

  /// What was decided about an alert, as `notify: notifying hook by webhook[0], …`.
  List<String> decisions(Alert alert) {
    return engine.decisions().of(alert.fingerprint()).stream()
        .map(it -> it.stage() + ": " + it.what())
        .toList();
  }

  List<String> firing() {
    return engine.alerts().all().stream()
        .filter(it -> !it.isResolvedAt(clock.now()))
        .map(Alert::name)
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    database.close();
    server.stop(0);
  }

  /// The database, on a disk that is full or that hangs when a test says so.
  final class FailingDisk implements StateStore {
    @Nullable String failure;

    /// Whether it writes nothing at once.
    boolean recordsNothing;

    /// Whether the process as good as ends once something was written at once, or instead of that:
    /// it writes and sends nothing more.
    boolean endsOnceRecorded;

    boolean endsInsteadOfRecording;

    @Override
    public boolean writeNow(UnitOfWork.Change change) {
      if (recordsNothing) {
        return false;
      }
      boolean written = !endsInsteadOfRecording && database.writeNow(change);
      if (endsInsteadOfRecording || (endsOnceRecorded && written)) {
        failure = "the process has ended";
        hangs = true;
      }
      return written;
    }

    @Override
    public boolean write(UnitOfWork unit) {
      if (failure != null) {
        throw new StateException(failure);
      }
      return database.write(unit);
    }

    @Override
    public <T> T read(Query<T> query) {
      return database.read(query);
    }

    @Override
    public void close() {}
  }

  /// Conditions that are true or not.
  public static final class FakeSource implements MetricSource {
    public final Set<String> isTrue = new HashSet<>();

    /// Why it does not answer; null while it does.
    public @Nullable String away;

    int asked;

    @Override
    public Answer query(String expression, Instant at) {
      asked++;
      if (away != null) {
        return new Answer.Unavailable(away);
      }
      List<Sample> samples =
          isTrue.contains(expression)
              ? List.of(new Sample(Labels.of("pod", "checkout-7d9f"), 1, at))
              : List.of();
      return new Answer.Samples(Answer.Kind.VECTOR, samples, List.of());
    }

    @Override
    public String name() {
      return "main";
    }

    @Override
    public Labels externalLabels() {
      return Labels.EMPTY;
    }

    @Override
    public String link(String expression) {
      return "http://prometheus.example/graph";
    }

    @Override
    public int concurrency() {
      return 2;
    }
  }
}
