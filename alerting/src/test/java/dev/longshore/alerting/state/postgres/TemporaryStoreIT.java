package dev.longshore.alerting.state.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.StateStoreContract;
import dev.longshore.alerting.state.UnitOfWork;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Temporary tables take what a leader's take, and never become the leader's.
@Tag("postgres")
final class TemporaryStoreIT {
  private static final Schema MESSAGES =
      new Schema("messages", List.of("create table message (id integer primary key)"));

  private static UnitOfWork message(long number) {
    UnitOfWork unit = StateStoreContract.emptyUnit(number);
    unit.add("insert into message values (?)", number);
    return unit;
  }

  private static TemporaryStore open(String url) {
    PostgresConfig config =
        new PostgresConfig(
            url, PostgresServer.USER, null, PostgresServer.PASSWORD, null, null, null);
    return TemporaryStore.open(
        new PostgresConnections(config), List.of(MESSAGES), new ManualClock());
  }

  private static long count(Connection connection, String from) throws SQLException {
    try (Statement query = connection.createStatement();
        ResultSet row = query.executeQuery("select count(*) from " + from)) {
      assertThat(row.next()).isTrue();
      return row.getLong(1);
    }
  }

  @Test
  void whatIsWrittenAtOnceIsInTheSameTables() throws Exception {
    try (TemporaryStore store = open(PostgresServer.shared().createDatabase())) {
      store.write(message(1));
      store.write(message(2));

      assertThat(
              store.writeNow(
                  new UnitOfWork.Change("delete from message where id = ?", List.of(1L))))
          .isTrue();

      assertThat(store.<Long>read(connection -> count(connection, "message"))).isEqualTo(1);
      store.write(message(3));
      assertThat(store.<Long>read(connection -> count(connection, "message"))).isEqualTo(2);
    }
  }

  @Test
  void aConnectionThatIsLostIsNotReplacedByOneToTheTablesOfTheLeader() throws Exception {
    String url = PostgresServer.shared().createDatabase();
    try (TemporaryStore store = open(url);
        Connection other =
            DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD)) {
      store.write(message(1));
      try (Statement end = other.createStatement()) {
        end.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and pid <> pg_backend_pid()");
      }

      for (int attempt = 0; attempt < 3; attempt++) {
        assertThatThrownBy(() -> store.write(message(2))).isInstanceOf(StateException.class);
      }

      assertThat(count(other, "pg_tables where schemaname = 'public'")).isZero();
    }
  }
}
