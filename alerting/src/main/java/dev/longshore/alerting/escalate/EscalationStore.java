package dev.longshore.alerting.escalate;

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

/// The table of escalations, in memory and in the state. Times in milliseconds since the epoch,
/// receivers a line each. Owned by the loop's thread.
public final class EscalationStore implements StateWriter.Part {
  public static final Schema SCHEMA =
      new Schema(
          "escalate",
          List.of(
              "create table escalation (grp text not null, receiver text not null,"
                  + " policy text not null, state text not null, round integer not null,"
                  + " step integer not null, due integer not null, told text not null,"
                  + " primary key (grp, receiver)) without rowid"));

  private static final String PUT =
      Upsert.into(
          "escalation",
          List.of("grp", "receiver"),
          List.of("policy", "state", "round", "step", "due", "told"));

  /// What a row is found by.
  private record Key(String group, String receiver) {
    static Key of(Escalation escalation) {
      return new Key(escalation.group, escalation.receiver);
    }
  }

  private final StateWriter state;
  private final Map<Key, Escalation> rows = new HashMap<>();
  private final ChangedKeys<Key> changed = new ChangedKeys<>();

  public EscalationStore(StateWriter state) {
    this.state = state;
    state.add(this);
  }

  List<Escalation> all() {
    List<Escalation> stored =
        state.read(
            connection -> {
              List<Escalation> read = new ArrayList<>();
              try (PreparedStatement query =
                      connection.prepareStatement("select * from escalation");
                  ResultSet row = query.executeQuery()) {
                while (row.next()) {
                  read.add(escalation(row));
                }
              }
              return read;
            });
    stored.forEach(it -> rows.put(Key.of(it), it));
    return stored;
  }

  private static Escalation escalation(ResultSet row) throws SQLException {
    Escalation escalation =
        new Escalation(
            row.getString("grp"),
            row.getString("receiver"),
            row.getString("policy"),
            Instant.ofEpochMilli(row.getLong("due")));
    escalation.state = Escalation.State.valueOf(row.getString("state"));
    escalation.round = row.getInt("round");
    escalation.step = row.getInt("step");
    row.getString("told").lines().forEach(escalation.told::add);
    return escalation;
  }

  /// Has one written as it is at the end of the turn.
  void save(Escalation escalation) {
    rows.put(Key.of(escalation), escalation);
    changed.add(Key.of(escalation));
    state.changed();
  }

  void remove(Escalation escalation) {
    rows.remove(Key.of(escalation));
    changed.add(Key.of(escalation));
    state.changed();
  }

  @Override
  public void collect(UnitOfWork unit) {
    for (Key key : changed.take()) {
      Escalation row = rows.get(key);
      if (row == null) {
        unit.add(
            "delete from escalation where grp = ? and receiver = ?", key.group(), key.receiver());
      } else {
        unit.add(
            PUT,
            row.group,
            row.receiver,
            row.policy,
            row.state.name(),
            row.round,
            row.step,
            row.due,
            String.join("\n", row.told));
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
