package dev.longshore.alerting.state;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
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

  private static final String RUNBOOK = "runbook_url";
  private static final Duration BETWEEN_WRITES = Duration.ofSeconds(10);

  /// A time at which an alert ends, or is forgotten, or is looked at because it did once.
  private record Deadline(Instant at, Fingerprint alert) {}

  private final AlertsConfig config;
  private final AlertBounds bounds;
  private final AlertCapacity capacity;
  private final Clock clock;
  private final Loop loop;
  private final Decisions decisions;
  private final AlertsMetrics metrics;
  private final StateWriter state;
  private final AlertStore store;
  private final RateLimitedLogger log;
  private final List<Consumer<Alert>> subscribers = new ArrayList<>();
  private final Map<Fingerprint, Alert> alerts = new LinkedHashMap<>();

  /// Whose end was told.
  private final Set<Fingerprint> told = new HashSet<>();

  private final ChangedKeys<Fingerprint> rows = new ChangedKeys<>();

  private final SharedAlerts shared = new SharedAlerts();

  private final PriorityQueue<Deadline> deadlines =
      new PriorityQueue<>(Comparator.comparing(Deadline::at));

  /// The deadline of each alert that counts.
  private final Map<Fingerprint, Instant> watched = new HashMap<>();

  private Consumer<String> onRefusal = _ -> {};

  /// Why there was no room, until that is told.
  private @Nullable String refusedFor;

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
    this.bounds = new AlertBounds(config);
    this.capacity = new AlertCapacity(config);
    this.clock = clock;
    this.loop = loop;
    this.decisions = decisions;
    this.metrics = metrics;
    this.state = state;
    this.store = new AlertStore(state);
    this.log =
        new RateLimitedLogger(LoggerFactory.getLogger(Alerts.class), clock, Duration.ofSeconds(10));
    state.add(this);
  }

  /// Takes up what is on disk. Those who subscribed are told of each alert. One that was posted,
  /// and whose time ran out while nobody listened, has not ended for that: see [#START_GRACE].
  public void start() {
    Instant now = clock.now();
    store.load(stored -> restore(believed(stored, now), now));
    if (!rows.isEmpty()) {
      state.changed();
    }
    for (Alert alert : alerts.values()) {
      watch(alert);
      tell(alert);
    }
    metrics.known(capacity);
    arm();
  }

  /// The process before this one may have had a larger heap.
  private void restore(Alert alert, Instant now) {
    String refusal = alerts.containsKey(alert.fingerprint()) ? null : capacity.refusal(alert);
    if (refusal != null) {
      rows.add(alert.fingerprint());
      metrics.tooMany();
      refused(refusal);
      return;
    }
    capacity.replace(alerts.put(alert.fingerprint(), alert), alert);
    if (alert.isResolvedAt(now)) {
      told.add(alert.fingerprint());
    }
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
      keep(moved);
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

  /// Has a function told, on the loop, that there was no room for an alert, and why.
  public void onRefusal(Consumer<String> listener) {
    onRefusal = listener;
  }

  /// All that are known, in no certain order; can't be changed, and changes with time.
  public Collection<Alert> all() {
    return Collections.unmodifiableCollection(alerts.values());
  }

  /// The alert with a fingerprint; null when it is not known, or no more.
  public @Nullable Alert get(Fingerprint fingerprint) {
    return alerts.get(fingerprint);
  }

  /// Of an alert that Longshore raises about itself, with the page that says what to do.
  private Alert withRunbook(Alert alert) {
    URI runbooks = config.runbooks();
    if (runbooks == null
        || alert.origin() != Alert.Origin.SELF
        || !alert.annotations().get(RUNBOOK).isEmpty()) {
      return alert;
    }
    Map<String, String> annotations = new TreeMap<>(alert.annotations().asMap());
    String folder = runbooks.toString();
    annotations.put(RUNBOOK, folder + (folder.endsWith("/") ? "" : "/") + alert.name() + ".md");
    return alert.withAnnotations(Labels.of(annotations));
  }

  @Override
  public List<Refusal> put(List<Alert> put) {
    Instant now = clock.now();
    Set<Fingerprint> changed = new LinkedHashSet<>();
    List<Refusal> refusals = new ArrayList<>();
    boolean urgent = false;
    for (Alert alert : put) {
      metrics.received(alert);
      Fingerprint fingerprint = alert.fingerprint();
      Alert before = alerts.get(fingerprint);
      String refusal = refusal(alert, before, now);
      if (refusal != null) {
        refusals.add(new Refusal(fingerprint, refusal));
        continue;
      }
      Alert bounded = bounds.of(withRunbook(alert));
      Alert merged = shared.merge(before, bounded, now);
      if (before == null && merged.isResolvedAt(now) && merged.origin() != Alert.Origin.RULE) {
        continue; // ended before anybody heard of it
      }
      if (before != null && !capacity.fits(before, merged)) {
        merged = merged.withTextsOf(before);
      }
      keep(merged);
      changed.add(fingerprint);
      urgent |= before == null || isOther(before, merged, now);
      if (before != null
          && !before.isResolvedAt(now)
          && merged.isResolvedAt(now)
          && merged.origin() != Alert.Origin.RULE) {
        decisions.note(fingerprint, now, "state", "resolved: the client that posts it says so");
      }
    }
    rows.addAll(changed);
    if (urgent) {
      state.changed();
    } else {
      writeLater();
    }
    changed.forEach(fingerprint -> take(fingerprint, now));
    metrics.known(capacity);
    arm();
    return refusals;
  }

  private void keep(Alert alert) {
    Alert before = alerts.put(alert.fingerprint(), alert);
    capacity.replace(before, alert);
    if (before == null) {
      decisions.subject(alert.labels());
    }
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

  /// Why an alert is not taken; null when it is.
  private @Nullable String refusal(Alert alert, @Nullable Alert before, Instant now) {
    String reason = bounds.refusal(alert);
    if (reason != null) {
      metrics.tooLarge();
    } else if (before == null
        && (alert.origin() == Alert.Origin.RULE || !alert.isResolvedAt(now))) {
      reason = capacity.refusal(alert);
      if (reason != null) {
        metrics.tooMany();
        refused(reason);
      }
    }
    if (reason == null) {
      return null;
    }
    String refusal = shortName(alert) + " is not taken: " + reason;
    log.warn(
        "refused",
        event -> event.setMessage("An alert is not taken").addKeyValue("reason", refusal));
    return refusal;
  }

  /// Many refusals of a turn are told once, and not in the middle of it.
  private void refused(String reason) {
    if (refusedFor == null) {
      loop.execute(
          () -> {
            String last = refusedFor;
            refusedFor = null;
            if (last != null) {
              onRefusal.accept(last);
            }
          });
    }
    refusedFor = reason;
  }

  private static String shortName(Alert alert) {
    String name = alert.name();
    return name.length() <= 100 ? name : name.substring(0, 100) + "…";
  }

  /// Whether it began, or ended, or did so at another time.
  private static boolean isOther(Alert before, Alert after, Instant now) {
    return !before.startsAt().equals(after.startsAt())
        || before.isResolvedAt(now) != after.isResolvedAt(now)
        || (before.endsAt() == null) != (after.endsAt() == null);
  }

  private void take(Fingerprint fingerprint, Instant now) {
    Alert alert = alerts.get(fingerprint);
    if (alert == null) {
      return;
    }
    boolean ended = alert.isResolvedAt(now);
    boolean repeated = ended && !told.add(fingerprint);
    if (!ended) {
      told.remove(fingerprint);
    }
    watch(alert);
    if (!repeated) {
      tell(alert); // Prometheus sends an end again for 15 minutes
    }
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
        capacity.replace(alerts.remove(fingerprint), null);
        shared.forget(fingerprint);
        told.remove(fingerprint);
        rows.add(fingerprint);
      } else {
        watch(alert);
      }
    }
    metrics.known(capacity);
    writeLater();
    arm();
  }

  private void end(Alert alert, Instant now) {
    Alert ended = alert.updatedAt(now);
    rows.add(ended.fingerprint());
    state.changed();
    keep(ended);
    told.add(ended.fingerprint());
    decisions.note(ended.fingerprint(), now, "state", "resolved: " + why(ended));
    tell(ended);
  }

  private static String why(Alert alert) {
    return alert.origin() == Alert.Origin.POSTED_WITHOUT_END
        ? "it was not posted again within resolve_timeout"
        : "its endsAt has passed";
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
