package dev.longshore.alerting;

import dev.longshore.alerting.api.Api;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.alerting.leadership.LeaderElection;
import dev.longshore.alerting.leadership.LeaderProxy;
import dev.longshore.alerting.leadership.PeerClient;
import dev.longshore.alerting.leadership.PeerRequests;
import dev.longshore.alerting.state.postgres.LeaseTable;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.alerting.state.postgres.PostgresConnections;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.ops.Readiness;
import dev.longshore.shared.ops.ReadinessCheck;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import java.io.IOException;
import java.net.InetAddress;
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

  private final Supervisor supervisor;
  private final PostgresConnections connections;
  private final Meters meters = new Meters();
  private final PeerClient peers;
  private final LeaderElection election;
  private final SupervisedThread thread;
  private final LeaderProxy proxy;
  private final OpsServer server;

  Replica(AlertingConfig config, PostgresConfig postgres, Clock clock) {
    supervisor = new Supervisor(clock);
    connections = new PostgresConnections(postgres);
    peers = new PeerClient(postgres.peers(), clock);
    String advertise = postgres.advertise();
    election =
        new LeaderElection(
            new LeaseTable(connections, name(), advertise == null ? "" : advertise),
            new PeerRequests(peers),
            clock,
            meters.registry());
    thread = supervisor.platform("leader-election", MAX_TURN_AGE, () -> elect(clock));
    proxy = new LeaderProxy(election::leader, peers, clock);
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

  private void elect(Clock clock) throws InterruptedException {
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
    thread.start();
    server.start();
  }

  /// Waits until this replica leads.
  ///
  /// @return what it leads with; null when the process was asked to end before
  @Nullable Term awaitTerm(CountDownLatch signalled) throws InterruptedException {
    while (!signalled.await(20, TimeUnit.MILLISECONDS)) {
      if (election.led().isDone()) {
        long epoch = election.led().join();
        return new Term(connections, election, epoch, meters, this::closePort);
      }
    }
    return null;
  }

  /// Lets the port go, for what follows.
  private void closePort() {
    server.close();
  }

  /// What a leader has of its replica.
  ///
  /// @param epoch its fencing number
  /// @param beforeListening lets the port go
  record Term(
      PostgresConnections connections,
      LeaderElection election,
      long epoch,
      Meters meters,
      Runnable beforeListening) {}

  /// Ends in order; the lease goes last.
  @Override
  public void close() {
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
