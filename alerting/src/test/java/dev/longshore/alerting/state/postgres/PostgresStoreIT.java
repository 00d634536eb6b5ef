package dev.longshore.alerting.state.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.StateStore;
import dev.longshore.alerting.state.StateStoreContract;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.PostgresServer;
import dev.longshore.testkit.TcpRelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A PostgreSQL database is a store like any other, and takes writes of the leader alone.
@Tag("postgres")
final class PostgresStoreIT extends StateStoreContract {
  private final AtomicInteger fenced = new AtomicInteger();
  private final ManualClock clock = new ManualClock();
  private String url = "";

  @Override
  protected StateStore open(Schema... schemas) {
    return openAs(lead("leader"), schemas);
  }

  private PostgresStore openAs(long epoch, Schema... schemas) {
    return PostgresStore.open(
        connections(url()), List.of(schemas), epoch, clock, fenced::incrementAndGet);
  }

  private String url() {
    if (url.isEmpty()) {
      try {
        url = PostgresServer.shared().createDatabase();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return url;
  }

  private static PostgresConnections connections(String url) {
    return new PostgresConnections(
        new PostgresConfig(
            url, PostgresServer.USER, null, PostgresServer.PASSWORD, null, null, null));
  }

  /// Takes the lease.
  private long lead(String holder) {
    try (LeaseTable table = new LeaseTable(connections(url()), holder, "", List.of())) {
      OptionalLong epoch = table.take(table.read());
      return epoch.orElseThrow();
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(url(), PostgresServer.USER, PostgresServer.PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aLeaderThatWasReplacedWritesNothingAndIsTold() {
    try (StateStore old = openAs(lead("first"), CARDS)) {
      old.write(unit(card("checkout", "fires", 1.0)));
      try (StateStore successor = openAs(lead("second"), CARDS)) {
        assertThatThrownBy(() -> old.write(unit(card("checkout", "is over", 1.0))))
            .isInstanceOf(StateException.class)
            .hasMessageContaining("another replica leads");
        assertThat(fenced).hasValue(1);
        assertThat(contents(successor)).containsExactly("checkout fires");
        successor.write(unit(card("cart", "fires", 1.0)));
      }
    }
  }

  @Test
  void aLeaderThatStoppedInTheMiddleOfAWriteHoldsUpNobody() throws Exception {
    long epoch = lead("first");
    try (StateStore old = openAs(epoch, CARDS);
        Connection paused =
            DriverManager.getConnection(url(), PostgresServer.USER, PostgresServer.PASSWORD)) {
      old.write(unit(card("checkout", "fires", 1.0)));
      paused.setAutoCommit(false);
      try (Statement statement = paused.createStatement()) {
        statement.executeUpdate("update leader_fence set unit = unit + 1");

        assertThat(lead("second")).isEqualTo(epoch + 1);

        assertThatThrownBy(() -> statement.executeUpdate("delete from card"))
            .isInstanceOf(SQLException.class);
      }
    }
    try (StateStore successor = openAs(epoch + 1, CARDS)) {
      assertThat(contents(successor)).containsExactly("checkout fires");
    }
  }

  @Test
  void aLeaderThatStoppedInTheMiddleOfARenewalHoldsUpNobodyForLong() throws Exception {
    long epoch = lead("first");
    try (Connection paused = connections(url()).open(Duration.ofSeconds(1), Duration.ofSeconds(2));
        Statement statement = paused.createStatement();
        LeaseTable table = new LeaseTable(connections(url()), "second", "", List.of())) {
      statement.executeUpdate("update leader_lease set renewals = renewals + 1");
      Lease seen = table.read();

      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptionsInstanceOf(StateException.class)
          .until(() -> table.take(seen).equals(OptionalLong.of(epoch + 1)));
    }
  }

  @Test
  void aDatabaseThatIsAwayFailsAWriteAndTheNextOneAfterItsReturnIsWhole() throws Exception {
    int port = URI.create(url().substring("jdbc:".length())).getPort();
    try (TcpRelay relay = TcpRelay.start(URI.create("tcp://127.0.0.1:" + port))) {
      String relayed = url().replace(":" + port + "/", ":" + relay.url().getPort() + "/");
      long epoch = lead("leader");
      try (StateStore store =
          PostgresStore.open(
              connections(relayed), List.of(CARDS), epoch, clock, fenced::incrementAndGet)) {
        store.write(unit(card("checkout", "fires", 1.0)));
        relay.away(true);
        for (int attempt = 0; attempt < 2; attempt++) {
          assertThatThrownBy(() -> store.write(unit(card("cart", "fires", 1.0))))
              .isInstanceOf(StateException.class)
              .hasMessageContaining("failed");
          assertThatThrownBy(() -> contents(store)).isInstanceOf(StateException.class);
        }

        relay.away(false);
        assertThat(store.write(unit(card("cart", "fires", 1.0)))).isFalse();
        assertThat(contents(store)).containsExactly("cart fires", "checkout fires");
        assertThat(fenced).hasValue(0);
      }
    }
  }

  @Test
  void aDatabaseThatHasLostItsLastUnitsIsWrittenAnew() throws Exception {
    try (StateStore store = open(CARDS)) {
      store.write(unit(card("checkout", "fires", 1.0)));
      execute("create table copy as select * from card; create table fence as table leader_fence");
      store.write(unit(card("checkout", "is over", 1.0)));
      execute(
          "delete from card; insert into card select * from copy; delete from leader_fence;"
              + " insert into leader_fence table fence");

      assertThat(store.write(unit(card("cart", "fires", 1.0)))).as("all is to be written").isTrue();
      assertThat(contents(store)).containsExactly("cart fires");
      assertThat(store.write(unit(card("payment", "fires", 1.0)))).isFalse();
    }
  }

  @Test
  void aTextThatPostgresqlCanNotHoldIsMadeOneThatItCan() {
    try (StateStore store = open(CARDS)) {
      store.write(unit(card("checkout", "fires\0now", 1.0)));
      assertThat(contents(store)).containsExactly("checkout fires\uFFFDnow");
    }
  }

  @Test
  void readingChangesNothing() {
    try (StateStore store = open(CARDS)) {
      store.write(unit(card("checkout", "fires", 1.0)));
      assertThatThrownBy(
              () ->
                  store.read(
                      connection -> {
                        try (Statement statement = connection.createStatement()) {
                          return statement.executeUpdate("delete from card");
                        }
                      }))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("read-only");
    }
  }
}
