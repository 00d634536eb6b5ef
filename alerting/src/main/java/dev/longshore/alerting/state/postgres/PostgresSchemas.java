package dev.longshore.alerting.state.postgres;

import dev.longshore.alerting.state.Migrations;
import dev.longshore.alerting.state.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The tables of a PostgreSQL database, in the first schema of the user's search path.
final class PostgresSchemas {
  /// Any number that nobody else locks: the letters of "longshor".
  private static final long LOCK = 0x6c6f_6e67_7368_6f72L;

  private static final Pattern TABLE = Pattern.compile("create table (\\w+) ");

  /// What names another database.
  private static final String KEY = "state.postgres.url";

  private PostgresSchemas() {}

  /// Brings tables up to date, in a transaction of its own; replicas that start at the same time
  /// wait for each other.
  ///
  /// @throws dev.longshore.alerting.state.StateException when a newer Longshore wrote them
  static void migrate(Connection connection, List<Schema> schemas) throws SQLException {
    PostgresDialect dialect = new PostgresDialect(schemas);
    try {
      try (Statement lock = connection.createStatement()) {
        lock.execute("select pg_advisory_xact_lock(" + LOCK + ")");
      }
      Migrations.apply(connection, schemas, dialect::definition, KEY);
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
  }

  /// Makes sure that no newer Longshore wrote them.
  ///
  /// @throws dev.longshore.alerting.state.StateException when one did
  static void check(Connection connection, List<Schema> schemas) throws SQLException {
    Migrations.check(connection, schemas, KEY);
  }

  /// Empties tables, in the caller's transaction.
  static void empty(Connection connection, List<Schema> schemas) throws SQLException {
    List<String> tables =
        schemas.stream()
            .flatMap(schema -> schema.steps().stream())
            .flatMap(PostgresSchemas::table)
            .toList();
    try (Statement delete = connection.createStatement()) {
      for (String table : tables.reversed()) {
        delete.executeUpdate("delete from " + table);
      }
    }
  }

  private static Stream<String> table(String step) {
    Matcher matcher = TABLE.matcher(step);
    return matcher.find() ? Stream.of(matcher.group(1)) : Stream.empty();
  }
}
