package dev.longshore.alerting.escalate;

import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.state.StoredTable;
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

  private static final StoredTable.Format<Escalation> FORMAT =
      new StoredTable.Format<>(
          "escalation",
          List.of("grp", "receiver"),
          EscalationStore::key,
          List.of("policy", "state", "round", "step", "due", "told"),
          EscalationStore::values,
          EscalationStore::escalation);

  private final StoredTable<Escalation> table;

  public EscalationStore(StateWriter state) {
    table = StoredTable.of(state, FORMAT);
  }

  List<Escalation> all() {
    return table.load();
  }

  private static List<String> key(Escalation escalation) {
    return List.of(escalation.group, escalation.receiver);
  }

  private static List<Object> values(Escalation escalation) {
    return List.of(
        escalation.policy,
        escalation.state.name(),
        escalation.round,
        escalation.step,
        escalation.due,
        String.join("\n", escalation.told));
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
    table.remove(List.of(key(escalation)));
  }
}
