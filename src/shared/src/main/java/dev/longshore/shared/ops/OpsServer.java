package dev.longshore.shared.ops;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.runtime.Supervisor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The product's HTTP port.
///
/// - `/healthz`: 200 while no supervised thread is stuck, else 503 with which; the liveness probe.
/// - `/readyz`: 200 when every check is ready, else 503; JSON with each check and its reason.
/// - `/metrics`: the registry in Prometheus' text format.
/// - `/status`: the product's state as JSON.
///
/// Routes are fixed before [#start]; a request for another path is a 404, for another method a 405.
/// Probes are answered by the port's own thread whatever else goes on at the port ([Listener]);
/// each other request has a virtual thread, and there are at most so many ([OpsLimits]).
public final class OpsServer implements AutoCloseable {

  /// A larger request body is a 413, in bytes, where a route does not say otherwise.
  public static final int MAX_BODY_BYTES = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(OpsServer.class);
  private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);

  private final String listenKey;
  private final OpsConfig config;
  private final Clock clock;
  private final Supervisor supervisor;
  private final Limited warnings;
  private final Map<String, Routes.Route> routeByPath = new LinkedHashMap<>();
  private OpsLimits limits = OpsLimits.defaults();
  private MemoryBudget.@Nullable Share replies;

  // Owned by the threads that start and close, guarded by this.
  private @Nullable Listener listener;

  /// @param listenKey the configuration's key of where to listen, for messages
  /// @param supervisor runs the port's thread, and knows which threads are stuck
  /// @param meters shown by `/metrics`
  /// @param checks asked by `/readyz`, in this order
  /// @param status shown by `/status`
  public OpsServer(
      String listenKey,
      OpsConfig config,
      Clock clock,
      Supervisor supervisor,
      Meters meters,
      List<ReadinessCheck> checks,
      StatusSource status) {
    this.listenKey = listenKey;
    this.config = config;
    this.clock = clock;
    this.supervisor = supervisor;
    this.warnings = new Limited(LOG, clock, WARNING_INTERVAL);
    List<ReadinessCheck> asked = List.copyOf(checks);
    meters.register(new OpsCollector(supervisor, asked));
    probe("/healthz", _ -> health());
    probe("/readyz", _ -> readiness(asked));
    get("/metrics", _ -> meters.reply());
    get("/status", _ -> OpsReply.streamedJson(200, status));
  }

  /// Sets what it takes at a time. Before [#start].
  ///
  /// @param share of the memory budget, from which each request that is answered reserves its part;
  ///   null where the number of requests is bound enough
  public OpsServer limits(OpsLimits taken, MemoryBudget.@Nullable Share share) {
    limits = taken;
    replies = share;
    return this;
  }

  /// Adds a route for GET and HEAD whose answer is short and made without waiting for anything. It
  /// is answered even when the port is crowded.
  public OpsServer probe(String path, OpsRoute route) {
    return add(path, new Routes.Route(Set.of("GET"), 0, true, route));
  }

  /// Adds a route for GET and HEAD.
  public OpsServer get(String path, OpsRoute route) {
    return route(path, Set.of("GET"), route);
  }

  /// Adds a route. Before [#start].
  ///
  /// @param path exact; with `/` at its end it stands for everything below
  /// @param methods in capitals; GET brings HEAD
  public OpsServer route(String path, Set<String> methods, OpsRoute route) {
    return route(path, methods, MAX_BODY_BYTES, route);
  }

  /// Adds a route that takes bodies of another length. Before [#start].
  ///
  /// @param maxBodyBytes a larger body is a 413
  public OpsServer route(String path, Set<String> methods, int maxBodyBytes, OpsRoute route) {
    return add(path, new Routes.Route(Set.copyOf(methods), maxBodyBytes, false, route));
  }

  private OpsServer add(String path, Routes.Route added) {
    if (routeByPath.putIfAbsent(path, added) != null) {
      throw new IllegalArgumentException("there is a route for " + path + " already");
    }
    return this;
  }

  /// Opens the port and serves.
  ///
  /// @throws IOException with a message for people, when that can't be
  public synchronized void start() throws IOException {
    if (listener != null) {
      throw new IllegalStateException("the ops server runs already");
    }
    InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
    if (address.isUnresolved()) {
      throw new IOException(
          listening() + "the host can't be resolved; use an address such as 0.0.0.0 or 127.0.0.1");
    }
    Listener opened;
    try {
      opened =
          new Listener(
              address,
              new Routes(routeByPath, warnings),
              limits,
              replies,
              clock,
              warnings,
              supervisor);
    } catch (BindException e) {
      throw new IOException(
          listening()
              + "can't listen there ("
              + e.getMessage()
              + "); stop what uses the port, or set "
              + listenKey
              + " to another",
          e);
    }
    opened.start();
    listener = opened;
    LOG.atInfo()
        .addKeyValue("host", config.host())
        .addKeyValue("port", opened.port())
        .log("serving /metrics, /healthz, /readyz and /status");
  }

  private String listening() {
    return listenKey + "=" + config.listen() + ": ";
  }

  /// The port that is open, also where the configuration says 0.
  ///
  /// @throws IllegalStateException when it is not started
  public synchronized int port() {
    if (listener == null) {
      throw new IllegalStateException("the ops server is not started");
    }
    try {
      return listener.port();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Closes the port and its connections at once; answers under way are cut.
  @Override
  public synchronized void close() {
    if (listener != null) {
      listener.close();
      listener = null;
    }
  }

  /// What a liveness probe is answered: 200, or 503 with the threads that are stuck.
  public OpsReply health() {
    List<Supervisor.Overdue> overdue = supervisor.overdue();
    if (overdue.isEmpty()) {
      return OpsReply.text(200, "ok");
    }
    return OpsReply.text(
        503,
        overdue.stream()
            .map(
                stuck ->
                    "thread %s is stuck: its last turn was %d s ago, and may be %d s"
                        .formatted(
                            stuck.thread(), stuck.age().toSeconds(), stuck.limit().toSeconds()))
            .collect(Collectors.joining("\n")));
  }

  private static OpsReply readiness(List<ReadinessCheck> checks) {
    Map<String, Readiness> answers = new LinkedHashMap<>();
    for (ReadinessCheck check : checks) {
      answers.put(check.name(), check.readiness());
    }
    boolean ready = answers.values().stream().allMatch(a -> a instanceof Readiness.Ready);
    return OpsReply.json(
        ready ? 200 : 503,
        json -> {
          json.writeBooleanField("ready", ready);
          json.writeObjectFieldStart("checks");
          for (Map.Entry<String, Readiness> answer : answers.entrySet()) {
            json.writeStringField(
                answer.getKey(),
                switch (answer.getValue()) {
                  case Readiness.Ready _ -> "ready";
                  case Readiness.NotReady notReady -> notReady.reason();
                });
          }
          json.writeEndObject();
        });
  }
}
