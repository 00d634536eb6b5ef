package dev.longshore.alerting.state.postgres;

import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens connections to the database. User and password are read from their files each time, so
/// that a changed password is taken up. There is no pool: a process has one connection for units of
/// work, one for what waits for none, one that reads and one for the lease, and each is kept until
/// it fails.
public final class PostgresConnections {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresConnections.class);

  private final PostgresConfig config;

  public PostgresConnections(PostgresConfig config) {
    this.config = config;
  }

  /// The database's address, for messages.
  String url() {
    return config.url();
  }

  /// Opens one, without auto-commit.
  ///
  /// @param timeout for connecting and for each answer, in whole seconds
  /// @param idle how long a transaction may wait for us before the database ends it, with its
  ///   session: one of a process that is paused, or cut off, holds its locks no longer
  Connection open(Duration timeout, Duration idle) throws SQLException {
    String seconds = String.valueOf(timeout.toSeconds());
    Properties properties = new Properties();
    put(properties, "user", read("usernameFile", config.username(), config.usernameFile()));
    put(properties, "password", read("passwordFile", config.password(), config.passwordFile()));
    properties.put("ApplicationName", "longshore-alerting");
    properties.put("connectTimeout", seconds);
    // Beyond the connection it takes some rounds, and for the first the driver's classes.
    properties.put("loginTimeout", String.valueOf(timeout.toSeconds() + 1));
    properties.put("socketTimeout", seconds);
    properties.put("tcpKeepAlive", "true");
    // A standby of the database, which a URL of several hosts may name, takes no writes.
    properties.put("targetServerType", "primary");
    Connection opened = DriverManager.getConnection(config.url(), properties);
    try (Statement limit = opened.createStatement()) {
      limit.execute("set idle_in_transaction_session_timeout = " + idle.toMillis());
      opened.setAutoCommit(false);
      return opened;
    } catch (SQLException e) {
      abandon(opened);
      throw e;
    }
  }

  private static void put(Properties properties, String key, @Nullable String value) {
    if (value != null) {
      properties.put(key, value);
    }
  }

  private static @Nullable String read(String key, @Nullable String value, @Nullable Path file)
      throws SQLException {
    if (file == null) {
      return value;
    }
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new SQLException(
          "state.postgres." + key + " " + file + " can't be read: " + FailureText.ofFile(file, e),
          e);
    }
  }

  /// Closes one whose state is not known.
  static void abandon(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.atDebug().setCause(e).log("a connection to the database was not closed cleanly");
      }
    }
  }
}
