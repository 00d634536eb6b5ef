package dev.longshore.alerting.silence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.state.StoredRows;
import dev.longshore.alerting.state.StoredTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The table of silences. Times in milliseconds since the epoch, matchers as people write them.
/// Owned by the loop's thread.
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

  private static final StoredTable.Format<Silence> FORMAT =
      new StoredTable.Format<>(
          "silence",
          List.of("id"),
          silence -> List.of(silence.id()),
          List.of(
              "matchers",
              "starts_at",
              "ends_at",
              "updated_at",
              "created_by",
              "comment",
              "annotations"),
          SilenceStore::values,
          SilenceStore::silence);

  private static final Logger LOG = LoggerFactory.getLogger(SilenceStore.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  private final StoredTable<Silence> table;

  public SilenceStore(StateWriter state) {
    table = StoredTable.of(state, FORMAT);
  }

  /// Those that are there. One whose matchers this version can't use is among them as it is, and
  /// matches nothing.
  List<Silence> all() {
    return table.load();
  }

  /// Names what this version can't use of one.
  static void logProblems(Silence silence) {
    for (Matcher matcher : silence.matchers()) {
      String problem = matcher.problem();
      if (problem != null) {
        LOG.atError()
            .addKeyValue("silence", silence.id())
            .addKeyValue("matcher", StoredRows.shortened(matcher.toString()))
            .addKeyValue("reason", StoredRows.shortened(problem))
            .addKeyValue("endsAt", silence.endsAt())
            .log("A silence matches nothing: this version can't use one of its matchers");
      }
    }
  }

  private static List<Object> values(Silence silence) {
    return List.of(
        Matchers.toString(silence.matchers()),
        silence.startsAt(),
        silence.endsAt(),
        silence.updatedAt(),
        silence.createdBy(),
        silence.comment(),
        json(silence.annotations()));
  }

  private static Silence silence(ResultSet row) throws SQLException {
    return new Silence(
        row.getString("id"),
        Matchers.parseStored(row.getString("matchers")),
        Instant.ofEpochMilli(row.getLong("starts_at")),
        Instant.ofEpochMilli(row.getLong("ends_at")),
        Instant.ofEpochMilli(row.getLong("updated_at")),
        row.getString("created_by"),
        row.getString("comment"),
        annotations(row.getString("annotations")));
  }

  /// None where they can't be read: they say nothing of what is silenced.
  private static Map<String, String> annotations(String json) {
    try {
      return JSON.readValue(json, TEXTS);
    } catch (JsonProcessingException e) {
      LOG.atWarn()
          .addKeyValue("reason", StoredRows.shortened(String.valueOf(e.getOriginalMessage())))
          .log("Annotations of a silence can't be read");
      return Map.of();
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
    table.save(silences);
  }

  /// Forgets some.
  void remove(List<String> ids) {
    table.remove(ids.stream().map(List::of).toList());
  }
}
