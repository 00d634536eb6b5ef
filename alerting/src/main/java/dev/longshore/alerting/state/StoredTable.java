package dev.longshore.alerting.state;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A table of the state that is held in memory too: what has changed in a turn is in its unit of
/// work, and in the next one when that can't be written. Owned by the loop's thread.
///
/// A row is found by the texts of its key's columns.
///
/// @param <R> a row
public final class StoredTable<R> implements StateWriter.Part {

  /// How rows lie in the database.
  ///
  /// @param table the table's name
  /// @param keyColumns the columns that name a row, all of them texts
  /// @param key the values of these
  /// @param columns the other columns
  /// @param values the values of these, as [UnitOfWork#add] takes them
  /// @param reader reads a row
  public record Format<R>(
      String table,
      List<String> keyColumns,
      Function<R, List<String>> key,
      List<String> columns,
      Function<R, List<Object>> values,
      Reader<R> reader) {

    private String upsert() {
      return Upsert.into(table, keyColumns, columns);
    }

    private String delete() {
      return keyColumns.stream()
          .map(column -> column + " = ?")
          .collect(Collectors.joining(" and ", "delete from " + table + " where ", ""));
    }
  }

  /// Reads the row at which a cursor stands; all columns are there. One that can't be read is left
  /// out, as [StoredRows] says.
  public interface Reader<R> {
    R read(ResultSet cursor) throws SQLException;
  }

  private final StateWriter state;
  private final Format<R> format;
  private final String upsert;
  private final String delete;
  private final Map<List<String>, R> rows = new HashMap<>();
  private final ChangedKeys<List<String>> changed = new ChangedKeys<>();

  private StoredTable(StateWriter state, Format<R> format) {
    this.state = state;
    this.format = format;
    this.upsert = format.upsert();
    this.delete = format.delete();
  }

  /// Makes one a part of the state.
  public static <R> StoredTable<R> of(StateWriter state, Format<R> format) {
    StoredTable<R> table = new StoredTable<>(state, format);
    state.add(table);
    return table;
  }

  /// Reads what was there before a restart, as far as it can be read.
  public List<R> load() {
    List<R> stored =
        state.read(
            connection -> {
              List<R> read = new ArrayList<>();
              StoredRows.read(
                  connection,
                  format.table(),
                  "",
                  format.keyColumns(),
                  cursor -> read.add(format.reader().read(cursor)));
              return read;
            });
    stored.forEach(row -> rows.put(format.key().apply(row), row));
    return stored;
  }

  /// Has rows written as they are at the end of the turn.
  public void save(Collection<? extends R> saved) {
    for (R row : saved) {
      List<String> key = format.key().apply(row);
      rows.put(key, row);
      changed.add(key);
    }
    state.changed();
  }

  /// Has rows deleted.
  public void remove(Collection<List<String>> keys) {
    keys.forEach(rows::remove);
    changed.addAll(keys);
    state.changed();
  }

  @Override
  public void collect(UnitOfWork unit) {
    for (List<String> key : changed.take()) {
      R row = rows.get(key);
      if (row == null) {
        unit.add(delete, key.toArray());
      } else {
        List<Object> values = new ArrayList<>(key);
        values.addAll(format.values().apply(row));
        unit.add(upsert, values.toArray());
      }
    }
  }

  @Override
  public void written() {
    changed.written();
  }

  @Override
  public void notWritten() {
    changed.notWritten();
  }

  @Override
  public void everything() {
    changed.addAll(rows.keySet());
  }
}
