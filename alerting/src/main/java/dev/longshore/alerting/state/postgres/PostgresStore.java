package dev.longshore.alerting.state.postgres;

import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.StateStore;
import dev.longshore.alerting.state.UnitOfWork;
import dev.longshore.shared.clock.Clock;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The state of the leader of an epoch, in a PostgreSQL database. Safe for use by any thread: one
/// writes at a time, one reads, and one writes what waits for no unit ([ImmediateWrites]).
///
/// Each unit of work raises the number of the last unit in `leader_fence`, in its transaction, and
/// so checks that the epoch is still its own. A database whose last unit is older than one that was
/// committed was restored from a backup, or has failed over to a copy that lagged behind: what it
/// holds is older than what is known, so its tables are emptied and everything is written again.
///
/// A connection that fails is let go, and the next use opens another; nothing is tried twice here.
public final class PostgresStore implements StateStore {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresStore.class);

  /// A database that does not answer for so long has failed.
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// Longer than any pause between two statements of a process that works.
  static final Duration IDLE = Duration.ofSeconds(5);

  private final PostgresConnections connections;
  private final List<Schema> schemas;
  private final PostgresDialect dialect;
  private final long epoch;
  private final Runnable onFenced;
  private final ReentrantLock writing = new ReentrantLock();
  private final ReentrantLock reading = new ReentrantLock();

  private final ImmediateWrites immediate;

  // Guarded by writing.
  private @Nullable Connection writer;

  /// The unit that was committed last.
  private long lastUnit;

  // Guarded by reading.
  private @Nullable Connection reader;

  private PostgresStore(
      PostgresConnections connections,
      List<Schema> schemas,
      long epoch,
      Clock clock,
      Runnable onFenced) {
    this.connections = connections;
    this.schemas = List.copyOf(schemas);
    this.dialect = new PostgresDialect(schemas);
    this.epoch = epoch;
    this.onFenced = onFenced;
    this.immediate = new ImmediateWrites(connections, epoch, clock);
  }

  /// Opens the state for the leader of an epoch, and brings its tables up to date.
  ///
  /// @param onFenced told, on the thread that writes, when another replica leads
  /// @throws StateException when the database can't be reached, or a newer version of Longshore has
  ///   written it
  public static PostgresStore open(
      PostgresConnections connections,
      List<Schema> schemas,
      long epoch,
      Clock clock,
      Runnable onFenced) {
    PostgresStore store = new PostgresStore(connections, schemas, epoch, clock, onFenced);
    store.writing.lock();
    try {
      store.writer();
      return store;
    } catch (SQLException e) {
      throw new StateException(
          "the database " + connections.url() + " can't be opened: " + e.getMessage(), e);
    } finally {
      store.writing.unlock();
    }
  }

  /// The state on a connection of somebody else's, for the epoch that a new database has. Reads
  /// would go by another one.
  static PostgresStore on(
      PostgresConnections connections, Connection opened, List<Schema> schemas, Clock clock)
      throws SQLException {
    PostgresStore store = new PostgresStore(connections, schemas, 0, clock, () -> {});
    migrate(opened, schemas);
    store.writer = opened;
    store.immediate.use(opened);
    return store;
  }

  private static void migrate(Connection opened, List<Schema> schemas) throws SQLException {
    PostgresSchemas.migrate(opened, List.of(LeaseTable.SCHEMA));
    PostgresSchemas.migrate(opened, schemas);
  }

  private Connection writer() throws SQLException {
    Connection opened = writer;
    if (opened == null) {
      opened = connections.open(TIMEOUT, IDLE);
      try {
        migrate(opened, schemas);
      } catch (SQLException | RuntimeException e) {
        PostgresConnections.abandon(opened);
        throw e;
      }
      writer = opened;
    }
    return opened;
  }

  @Override
  public boolean write(UnitOfWork unit) {
    writing.lock();
    try {
      Connection opened = writer();
      boolean lost = execute(opened, unit);
      opened.commit();
      lastUnit = unit.number();
      immediate.open();
      return lost;
    } catch (SQLException e) {
      letWriterGo();
      throw new StateException("a write to " + connections.url() + " failed: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      letWriterGo();
      throw e;
    } finally {
      writing.unlock();
    }
  }

  private void letWriterGo() {
    PostgresConnections.abandon(writer);
    writer = null;
  }

  /// Locks the fence for this transaction.
  ///
  /// @return whether the database has lost what it had
  /// @throws StateException when another replica leads
  private boolean fence(Connection opened, long unit) throws SQLException {
    try (PreparedStatement raise =
        opened.prepareStatement(
            "update leader_fence set unit = ? where id = 1 and epoch = ? and unit >= ?")) {
      raise.setLong(1, unit);
      raise.setLong(2, epoch);
      raise.setLong(3, lastUnit);
      if (raise.executeUpdate() == 1) {
        return false;
      }
    }
    try (PreparedStatement restore =
        opened.prepareStatement(
            "update leader_fence set unit = ?, epoch = ? where id = 1 and epoch <= ?")) {
      restore.setLong(1, unit);
      restore.setLong(2, epoch);
      restore.setLong(3, epoch);
      if (restore.executeUpdate() == 1) {
        return true;
      }
    }
    onFenced.run();
    throw new StateException("another replica leads by now; epoch " + epoch + " is over");
  }

  /// Writes all changes of a unit.
  ///
  /// A unit that the database takes, as nearly all are, costs no savepoint: each round trip more is
  /// time in which a message that was sent is not known to be.
  ///
  /// @return whether the database had lost what it had
  private boolean execute(Connection opened, UnitOfWork unit) throws SQLException {
    boolean lost = begin(opened, unit);
    try {
      executeAll(opened, unit.changes());
      return lost;
    } catch (SQLException e) {
      if (!isAboutOneRow(e)) {
        throw e;
      }
      opened.rollback();
      lost = begin(opened, unit);
      executeEach(opened, unit.changes());
      return lost;
    }
  }

  /// Begins the transaction of a unit.
  ///
  /// @return whether the database has lost what it had; its tables are empty then
  private boolean begin(Connection opened, UnitOfWork unit) throws SQLException {
    boolean lost = fence(opened, unit.number());
    if (lost) {
      LOG.atError()
          .addKeyValue("lastUnit", lastUnit)
          .log("The database has lost units that it had committed; everything is written again");
      PostgresSchemas.empty(opened, schemas);
    }
    return lost;
  }

  /// In batches: each run of changes by the same statement is one.
  private void executeAll(Connection opened, List<UnitOfWork.Change> changes) throws SQLException {
    for (int from = 0; from < changes.size(); ) {
      String sql = changes.get(from).sql();
      try (PreparedStatement statement = opened.prepareStatement(dialect.statement(sql))) {
        int end = from;
        for (; end < changes.size() && changes.get(end).sql().equals(sql); end++) {
          bind(statement, changes.get(end));
          statement.addBatch();
        }
        statement.executeBatch();
        from = end;
      }
    }
  }

  /// A row that the database refuses is left out; the others are written.
  private void executeEach(Connection opened, List<UnitOfWork.Change> changes) throws SQLException {
    for (UnitOfWork.Change change : changes) {
      Savepoint before = opened.setSavepoint();
      try (PreparedStatement statement = opened.prepareStatement(dialect.statement(change.sql()))) {
        bind(statement, change);
        statement.executeUpdate();
      } catch (SQLException e) {
        if (!isAboutOneRow(e)) {
          throw e;
        }
        opened.rollback(before);
        LOG.atError()
            .addKeyValue("statement", change.sql())
            .addKeyValue("reason", e.getMessage())
            .log("The database refuses a row; it is left out");
      }
      opened.releaseSavepoint(before);
    }
  }

  static void bind(PreparedStatement statement, UnitOfWork.Change change) throws SQLException {
    int index = 0;
    for (Object each : change.values()) {
      Object value = each instanceof UnitOfWork.Late late ? late.value() : each;
      switch (value) {
        case Boolean bool -> statement.setLong(++index, bool ? 1 : 0);
        // PostgreSQL has no NUL in a text.
        case String text -> statement.setString(++index, text.replace('\0', '\uFFFD'));
        case null, default -> statement.setObject(++index, value);
      }
    }
  }

  /// SQLSTATE's classes of a value that can't be (22), of a constraint (23) and of a limit (54).
  private static boolean isAboutOneRow(SQLException e) {
    SQLException first =
        e instanceof BatchUpdateException && e.getNextException() != null
            ? e.getNextException()
            : e;
    String state = first.getSQLState();
    return state != null
        && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
  }

  @Override
  public boolean writeNow(UnitOfWork.Change change) {
    return immediate.write(change);
  }

  @Override
  public <T> T read(Query<T> query) {
    reading.lock();
    try {
      Connection opened = reader;
      if (opened == null) {
        opened = connections.open(TIMEOUT, IDLE);
        try (Statement readOnly = opened.createStatement()) {
          readOnly.execute("set session characteristics as transaction read only");
          opened.commit();
        }
        reader = opened;
      }
      T result = query.run(opened);
      opened.rollback();
      return result;
    } catch (SQLException e) {
      PostgresConnections.abandon(reader);
      reader = null;
      throw new StateException("reading " + connections.url() + " failed: " + e.getMessage(), e);
    } finally {
      reading.unlock();
    }
  }

  @Override
  public void close() {
    immediate.close();
    writing.lock();
    try {
      letWriterGo();
    } finally {
      writing.unlock();
    }
    reading.lock();
    try {
      PostgresConnections.abandon(reader);
      reader = null;
    } finally {
      reading.unlock();
    }
  }
}
