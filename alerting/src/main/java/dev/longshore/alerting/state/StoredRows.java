package dev.longshore.alerting.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the rows of a table one by one, at the start. A row that makes no sense to this version,
/// because it is damaged, or another version wrote it by other rules, is named in the log, left out
/// and left where it is: everything else is taken up.
public final class StoredRows {
  private static final Logger LOG = LoggerFactory.getLogger(StoredRows.class);

  /// Of a table, so many are named in the log.
  private static final int MAX_NAMED = 20;

  private static final int MAX_TEXT = 200;

  /// Takes the row at which the cursor stands. What it throws, but for an [SQLException], says that
  /// the row can't be read; it has changed nothing then.
  public interface Reader {
    void read(ResultSet cursor) throws SQLException;
  }

  private StoredRows() {}

  /// Reads all rows.
  ///
  /// @param order the end of the query, from `order by` on; may be empty
  /// @param key the columns that name a row
  /// @throws SQLException when the database fails
  public static void read(
      Connection connection, String table, String order, List<String> key, Reader reader)
      throws SQLException {
    int unreadable = 0;
    try (PreparedStatement query =
            connection.prepareStatement(("select * from " + table + " " + order).strip());
        ResultSet cursor = query.executeQuery()) {
      while (cursor.next()) {
        try {
          reader.read(cursor);
        } catch (RuntimeException e) {
          unreadable++;
          if (unreadable <= MAX_NAMED) {
            log(table, named(cursor, key), e);
          }
        }
      }
    }
    if (unreadable > MAX_NAMED) {
      LOG.atError()
          .addKeyValue("table", table)
          .addKeyValue("rows", unreadable)
          .log("Rows of the state can't be read and are left out");
    }
  }

  private static void log(String table, Map<String, String> row, RuntimeException e) {
    LOG.atError()
        .addKeyValue("table", table)
        .addKeyValue("row", row)
        .addKeyValue("reason", shortened(String.valueOf(e.getMessage())))
        .log("A row of the state can't be read; it is left out, and stays in the database");
  }

  private static Map<String, String> named(ResultSet cursor, List<String> key) throws SQLException {
    Map<String, String> named = new TreeMap<>();
    for (String column : key) {
      named.put(column, shortened(String.valueOf(cursor.getString(column))));
    }
    return named;
  }

  /// What stands in a row, as the log says it.
  public static String shortened(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }
}
