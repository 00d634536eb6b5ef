package dev.longshore.alerting.acknowledge;

import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.state.StoredTable;
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

  private static final StoredTable.Format<Acknowledgement> FORMAT =
      new StoredTable.Format<>(
          "acknowledgement",
          List.of("grp", "receiver"),
          AcknowledgementStore::key,
          List.of("by_whom", "at", "until", "comment", "alerts"),
          AcknowledgementStore::values,
          AcknowledgementStore::acknowledgement);

  private final StoredTable<Acknowledgement> table;

  public AcknowledgementStore(StateWriter state) {
    table = StoredTable.of(state, FORMAT);
  }

  List<Acknowledgement> all() {
    return table.load();
  }

  private static List<String> key(Acknowledgement acknowledgement) {
    return List.of(acknowledgement.group(), acknowledgement.receiver());
  }

  private static List<Object> values(Acknowledgement acknowledgement) {
    return List.of(
        acknowledgement.by(),
        acknowledgement.at(),
        acknowledgement.until(),
        acknowledgement.comment(),
        acknowledgement.alerts().stream()
            .sorted()
            .map(Fingerprint::toString)
            .collect(Collectors.joining(" ")));
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
    table.remove(List.of(key(acknowledgement)));
  }
}
