package dev.longshore.alerting.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.Limited;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;

/// The decisions that were made about alerts, on disk a second after they were made: `explain`
/// reads them. The oldest go first, of an alert and of all.
public final class DecisionLog implements Decisions {

  /// The tables of decisions.
  public static final Schema SCHEMA =
      new Schema(
          "decisions",
          List.of(
              """
              create table decision (
                id integer primary key autoincrement,
                alert integer not null,
                at integer not null,
                stage text not null,
                what text not null)
              """,
              "create index decision_of_alert on decision (alert, id)",
              """
              create table decision_subject (
                alert integer primary key,
                labels text not null) without rowid
              """));

  /// Of one alert.
  public static final int DEFAULT_MAX_OF_ALERT = 200;

  /// Of all alerts: some 40 MB on disk.
  public static final int DEFAULT_MAX = 200_000;

  private static final Duration WITHIN = Duration.ofSeconds(1);
  private static final int MAX_WAITING = 20_000;
  private static final int MAX_TEXT = 1_000;

  private record Noted(Fingerprint alert, Decision decision) {}

  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};
  private static final JsonMapper JSON = new JsonMapper();

  private final Database database;
  private final Loop loop;
  private final int maxOfAlert;
  private final int max;
  private final Limited log;

  /// Not on disk yet; when full, what is new is left out.
  private final LinkedBlockingDeque<Noted> waiting = new LinkedBlockingDeque<>(MAX_WAITING);

  private final AtomicBoolean scheduled = new AtomicBoolean();

  /// Whose labels are not on disk yet.
  private final ConcurrentHashMap<Fingerprint, Labels> subjects = new ConcurrentHashMap<>();

  /// @param maxOfAlert decisions that are kept of one alert
  /// @param max decisions that are kept in all
  public DecisionLog(Database database, Clock clock, Loop loop, int maxOfAlert, int max) {
    this.database = database;
    this.loop = loop;
    this.maxOfAlert = maxOfAlert;
    this.max = max;
    this.log =
        new Limited(LoggerFactory.getLogger(DecisionLog.class), clock, Duration.ofSeconds(10));
  }

  @Override
  public void note(Fingerprint alert, Instant at, String stage, String what) {
    String text = what.length() <= MAX_TEXT ? what : what.substring(0, MAX_TEXT) + "…";
    if (!waiting.offer(new Noted(alert, new Decision(at, stage, text)))) {
      log.warn("full", event -> event.setMessage("A decision is not kept; too many wait"));
    }
    if (scheduled.compareAndSet(false, true)) {
      loop.execute(() -> loop.in(WITHIN, this::flushOrLater));
    }
  }

  @Override
  public void subject(Labels labels) {
    if (subjects.size() < MAX_WAITING) {
      subjects.put(labels.fingerprint(), labels);
    }
  }

  private void flushOrLater() {
    scheduled.set(false);
    try {
      flush();
    } catch (StateException e) {
      log.warn(
          "write",
          event ->
              event
                  .setMessage("Decisions can't be written; it is tried with the next")
                  .addKeyValue("reason", e.getMessage()));
    }
  }

  /// Writes what waits.
  ///
  /// @throws StateException when it fails; it waits on
  public synchronized void flush() {
    List<Noted> batch = new ArrayList<>(waiting);
    Map<Fingerprint, Labels> labels = Map.copyOf(subjects);
    if (batch.isEmpty()) {
      return;
    }
    database.write(
        connection -> {
          insert(connection, batch);
          name(connection, labels);
          prune(connection, batch);
          return true;
        });
    subjects.keySet().removeAll(labels.keySet());
    for (int i = 0; i < batch.size(); i++) {
      waiting.pollFirst();
    }
  }

  private static void insert(Connection connection, List<Noted> batch) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into decision (alert, at, stage, what) values (?, ?, ?, ?)")) {
      for (Noted noted : batch) {
        insert.setLong(1, noted.alert.value());
        insert.setLong(2, noted.decision.at().toEpochMilli());
        insert.setString(3, noted.decision.stage());
        insert.setString(4, noted.decision.what());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static void name(Connection connection, Map<Fingerprint, Labels> subjects)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert or replace into decision_subject values (?, ?)")) {
      for (Map.Entry<Fingerprint, Labels> subject : subjects.entrySet()) {
        insert.setLong(1, subject.getKey().value());
        insert.setString(2, JSON.writeValueAsString(subject.getValue().asMap()));
        insert.addBatch();
      }
      insert.executeBatch();
    } catch (JsonProcessingException e) {
      throw new SQLException("labels that are no JSON", e);
    }
  }

  private void prune(Connection connection, List<Noted> batch) throws SQLException {
    try (PreparedStatement ofAlert =
            connection.prepareStatement(
                "delete from decision where alert = ?1 and id <= (select id from decision"
                    + " where alert = ?1 order by id desc limit 1 offset ?2)");
        PreparedStatement all =
            connection.prepareStatement(
                "delete from decision where id <= (select max(id) - ? from decision)")) {
      Set<Fingerprint> alerts = new LinkedHashSet<>();
      batch.forEach(it -> alerts.add(it.alert));
      for (Fingerprint alert : alerts) {
        ofAlert.setLong(1, alert.value());
        ofAlert.setInt(2, maxOfAlert);
        ofAlert.addBatch();
      }
      ofAlert.executeBatch();
      all.setInt(1, max);
      if (all.executeUpdate() > 0) {
        try (Statement forgotten = connection.createStatement()) {
          forgotten.executeUpdate(
              "delete from decision_subject where alert not in (select alert from decision)");
        }
      }
    }
  }

  /// The alerts of which decisions are known, with their labels; those that ended long ago too. In
  /// no certain order.
  ///
  /// @param most at most so many
  public List<Labels> subjects(Predicate<Labels> wanted, int most) {
    flush();
    return database.read(
        connection -> {
          List<Labels> found = new ArrayList<>();
          try (Statement query = connection.createStatement();
              ResultSet row = query.executeQuery("select labels from decision_subject")) {
            while (row.next() && found.size() < most) {
              Labels labels = Labels.of(JSON.readValue(row.getString(1), TEXTS));
              if (wanted.test(labels)) {
                found.add(labels);
              }
            }
          } catch (JsonProcessingException e) {
            throw new SQLException("labels that are no JSON", e);
          }
          return found;
        });
  }

  /// The decisions about an alert, the oldest first; those that were just made too.
  public List<Decision> of(Fingerprint alert) {
    flush();
    return database.read(
        connection -> {
          List<Decision> decisions = new ArrayList<>();
          try (PreparedStatement query =
              connection.prepareStatement(
                  "select at, stage, what from decision where alert = ? order by id")) {
            query.setLong(1, alert.value());
            try (ResultSet row = query.executeQuery()) {
              while (row.next()) {
                decisions.add(
                    new Decision(
                        Instant.ofEpochMilli(row.getLong(1)), row.getString(2), row.getString(3)));
              }
            }
          }
          return decisions;
        });
  }
}
