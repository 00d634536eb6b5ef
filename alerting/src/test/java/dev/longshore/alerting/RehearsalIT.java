package dev.longshore.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.alerting.state.postgres.PostgresConnections;
import dev.longshore.alerting.state.postgres.TemporaryStore;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A replica that stands by notifies itself by all that a leader needs, and leaves nothing behind.
@Tag("postgres")
final class RehearsalIT {
  private static final int ALERTS = 3;

  private static PostgresConnections connections(String url, String password) {
    return new PostgresConnections(
        new PostgresConfig(url, PostgresServer.USER, null, password, null, null, null));
  }

  @Test
  void aReplicaNotifiesItselfAndLeavesNoTableBehind() throws Exception {
    String url = PostgresServer.shared().createDatabase();
    PostgresConnections connections = connections(url, PostgresServer.PASSWORD);

    Rehearsal rehearsal =
        new Rehearsal(
            Clock.system(),
            () -> TemporaryStore.open(connections, Engine.SCHEMAS, Clock.system()),
            ALERTS);

    assertThat(rehearsal.run()).isEqualTo(ALERTS);
    try (Connection connection =
            DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
        Statement statement = connection.createStatement();
        ResultSet tables =
            statement.executeQuery("select count(*) from pg_tables where schemaname = 'public'")) {
      assertThat(tables.next()).isTrue();
      assertThat(tables.getInt(1)).isZero();
    }
  }

  @Test
  void aDatabaseThatIsAwayKeepsNobodyFromStandingBy() {
    Rehearsal rehearsal =
        new Rehearsal(
            Clock.system(),
            () -> {
              throw new StateException("away");
            },
            ALERTS);

    assertThat(rehearsal.run()).isZero();
  }

  @Test
  void itEndsWhenTheReplicaLeads() throws Exception {
    PostgresConnections connections =
        connections(PostgresServer.shared().createDatabase(), PostgresServer.PASSWORD);
    Rehearsal rehearsal =
        new Rehearsal(
            Clock.system(),
            () -> TemporaryStore.open(connections, Engine.SCHEMAS, Clock.system()),
            ALERTS);
    rehearsal.end();

    assertThat(rehearsal.run()).isZero();
  }
}
