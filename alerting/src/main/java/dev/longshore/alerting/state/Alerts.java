package dev.longshore.alerting.state;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.Limited;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// All alerts that are known: those that fire, and those that have ended a short time ago. An alert
/// is its labels; what is put again is merged as Alertmanager does. Owned by the loop's thread.
///
/// That an alert begins or ends is written at the end of the turn. What else changes about one that
/// fires, its texts and how long it is believed, is written some seconds later: it is put again
/// anyway.
public final class Alerts implements AlertSink, StateWriter.Part {

  /// The tables of alerts.
  public static final Schema SCHEMA = AlertStore.SCHEMA;

  /// After a start, what others have posted is believed for at least so long: Prometheus sends an
  /// alert that fires again each minute, and could not while nobody listened.
  public static final Duration START_GRACE = Duration.ofMinutes(2);

  // Go's zero time, and what RFC 3339 can say.
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private static final Duration BETWEEN_WRITES = Duration.ofSeconds(10);

  /// A time at which an alert ends, or is forgotten, or is looked at because it did once.
  private record Deadline(Instant at, Fingerprint alert) {}

  private final AlertsConfig config;
  private final Clock clock;
  private final Loop loop;
  private final Decisions decisions;
  private final AlertsMetrics metrics;
  private final StateWriter state;
  private final AlertStore store;
  private final Limited log;
  private final List<Consumer<Alert>> subscribers = new ArrayList<>();
  private final Map<Fingerprint, Alert> alerts = new LinkedHashMap<>();

  /// Whose end was told.
  private final Set<Fingerprint> told = new HashSet<>();

  private final Changed<Fingerprint> rows = new Changed<>();

  private final SharedAlerts shared = new SharedAlerts();

  private final PriorityQueue<Deadline> deadlines =
      new PriorityQueue<>(Comparator.comparing(Deadline::at));

  /// The deadline of each alert that counts.
  private final Map<Fingerprint, Instant> watched = new HashMap<>();

  private Loop.@Nullable Timer due;
  private Loop.@Nullable Timer write;

  public Alerts(
      AlertsConfig config,
      StateWriter state,
      Clock clock,
      Loop loop,
      Decisions decisions,
      AlertsMetrics metrics) {
    this.config = config;
    this.clock = clock;
    this.loop = loop;
    this.decisions = decisions;
    this.metrics = metrics;
    this.state = state;
    this.store = new AlertStore(state);
    this.log = new Limited(LoggerFactory.getLogger(Alerts.class), clock, Duration.ofSeconds(10));
    state.add(this);
  }

  /// Takes up what is on disk. Those who subscribed are told of each alert. One that was posted,
  /// and whose time ran out while nobody listened, has not ended for that: see [#START_GRACE].
  public void start() {
    Instant now = clock.now();
    for (Alert stored : store.load()) {
      Alert alert = believed(stored, now);
      alerts.put(alert.fingerprint(), alert);
      if (alert.isResolvedAt(now)) {
        told.add(alert.fingerprint());
      }
      watch(alert);
      tell(alert);
    }
    metrics.known(alerts.size());
    arm();
  }

  /// Has times that belong to a wall clock which has jumped follow it: nothing ends because the
  /// clock is another, and nothing that ended begins again.
  ///
  /// @param jump forward, or back
  public void clockJumped(Duration jump) {
    Instant now = clock.now();
    deadlines.clear();
    watched.clear();
    for (Alert alert : List.copyOf(alerts.values())) {
      Alert moved = moved(alert, jump, now);
      alerts.put(alert.fingerprint(), moved);
      watch(moved);
      if (!moved.equals(alert)) {
        rows.add(alert.fingerprint());
        tell(moved);
      }
    }
    if (due != null) {
      due.cancel();
      due = null;
    }
    arm();
    state.changed();
  }

  private Alert moved(Alert alert, Duration jump, Instant now) {
    Instant endsAt = alert.endsAt();
    if (endsAt != null) {
      if (told.contains(alert.fingerprint())) {
        endsAt = earlier(endsAt, now);
      } else if (alert.origin() == Alert.Origin.POSTED_WITHOUT_END) {
        endsAt = endsAt.plus(jump);
      } else {
        // The sender's clock is another, and it repeats what fires.
        Instant grace = now.plus(START_GRACE);
        endsAt = endsAt.isBefore(grace) ? grace : endsAt;
      }
    }
    return new Alert(
        alert.labels(),
        alert.annotations(),
        earlier(alert.startsAt(), now),
        endsAt,
        earlier(alert.updatedAt(), now),
        alert.generatorUrl(),
        alert.origin(),
        alert.evidence());
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Alert believed(Alert stored, Instant now) {
    Instant endsAt = stored.endsAt();
    Instant grace = now.plus(START_GRACE);
    boolean posted =
        switch (stored.origin()) {
          case POSTED, POSTED_WITHOUT_END -> true;
          case RULE, SELF -> false;
        };
    if (!posted || endsAt == null) {
      return stored;
    }
    boolean firedLast = endsAt.isAfter(stored.updatedAt());
    return firedLast && endsAt.isBefore(grace) ? stored.withEndsAt(grace) : stored;
  }

  /// Has a function called with each alert that begins, changes or ends, as it is then.
  public void subscribe(Consumer<Alert> subscriber) {
    subscribers.add(subscriber);
  }

  /// All that are known, in no certain order; can't be changed, and changes with time.
  public Collection<Alert> all() {
    return Collections.unmodifiableCollection(alerts.values());
  }

  /// The alert with a fingerprint; null when it is not known, or no more.
  public @Nullable Alert get(Fingerprint fingerprint) {
    return alerts.get(fingerprint);
  }

  /// Why an alert would not be taken; null when it would.
  public @Nullable String refusal(Alert alert) {
    return refusal(alert, 0);
  }

  /// @param more alerts that are about to be taken besides
  private @Nullable String refusal(Alert alert, int more) {
    long bytes = alert.labels().bytes();
    if (bytes > config.maxLabels().bytes()) {
      return "the labels of "
          + shortName(alert)
          + " have "
          + bytes
          + " bytes; at most "
          + config.maxLabels()
          + " are taken";
    }
    if (alerts.size() + more >= config.maxAlerts()
        && !alerts.containsKey(alert.fingerprint())
        && alert.origin() != Alert.Origin.SELF) {
      return config.maxAlerts()
          + " alerts are known already, and "
          + shortName(alert)
          + " would be one more";
    }
    return null;
  }

  private static String shortName(Alert alert) {
    String name = alert.name();
    return name.length() <= 100 ? name : name.substring(0, 100) + "…";
  }

  @Override
  public void put(List<Alert> put) {
    Instant now = clock.now();
    Map<Fingerprint, Alert> changed = new LinkedHashMap<>();
    Set<Fingerprint> urgent = new HashSet<>();
    int more = 0;
    for (Alert alert : put) {
      metrics.received(alert);
      if (!taken(alert, more)) {
        continue;
      }
      Fingerprint fingerprint = alert.fingerprint();
      Alert before = changed.getOrDefault(fingerprint, alerts.get(fingerprint));
      Alert merged = shared.merge(before, bounded(cut(alert)), now);
      if (before == null) {
        more++;
        if (merged.isResolvedAt(now) && merged.origin() != Alert.Origin.RULE) {
          more--;
          continue; // ended before anybody heard of it
        }
      }
      changed.put(fingerprint, merged);
      if (before == null || isOther(before, merged, now)) {
        urgent.add(fingerprint);
      }
    }
    rows.addAll(changed.keySet());
    if (!urgent.isEmpty()) {
      state.changed();
    } else {
      writeLater();
    }
    changed.forEach((fingerprint, alert) -> take(fingerprint, alert, now));
    metrics.known(alerts.size());
    arm();
  }

  private void writeLater() {
    if (!rows.isEmpty() && write == null) {
      write =
          loop.in(
              BETWEEN_WRITES,
              () -> {
                write = null;
                state.changed();
              });
    }
  }

  private boolean taken(Alert alert, int more) {
    String refusal = refusal(alert, more);
    if (refusal == null) {
      return true;
    }
    if (alert.labels().bytes() > config.maxLabels().bytes()) {
      metrics.tooLarge();
    } else {
      metrics.tooMany();
    }
    log.warn(
        "refused",
        event -> event.setMessage("An alert is not taken").addKeyValue("reason", refusal));
    return false;
  }

  /// Whether it began, or ended, or did so at another time.
  private static boolean isOther(Alert before, Alert after, Instant now) {
    return !before.startsAt().equals(after.startsAt())
        || before.isResolvedAt(now) != after.isResolvedAt(now)
        || (before.endsAt() == null) != (after.endsAt() == null);
  }

  private void take(Fingerprint fingerprint, Alert alert, Instant now) {
    Alert before = alerts.put(fingerprint, alert);
    if (before == null) {
      decisions.subject(alert.labels());
    }
    if (alert.isResolvedAt(now)) {
      told.add(fingerprint);
    } else {
      told.remove(fingerprint);
    }
    watch(alert);
    tell(alert);
  }

  /// Sets the one deadline of an alert: its end, then the time to forget it. One that is set for
  /// earlier stays, and is set anew when it comes: an end that moves each minute costs nothing.
  private void watch(Alert alert) {
    Instant endsAt = alert.endsAt();
    if (endsAt == null) {
      return;
    }
    Fingerprint fingerprint = alert.fingerprint();
    Instant at = told.contains(fingerprint) ? endsAt.plus(config.retention()) : endsAt;
    Instant before = watched.get(fingerprint);
    if (before == null || at.isBefore(before)) {
      watched.put(fingerprint, at);
      deadlines.add(new Deadline(at, fingerprint));
    }
  }

  private void tell(Alert alert) {
    for (Consumer<Alert> subscriber : subscribers) {
      subscriber.accept(alert);
    }
  }

  /// With times that can be reckoned with, whoever gave them.
  private static Alert bounded(Alert alert) {
    Instant startsAt = bounded(alert.startsAt());
    Instant endsAt = alert.endsAt();
    Instant end = endsAt == null ? null : bounded(endsAt);
    return startsAt.equals(alert.startsAt()) && Objects.equals(end, endsAt)
        ? alert
        : alert.withStartsAt(startsAt).withEndsAt(end);
  }

  private static Instant bounded(Instant time) {
    return time.isAfter(LATEST) ? LATEST : time.isBefore(EARLIEST) ? EARLIEST : time;
  }

  /// Annotations that are too long lose their ends.
  private Alert cut(Alert alert) {
    long max = config.maxAnnotations().bytes();
    if (alert.annotations().bytes() <= max) {
      return alert;
    }
    int each = (int) Math.max(1, max / 4 / Math.max(1, alert.annotations().asMap().size()));
    Map<String, String> shorter = new LinkedHashMap<>();
    alert
        .annotations()
        .asMap()
        .forEach(
            (name, text) ->
                shorter.put(
                    name,
                    text.length() <= each
                        ? text
                        : text.substring(
                                0,
                                Character.isHighSurrogate(text.charAt(each - 1)) ? each - 1 : each)
                            + "… (cut)"));
    return new Alert(
        alert.labels(),
        Labels.of(shorter),
        alert.startsAt(),
        alert.endsAt(),
        alert.updatedAt(),
        alert.generatorUrl(),
        alert.origin(),
        alert.evidence());
  }

  private void arm() {
    Deadline next = deadlines.peek();
    if (next == null) {
      return;
    }
    if (due != null) {
      if (!due.due().isAfter(next.at())) {
        return;
      }
      due.cancel();
    }
    due = loop.at(next.at(), this::passed);
  }

  /// Ends what has come to its end, and forgets what ended long ago.
  private void passed() {
    due = null;
    Instant now = clock.now();
    while (!deadlines.isEmpty() && !deadlines.peek().at().isAfter(now)) {
      Deadline deadline = deadlines.remove();
      Fingerprint fingerprint = deadline.alert();
      if (!watched.remove(fingerprint, deadline.at())) {
        continue; // an earlier one took its place
      }
      Alert alert = alerts.get(fingerprint);
      if (alert == null || alert.endsAt() == null) {
        continue;
      }
      if (alert.isResolvedAt(now) && !told.contains(fingerprint)) {
        end(alert, now);
      }
      if (alert.isResolvedAt(now) && !alert.endsAt().plus(config.retention()).isAfter(now)) {
        alerts.remove(fingerprint);
        shared.forget(fingerprint);
        told.remove(fingerprint);
        rows.add(fingerprint);
      } else {
        watch(alert);
      }
    }
    metrics.known(alerts.size());
    writeLater();
    arm();
  }

  private void end(Alert alert, Instant now) {
    Alert ended = alert.updatedAt(now);
    rows.add(ended.fingerprint());
    state.changed();
    alerts.put(ended.fingerprint(), ended);
    told.add(ended.fingerprint());
    decisions.note(ended.fingerprint(), now, "state", "ended: " + why(ended));
    tell(ended);
  }

  private static String why(Alert alert) {
    return alert.origin() == Alert.Origin.POSTED_WITHOUT_END
        ? "its sender was silent for the resolve timeout"
        : "the end that was given with it has passed";
  }

  @Override
  public void collect(UnitOfWork unit) {
    for (Fingerprint fingerprint : rows.take()) {
      Alert alert = alerts.get(fingerprint);
      if (alert == null) {
        AlertStore.remove(unit, fingerprint);
      } else {
        AlertStore.put(unit, alert);
      }
    }
  }

  @Override
  public void written() {
    rows.written();
  }

  @Override
  public void notWritten() {
    rows.notWritten();
  }

  @Override
  public void everything() {
    rows.addAll(alerts.keySet());
  }
}
