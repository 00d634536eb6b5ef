package dev.longshore.alerting.acknowledge;

import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.state.StoredTable;
import dev.longshore.alerting.state.UnitOfWork;
import dev.longshore.alerting.state.Upsert;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The table of acknowledgements, in memory and in the state. Times in milliseconds since the
/// epoch, alerts as their fingerprints with blanks between them. Owned by the loop's thread.
public final class AcknowledgementStore {
  public static final Schema SCHEMA =
      new Schema(
          "acknowledge",
          List.of(
              "create table acknowledgement (grp text not null, receiver text not null,"
                  + " by_whom text not null, at integer not null, until integer not null,"
                  + " comment text not null, alerts text not null,"
                  + " primary key (grp, receiver)) without rowid"));

  private static final List<String> KEY = List.of("grp", "receiver");

  private static final String PUT =
      Upsert.into("acknowledgement", KEY, List.of("by_whom", "at", "until", "comment", "alerts"));

  /// What a row is found by.
  private record Key(String group, String receiver) {
    static Key of(Acknowledgement acknowledgement) {
      return new Key(acknowledgement.group(), acknowledgement.receiver());
    }
  }

  private final StoredTable<Key, Acknowledgement> table;

  public AcknowledgementStore(StateWriter state) {
    table = StoredTable.of(state, new Format());
  }

  List<Acknowledgement> all() {
    return table.load();
  }

  private static Acknowledgement acknowledgement(ResultSet row) throws SQLException {
    Set<Fingerprint> alerts = new TreeSet<>();
    for (String fingerprint : row.getString("alerts").split(" ", -1)) {
      if (!fingerprint.isEmpty()) {
        alerts.add(Fingerprint.parse(fingerprint));
      }
    }
    return new Acknowledgement(
        row.getString("grp"),
        row.getString("receiver"),
        row.getString("by_whom"),
        Instant.ofEpochMilli(row.getLong("at")),
        Instant.ofEpochMilli(row.getLong("until")),
        row.getString("comment"),
        alerts);
  }

  /// Has one written as it is now.
  void save(Acknowledgement acknowledgement) {
    table.save(List.of(acknowledgement));
  }

  void remove(Acknowledgement acknowledgement) {
    table.remove(List.of(Key.of(acknowledgement)));
  }

  private static final class Format implements StoredTable.Format<Key, Acknowledgement> {
    @Override
    public String table() {
      return "acknowledgement";
    }

    @Override
    public List<String> keyColumns() {
      return KEY;
    }

    @Override
    public Key key(Acknowledgement row) {
      return Key.of(row);
    }

    @Override
    public Acknowledgement read(ResultSet cursor) throws SQLException {
      return acknowledgement(cursor);
    }

    @Override
    public void put(UnitOfWork unit, Acknowledgement row) {
      unit.add(
          PUT,
          row.group(),
          row.receiver(),
          row.by(),
          row.at(),
          row.until(),
          row.comment(),
          row.alerts().stream()
              .sorted()
              .map(Fingerprint::toString)
              .collect(Collectors.joining(" ")));
    }

    @Override
    public void delete(UnitOfWork unit, Key key) {
      unit.add(
          "delete from acknowledgement where grp = ? and receiver = ?",
          key.group(),
          key.receiver());
    }
  }
}
