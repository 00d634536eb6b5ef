package dev.longshore.alerting.leadership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.leadership.LeaderElection.Role;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.postgres.LeaseTable;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.alerting.state.postgres.PostgresConnections;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.PostgresServer;
import dev.longshore.testkit.TcpRelay;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// At most one replica may send at a time, whatever its clock says, and there is one that may
/// within ten seconds.
@Tag("postgres")
final class LeaderElectionIT {
  /// What these replicas know of the tables that a leader uses.
  private static final Schema STATE =
      new Schema("silences", List.of("create table silence (id integer primary key)"));

  private final Map<String, Replica> replicas = new HashMap<>();

  /// Replicas that the others can't reach.
  private final Set<String> unreachable = new HashSet<>();

  private final List<AutoCloseable> opened = new ArrayList<>();
  private String url;
  private Replica first;
  private Replica second;
  private List<Replica> both;

  @BeforeEach
  void createDatabase() throws Exception {
    url = PostgresServer.shared().createDatabase();
    first = new Replica("first");
    second = new Replica("second");
    both = List.of(first, second);
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
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
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
              new LeaseTable(
                  new PostgresConnections(config), name, "http://" + name, List.of(STATE)),
              addresses -> addresses.stream().allMatch(LeaderElectionIT.this::promises),
              clock,
              registry);
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

    /// What Prometheus is told.
    double leads() {
      return registry.get("longshore.alerting.leader").gauge().value();
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
    first.turn();
    pass(60, both, both);
    assertThat(first.maySend()).isTrue();
    assertThat(second.election.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void aLeaderThatEndsInOrderIsFollowedAtTheNextLook() {
    first.turn();
    second.turn();
    first.election.close();
    second.turn();
    assertThat(second.maySend()).isTrue();
  }

  @Test
  void aLeaderThatLeavesLetsTheLeaseGoAndSeesWhoHasIt() {
    first.turn();
    second.turn();
    first.election.leave();
    assertThat(first.maySend()).as("until it was let go").isTrue();
    first.turn();
    assertThat(first.maySend()).isFalse();
    assertThat(first.election.leader()).isEmpty();
    second.turn();
    first.turn();
    assertThat(second.maySend()).isTrue();
    assertThat(first.election.leader()).isEqualTo("http://second");
    assertThat(first.election.lost()).as("it was not replaced").isNotDone();
  }

  @Test
  void whoLeavesDoesNotTakeALease() {
    first.turn();
    second.turn();
    second.election.leave();
    pass(30, both, List.of(second));
    assertThat(second.election.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void aLeaderThatIsKilledIsFollowedWithinTenSeconds() {
    first.turn();
    pass(3, both, both);
    pass(8, both, List.of(second));
    assertThat(second.maySend()).isTrue();
    assertThat(second.election.led()).isCompletedWithValue(2L);
  }

  @Test
  void aLeaderThatWasPausedSendsNothingWhenItWakesUpAndLearnsThatItWasReplaced() {
    first.turn();
    pass(60, both, List.of(second));
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
    second.turn();
    first.way.away(true);
    first.turn();
    first.way.away(false);
    pass(2, both, List.of(second, first));
    assertThat(second.maySend()).isTrue();

    second.way.away(true);
    pass(9, both, List.of(second, first));
    assertThat(first.maySend()).isTrue();
    assertThat(second.election.failure()).contains("can't be reached");

    second.way.away(false);
    pass(2, both, List.of(second, first));
    assertThat(second.election.role()).isEqualTo(Role.LOST);
    assertThat(first.maySend()).isTrue();
  }

  @Test
  void theOnlyReplicaGoesOnWithoutTheDatabaseAndLeadsWhenItIsBack() {
    first.turn();
    pass(2, List.of(first), List.of(first));
    first.way.away(true);
    pass(120, List.of(first), List.of(first));
    assertThat(first.election.maySend(false)).isTrue();

    // One that starts when the database is back waits for as long as the leader needs to renew.
    first.way.away(false);
    second.turn();
    pass(20, both, List.of(second, first));
    assertThat(first.maySend()).isTrue();
    assertThat(second.election.role()).isEqualTo(Role.STANDBY);
  }

  @Test
  void aLeaderGoesOnFromMemoryWhenNoOtherReachesTheDatabase() {
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
    first.turn();
    pass(2, both, both);
    unreachable.add("http://second");
    both.forEach(it -> it.way.away(true));
    assertThat(first.leads()).isEqualTo(1);
    pass(6, both, List.of(second, first));
    assertThat(first.maySend()).isFalse();
    assertThat(first.leads() + second.leads()).as("leaders, as Prometheus sees them").isZero();
  }

  @Test
  void whoHasPromisedNotToLeadWaitsThoughTheDatabaseIsBack() {
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
    first.turn();
    second.turn();
    first.turn();
    assertThat(first.election.maySend(false)).isFalse();
    assertThat(first.election.maySend(true)).isTrue();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void whoIsOlderThanTheTablesDoesNotTakeTheLeaseFromOneThatKnowsThem() throws Exception {
    first.turn();
    second.turn();
    execute("insert into schema_versions values ('silences', 2)");
    first.election.leave();
    first.turn();
    pass(8, both, List.of(second));
    assertThat(second.election.role()).isEqualTo(Role.STANDBY);
    assertThat(second.election.failure()).contains("'silences'", "run the newer one again");

    execute("update schema_versions set version = 1 where name = 'silences'");
    pass(1, both, List.of(second));
    assertThat(second.maySend()).isTrue();
  }

  @Test
  void whoIsOlderThanTheTablesOfTheLeaseItselfDoesNotTakeItEither() throws Exception {
    first.turn();
    second.turn();
    execute("update schema_versions set version = version + 1 where name = 'leader'");
    pass(12, both, List.of(second));
    assertThat(second.election.role()).isEqualTo(Role.STANDBY);
    assertThat(second.election.failure()).contains("'leader'", "run the newer one again");
  }

  @Test
  void clocksThatRunAtDifferentPacesOrAreSetDoNotMakeTwoLeaders() {
    first.turn();
    pass(2, both, both);
    first.way.away(true);
    unreachable.add("http://second");
    boolean led = false;
    for (int step = 0; step < 200; step++) {
      // The standby's clock runs a fifth faster than the leader's, and both are set all the time.
      first.clock.advance(Duration.ofMillis(100));
      second.clock.advance(Duration.ofMillis(120));
      first.clock.jumpWallClock(Duration.ofHours(step % 2 == 0 ? 7 : -7));
      second.clock.jumpWallClock(Duration.ofDays(step % 3 == 0 ? -40 : 20));
      second.turn();
      if (step % 5 == 0) {
        first.turn();
      }
      led |= second.maySend();
      assertThat(first.maySend() && second.maySend()).as("two leaders at step %d", step).isFalse();
    }
    assertThat(led).isTrue();
  }

  @Test
  void ofTwoThatWantALeaseOneGetsIt() {
    Replica third = new Replica("third");
    first.turn();
    List<Replica> others = List.of(second, third);
    others.forEach(Replica::turn);
    pass(8, List.of(first, second, third), others);
    assertThat(others.stream().filter(Replica::maySend)).hasSize(1);
  }
}
