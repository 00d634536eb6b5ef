package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogAnswer;
import dev.longshore.alerting.logs.LogHistory;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;

/// What a log rule would have done in the past, as if it had been evaluated at each interval with
/// all lines there. History is asked once; other values of `for` are tried on the same answers.
public final class LogBacktest {

  /// At night nobody wants to be woken for nothing.
  private static final LocalTime NIGHT_BEGINS = LocalTime.of(22, 0);

  private static final LocalTime NIGHT_ENDS = LocalTime.of(6, 0);

  private final AlertingRule rule;
  private final List<LogAnswer.Step> steps;

  private LogBacktest(AlertingRule rule, List<LogAnswer.Step> steps) {
    this.rule = rule;
    this.steps = steps;
  }

  /// What came of asking.
  public sealed interface Asked {
    /// History is there.
    record Answered(LogBacktest backtest) implements Asked {}

    /// It is not, for this reason.
    record Failed(String cause) implements Asked {}
  }

  /// Asks history. Blocks, for a long time when the past is long.
  ///
  /// @param interval between evaluations
  /// @param progress told how much is done, from 0 to 1
  public static Asked ask(
      LogHistory history,
      AlertingRule rule,
      Instant since,
      Instant until,
      Duration interval,
      DoubleConsumer progress) {
    if (!(rule.condition() instanceof LogCondition condition)) {
      return new Asked.Failed(rule.place() + " is a metric rule; its history is Prometheus'");
    }
    List<LogAnswer.Step> steps = new ArrayList<>();
    Instant from = since;
    while (from.isBefore(until)) {
      Instant to = from.plus(interval.multipliedBy(LogHistory.MOST_WINDOWS));
      to = to.isAfter(until) ? until : to;
      switch (history.replay(condition, from, to, interval)) {
        case LogAnswer.Seen seen -> steps.addAll(seen.steps());
        case LogAnswer.Refused refused -> {
          return new Asked.Failed(refused.cause());
        }
        case LogAnswer.Unavailable unavailable -> {
          return new Asked.Failed(unavailable.cause());
        }
      }
      from = to;
      progress.accept(
          (double) Duration.between(since, from).toMillis()
              / Duration.between(since, until).toMillis());
    }
    return new Asked.Answered(new LogBacktest(rule, steps));
  }

  /// What the rule would have done with another `for`; labels are those of its fields, before the
  /// rule's own.
  ///
  /// @param zone whose night it is
  public Outlook with(Duration hold, ZoneId zone) {
    ActiveAlerts alerts = new ActiveAlerts();
    Map<Labels, Instant> since = new HashMap<>();
    List<Episode> episodes = new ArrayList<>();
    Instant last = Instant.EPOCH;
    for (LogAnswer.Step step : steps) {
      List<Candidate> candidates =
          step.samples().stream()
              .map(it -> new Candidate(it.labels(), Labels.EMPTY, it.value()))
              .toList();
      for (Transition made : alerts.apply(step.end(), candidates, hold, rule.keepFiringFor())) {
        Labels labels = made.alert().labels();
        if (made.kind() == Transition.Kind.FIRED) {
          since.put(labels, step.end());
        } else if (made.kind() == Transition.Kind.ENDED) {
          Instant began = since.remove(labels);
          if (began != null) {
            episodes.add(new Episode(labels, began, step.end(), true));
          }
        }
      }
      last = step.end();
    }
    Instant end = last;
    since.forEach((labels, began) -> episodes.add(new Episode(labels, began, end, false)));
    episodes.sort((a, b) -> a.from.compareTo(b.from));
    int atNight = (int) episodes.stream().filter(it -> isNight(it.from, zone)).count();
    return new Outlook(hold, episodes, atNight);
  }

  /// The same with the rule's own `for`.
  public Outlook asItIs(ZoneId zone) {
    return with(rule.holdFor(), zone);
  }

  private static boolean isNight(Instant at, ZoneId zone) {
    LocalTime time = at.atZone(zone).toLocalTime();
    return !time.isBefore(NIGHT_BEGINS) || time.isBefore(NIGHT_ENDS);
  }

  /// An alert that would have been.
  ///
  /// @param ended whether it has; else it fires still
  public record Episode(Labels labels, Instant from, Instant to, boolean ended) {
    public Duration length() {
      return Duration.between(from, to);
    }
  }

  /// What would have been.
  ///
  /// @param episodes in order of time; each would have pinged when it began
  /// @param atNight how many began at night, between 22:00 and 06:00
  public record Outlook(Duration hold, List<Episode> episodes, int atNight) {
    public Outlook {
      episodes = List.copyOf(episodes);
    }

    /// How often a ping was due: keys that began at the same evaluation are one, as a group is.
    public int pings() {
      return (int) episodes.stream().map(Episode::from).distinct().count();
    }

    /// How long an alert fired, in the middle; zero when there was none.
    public Duration medianLength() {
      List<Duration> lengths = episodes.stream().map(Episode::length).sorted().toList();
      return lengths.isEmpty() ? Duration.ZERO : lengths.get(lengths.size() / 2);
    }
  }
}
