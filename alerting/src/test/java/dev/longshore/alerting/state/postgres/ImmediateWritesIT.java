package dev.longshore.alerting.state.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.StateStoreContract;
import dev.longshore.alerting.state.UnitOfWork;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.PostgresServer;
import dev.longshore.testkit.TcpRelay;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a leader writes at once is there before its next unit and waits for none, and once another
/// replica leads it is not written at all.
@Tag("postgres")
final class ImmediateWritesIT {
  private static final Schema MESSAGES =
      new Schema("messages", List.of("create table message (id integer primary key)"));

  private final ManualClock clock = new ManualClock();
  private String url;
  private long lastUnit;

  @BeforeEach
  void create() throws Exception {
    url = PostgresServer.shared().createDatabase();
  }

  private static PostgresConnections connections(String url) {
    return new PostgresConnections(
        new PostgresConfig(
            url, PostgresServer.USER, null, PostgresServer.PASSWORD, null, null, null));
  }

  private long lead(String holder) {
    try (LeaseTable table = new LeaseTable(connections(url), holder, "", List.of())) {
      return table.take(table.read()).orElseThrow();
    }
  }

  /// The state of a leader that has written a message.
  private PostgresStore leader(String url, long epoch) {
    PostgresStore store =
        PostgresStore.open(connections(url), List.of(MESSAGES), epoch, clock, () -> {});
    store.write(message(1));
    return store;
  }

  private UnitOfWork message(long id) {
    UnitOfWork unit = StateStoreContract.emptyUnit(++lastUnit);
    unit.add("insert into message values (?) on conflict (id) do nothing", id);
    return unit;
  }

  private static boolean remove(PostgresStore store) {
    return store.writeNow(new UnitOfWork.Change("delete from message where id = ?", List.of(1L)));
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
  }

  private boolean isTrue(String condition) throws SQLException {
    try (Connection connection = connect();
        Statement query = connection.createStatement();
        ResultSet row = query.executeQuery("select " + condition)) {
      return row.next() && row.getBoolean(1);
    }
  }

  private boolean hasMessage() throws SQLException {
    return isTrue("exists (select 1 from message where id = 1)");
  }

  @Test
  void othersSeeAChangeBeforeTheNextUnit() throws Exception {
    try (PostgresStore store = leader(url, lead("leader"))) {
      assertThat(hasMessage()).isTrue();

      assertThat(remove(store)).isTrue();

      assertThat(hasMessage()).isFalse();
      assertThat(remove(store)).as("there is nothing left to change").isFalse();
    }
  }

  @Test
  void aChangeWaitsForNoUnitThatIsBeingWritten() throws Exception {
    try (PostgresStore store = leader(url, lead("leader"));
        Connection writing = connect();
        Statement statement = writing.createStatement()) {
      writing.setAutoCommit(false);
      statement.executeUpdate("update leader_fence set unit = unit + 1");

      assertThat(remove(store)).isTrue();
      writing.rollback();
    }
  }

  @Test
  void aLeaderThatWasReplacedChangesNothing() throws Exception {
    try (PostgresStore store = leader(url, lead("first"))) {
      lead("second");

      assertThat(remove(store)).isFalse();

      assertThat(hasMessage()).isTrue();
    }
  }

  @Test
  void aLeaderThatIsBeingReplacedChangesNothing() throws Exception {
    try (PostgresStore store = leader(url, lead("first"));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try (Connection connection = connect();
          Statement statement = connection.createStatement()) {
        statement.execute(
            """
            create function slow() returns trigger language plpgsql as $$
              begin perform pg_sleep(0.3); return new; end $$;
            create trigger slow before update on leader_fence for each row
              when (new.epoch <> old.epoch) execute function slow()
            """);
      }
      Future<Long> epoch = threads.submit(() -> lead("second"));
      await()
          .pollInterval(Duration.ofMillis(10))
          .until(
              () -> isTrue("exists (select 1 from pg_stat_activity where wait_event = 'PgSleep')"));

      assertThat(remove(store)).isFalse();

      assertThat(epoch.get()).isEqualTo(2);
      assertThat(hasMessage()).isTrue();
    }
  }

  @Test
  void aLeaderThatStoppedInTheMiddleOfAChangeHoldsUpNobody() throws Exception {
    long epoch = lead("first");
    try (Connection paused = connect();
        Statement statement = paused.createStatement()) {
      paused.setAutoCommit(false);
      statement.execute("select 1 from leader_fence where id = 1 for key share");

      assertThat(lead("second")).isEqualTo(epoch + 1);

      assertThatThrownBy(() -> statement.execute("select 1")).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void afterADatabaseWasAwayChangesGoOnBehindAUnit() throws Exception {
    int port = URI.create(url.substring("jdbc:".length())).getPort();
    try (TcpRelay relay = TcpRelay.start(URI.create("tcp://127.0.0.1:" + port));
        PostgresStore store =
            leader(
                url.replace(":" + port + "/", ":" + relay.url().getPort() + "/"), lead("leader"))) {
      relay.away(true);
      assertThat(remove(store)).isFalse();
      assertThatThrownBy(() -> store.write(message(2))).isInstanceOf(StateException.class);
      relay.away(false);
      store.write(message(2));
      assertThat(remove(store)).as("it is not tried again at once").isFalse();

      clock.advance(Duration.ofSeconds(10));
      store.write(message(3));

      assertThat(remove(store)).isTrue();
      assertThat(hasMessage()).isFalse();
    }
  }
}
