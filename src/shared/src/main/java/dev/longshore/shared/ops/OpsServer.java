package dev.longshore.shared.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.web.AccessControl;
import dev.longshore.shared.web.Caller;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Surface;
import dev.longshore.shared.web.WebConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
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

  private static final Logger LOG = LoggerFactory.getLogger(OpsServer.class);
  private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final String listenKey;
  private final OpsConfig config;
  private final Clock clock;
  private final Supervisor supervisor;
  private final RateLimitedLogger warnings;
  private final Map<String, Routes.Route> routeByPath = new LinkedHashMap<>();
  private AccessControl access;
  private List<ListenerConfig> further = List.of();
  private String ifOpen = "no login is configured: everybody who reaches this port may look";
  private OpsLimits limits = OpsLimits.defaults();
  private MemoryBudget.@Nullable Share replies;

  // Owned by the threads that start and close, guarded by this. The main one is the first.
  private final List<Listener> listeners = new ArrayList<>();

  /// What it serves, or has served.
  private List<Port> opened = List.of();

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
    this.warnings = new RateLimitedLogger(LOG, clock, WARNING_INTERVAL);
    List<ReadinessCheck> asked = List.copyOf(checks);
    meters.register(new OpsCollector(supervisor, asked));
    probe("/healthz", _ -> health());
    probe("/readyz", _ -> readiness(asked));
    this.access = AccessControl.of(WebConfig.NONE, List.of(), clock);
    metrics("/metrics", meters);
    get(
        "/status",
        request ->
            OpsReply.streamedJson(
                200,
                json -> {
                  writeAccess(json, request.caller());
                  status.writeMembers(json);
                }));
  }

  /// Writes the object `access`: whether a login is configured, and who asks.
  public void writeAccess(JsonGenerator json, Caller caller) throws IOException {
    access.write(json, caller, ifOpen);
  }

  /// Sets who may do what, and further listeners. Before [#start].
  ///
  /// @param urls under which people reach it
  /// @param openWarning what follows from no login being configured, for people
  /// @throws IllegalArgumentException when a file that is named can't be used, with the reason
  public OpsServer access(WebKeys web, List<URI> urls, String openWarning) {
    access = AccessControl.of(web.access(), urls, clock);
    further = web.listeners();
    ifOpen = openWarning;
    return this;
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
    return add(path, new Routes.Route(Set.of("GET"), 0, Need.read(Surface.PROBES), route));
  }

  /// Adds a path at which the metrics are.
  public OpsServer metrics(String path, Meters meters) {
    return add(
        path, new Routes.Route(Set.of("GET"), 0, Need.read(Surface.METRICS), _ -> meters.reply()));
  }

  /// Adds a route for GET and HEAD beside the status page.
  public OpsServer get(String path, OpsRoute route) {
    return route(path, Set.of("GET"), 0, Need.read(Surface.STATUS), route);
  }

  /// Adds a route. Before [#start].
  ///
  /// @param path exact; with `/` at its end it stands for everything below
  /// @param methods in capitals; GET brings HEAD
  /// @param maxBodyBytes a larger body is a 413
  /// @param need what it asks of those who use it
  public OpsServer route(
      String path, Set<String> methods, int maxBodyBytes, Need need, OpsRoute route) {
    return add(path, new Routes.Route(Set.copyOf(methods), maxBodyBytes, need, route));
  }

  private OpsServer add(String path, Routes.Route added) {
    if (routeByPath.putIfAbsent(path, added) != null) {
      throw new IllegalArgumentException("there is a route for " + path + " already");
    }
    return this;
  }

  /// Opens the ports and serves.
  ///
  /// @throws IOException with a message for people, when that can't be
  public synchronized void start() throws IOException {
    if (!listeners.isEmpty()) {
      throw new IllegalStateException("the ops server runs already");
    }
    opened = ports();
    try {
      for (Port port : opened) {
        open(port);
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    if (!access.asksForLogin() && !isLoopback()) {
      LOG.atWarn().addKeyValue("listen", config.listen()).log(ifOpen);
    }
  }

  /// Serves at the ports of another server that has the same configuration, in its place: no
  /// connection is cut, and what that one is answering it answers to the end. It has no ports any
  /// more.
  public void startInPlaceOf(OpsServer before) {
    List<Listener> taken;
    synchronized (before) {
      taken = List.copyOf(before.listeners);
      before.listeners.clear();
    }
    synchronized (this) {
      opened = ports();
      if (!listeners.isEmpty() || taken.size() != opened.size()) {
        throw new IllegalStateException(
            "the ops server runs already, or has other ports than the one that it follows");
      }
      for (int i = 0; i < taken.size(); i++) {
        taken.get(i).routes(opened.get(i).routes());
        listeners.add(taken.get(i));
      }
    }
  }

  /// Whether it serves at ports.
  public synchronized boolean isRunning() {
    return !listeners.isEmpty();
  }

  /// Waits until what it was asked is answered: to end afterwards, or when another has taken its
  /// place.
  ///
  /// @param atMost for a client that takes its time
  public void awaitAnswers(Duration atMost) throws InterruptedException {
    List<Port> asked;
    synchronized (this) {
      asked = opened;
    }
    long deadline = clock.nanoTime() + atMost.toNanos();
    do {
      // A request whose head was read as the other took over counts a moment later.
      clock.sleep(BETWEEN_LOOKS);
    } while (asked.stream().anyMatch(it -> it.routes().underWay() > 0)
        && clock.nanoTime() - deadline < 0);
  }

  /// Where something is served.
  ///
  /// @param key of the configuration
  /// @param name of the listener's thread
  private record Port(
      String key, String name, OpsConfig listen, Set<Surface> serves, boolean tls, Routes routes) {}

  /// The main one first.
  private List<Port> ports() {
    Set<Surface> elsewhere =
        further.stream().flatMap(it -> it.serves().stream()).collect(Collectors.toSet());
    List<Port> ports = new ArrayList<>();
    ports.add(portFor(listenKey, "ops", config, access, EnumSet.complementOf(copy(elsewhere))));
    for (int i = 0; i < further.size(); i++) {
      ListenerConfig one = further.get(i);
      ports.add(
          portFor(
              "web.listeners[" + i + "].listen",
              "ops-" + (i + 2),
              one.listen(),
              access.withFile(one.configFile()),
              one.serves()));
    }
    return ports;
  }

  private static EnumSet<Surface> copy(Set<Surface> surfaces) {
    EnumSet<Surface> copy = EnumSet.noneOf(Surface.class);
    copy.addAll(surfaces);
    return copy;
  }

  private Port portFor(
      String key, String name, OpsConfig listen, AccessControl rules, Set<Surface> serves) {
    Map<String, Routes.Route> served = new LinkedHashMap<>();
    routeByPath.forEach(
        (path, route) -> {
          if (serves.contains(route.need().surface())) {
            served.put(path, route);
          }
        });
    boolean tls = rules.tls() != null && rules.tls().isOn();
    return new Port(key, name, listen, serves, tls, new Routes(served, rules, warnings));
  }

  private boolean isLoopback() {
    InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
    return !address.isUnresolved() && address.getAddress().isLoopbackAddress();
  }

  private void open(Port port) throws IOException {
    OpsConfig listen = port.listen();
    String listening = port.key() + "=" + listen.listen() + ": ";
    InetSocketAddress address = new InetSocketAddress(listen.host(), listen.port());
    if (address.isUnresolved()) {
      throw new IOException(
          listening + "the host can't be resolved; use an address such as 0.0.0.0 or 127.0.0.1");
    }
    Listener opened;
    try {
      opened =
          new Listener(
              port.name(), address, port.routes(), limits, replies, clock, warnings, supervisor);
    } catch (BindException e) {
      throw new IOException(
          listening
              + "can't listen there ("
              + e.getMessage()
              + "); "
              + (String.valueOf(e.getMessage()).contains("Cannot assign")
                  ? "no interface of this machine has the address: set "
                  : "stop what uses the port, or set ")
              + port.key()
              + " to another",
          e);
    }
    opened.start();
    listeners.add(opened);
    LOG.atInfo()
        .addKeyValue("host", listen.host())
        .addKeyValue("port", opened.port())
        .addKeyValue("serves", port.serves().stream().sorted().map(Surface::word).toList())
        .addKeyValue("tls", port.tls())
        .log("listening");
  }

  /// The main port that is open, also where the configuration says 0.
  ///
  /// @throws IllegalStateException when it is not started
  public int port() {
    return port(0);
  }

  /// The port of a listener in the order of the configuration; 0 is the main one.
  synchronized int port(int index) {
    if (listeners.size() <= index) {
      throw new IllegalStateException("the ops server is not started");
    }
    try {
      return listeners.get(index).port();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Closes the ports and their connections at once; answers under way are cut.
  @Override
  public synchronized void close() {
    listeners.forEach(Listener::close);
    listeners.clear();
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
