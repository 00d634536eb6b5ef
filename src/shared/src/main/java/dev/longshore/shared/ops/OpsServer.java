package dev.longshore.shared.ops;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The product's HTTP port.
///
/// - `/healthz`: 200 while the process serves at all; the liveness probe.
/// - `/readyz`: 200 when every check is ready, else 503; JSON with each check and its reason.
/// - `/metrics`: the registry in Prometheus' text format.
/// - `/status`: the product's state as JSON.
///
/// Routes are fixed before [#start]; a request for another path is a 404, for another method a 405.
/// Each request has a virtual thread.
public final class OpsServer implements AutoCloseable {

  /// A larger request body is a 413, in bytes, where a route does not say otherwise.
  public static final int MAX_BODY_BYTES = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(OpsServer.class);
  private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);

  /// Connections that the kernel holds before they are accepted.
  private static final int BACKLOG = 16;

  private final OpsConfig config;
  private final Limited warnings;
  private final Map<String, Routes.Route> routeByPath = new LinkedHashMap<>();

  // Owned by the threads that start and close, guarded by this.
  private @Nullable HttpServer server;
  private @Nullable ExecutorService threads;

  /// @param meters shown by `/metrics`
  /// @param checks asked by `/readyz`, in this order
  /// @param status shown by `/status`
  public OpsServer(
      OpsConfig config,
      Clock clock,
      Meters meters,
      List<ReadinessCheck> checks,
      StatusSource status) {
    this.config = config;
    this.warnings = new Limited(LOG, clock, WARNING_INTERVAL);
    List<ReadinessCheck> asked = List.copyOf(checks);
    get("/healthz", _ -> OpsReply.text(200, "ok"));
    get("/readyz", _ -> readiness(asked));
    get("/metrics", _ -> meters.reply());
    get("/status", _ -> OpsReply.json(200, status));
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
    Routes.Route added = new Routes.Route(Set.copyOf(methods), maxBodyBytes, route);
    if (routeByPath.putIfAbsent(path, added) != null) {
      throw new IllegalArgumentException("there is a route for " + path + " already");
    }
    return this;
  }

  /// Opens the port and serves.
  ///
  /// @throws IOException with a message for people, when that can't be
  public synchronized void start() throws IOException {
    if (server != null) {
      throw new IllegalStateException("the ops server runs already");
    }
    InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
    if (address.isUnresolved()) {
      throw new IOException(
          "ops.listen="
              + config.listen()
              + ": the host can't be resolved; use an address such as"
              + " 0.0.0.0 or 127.0.0.1");
    }
    HttpLimits.apply();
    HttpServer opened;
    try {
      opened = HttpServer.create(address, BACKLOG);
    } catch (BindException e) {
      throw new IOException(
          "ops.listen="
              + config.listen()
              + ": can't listen there ("
              + e.getMessage()
              + "); stop what uses the port, or set ops.listen to another",
          e);
    }
    threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("ops-http-", 0).factory());
    opened.setExecutor(threads);
    opened.createContext("/", new Routes(routeByPath, warnings));
    opened.start();
    server = opened;
    LOG.atInfo()
        .addKeyValue("host", config.host())
        .addKeyValue("port", opened.getAddress().getPort())
        .log("serving /metrics, /healthz, /readyz and /status");
  }

  /// The port that is open, also where the configuration says 0.
  ///
  /// @throws IllegalStateException when it is not started
  public synchronized int port() {
    if (server == null) {
      throw new IllegalStateException("the ops server is not started");
    }
    return server.getAddress().getPort();
  }

  /// Closes the port and its connections at once; answers under way are cut.
  @Override
  public synchronized void close() {
    if (server != null) {
      server.stop(0);
      server = null;
    }
    if (threads != null) {
      threads.shutdownNow();
      threads = null;
    }
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
