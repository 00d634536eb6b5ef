package dev.longshore.alerting.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.UnaryOperator;

/// Brings a database's tables to the versions of their [Schema]s, in the caller's transaction. The
/// versions are rows of the table `schema_versions`.
public final class Migrations {
  private static final String PUT_VERSION =
      Upsert.into("schema_versions", List.of("name"), List.of("version"));

  private Migrations() {}

  /// Runs the steps that are missing.
  ///
  /// @param dialect turns a schema's statement into one of this database
  /// @param otherPlace what names another database, for the message
  /// @throws StateException when a newer version of Longshore has written the database
  public static void apply(
      Connection connection, List<Schema> schemas, UnaryOperator<String> dialect, String otherPlace)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          dialect.apply(
              "create table if not exists schema_versions (name text primary key, version integer"
                  + " not null) without rowid"));
    }
    for (Schema schema : schemas) {
      apply(connection, schema, dialect, otherPlace);
    }
  }

  /// Makes sure that no newer version of Longshore has written the database; changes nothing.
  ///
  /// @param otherPlace what names another database, for the message
  /// @throws StateException when one has
  public static void check(Connection connection, List<Schema> schemas, String otherPlace)
      throws SQLException {
    for (Schema schema : schemas) {
      check(schema, version(connection, schema), otherPlace);
    }
  }

  private static void check(Schema schema, int version, String otherPlace) {
    int newest = schema.steps().size();
    if (version > newest) {
      throw new StateException(
          "the tables of '"
              + schema.name()
              + "' are of version "
              + version
              + ", and this Longshore knows them up to "
              + newest
              + "; run the newer one again, or name another "
              + otherPlace);
    }
  }

  private static void apply(
      Connection connection, Schema schema, UnaryOperator<String> dialect, String otherPlace)
      throws SQLException {
    int version = version(connection, schema);
    check(schema, version, otherPlace);
    int newest = schema.steps().size();
    for (String step : schema.steps().subList(version, newest)) {
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate(dialect.apply(step));
      }
    }
    if (version < newest) {
      try (PreparedStatement update = connection.prepareStatement(PUT_VERSION)) {
        update.setString(1, schema.name());
        update.setInt(2, newest);
        update.executeUpdate();
      }
    }
  }

  private static int version(Connection connection, Schema schema) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("select version from schema_versions where name = ?")) {
      query.setString(1, schema.name());
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getInt(1) : 0;
      }
    }
  }
}
