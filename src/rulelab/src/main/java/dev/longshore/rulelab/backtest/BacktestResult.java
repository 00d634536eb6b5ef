package dev.longshore.rulelab.backtest;

import dev.longshore.alerting.alert.Labels;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;

/// What would have been told.
///
/// @param hold the `for` that it was with
/// @param episodes in order of time
/// @param pings how often somebody would have been pinged: keys that began at the same evaluation
///   are one ping, as a group is
/// @param pingsAtNight how many of these at night, between 22:00 and 06:00
public record BacktestResult(Duration hold, List<Episode> episodes, int pings, int pingsAtNight) {

  /// At night nobody wants to be woken for nothing.
  public static final LocalTime NIGHT_BEGINS = LocalTime.of(22, 0);

  public static final LocalTime NIGHT_ENDS = LocalTime.of(6, 0);

  public BacktestResult {
    episodes = List.copyOf(episodes);
  }

  /// An alert that would have been.
  ///
  /// @param ended whether it has; else it fires still
  public record Episode(Labels labels, Instant from, Instant to, boolean ended) {
    public Duration length() {
      return Duration.between(from, to);
    }
  }

  /// @param zone whose night it is
  static BacktestResult of(Duration hold, List<Episode> episodes, ZoneId zone) {
    List<Episode> sorted =
        episodes.stream()
            .sorted(
                Comparator.comparing(Episode::from)
                    .thenComparing(Episode::to)
                    .thenComparing(it -> it.labels().toString()))
            .toList();
    List<Instant> pings = sorted.stream().map(Episode::from).distinct().toList();
    int atNight = (int) pings.stream().filter(it -> isNight(it, zone)).count();
    return new BacktestResult(hold, sorted, pings.size(), atNight);
  }

  private static boolean isNight(Instant at, ZoneId zone) {
    LocalTime time = at.atZone(zone).toLocalTime();
    return !time.isBefore(NIGHT_BEGINS) || time.isBefore(NIGHT_ENDS);
  }

  /// How long an alert fired, in the middle; zero when there was none.
  public Duration medianLength() {
    List<Duration> lengths = episodes.stream().map(Episode::length).sorted().toList();
    int size = lengths.size();
    return size == 0
        ? Duration.ZERO
        : lengths.get((size - 1) / 2).plus(lengths.get(size / 2)).dividedBy(2);
  }

  /// How long the longest fired; zero when there was none.
  public Duration longest() {
    return episodes.stream()
        .map(Episode::length)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /// For how long something fired; what fired at the same time counts once.
  public Duration firing() {
    Duration sum = Duration.ZERO;
    Instant covered = Instant.MIN;
    for (Episode it : episodes) {
      Instant from = it.from.isAfter(covered) ? it.from : covered;
      if (it.to.isAfter(from)) {
        sum = sum.plus(Duration.between(from, it.to));
        covered = it.to;
      }
    }
    return sum;
  }
}
