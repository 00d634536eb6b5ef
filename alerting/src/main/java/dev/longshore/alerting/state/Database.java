package dev.longshore.alerting.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteConfig;

/// The database under `state.dir`: `longshore.db`, in WAL mode, each transaction on disk when it
/// returns. Safe for use by any thread; one at a time gets in.
///
/// The folder is held by a lock on `longshore.lock`, which the operating system lets go when the
/// process ends in any way; a second process refuses to start.
public final class Database implements AutoCloseable {

  /// Work with the connection, within a transaction.
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private static final String FILE = "longshore.db";
  private static final String LOCK = "longshore.lock";

  private final ReentrantLock lock = new ReentrantLock();
  private final Path file;
  private final FileChannel held;
  private final Connection connection;

  private Database(Path file, FileChannel held, Connection connection) {
    this.file = file;
    this.held = held;
    this.connection = connection;
  }

  /// Opens the database of a folder, makes it when it is not there, and brings its tables up to
  /// date.
  ///
  /// @throws StateException when another process holds the folder, it can't be written, the file is
  ///   no database, or a newer version of Longshore has written it
  public static Database open(Path dir, List<Schema> schemas) {
    FileChannel held = hold(dir);
    Path file = dir.resolve(FILE);
    try {
      SQLiteConfig config = new SQLiteConfig();
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
      config.enforceForeignKeys(true);
      Database database =
          new Database(file, held, config.createConnection("jdbc:sqlite:" + file.toAbsolutePath()));
      database.connection.setAutoCommit(false);
      database.write(
          connection -> {
            for (Schema schema : schemas) {
              migrate(connection, schema);
            }
            return true;
          });
      return database;
    } catch (SQLException e) {
      release(held);
      throw new StateException(file + " can't be opened: " + e.getMessage(), e);
    } catch (StateException e) {
      release(held);
      throw e;
    }
  }

  private static FileChannel hold(Path dir) {
    Path path = dir.resolve(LOCK);
    FileChannel channel;
    try {
      Files.createDirectories(dir);
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new StateException(
          "state.dir "
              + dir
              + " can't be written: "
              + e.getMessage()
              + "; name a folder that this user may write",
          e);
    }
    try {
      FileLock taken = channel.tryLock();
      if (taken != null) {
        return channel;
      }
    } catch (IOException e) {
      release(channel);
      throw new StateException(path + " can't be locked: " + e.getMessage(), e);
    } catch (OverlappingFileLockException e) {
      release(channel);
      throw inUse(dir, e);
    }
    release(channel);
    throw inUse(dir, null);
  }

  private static StateException inUse(
      Path dir, @org.jspecify.annotations.Nullable Throwable cause) {
    String message =
        "state.dir "
            + dir
            + " is in use by another process; two would post everything twice. End it, or give this one a folder of its own";
    return cause == null ? new StateException(message) : new StateException(message, cause);
  }

  private static void migrate(Connection connection, Schema schema) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists schema_versions (name text primary key, version integer not null)"
              + " without rowid");
    }
    int version = 0;
    try (PreparedStatement query =
        connection.prepareStatement("select version from schema_versions where name = ?")) {
      query.setString(1, schema.name());
      try (ResultSet row = query.executeQuery()) {
        if (row.next()) {
          version = row.getInt(1);
        }
      }
    }
    if (version > schema.steps().size()) {
      throw new StateException(
          "the tables of '"
              + schema.name()
              + "' are of version "
              + version
              + ", and this Longshore knows them up to "
              + schema.steps().size()
              + "; run the newer one again, or name another state.dir");
    }
    for (String step : schema.steps().subList(version, schema.steps().size())) {
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate(step);
      }
    }
    try (PreparedStatement update =
        connection.prepareStatement("insert or replace into schema_versions values (?, ?)")) {
      update.setString(1, schema.name());
      update.setInt(2, schema.steps().size());
      update.executeUpdate();
    }
  }

  /// Runs work as one transaction: all of it is on disk when this returns, or none of it is.
  ///
  /// @throws StateException when it fails; nothing has changed then
  public <T> T write(Work<T> work) {
    lock.lock();
    try {
      T result = work.run(connection);
      connection.commit();
      return result;
    } catch (SQLException e) {
      rollback(e);
      throw new StateException("a write to " + file + " failed: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      rollback(e);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /// Runs work that only reads.
  ///
  /// @throws StateException when it fails
  public <T> T read(Work<T> work) {
    lock.lock();
    try {
      T result = work.run(connection);
      connection.rollback();
      return result;
    } catch (SQLException e) {
      rollback(e);
      throw new StateException("reading " + file + " failed: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  private void rollback(Throwable cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StateException(file + " was not closed cleanly: " + e.getMessage(), e);
    } finally {
      release(held);
      lock.unlock();
    }
  }

  private static void release(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StateException("the lock can't be let go: " + e.getMessage(), e);
    }
  }
}
