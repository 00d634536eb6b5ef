package dev.longshore.alerting.state.postgres;

import dev.longshore.alerting.state.UnitOfWork;
import dev.longshore.shared.clock.Clock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes of the leader of an epoch that wait for no unit of work: each is a statement and a
/// transaction of its own, on a connection of their own, in one round trip. Safe for use by any
/// thread; one at a time writes.
///
/// A change is made only while the epoch is still its leader's: the statement locks the fence `for
/// key share`. That goes beside the leader's units, which change the fence's row and not its key,
/// and not beside [LeaseTable#take], which locks it `for update`. So once another replica leads,
/// nothing is changed any more.
///
/// It is committed when others can see it, not when it is on the database's disk: what is written
/// here is in a unit soon. For the same reason a failure is nobody's: the connection is let go, and
/// opened again behind a unit that was written.
final class ImmediateWrites implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImmediateWrites.class);

  /// Who waits for a write would be served by a unit after this time as well.
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /// After a failure.
  private static final Duration AGAIN = Duration.ofSeconds(10);

  private final PostgresConnections connections;
  private final Clock clock;
  private final String leads;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private @Nullable Connection connection;
  private @Nullable Long failedNanos;
  private boolean closed;

  ImmediateWrites(PostgresConnections connections, long epoch, Clock clock) {
    this.connections = connections;
    this.clock = clock;
    this.leads =
        "with leads as (select 1 from leader_fence where id = 1 and epoch = "
            + epoch
            + " for key share) ";
  }

  /// Takes a connection of somebody else's, with auto-commit.
  void use(Connection given) {
    connection = given;
  }

  /// Opens a connection where there is none, for a database that answers just now. By one thread at
  /// a time.
  void open() {
    if (!isMissing()) {
      return;
    }
    Connection opened = null;
    try {
      opened = connections.open(TIMEOUT, PostgresStore.IDLE);
      opened.setAutoCommit(true);
      try (Statement set = opened.createStatement()) {
        set.execute("set synchronous_commit = off; set statement_timeout = " + TIMEOUT.toMillis());
      }
      put(opened);
    } catch (SQLException e) {
      PostgresConnections.abandon(opened);
      lock.lock();
      try {
        failed(e);
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean isMissing() {
    if (!lock.tryLock()) {
      return false; // somebody writes
    }
    try {
      return !closed && connection == null && isTimeToTry();
    } finally {
      lock.unlock();
    }
  }

  private boolean isTimeToTry() {
    return failedNanos == null || clock.nanoTime() - failedNanos >= AGAIN.toNanos();
  }

  private void put(Connection opened) {
    lock.lock();
    try {
      if (closed) {
        PostgresConnections.abandon(opened);
      } else {
        connection = opened;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Writes a change.
  ///
  /// @return whether it changed a row; never after another replica has taken the lease
  boolean write(UnitOfWork.Change change) {
    lock.lock();
    try {
      Connection opened = connection;
      if (opened == null) {
        return false;
      }
      try (PreparedStatement statement =
          opened.prepareStatement(leads + change.sql() + " and exists (select 1 from leads)")) {
        PostgresStore.bind(statement, change);
        return statement.executeUpdate() > 0;
      } catch (SQLException e) {
        PostgresConnections.abandon(opened);
        connection = null;
        failed(e);
        return false;
      }
    } finally {
      lock.unlock();
    }
  }

  private void failed(SQLException e) {
    failedNanos = clock.nanoTime();
    LOG.atWarn()
        .addKeyValue("database", connections.url())
        .addKeyValue("reason", e.getMessage())
        .log("A change could not be written at once; it is in the next unit of work");
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      PostgresConnections.abandon(connection);
      connection = null;
    } finally {
      lock.unlock();
    }
  }
}
