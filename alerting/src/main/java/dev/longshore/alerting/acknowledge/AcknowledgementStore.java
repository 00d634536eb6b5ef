package dev.longshore.alerting.acknowledge;

import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.state.ChangedKeys;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.state.UnitOfWork;
import dev.longshore.alerting.state.Upsert;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The table of acknowledgements, in memory and in the state. Times in milliseconds since the
/// epoch, alerts as their fingerprints with blanks between them. Owned by the loop's thread.
public final class AcknowledgementStore implements StateWriter.Part {
  public static final Schema SCHEMA =
      new Schema(
          "acknowledge",
          List.of(
              "create table acknowledgement (grp text not null, receiver text not null,"
                  + " by_whom text not null, at integer not null, until integer not null,"
                  + " comment text not null, alerts text not null,"
                  + " primary key (grp, receiver)) without rowid"));

  private static final String PUT =
      Upsert.into(
          "acknowledgement",
          List.of("grp", "receiver"),
          List.of("by_whom", "at", "until", "comment", "alerts"));

  /// What a row is found by.
  private record Key(String group, String receiver) {
    static Key of(Acknowledgement acknowledgement) {
      return new Key(acknowledgement.group(), acknowledgement.receiver());
    }
  }

  private final StateWriter state;
  private final Map<Key, Acknowledgement> rows = new HashMap<>();
  private final ChangedKeys<Key> changed = new ChangedKeys<>();

  public AcknowledgementStore(StateWriter state) {
    this.state = state;
    state.add(this);
  }

  List<Acknowledgement> all() {
    List<Acknowledgement> stored =
        state.read(
            connection -> {
              List<Acknowledgement> read = new ArrayList<>();
              try (PreparedStatement query =
                      connection.prepareStatement("select * from acknowledgement");
                  ResultSet row = query.executeQuery()) {
                while (row.next()) {
                  read.add(acknowledgement(row));
                }
              }
              return read;
            });
    stored.forEach(it -> rows.put(Key.of(it), it));
    return stored;
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
    rows.put(Key.of(acknowledgement), acknowledgement);
    changed.add(Key.of(acknowledgement));
    state.changed();
  }

  void remove(Acknowledgement acknowledgement) {
    rows.remove(Key.of(acknowledgement));
    changed.add(Key.of(acknowledgement));
    state.changed();
  }

  @Override
  public void collect(UnitOfWork unit) {
    for (Key key : changed.take()) {
      Acknowledgement row = rows.get(key);
      if (row == null) {
        unit.add(
            "delete from acknowledgement where grp = ? and receiver = ?",
            key.group(),
            key.receiver());
      } else {
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
