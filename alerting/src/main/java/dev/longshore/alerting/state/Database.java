package dev.longshore.alerting.state;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.files.OwnerOnly;
import dev.longshore.shared.net.FailureText;
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
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/// The database under `state.dir`: `longshore.db`, in WAL mode, each transaction on disk when it
/// returns. Safe for use by any thread; one at a time gets in.
///
/// The folder is held by a lock on `longshore.lock`, which the operating system lets go when the
/// process ends in any way; a second process refuses to start.
///
/// After a write that failed the file is opened anew: a full disk or an I/O error makes SQLite end
/// the transaction by itself, and the state of the connection then is not known. A file that is
/// damaged, at the start or later, is set aside under a name that says when, and an empty one takes
/// its place. One that can't be opened for another reason, a full disk for example, is replaced by
/// memory until it can be; it is set aside then, for its contents are older than what is known.
public final class Database implements StateStore {

  private static final String FILE = "longshore.db";
  private static final String LOCK = "longshore.lock";

  private static final DateTimeFormatter ASIDE =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  // SQLite's result codes.
  private static final int SQLITE_CORRUPT = 11;
  private static final int SQLITE_NOTADB = 26;

  /// TOOBIG, CONSTRAINT, MISMATCH and RANGE.
  private static final Set<Integer> ABOUT_ONE_ROW = Set.of(18, 19, 20, 25);

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Path file;
  private final FileChannel held;
  private final List<Schema> schemas;
  private final Clock clock;

  // Guarded by lock.
  private @Nullable Connection connection;

  /// Whether the connection is to a database in memory.
  private boolean inMemory;

  /// Whether tables are empty that were not: everything is to be written again.
  private boolean lost;

  private @Nullable String problemAtStart;

  private Database(Path file, FileChannel held, List<Schema> schemas, Clock clock) {
    this.file = file;
    this.held = held;
    this.schemas = List.copyOf(schemas);
    this.clock = clock;
  }

  /// Opens the database of a folder, makes it when it is not there, and brings its tables up to
  /// date.
  ///
  /// @param clock for the names of files that are set aside
  /// @throws StateException when another process holds the folder, it can't be written, or a newer
  ///   version of Longshore has written the database
  public static Database open(Path dir, List<Schema> schemas, Clock clock) {
    FileChannel held = hold(dir);
    SqliteLibrary.keepIn(dir);
    Database database = new Database(dir.resolve(FILE), held, schemas, clock);
    try {
      database.start();
      return database;
    } catch (StateException e) {
      release(held);
      throw e;
    }
  }

  private void start() {
    try {
      connection = connect();
      return;
    } catch (SQLException e) {
      problemAtStart = file + " can't be opened: " + e.getMessage();
      if (isDamage(e)) {
        try {
          problemAtStart += "; it is kept as " + setAside();
          connection = connect();
          return;
        } catch (SQLException | IOException inTurn) {
          problemAtStart += "; a new one can't be made: " + inTurn.getMessage();
        }
      }
    }
    try {
      connection = migrated(new SQLiteConfig().createConnection("jdbc:sqlite::memory:"));
      inMemory = true;
    } catch (SQLException e) {
      throw new StateException("not even a database in memory can be made: " + e.getMessage(), e);
    }
  }

  /// What was wrong with the database that was there at the start, and what became of it: nothing
  /// of it is known. Null when nothing was.
  public @Nullable String problemAtStart() {
    return problemAtStart;
  }

  /// Makes the file for its owner alone, from which SQLite takes the permissions of those beside
  /// it, and repairs those of an earlier version. Where that can't be, opening says why.
  private static void ownerOnly(Path file) {
    try {
      Files.createFile(file, OwnerOnly.FILE);
    } catch (IOException e) {
      // It is there, or SQLite finds the same reason.
    }
    Path dir = file.toAbsolutePath().getParent();
    if (dir != null) {
      OwnerOnly.repairFiles(dir, List.of(FILE, FILE + "-wal", FILE + "-shm", LOCK));
    }
  }

  private Connection connect() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    ownerOnly(file);
    Connection opened = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
    try (Statement check = opened.createStatement();
        ResultSet row = check.executeQuery("pragma quick_check(1)")) {
      if (!row.next() || !"ok".equals(row.getString(1))) {
        throw new SQLException("it is damaged: " + row.getString(1), "", SQLITE_CORRUPT);
      }
    } catch (SQLException e) {
      abandon(opened);
      throw e;
    }
    return migrated(opened);
  }

  private Connection migrated(Connection opened) throws SQLException {
    try {
      opened.setAutoCommit(false);
      Migrations.apply(opened, schemas, UnaryOperator.identity(), "state.dir");
      opened.commit();
      return opened;
    } catch (SQLException | StateException e) {
      abandon(opened);
      throw e;
    }
  }

  private static void abandon(Connection opened) {
    try {
      opened.close();
    } catch (SQLException e) {
      LOG.atDebug().setCause(e).log("a connection to the database was not closed cleanly");
    }
  }

  private static boolean isDamage(SQLException e) {
    int code = e.getErrorCode() & 0xff;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  }

  /// Renames the file with what belongs to it.
  ///
  /// @return its new name
  private Path setAside() throws IOException {
    String suffix = ".broken-" + ASIDE.format(clock.now());
    Path aside = file.resolveSibling(FILE + suffix);
    for (int i = 2; Files.exists(aside); i++) {
      aside = file.resolveSibling(FILE + suffix + "-" + i);
    }
    for (String tail : List.of("-wal", "-shm", "")) {
      Path part = file.resolveSibling(FILE + tail);
      if (Files.exists(part)) {
        Files.move(part, file.resolveSibling(aside.getFileName() + tail));
      }
    }
    LOG.atError().addKeyValue("keptAs", aside).log("The database is set aside");
    return aside;
  }

  private static FileChannel hold(Path dir) {
    Path path = dir.resolve(LOCK);
    FileChannel channel;
    try {
      OwnerOnly.createFolders(dir);
      channel =
          FileChannel.open(
              path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OwnerOnly.FILE);
    } catch (IOException e) {
      throw new StateException(
          "state.dir "
              + dir
              + " can't be written: "
              + (Files.isRegularFile(dir) ? "it is a file" : FailureText.of(e))
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

  private static StateException inUse(Path dir, @Nullable Throwable cause) {
    String message =
        "state.dir "
            + dir
            + " is in use by another process; two would post everything twice. End it, or give this one a folder of its own";
    return cause == null ? new StateException(message) : new StateException(message, cause);
  }

  @Override
  public boolean write(UnitOfWork unit) {
    lock.lock();
    try {
      Connection opened = writable();
      try {
        execute(opened, unit);
      } catch (SQLException e) {
        if (!isAboutOneRow(e)) {
          throw e;
        }
        opened.rollback();
        executeEach(opened, unit);
      }
      opened.commit();
      boolean empty = lost;
      lost = false;
      return empty;
    } catch (SQLException e) {
      reset(e);
      throw new StateException("a write to " + file + " failed: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      reset(null);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /// The connection to the file; opened anew where there was a failure.
  private Connection writable() throws SQLException {
    Connection opened = connection;
    if (opened != null && !inMemory) {
      return opened;
    }
    Connection anew = anew();
    connection = anew;
    inMemory = false;
    if (opened != null) {
      abandon(opened);
    }
    return anew;
  }

  private Connection anew() throws SQLException {
    try {
      if (inMemory && Files.exists(file)) {
        setAside();
        lost = true;
      }
      try {
        Connection anew = connect();
        lost |= inMemory;
        return anew;
      } catch (SQLException e) {
        if (!isDamage(e)) {
          throw e;
        }
        setAside();
        lost = true;
        return connect();
      }
    } catch (IOException e) {
      throw new SQLException("it can't be set aside: " + e, e);
    }
  }

  private static void execute(Connection connection, UnitOfWork unit) throws SQLException {
    Map<String, PreparedStatement> statements = new HashMap<>();
    try {
      for (UnitOfWork.Change change : unit.changes()) {
        PreparedStatement statement = statements.get(change.sql());
        if (statement == null) {
          statement = connection.prepareStatement(change.sql());
          statements.put(change.sql(), statement);
        }
        execute(statement, change);
      }
    } finally {
      for (PreparedStatement statement : statements.values()) {
        statement.close();
      }
    }
  }

  private static void execute(PreparedStatement statement, UnitOfWork.Change change)
      throws SQLException {
    int index = 0;
    for (Object value : change.values()) {
      statement.setObject(++index, value instanceof UnitOfWork.Late late ? late.value() : value);
    }
    statement.executeUpdate();
  }

  /// A row that the database refuses is left out; the others are written.
  private static void executeEach(Connection connection, UnitOfWork unit) throws SQLException {
    for (UnitOfWork.Change change : unit.changes()) {
      try (PreparedStatement statement = connection.prepareStatement(change.sql())) {
        execute(statement, change);
      } catch (SQLException e) {
        if (!isAboutOneRow(e)) {
          throw e;
        }
        LOG.atError()
            .addKeyValue("statement", change.sql())
            .addKeyValue("reason", e.getMessage())
            .log("The database refuses a row; it is left out");
      }
    }
  }

  private static boolean isAboutOneRow(SQLException e) {
    return ABOUT_ONE_ROW.contains(e.getErrorCode() & 0xff);
  }

  @Override
  public <T> T read(Query<T> query) {
    lock.lock();
    try {
      Connection opened = connection == null ? writable() : connection;
      T result = query.run(opened);
      opened.rollback();
      return result;
    } catch (SQLException e) {
      reset(e);
      throw new StateException("reading " + file + " failed: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  /// Lets the connection go; the next use opens another. A damaged file is set aside at once, so
  /// that this can't fail again for the same reason.
  private void reset(@Nullable SQLException cause) {
    Connection opened = connection;
    if (opened == null || inMemory) {
      return;
    }
    connection = null;
    abandon(opened);
    if (cause != null && isDamage(cause)) {
      try {
        setAside();
        lost = true;
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (connection != null) {
        connection.close();
      }
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
