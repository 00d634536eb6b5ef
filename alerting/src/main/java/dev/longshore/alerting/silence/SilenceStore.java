package dev.longshore.alerting.silence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.state.ChangedKeys;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
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
import java.util.TreeMap;

/// The table of silences. Times in milliseconds since the epoch, matchers as people write them.
/// Owned by the loop's thread.
public final class SilenceStore implements StateWriter.Part {
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

  private static final String PUT =
      Upsert.into(
          "silence",
          List.of("id"),
          List.of(
              "matchers",
              "starts_at",
              "ends_at",
              "updated_at",
              "created_by",
              "comment",
              "annotations"));

  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  private final StateWriter state;
  private final Map<String, Silence> rows = new HashMap<>();
  private final ChangedKeys<String> changed = new ChangedKeys<>();

  public SilenceStore(StateWriter state) {
    this.state = state;
    state.add(this);
  }

  List<Silence> all() {
    List<Silence> stored = stored();
    stored.forEach(silence -> rows.put(silence.id(), silence));
    return stored;
  }

  private List<Silence> stored() {
    return state.read(
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

  /// Has them written as they are now.
  void save(List<Silence> silences) {
    for (Silence silence : silences) {
      rows.put(silence.id(), silence);
      changed.add(silence.id());
    }
    state.changed();
  }

  /// Forgets some.
  void remove(List<String> ids) {
    ids.forEach(rows::remove);
    changed.addAll(ids);
    state.changed();
  }

  @Override
  public void collect(UnitOfWork unit) {
    for (String id : changed.take()) {
      Silence silence = rows.get(id);
      if (silence == null) {
        unit.add("delete from silence where id = ?", id);
      } else {
        unit.add(
            PUT,
            id,
            Matchers.toString(silence.matchers()),
            silence.startsAt(),
            silence.endsAt(),
            silence.updatedAt(),
            silence.createdBy(),
            silence.comment(),
            json(silence.annotations()));
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
