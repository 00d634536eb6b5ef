package dev.longshore.alerting.state.postgres;

import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.StateStore;
import dev.longshore.alerting.state.UnitOfWork;
import dev.longshore.shared.clock.Clock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// The state's tables as temporary ones of a connection: as empty as at the first start, seen by
/// nobody else, and gone with the connection. What a replica rehearses in that stands by: it takes
/// the way of [PostgresStore], statement by statement. Safe for use by any thread.
public final class TemporaryStore implements StateStore {
  private final Connection connection;
  private final PostgresStore store;

  private TemporaryStore(Connection connection, PostgresStore store) {
    this.connection = connection;
    this.store = store;
  }

  /// @throws StateException when the database can't be reached, or allows no temporary tables
  public static TemporaryStore open(
      PostgresConnections connections, List<Schema> schemas, Clock clock) {
    Connection opened = null;
    try {
      opened = connections.open(PostgresStore.TIMEOUT, PostgresStore.IDLE);
      try (Statement path = opened.createStatement()) {
        path.execute("set search_path to pg_temp");
      }
      opened.commit();
      return new TemporaryStore(opened, PostgresStore.on(connections, opened, schemas, clock));
    } catch (SQLException | RuntimeException e) {
      PostgresConnections.abandon(opened);
      throw new StateException(
          "no temporary tables in " + connections.url() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized boolean write(UnitOfWork unit) {
    if (isGone()) {
      // PostgresStore would open another, and find the leader's tables there.
      throw new StateException("the temporary tables are gone with their connection");
    }
    return store.write(unit);
  }

  private boolean isGone() {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  /// On the connection that writes, which alone has the tables.
  @Override
  public synchronized boolean writeNow(UnitOfWork.Change change) {
    try {
      connection.setAutoCommit(true);
      boolean written = store.writeNow(change);
      connection.setAutoCommit(false);
      return written;
    } catch (SQLException e) {
      return false; // the connection is gone, and the next unit says so
    }
  }

  /// On the connection that writes, which alone has the tables.
  @Override
  public synchronized <T> T read(Query<T> query) {
    try {
      T result = query.run(connection);
      connection.rollback();
      return result;
    } catch (SQLException e) {
      throw new StateException("reading temporary tables failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
