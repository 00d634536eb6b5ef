package dev.longshore.alerting.silence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The table of silences. Times in milliseconds since the epoch, matchers as people write them.
public final class SilenceStore {
  public static final Schema SCHEMA =
      new Schema(
          "silence",
          List.of(
              """
              create table silence (
                id text primary key,
                matchers text not null,
                starts_at integer not null,
                ends_at integer not null,
                updated_at integer not null,
                created_by text not null,
                comment text not null,
                annotations text not null
              ) without rowid
              """));

  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  private final Database database;

  public SilenceStore(Database database) {
    this.database = database;
  }

  List<Silence> all() {
    return database.read(
        connection -> {
          List<Silence> silences = new ArrayList<>();
          try (PreparedStatement query =
                  connection.prepareStatement(
                      "select id, matchers, starts_at, ends_at, updated_at, created_by, comment,"
                          + " annotations from silence");
              ResultSet row = query.executeQuery()) {
            while (row.next()) {
              silences.add(silence(row));
            }
          }
          return silences;
        });
  }

  private static Silence silence(ResultSet row) throws SQLException {
    return new Silence(
        row.getString(1),
        Matchers.parse(row.getString(2)),
        Instant.ofEpochMilli(row.getLong(3)),
        Instant.ofEpochMilli(row.getLong(4)),
        Instant.ofEpochMilli(row.getLong(5)),
        row.getString(6),
        row.getString(7),
        annotations(row.getString(8)));
  }

  private static Map<String, String> annotations(String json) {
    try {
      return JSON.readValue(json, TEXTS);
    } catch (JsonProcessingException e) {
      throw new StateException("a silence's annotations are not JSON: " + json, e);
    }
  }

  private static String json(Map<String, String> annotations) {
    try {
      return JSON.writeValueAsString(new TreeMap<>(annotations));
    } catch (JsonProcessingException e) {
      throw new StateException("annotations can't be written as JSON", e);
    }
  }

  /// Writes them as they are now, all or none.
  void save(List<Silence> silences) {
    database.write(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "insert or replace into silence values (?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (Silence silence : silences) {
              insert.setString(1, silence.id());
              insert.setString(2, Matchers.toString(silence.matchers()));
              insert.setLong(3, silence.startsAt().toEpochMilli());
              insert.setLong(4, silence.endsAt().toEpochMilli());
              insert.setLong(5, silence.updatedAt().toEpochMilli());
              insert.setString(6, silence.createdBy());
              insert.setString(7, silence.comment());
              insert.setString(8, json(silence.annotations()));
              insert.addBatch();
            }
            insert.executeBatch();
          }
          return silences.size();
        });
  }

  /// Forgets what ended before a time.
  void removeEndedBefore(Instant time) {
    database.write(
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement("delete from silence where ends_at < ?")) {
            delete.setLong(1, time.toEpochMilli());
            return delete.executeUpdate();
          }
        });
  }
}
