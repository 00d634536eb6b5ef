package dev.longshore.alerting.state;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A table of the state that is held in memory too: what has changed in a turn is in its unit of
/// work, and in the next one when that can't be written. Owned by the loop's thread.
///
/// @param <K> what a row is found by
/// @param <R> a row
public final class StoredTable<K, R> implements StateWriter.Part {

  /// How rows lie in the database.
  public interface Format<K, R> {
    /// The table's name.
    String table();

    /// The columns that name a row.
    List<String> keyColumns();

    K key(R row);

    /// The row at which the cursor stands; all columns are there. One that can't be read is left
    /// out, as [StoredRows] says.
    R read(ResultSet cursor) throws SQLException;

    /// Adds the statement that writes a row as it is now, whether it is there or not.
    void put(UnitOfWork unit, R row);

    /// Adds the statement that deletes a row.
    void delete(UnitOfWork unit, K key);
  }

  private final StateWriter state;
  private final Format<K, R> format;
  private final Map<K, R> rows = new HashMap<>();
  private final ChangedKeys<K> changed = new ChangedKeys<>();

  private StoredTable(StateWriter state, Format<K, R> format) {
    this.state = state;
    this.format = format;
  }

  /// Makes one a part of the state.
  public static <K, R> StoredTable<K, R> of(StateWriter state, Format<K, R> format) {
    StoredTable<K, R> table = new StoredTable<>(state, format);
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
                  cursor -> read.add(format.read(cursor)));
              return read;
            });
    stored.forEach(row -> rows.put(format.key(row), row));
    return stored;
  }

  /// Has rows written as they are at the end of the turn.
  public void save(Collection<? extends R> saved) {
    for (R row : saved) {
      rows.put(format.key(row), row);
      changed.add(format.key(row));
    }
    state.changed();
  }

  /// Has rows deleted.
  public void remove(Collection<? extends K> keys) {
    keys.forEach(rows::remove);
    changed.addAll(keys);
    state.changed();
  }

  @Override
  public void collect(UnitOfWork unit) {
    for (K key : changed.take()) {
      R row = rows.get(key);
      if (row == null) {
        format.delete(unit, key);
      } else {
        format.put(unit, row);
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
