package dev.longshore.alerting.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The alerts of rules on disk: for each rule that was ever evaluated, when it was last, and what
/// was pending or fired. On the loop's thread.
final class EvalStore {
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

  private final Database database;

  /// The rows of rules.
  private final Map<RuleIdentity, Long> ids = new HashMap<>();

  EvalStore(Database database) {
    this.database = database;
  }

  /// Everything that is on disk.
  Map<RuleIdentity, Saved> load() {
    return database.read(
        connection -> {
          Map<Long, Saved> byId = new HashMap<>();
          Map<RuleIdentity, Saved> saved = new HashMap<>();
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("select * from eval_rule")) {
            while (row.next()) {
              RuleIdentity identity =
                  new RuleIdentity(
                      row.getString("file"),
                      row.getString("rule_group"),
                      row.getString("name"),
                      labels(row.getString("labels")),
                      row.getInt("ordinal"));
              Saved rule =
                  new Saved(Instant.ofEpochMilli(row.getLong("known_at")), new ArrayList<>());
              ids.put(identity, row.getLong("id"));
              byId.put(row.getLong("id"), rule);
              saved.put(identity, rule);
            }
          }
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("select * from eval_active")) {
            while (row.next()) {
              Saved rule = byId.get(row.getLong("rule"));
              if (rule != null) {
                rule.alerts().add(alert(row));
              }
            }
          }
          return saved;
        });
  }

  private static ActiveAlert alert(ResultSet row) throws SQLException {
    Candidate candidate =
        new Candidate(
            labels(row.getString("labels")),
            labels(row.getString("annotations")),
            number(row, "value"));
    return new ActiveAlert(
        candidate,
        Instant.ofEpochMilli(row.getLong("active_at")),
        time(row, "fired_at"),
        number(row, "fired_value"),
        time(row, "keep_since"));
  }

  /// Writes rules and forgets others, as one transaction.
  ///
  /// @param changed whose alerts are others than on disk
  /// @param known whose alerts are the same and were confirmed
  /// @param gone that there are no more
  /// @throws StateException when it fails; nothing has changed then
  void save(
      Collection<RuleState> changed, Collection<RuleState> known, Collection<RuleIdentity> gone) {
    if (changed.isEmpty() && known.isEmpty() && gone.isEmpty()) {
      return;
    }
    Map<RuleIdentity, Long> added = new HashMap<>();
    database.write(
        connection -> {
          forget(connection, gone);
          for (RuleState state : changed) {
            replace(connection, id(connection, state, added), state);
          }
          confirm(connection, known, added);
          return true;
        });
    ids.putAll(added);
    gone.forEach(ids::remove);
  }

  private void forget(Connection connection, Collection<RuleIdentity> gone) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("delete from eval_rule where id = ?")) {
      for (RuleIdentity identity : gone) {
        Long id = ids.get(identity);
        if (id != null) {
          delete.setLong(1, id);
          delete.executeUpdate();
        }
      }
    }
  }

  private void confirm(
      Connection connection, Collection<RuleState> known, Map<RuleIdentity, Long> added)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("update eval_rule set known_at = ? where id = ?")) {
      for (RuleState state : known) {
        update.setLong(1, millis(state.knownAt));
        update.setLong(2, id(connection, state, added));
        update.executeUpdate();
      }
    }
  }

  private long id(Connection connection, RuleState state, Map<RuleIdentity, Long> added)
      throws SQLException {
    Long id = ids.getOrDefault(state.identity, added.get(state.identity));
    if (id != null) {
      return id;
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into eval_rule (file, rule_group, name, labels, ordinal, known_at)"
                + " values (?, ?, ?, ?, ?, ?) returning id")) {
      insert.setString(1, state.identity.file());
      insert.setString(2, state.identity.group());
      insert.setString(3, state.identity.name());
      insert.setString(4, json(state.identity.labels()));
      insert.setInt(5, state.identity.ordinal());
      insert.setLong(6, millis(state.knownAt));
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        long inserted = row.getLong(1);
        added.put(state.identity, inserted);
        return inserted;
      }
    }
  }

  private static void replace(Connection connection, long id, RuleState state) throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement("update eval_rule set known_at = ? where id = ?");
        PreparedStatement delete =
            connection.prepareStatement("delete from eval_active where rule = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into eval_active (rule, labels, annotations, value, active_at, fired_at,"
                    + " fired_value, keep_since) values (?, ?, ?, ?, ?, ?, ?, ?)")) {
      update.setLong(1, millis(state.knownAt));
      update.setLong(2, id);
      update.executeUpdate();
      delete.setLong(1, id);
      delete.executeUpdate();
      for (ActiveAlert alert : state.active.all()) {
        insert.setLong(1, id);
        insert.setString(2, json(alert.labels()));
        insert.setString(3, json(alert.annotations()));
        insert.setDouble(4, alert.value());
        insert.setLong(5, alert.activeAt().toEpochMilli());
        setTime(insert, 6, alert.firedAt());
        insert.setDouble(7, alert.firedValue());
        setTime(insert, 8, alert.keepFiringSince());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /// The time before which nothing was known, for a rule that is not known yet.
  private static long millis(@Nullable Instant at) {
    return at == null ? 0 : at.toEpochMilli();
  }

  private static void setTime(PreparedStatement statement, int index, @Nullable Instant at)
      throws SQLException {
    if (at == null) {
      statement.setNull(index, Types.INTEGER);
    } else {
      statement.setLong(index, at.toEpochMilli());
    }
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
