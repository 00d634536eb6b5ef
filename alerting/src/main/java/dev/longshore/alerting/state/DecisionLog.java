package dev.longshore.alerting.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// The decisions that were made about alerts, written a second after they were made: `explain`
/// reads them. The oldest go first, of an alert and of all. Safe for use by any thread, but for
/// what a [StateWriter.Part] does.
public final class DecisionLog implements Decisions, StateWriter.Part {

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

  private static final String PUT_SUBJECT =
      Upsert.into("decision_subject", List.of("alert"), List.of("labels"));

  /// Of one alert.
  public static final int DEFAULT_MAX_OF_ALERT = 200;

  /// Of all alerts: some 40 MB on disk.
  public static final int DEFAULT_MAX = 200_000;

  private static final Duration WITHIN = Duration.ofSeconds(1);
  private static final int MAX_WAITING = 20_000;
  private static final int MAX_TEXT = 1_000;

  /// Subjects that are read at a time.
  private static final int PAGE = 1_000;

  /// Subjects without decisions are looked for after so many decisions.
  private static final int PRUNE_EACH = 1_000;

  private record Noted(Fingerprint alert, Decision decision) {}

  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};
  private static final JsonMapper JSON = new JsonMapper();

  private final StateWriter state;
  private final Loop loop;
  private final int maxOfAlert;
  private final int max;
  private final RateLimitedLogger log;

  /// Not on disk yet, the oldest first; when full, what is new is left out.
  private final LinkedBlockingDeque<Noted> waiting = new LinkedBlockingDeque<>(MAX_WAITING);

  private final AtomicBoolean scheduled = new AtomicBoolean();

  // Owned by the loop's thread: what is in the unit that is being written.
  private List<Noted> beingWritten = List.of();
  private Map<Fingerprint, Labels> subjectsBeingWritten = Map.of();

  /// Decisions since what is too old was deleted.
  private int sincePruned;

  /// Whose labels are not on disk yet.
  private final ConcurrentHashMap<Fingerprint, Labels> subjects = new ConcurrentHashMap<>();

  /// @param maxOfAlert decisions that are kept of one alert
  /// @param max decisions that are kept in all
  public DecisionLog(StateWriter state, Clock clock, Loop loop, int maxOfAlert, int max) {
    this.state = state;
    this.loop = loop;
    this.maxOfAlert = maxOfAlert;
    this.max = max;
    this.log =
        new RateLimitedLogger(
            LoggerFactory.getLogger(DecisionLog.class), clock, Duration.ofSeconds(10));
    state.add(this);
  }

  @Override
  public void note(Fingerprint alert, Instant at, String stage, String what) {
    String text = what.length() <= MAX_TEXT ? what : what.substring(0, MAX_TEXT) + "…";
    if (!waiting.offer(new Noted(alert, new Decision(at, stage, text)))) {
      log.warn("full", event -> event.setMessage("A decision is not kept; too many wait"));
    }
    if (scheduled.compareAndSet(false, true)) {
      loop.execute(
          () ->
              loop.in(
                  WITHIN,
                  () -> {
                    scheduled.set(false);
                    state.changed();
                  }));
    }
  }

  @Override
  public void subject(Labels labels) {
    if (subjects.size() < MAX_WAITING) {
      subjects.put(labels.fingerprint(), labels);
    }
  }

  @Override
  public void collect(UnitOfWork unit) {
    beingWritten = List.copyOf(waiting);
    subjectsBeingWritten = Map.copyOf(subjects);
    Set<Fingerprint> alerts = new LinkedHashSet<>();
    for (Noted noted : beingWritten) {
      alerts.add(noted.alert);
      unit.add(
          "insert into decision (alert, at, stage, what) values (?, ?, ?, ?)",
          noted.alert.value(),
          noted.decision.at(),
          noted.decision.stage(),
          noted.decision.what());
    }
    subjectsBeingWritten.forEach(
        (alert, labels) -> unit.add(PUT_SUBJECT, alert.value(), json(labels)));
    for (Fingerprint alert : alerts) {
      unit.add(
          "delete from decision where alert = ? and id <= (select id from decision"
              + " where alert = ? order by id desc limit 1 offset ?)",
          alert.value(),
          alert.value(),
          maxOfAlert);
    }
    if (!alerts.isEmpty()) {
      unit.add("delete from decision where id <= (select max(id) - ? from decision)", max);
    }
    if (sincePruned + beingWritten.size() >= PRUNE_EACH) {
      unit.add("delete from decision_subject where alert not in (select alert from decision)");
    }
  }

  private static String json(Labels labels) {
    try {
      return JSON.writeValueAsString(labels.asMap());
    } catch (JsonProcessingException e) {
      throw new StateException("labels that are no JSON", e);
    }
  }

  @Override
  public void written() {
    subjectsBeingWritten.forEach(subjects::remove);
    for (int i = 0; i < beingWritten.size(); i++) {
      waiting.pollFirst();
    }
    sincePruned += beingWritten.size();
    if (sincePruned >= PRUNE_EACH) {
      sincePruned = 0;
    }
    notWritten();
  }

  @Override
  public void notWritten() {
    beingWritten = List.of();
    subjectsBeingWritten = Map.of();
  }

  /// Decisions are in the database alone; what it has lost is gone.
  @Override
  public void everything() {}

  /// The alerts of which decisions are known, with their labels; those that ended long ago too. In
  /// no certain order.
  ///
  /// @param most at most so many
  public List<Labels> subjects(Predicate<Labels> wanted, int most) {
    Set<Labels> found = new LinkedHashSet<>();
    for (Labels labels : subjects.values()) {
      if (found.size() < most && wanted.test(labels)) {
        found.add(labels);
      }
    }
    try {
      long after = Long.MIN_VALUE;
      for (List<Subject> page = page(after); !page.isEmpty(); page = page(after)) {
        for (Subject subject : page) {
          Labels labels = subject.labels;
          if (labels != null && found.size() < most && wanted.test(labels)) {
            found.add(labels);
          }
        }
        after = page.getLast().alert;
        if (found.size() == most || page.size() < PAGE) {
          break;
        }
      }
    } catch (StateException e) {
      notRead(e);
    }
    return List.copyOf(found);
  }

  /// @param labels null where they can't be read
  private record Subject(long alert, @Nullable Labels labels) {}

  /// The next subjects; writing goes on between two pages.
  private List<Subject> page(long after) {
    return state.read(
        connection -> {
          List<Subject> page = new ArrayList<>();
          try (PreparedStatement query =
              connection.prepareStatement(
                  "select alert, labels from decision_subject where alert > ?"
                      + " order by alert limit ?")) {
            query.setLong(1, after);
            query.setInt(2, PAGE);
            try (ResultSet row = query.executeQuery()) {
              while (row.next()) {
                page.add(new Subject(row.getLong(1), labels(row.getString(2))));
              }
            }
          }
          return page;
        });
  }

  private static @Nullable Labels labels(String json) {
    try {
      return Labels.of(JSON.readValue(json, TEXTS));
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /// The decisions about an alert, the oldest first; those that are not written yet too. When the
  /// database can't be read, those alone.
  public List<Decision> of(Fingerprint alert) {
    List<Decision> decisions = new ArrayList<>();
    List<Decision> notWritten =
        waiting.stream().filter(it -> it.alert.equals(alert)).map(Noted::decision).toList();
    try {
      state.read(
          connection -> {
            try (PreparedStatement query =
                connection.prepareStatement(
                    "select at, stage, what from decision where alert = ? order by id")) {
              query.setLong(1, alert.value());
              try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                  decisions.add(
                      new Decision(
                          Instant.ofEpochMilli(row.getLong(1)),
                          row.getString(2),
                          row.getString(3)));
                }
              }
            }
            return true;
          });
    } catch (StateException e) {
      notRead(e);
    }
    // One that was written in between is in both.
    notWritten.stream().filter(it -> !decisions.contains(it)).forEach(decisions::add);
    return decisions;
  }

  private void notRead(StateException e) {
    log.warn(
        "read",
        event ->
            event
                .setMessage("Decisions can't be read; those that are not written yet are shown")
                .addKeyValue("reason", e.getMessage()));
  }
}
