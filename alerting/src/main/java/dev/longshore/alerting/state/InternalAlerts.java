package dev.longshore.alerting.state;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Alerts that a part of Longshore raises about itself; each stands until it is ended, over
/// restarts too. Owned by the loop's thread.
public final class InternalAlerts {

  /// A source gives no answer; while it stands, nothing that is evaluated there ends.
  public static final String SOURCE_DOWN = "LongshoreSourceDown";

  /// A rule is refused by its source.
  public static final String RULE_FAILING = "LongshoreRuleFailing";

  /// A file of the configuration is broken, and its last good version is in force.
  public static final String CONFIGURATION_BROKEN = "LongshoreConfigurationBroken";

  /// State can't be written: what stands is told from memory, and would not survive a restart.
  public static final String STATE_NOT_WRITABLE = "LongshoreStateNotWritable";

  /// The database could not be read at the start: silences, and what was told, are not known.
  public static final String STATE_LOST = "LongshoreStateLost";

  /// There was no room for alerts; nobody is told of them.
  public static final String ALERTS_REFUSED = "LongshoreAlertsRefused";

  /// Slack can't tell what people answer: no connection by which it could.
  public static final String SLACK_ANSWERS_DOWN = "LongshoreSlackAnswersDown";

  /// Texts that change with every evaluation are told this often.
  private static final Duration BETWEEN_UPDATES = Duration.ofMinutes(1);

  private final AlertSink sink;
  private final Clock clock;
  private final Map<Labels, Alert> standing = new HashMap<>();

  public InternalAlerts(AlertSink sink, Clock clock) {
    this.sink = sink;
    this.clock = clock;
  }

  /// Takes over an alert of a process before this one.
  public void adopt(Alert alert) {
    standing.put(alert.labels(), alert);
  }

  /// When an alert that stands was raised; null when it does not stand.
  public @Nullable Instant since(Labels labels) {
    Alert alert = standing.get(labels);
    return alert == null ? null : alert.startsAt();
  }

  /// Raises an alert, or tells what has changed about one that stands.
  public void raise(Labels labels, Labels annotations, List<Evidence.Fact> facts, String link) {
    Instant now = clock.now();
    Alert before = standing.get(labels);
    if (before != null
        && (before.annotations().equals(annotations) || isRecent(before.updatedAt(), now))) {
      return;
    }
    put(
        new Alert(
            labels,
            annotations,
            before == null ? now : before.startsAt(),
            null,
            now,
            link,
            Alert.Origin.SELF,
            new Evidence("", facts, List.of(), List.of())));
  }

  /// A time in the future is of a clock that has jumped.
  private static boolean isRecent(Instant time, Instant now) {
    return !time.isAfter(now) && Duration.between(time, now).compareTo(BETWEEN_UPDATES) < 0;
  }

  /// Ends an alert, if it stands.
  public void end(Labels labels) {
    Alert alert = standing.get(labels);
    if (alert != null) {
      Instant now = clock.now();
      put(
          new Alert(
              labels,
              alert.annotations(),
              alert.startsAt(),
              now,
              now,
              alert.generatorUrl(),
              alert.origin(),
              alert.evidence()));
    }
  }

  /// The labels of those that stand.
  public Set<Labels> standing() {
    return Set.copyOf(standing.keySet());
  }

  /// Ends those that nobody can end any more.
  public void endUnless(Predicate<Labels> known) {
    List.copyOf(standing.keySet()).stream().filter(known.negate()).forEach(this::end);
  }

  private void put(Alert alert) {
    sink.put(List.of(alert));
    if (alert.endsAt() == null) {
      standing.put(alert.labels(), alert);
    } else {
      standing.remove(alert.labels());
    }
  }
}
