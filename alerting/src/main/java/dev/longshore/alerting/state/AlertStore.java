package dev.longshore.alerting.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Alerts on disk.
final class AlertStore {
  static final Schema SCHEMA =
      new Schema(
          "alerts",
          List.of(
              """
              create table alert (
                fingerprint integer primary key,
                labels text not null,
                annotations text not null,
                starts_at integer not null,
                ends_at integer,
                updated_at integer not null,
                generator_url text not null,
                origin text not null,
                evidence text not null)
              """));

  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Database database;

  AlertStore(Database database) {
    this.database = database;
  }

  List<Alert> load() {
    return database.read(
        connection -> {
          List<Alert> alerts = new ArrayList<>();
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("select * from alert")) {
            while (row.next()) {
              alerts.add(alert(row));
            }
          }
          return alerts;
        });
  }

  private static Alert alert(ResultSet row) throws SQLException {
    long endsAt = row.getLong("ends_at");
    boolean open = row.wasNull();
    return new Alert(
        labels(row.getString("labels")),
        labels(row.getString("annotations")),
        Instant.ofEpochMilli(row.getLong("starts_at")),
        open ? null : Instant.ofEpochMilli(endsAt),
        Instant.ofEpochMilli(row.getLong("updated_at")),
        row.getString("generator_url"),
        Alert.Origin.valueOf(row.getString("origin")),
        read(row.getString("evidence"), new TypeReference<Evidence>() {}));
  }

  /// Writes alerts and removes others, as one transaction.
  ///
  /// @throws StateException when it fails; nothing has changed then
  void save(Collection<Alert> alerts, Collection<Fingerprint> dropped) {
    if (alerts.isEmpty() && dropped.isEmpty()) {
      return;
    }
    database.write(
        connection -> {
          try (PreparedStatement insert =
                  connection.prepareStatement(
                      "insert or replace into alert values (?, ?, ?, ?, ?, ?, ?, ?, ?)");
              PreparedStatement delete =
                  connection.prepareStatement("delete from alert where fingerprint = ?")) {
            for (Fingerprint fingerprint : dropped) {
              delete.setLong(1, fingerprint.value());
              delete.addBatch();
            }
            delete.executeBatch();
            for (Alert alert : alerts) {
              bind(insert, alert);
              insert.addBatch();
            }
            insert.executeBatch();
          }
          return true;
        });
  }

  private static void bind(PreparedStatement insert, Alert alert) throws SQLException {
    insert.setLong(1, alert.fingerprint().value());
    insert.setString(2, write(alert.labels().asMap()));
    insert.setString(3, write(alert.annotations().asMap()));
    insert.setLong(4, alert.startsAt().toEpochMilli());
    Instant endsAt = alert.endsAt();
    if (endsAt == null) {
      insert.setNull(5, Types.INTEGER);
    } else {
      insert.setLong(5, endsAt.toEpochMilli());
    }
    insert.setLong(6, alert.updatedAt().toEpochMilli());
    insert.setString(7, alert.generatorUrl());
    insert.setString(8, alert.origin().name());
    insert.setString(9, write(alert.evidence()));
  }

  private static Labels labels(String json) {
    return Labels.of(read(json, new TypeReference<Map<String, String>>() {}));
  }

  private static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new StateException("an alert can't be written as JSON: " + e.getMessage(), e);
    }
  }

  private static <T> T read(String json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new StateException("an alert in the database can't be read: " + e.getMessage(), e);
    }
  }
}
