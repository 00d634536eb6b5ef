package dev.longshore.alerting.state;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The statement that writes the row of a key, whether there is one already or not, in the SQL that
/// every [StateStore] knows.
public final class Upsert {
  private Upsert() {}

  /// Makes one. Its values are those of the key, then the others.
  ///
  /// @param key the columns of the table's primary key
  /// @param others the other columns that are written
  public static String into(String table, List<String> key, List<String> others) {
    List<String> columns = new ArrayList<>(key);
    columns.addAll(others);
    return "insert into "
        + table
        + " ("
        + String.join(", ", columns)
        + ") values ("
        + columns.stream().map(_ -> "?").collect(Collectors.joining(", "))
        + ") on conflict ("
        + String.join(", ", key)
        + ") do update set "
        + others.stream()
            .map(column -> column + " = excluded." + column)
            .collect(Collectors.joining(", "));
  }
}
