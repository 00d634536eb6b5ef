package dev.longshore.alerting.escalate;

import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.state.StoredTable;
import dev.longshore.alerting.state.UnitOfWork;
import dev.longshore.alerting.state.Upsert;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/// The table of escalations, in memory and in the state. Times in milliseconds since the epoch,
/// receivers a line each. Owned by the loop's thread.
public final class EscalationStore {
  public static final Schema SCHEMA =
      new Schema(
          "escalate",
          List.of(
              "create table escalation (grp text not null, receiver text not null,"
                  + " policy text not null, state text not null, round integer not null,"
                  + " step integer not null, due integer not null, told text not null,"
                  + " primary key (grp, receiver)) without rowid"));

  private static final List<String> KEY = List.of("grp", "receiver");

  private static final String PUT =
      Upsert.into("escalation", KEY, List.of("policy", "state", "round", "step", "due", "told"));

  /// What a row is found by.
  private record Key(String group, String receiver) {
    static Key of(Escalation escalation) {
      return new Key(escalation.group, escalation.receiver);
    }
  }

  private final StoredTable<Key, Escalation> table;

  public EscalationStore(StateWriter state) {
    table = StoredTable.of(state, new Format());
  }

  List<Escalation> all() {
    return table.load();
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
    table.save(List.of(escalation));
  }

  void remove(Escalation escalation) {
    table.remove(List.of(Key.of(escalation)));
  }

  private static final class Format implements StoredTable.Format<Key, Escalation> {
    @Override
    public String table() {
      return "escalation";
    }

    @Override
    public List<String> keyColumns() {
      return KEY;
    }

    @Override
    public Key key(Escalation row) {
      return Key.of(row);
    }

    @Override
    public Escalation read(ResultSet cursor) throws SQLException {
      return escalation(cursor);
    }

    @Override
    public void put(UnitOfWork unit, Escalation row) {
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

    @Override
    public void delete(UnitOfWork unit, Key key) {
      unit.add(
          "delete from escalation where grp = ? and receiver = ?", key.group(), key.receiver());
    }
  }
}
