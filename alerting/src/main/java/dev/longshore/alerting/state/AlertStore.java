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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

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

  private static final List<String> KEY = List.of("fingerprint");

  private static final String PUT =
      Upsert.into(
          "alert",
          KEY,
          List.of(
              "labels",
              "annotations",
              "starts_at",
              "ends_at",
              "updated_at",
              "generator_url",
              "origin",
              "evidence"));

  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final StateWriter state;

  AlertStore(StateWriter state) {
    this.state = state;
  }

  /// Reads one after the other; those last that their senders repeat. One that can't be read is
  /// left out, as [StoredRows] says: who raises it raises it again.
  void load(Consumer<Alert> taker) {
    state.read(
        connection -> {
          StoredRows.read(
              connection,
              "alert",
              "order by origin in ('POSTED', 'POSTED_WITHOUT_END')",
              KEY,
              row -> taker.accept(alert(row)));
          return true;
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
        PUT,
        alert.fingerprint().value(),
        late(alert.labels().asMap()),
        late(alert.annotations().asMap()),
        alert.startsAt(),
        alert.endsAt(),
        alert.updatedAt(),
        alert.generatorUrl(),
        alert.origin().name(),
        late(alert.evidence()));
  }

  static void remove(UnitOfWork unit, Fingerprint fingerprint) {
    unit.add("delete from alert where fingerprint = ?", fingerprint.value());
  }

  private static Labels labels(String json) {
    return Labels.of(read(json, new TypeReference<Map<String, String>>() {}));
  }

  private static UnitOfWork.Late late(Object immutable) {
    return () -> write(immutable);
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
