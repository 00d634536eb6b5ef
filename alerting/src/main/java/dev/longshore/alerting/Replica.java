package dev.longshore.alerting;

import dev.longshore.alerting.api.Api;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.leadership.LeaderElection;
import dev.longshore.alerting.leadership.LeaderProxy;
import dev.longshore.alerting.leadership.PeerClient;
import dev.longshore.alerting.leadership.PeerRequests;
import dev.longshore.alerting.state.postgres.LeaseTable;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.alerting.state.postgres.PostgresConnections;
import dev.longshore.alerting.state.postgres.TemporaryStore;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.ops.Readiness;
import dev.longshore.shared.ops.ReadinessCheck;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One of several replicas of alerting, whose state is in PostgreSQL: it stands by, with the port
/// open and every request passed on to the leader, until it leads.
///
/// The election goes on for as long as the process does. When the lease is lost the process ends:
/// it comes back as one that stands by, with nothing in memory.
final class Replica implements AutoCloseable {

  /// Two timeouts of the database, and then some.
  private static final Duration MAX_TURN_AGE = Duration.ofSeconds(60);

  private static final Duration END = Duration.ofSeconds(10);

  /// How long the next leader may take when this one ends.
  private static final Duration HAND_OVER = Duration.ofSeconds(6);

  /// For those who still take this replica for one that answers.
  private static final Duration PASSES_ON = Duration.ofSeconds(2);

  /// As long as a request may wait for a leader.
  private static final Duration ANSWERS = Duration.ofSeconds(9);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final Clock clock;
  private final Supervisor supervisor;
  private final PostgresConnections connections;
  private final Meters meters = new Meters();
  private final PeerClient peers;
  private final String advertise;
  private final OpsConfig listen;
  private final LeaderElection election;
  private final SupervisedThread thread;
  private final LeaderProxy proxy;
  private final OpsServer server;
  private final Rehearsal rehearsal;
  private volatile int port;

  Replica(AlertingConfig config, PostgresConfig postgres, Clock clock) {
    this.clock = clock;
    supervisor = new Supervisor(clock);
    connections = new PostgresConnections(postgres);
    peers = new PeerClient(postgres.peers(), clock);
    rehearsal = new Rehearsal(clock, () -> TemporaryStore.open(connections, Engine.SCHEMAS, clock));
    String advertise = postgres.advertise();
    election =
        new LeaderElection(
            new LeaseTable(connections, name(), advertise == null ? "" : advertise, Engine.SCHEMAS),
            new PeerRequests(peers),
            clock,
            meters.registry());
    thread = supervisor.platform("leader-election", MAX_TURN_AGE, this::elect);
    this.advertise = advertise == null ? "" : advertise;
    listen = config.api().listen();
    proxy = new LeaderProxy(this::leader, peers, clock);
    server =
        new OpsServer(
            "api.listen",
            config.api().listen(),
            clock,
            supervisor,
            meters,
            List.of(new ReadinessCheck("database", this::readiness)),
            json -> {
              json.writeStringField("role", "standby");
              json.writeStringField("leader", election.leader());
            });
    server.limits(Alerting.LIMITS, null);
    server.access(config.web(), List.of(config.api().externalUrl()), Alerting.OPEN);
    server.probe(
        PeerRequests.PATH,
        _ ->
            election.promise()
                ? OpsReply.text(200, "this replica does not lead for " + LeaderElection.TTL)
                : OpsReply.text(409, "this replica may lead"));
    Api.passOn(server, config.api().prefix(), proxy, () -> election.failure() == null);
  }

  /// Where the leader is reached; empty while there is none. When it is this replica, that is its
  /// own port: what waited for a leader needs no network then.
  private String leader() {
    if (election.role() != LeaderElection.Role.LEADER || advertise.isEmpty()) {
      return election.leader();
    }
    URI outside = URI.create(advertise);
    InetAddress address = new InetSocketAddress(listen.host(), port).getAddress();
    String host =
        address == null || address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
    try {
      return new URI(outside.getScheme(), null, host, port, outside.getPath(), null, null)
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A name that no other process has, also on the same machine and after a restart.
  private static String name() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "unknown";
    }
    ProcessHandle.Info info = ProcessHandle.current().info();
    return host
        + "/"
        + ProcessHandle.current().pid()
        + "/"
        + info.startInstant().map(it -> String.valueOf(it.toEpochMilli())).orElse("");
  }

  private Readiness readiness() {
    String failure = election.failure();
    return failure == null ? Readiness.READY : Readiness.notReady(failure);
  }

  private void elect() throws InterruptedException {
    while (true) {
      election.turn();
      thread.turned();
      clock.sleep(election.period());
    }
  }

  /// Opens the port and stands by.
  ///
  /// @throws IOException when the port can't be opened
  void start() throws IOException {
    supervisor.start();
    server.start();
    port = server.port();
    thread.start();
    Thread.ofPlatform().name("rehearsal").daemon().start(rehearsal::run);
  }

  /// Waits until this replica leads.
  ///
  /// @return what it leads with; null when the process was asked to end before
  @Nullable Term awaitTerm(CountDownLatch signalled) throws InterruptedException {
    while (!signalled.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
      if (election.led().isDone()) {
        rehearsal.end();
        long epoch = election.led().join();
        return new Term(connections, election, epoch, meters, server);
      }
    }
    return null;
  }

  /// Kubernetes tells those who ask that a pod ends at the same time as it tells the pod; meanwhile
  /// nothing that comes here is refused.
  private void passOn() {
    LeaderElection.Role before = election.role();
    election.leave();
    try {
      long deadline = clock.nanoTime() + HAND_OVER.toNanos();
      while (before != LeaderElection.Role.LOST && !isOver() && clock.nanoTime() - deadline < 0) {
        clock.sleep(BETWEEN_LOOKS);
      }
      if (before != LeaderElection.Role.LOST && !election.leader().isEmpty()) {
        clock.sleep(PASSES_ON);
        server.awaitAnswers(ANSWERS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether another replica leads, or there is none that could.
  private boolean isOver() {
    return switch (election.role()) {
      case LEADER -> election.failure() != null;
      case STANDBY -> true;
      case LOST -> !election.leader().isEmpty() || !election.hasOthers();
    };
  }

  /// What a leader has of its replica.
  ///
  /// @param epoch its fencing number
  /// @param standby serves at the port until the leader does
  record Term(
      PostgresConnections connections,
      LeaderElection election,
      long epoch,
      Meters meters,
      OpsServer standby) {}

  /// Ends in order: lets the lease go when all is written, passes on for a while what is still
  /// asked here, and closes the port.
  @Override
  public void close() {
    rehearsal.end();
    passOn();
    server.close();
    peers.close();
    thread.stopping();
    thread.interrupt();
    try {
      if (thread.join(END)) {
        election.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    supervisor.close();
  }
}
