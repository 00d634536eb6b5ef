package dev.longshore.alerting.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.state.ChangedKeys;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.state.StoredRows;
import dev.longshore.alerting.state.UnitOfWork;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The alerts of rules on disk: for each rule that was ever evaluated, when it was last, and what
/// was pending or fired. On the loop's thread.
final class EvalStore implements StateWriter.Part {
  static final Schema SCHEMA =
      new Schema(
          "eval",
          List.of(
              """
              create table eval_rule (
                id integer primary key,
                file text not null,
                rule_group text not null,
                name text not null,
                labels text not null,
                ordinal integer not null,
                known_at integer not null,
                unique (file, rule_group, name, labels, ordinal))
              """,
              """
              create table eval_active (
                rule integer not null references eval_rule (id) on delete cascade,
                labels text not null,
                annotations text not null,
                value real,
                active_at integer not null,
                fired_at integer,
                fired_value real,
                keep_since integer,
                primary key (rule, labels)) without rowid
              """));

  /// What is known of a rule.
  record Saved(Instant knownAt, List<ActiveAlert> alerts) {
    static final Saved NOTHING = new Saved(Instant.EPOCH, List.of());
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final StateWriter writer;

  /// The rows of rules.
  private final Map<RuleIdentity, Long> ids = new HashMap<>();

  private long lastId;

  /// What was saved of rules that are loaded.
  private final Map<RuleIdentity, RuleState> states = new HashMap<>();

  private final ChangedKeys<RuleIdentity> changed = new ChangedKeys<>();

  /// Whose alerts are the same and were confirmed.
  private final ChangedKeys<RuleIdentity> confirmed = new ChangedKeys<>();

  private final ChangedKeys<Long> gone = new ChangedKeys<>();

  EvalStore(StateWriter writer) {
    this.writer = writer;
    writer.add(this);
  }

  /// Everything that is on disk and can be read. The alerts of a rule that can't be read begin
  /// anew.
  Map<RuleIdentity, Saved> load() {
    return writer.read(
        connection -> {
          Map<Long, Saved> byId = new HashMap<>();
          Map<RuleIdentity, Saved> saved = new HashMap<>();
          StoredRows.read(
              connection,
              "eval_rule",
              "",
              List.of("file", "rule_group", "name"),
              row -> readRule(row, byId, saved));
          StoredRows.read(
              connection,
              "eval_active",
              "",
              List.of("rule", "labels"),
              row -> {
                Saved rule = byId.get(row.getLong("rule"));
                if (rule != null) {
                  rule.alerts().add(alert(row));
                }
              });
          return saved;
        });
  }

  private void readRule(ResultSet row, Map<Long, Saved> byId, Map<RuleIdentity, Saved> saved)
      throws SQLException {
    long id = row.getLong("id");
    // Also of one that can't be read: its row stays, and no other rule has its number.
    lastId = Math.max(lastId, id);
    RuleIdentity identity =
        new RuleIdentity(
            row.getString("file"),
            row.getString("rule_group"),
            row.getString("name"),
            labels(row.getString("labels")),
            row.getInt("ordinal"));
    Saved rule = new Saved(Instant.ofEpochMilli(row.getLong("known_at")), new ArrayList<>());
    ids.put(identity, id);
    byId.put(id, rule);
    saved.put(identity, rule);
  }

  private static ActiveAlert alert(ResultSet row) throws SQLException {
    MatchedSeries matchedSeries =
        new MatchedSeries(
            labels(row.getString("labels")),
            labels(row.getString("annotations")),
            number(row, "value"));
    return new ActiveAlert(
        matchedSeries,
        Instant.ofEpochMilli(row.getLong("active_at")),
        time(row, "fired_at"),
        number(row, "fired_value"),
        time(row, "keep_since"));
  }

  /// Has rules written and others forgotten.
  ///
  /// @param others whose alerts are others than on disk
  /// @param known whose alerts are the same and were confirmed
  /// @param forgotten that there are no more
  void save(
      Collection<RuleState> others,
      Collection<RuleState> known,
      Collection<RuleIdentity> forgotten) {
    for (RuleIdentity identity : forgotten) {
      states.remove(identity);
      Long id = ids.remove(identity);
      if (id != null) {
        gone.add(id);
      }
    }
    for (RuleState state : others) {
      states.put(state.identity, state);
      changed.add(state.identity);
    }
    for (RuleState state : known) {
      states.put(state.identity, state);
      confirmed.add(state.identity);
    }
    if (!forgotten.isEmpty() || !others.isEmpty() || !known.isEmpty()) {
      writer.changed();
    }
  }

  @Override
  public void collect(UnitOfWork unit) {
    gone.take().forEach(id -> unit.add("delete from eval_rule where id = ?", id));
    for (RuleIdentity identity : changed.take()) {
      RuleState state = states.get(identity);
      if (state != null) {
        long id = confirm(unit, state);
        unit.add("delete from eval_active where rule = ?", id);
        state.active.all().forEach(alert -> add(unit, id, alert));
      }
    }
    for (RuleIdentity identity : confirmed.take()) {
      RuleState state = states.get(identity);
      if (state != null) {
        confirm(unit, state);
      }
    }
  }

  private long confirm(UnitOfWork unit, RuleState state) {
    RuleIdentity identity = state.identity;
    long id = ids.computeIfAbsent(identity, _ -> ++lastId);
    unit.add(
        "insert into eval_rule (id, file, rule_group, name, labels, ordinal, known_at)"
            + " values (?, ?, ?, ?, ?, ?, ?)"
            + " on conflict (id) do update set known_at = excluded.known_at",
        id,
        identity.file(),
        identity.group(),
        identity.name(),
        json(identity.labels()),
        identity.ordinal(),
        millis(state.knownAt));
    return id;
  }

  private static void add(UnitOfWork unit, long rule, ActiveAlert alert) {
    unit.add(
        "insert into eval_active (rule, labels, annotations, value, active_at, fired_at,"
            + " fired_value, keep_since) values (?, ?, ?, ?, ?, ?, ?, ?)",
        rule,
        json(alert.labels()),
        json(alert.annotations()),
        alert.value(),
        alert.activeAt(),
        alert.firedAt(),
        alert.firedValue(),
        alert.keepFiringSince());
  }

  @Override
  public void written() {
    gone.written();
    changed.written();
    confirmed.written();
  }

  @Override
  public void notWritten() {
    gone.notWritten();
    changed.notWritten();
    confirmed.notWritten();
  }

  @Override
  public void everything() {
    changed.addAll(states.keySet());
  }

  /// The time before which nothing was known, for a rule that is not known yet.
  private static long millis(@Nullable Instant at) {
    return at == null ? 0 : at.toEpochMilli();
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  /// SQLite stores NaN as null.
  private static double number(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? Double.NaN : value;
  }

  private static String json(Labels labels) {
    try {
      return JSON.writeValueAsString(labels.asMap());
    } catch (JsonProcessingException e) {
      throw new StateException("labels can't be written: " + labels, e);
    }
  }

  private static Labels labels(String json) {
    try {
      return Labels.of(JSON.readValue(json, new TypeReference<Map<String, String>>() {}));
    } catch (JsonProcessingException e) {
      throw new StateException("labels in the database can't be read: " + json, e);
    }
  }
}
