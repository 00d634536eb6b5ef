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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
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

  private final StateWriter state;

  AlertStore(StateWriter state) {
    this.state = state;
  }

  List<Alert> load() {
    return state.read(
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

  static void put(UnitOfWork unit, Alert alert) {
    unit.add(
        "insert or replace into alert values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        alert.fingerprint().value(),
        write(alert.labels().asMap()),
        write(alert.annotations().asMap()),
        alert.startsAt(),
        alert.endsAt(),
        alert.updatedAt(),
        alert.generatorUrl(),
        alert.origin().name(),
        write(alert.evidence()));
  }

  static void remove(UnitOfWork unit, Fingerprint fingerprint) {
    unit.add("delete from alert where fingerprint = ?", fingerprint.value());
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
