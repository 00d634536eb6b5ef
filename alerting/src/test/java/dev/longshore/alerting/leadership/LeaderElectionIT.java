package dev.longshore.alerting.leadership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.leadership.LeaderElection.Role;
import dev.longshore.alerting.state.postgres.LeaseTable;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.alerting.state.postgres.PostgresConnections;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.PostgresServer;
import dev.longshore.testkit.TcpRelay;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// At most one replica may send at a time, whatever its clock says, and there is one that may
/// within ten seconds.
@Tag("postgres")
final class LeaderElectionIT {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static PostgresServer server;

  private final Map<String, Replica> replicas = new HashMap<>();

  /// Replicas that the others can't reach.
  private final Set<String> unreachable = new HashSet<>();

  private final List<AutoCloseable> opened = new ArrayList<>();
  private String url;

  @BeforeAll
  static void startServer() throws Exception {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void createDatabase() throws Exception {
    url = server.createDatabase("lease_" + DATABASES.incrementAndGet());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  private boolean promises(String address) {
    Replica asked = replicas.get(address);
    return asked != null && !unreachable.contains(address) && asked.election.promise();
  }

  /// A replica with a clock and a way to the database of its own.
  private final class Replica {
    final ManualClock clock = new ManualClock();
    final TcpRelay way;
    final LeaderElection election;

    Replica(String name) {
      int port = URI.create(url.substring("jdbc:".length())).getPort();
      way = TcpRelay.start(URI.create("tcp://127.0.0.1:" + port));
      String reached = url.replace(":" + port + "/", ":" + way.url().getPort() + "/");
      PostgresConfig config =
          new PostgresConfig(
              reached, PostgresServer.USER, null, PostgresServer.PASSWORD, null, null, null);
      election =
          new LeaderElection(
              new LeaseTable(new PostgresConnections(config), name, "http://" + name),
              addresses -> addresses.stream().allMatch(LeaderElectionIT.this::promises),
              clock,
              new SimpleMeterRegistry());
      replicas.put("http://" + name, this);
      opened.add(election);
      opened.add(way);
    }

    void turn() {
      election.turn();
    }

    boolean maySend() {
      return election.maySend(true);
    }
  }

  /// Seconds pass for everybody, with a turn of each replica that runs.
  private static void pass(int seconds, List<Replica> everybody, List<Replica> running) {
    for (int second = 0; second < seconds; second++) {
      everybody.forEach(it -> it.clock.advance(Duration.ofSeconds(1)));
      running.forEach(Replica::turn);
      assertThat(everybody.stream().filter(Replica::maySend).count())
          .as("replicas that may send")
          .isLessThanOrEqualTo(1);
    }
  }

  @Test
  void theFirstLeadsAtOnceAndTheOtherKnowsWhereItIs() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    first.turn();
    second.turn();
    assertThat(first.election.role()).isEqualTo(Role.LEADER);
    assertThat(first.election.led()).isCompletedWithValue(1L);
    assertThat(first.maySend()).isTrue();
    assertThat(second.election.role()).isEqualTo(Role.STANDBY);
    assertThat(second.election.leader()).isEqualTo("http://first");
    assertThat(second.maySend()).isFalse();
  }

  @Test
  void aLeaderThatRenewsStaysOne() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    first.turn();
    pass(60, List.of(first, second), List.of(first, second));
    assertThat(first.maySend()).isTrue();
    assertThat(second.election.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void aLeaderThatEndsInOrderIsFollowedAtTheNextLook() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    first.turn();
    second.turn();
    first.election.close();
    second.turn();
    assertThat(second.maySend()).isTrue();
  }

  @Test
  void aLeaderThatIsKilledIsFollowedWithinTenSeconds() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    first.turn();
    pass(3, List.of(first, second), List.of(first, second));
    pass(8, List.of(first, second), List.of(second));
    assertThat(second.maySend()).isTrue();
    assertThat(second.election.led()).isCompletedWithValue(2L);
  }

  @Test
  void aLeaderThatWasPausedSendsNothingWhenItWakesUpAndLearnsThatItWasReplaced() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    first.turn();
    pass(60, List.of(first, second), List.of(second));
    assertThat(second.maySend()).isTrue();
    assertThat(first.maySend()).isFalse();
    assertThat(first.election.role()).as("it does not know yet").isEqualTo(Role.LEADER);

    first.turn();
    assertThat(first.election.role()).isEqualTo(Role.LOST);
    assertThat(first.election.lost()).isDone();
    assertThat(second.maySend()).isTrue();
  }

  @Test
  void aLeaderThatAloneIsCutOffFromTheDatabaseStopsBeforeTheOtherSends() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    second.turn();
    first.way.away(true);
    first.turn();
    first.way.away(false);
    pass(2, List.of(first, second), List.of(second, first));
    assertThat(second.maySend()).isTrue();

    second.way.away(true);
    pass(9, List.of(first, second), List.of(second, first));
    assertThat(first.maySend()).isTrue();
    assertThat(second.election.failure()).contains("can't be reached");

    second.way.away(false);
    pass(2, List.of(first, second), List.of(second, first));
    assertThat(second.election.role()).isEqualTo(Role.LOST);
    assertThat(first.maySend()).isTrue();
  }

  @Test
  void theOnlyReplicaGoesOnWithoutTheDatabaseAndLeadsWhenItIsBack() {
    Replica first = new Replica("first");
    first.turn();
    pass(2, List.of(first), List.of(first));
    first.way.away(true);
    pass(120, List.of(first), List.of(first));
    assertThat(first.election.maySend(false)).isTrue();

    // One that starts when the database is back waits for as long as the leader needs to renew.
    Replica second = new Replica("second");
    first.way.away(false);
    second.turn();
    pass(20, List.of(first, second), List.of(second, first));
    assertThat(first.maySend()).isTrue();
    assertThat(second.election.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void aLeaderGoesOnFromMemoryWhenNoOtherReachesTheDatabase() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    List<Replica> both = List.of(first, second);
    first.turn();
    pass(2, both, both);
    both.forEach(it -> it.way.away(true));
    pass(60, both, List.of(second, first));
    assertThat(first.election.maySend(false)).isTrue();

    both.forEach(it -> it.way.away(false));
    pass(20, both, List.of(second, first));
    assertThat(first.maySend()).isTrue();
    assertThat(second.election.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void aLeaderThatReachesNobodyStopsSending() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    List<Replica> both = List.of(first, second);
    first.turn();
    pass(2, both, both);
    unreachable.add("http://second");
    both.forEach(it -> it.way.away(true));
    pass(6, both, List.of(second, first));
    assertThat(first.maySend()).isFalse();
  }

  @Test
  void whoHasPromisedNotToLeadWaitsThoughTheDatabaseIsBack() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    List<Replica> both = List.of(first, second);
    first.turn();
    pass(2, both, both);
    both.forEach(it -> it.way.away(true));
    pass(2, both, List.of(second, first));
    assertThat(first.election.maySend(false)).isTrue();

    // The leader's way stays cut: the other leads, but only when the leader sends nothing more.
    second.way.away(false);
    pass(12, both, List.of(second, first));
    assertThat(second.maySend()).isTrue();
    assertThat(first.maySend()).isFalse();
  }

  @Test
  void theOnlyReplicaThatWasPausedWithoutTheDatabaseAsksBeforeItSends() {
    Replica first = new Replica("first");
    first.turn();
    first.turn();
    first.way.away(true);
    pass(10, List.of(first), List.of(first));
    assertThat(first.election.maySend(false)).isTrue();

    first.clock.advance(Duration.ofMinutes(1));
    assertThat(first.election.maySend(false)).isFalse();
  }

  @Test
  void withOthersNothingIsSentThatTheDatabaseDoesNotKnowOf() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    first.turn();
    second.turn();
    first.turn();
    assertThat(first.election.maySend(false)).isFalse();
    assertThat(first.election.maySend(true)).isTrue();
  }

  @Test
  void ofTwoThatWantALeaseOneGetsIt() {
    Replica first = new Replica("first");
    Replica second = new Replica("second");
    Replica third = new Replica("third");
    first.turn();
    List<Replica> others = List.of(second, third);
    others.forEach(Replica::turn);
    pass(8, List.of(first, second, third), others);
    assertThat(others.stream().filter(Replica::maySend)).hasSize(1);
  }
}
