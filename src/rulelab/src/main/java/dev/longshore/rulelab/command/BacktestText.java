package dev.longshore.rulelab.command;

import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.rulelab.backtest.BacktestResult;
import dev.longshore.rulelab.backtest.LogBacktest;
import dev.longshore.shared.units.PrometheusDurations;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// A table for each rule, for people.
final class BacktestText implements BacktestReport {
  private static final String ROW = "  %-24s %7s %7s %9s %9s %9s %9s%n";

  /// The last alerts are shown one by one.
  private static final int SHOWN = 5;

  private final PrintStream out;
  private final BacktestOptions options;
  private final DateTimeFormatter time;

  BacktestText(PrintStream out, BacktestOptions options) {
    this.out = out;
    this.options = options;
    this.time =
        DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(options.zone());
  }

  @Override
  public void rule(Past past) {
    AlertingRule rule = past.rule();
    out.printf("%s (%s)%n", rule.name(), rule.location());
    out.println("  " + rule.condition().text());
    out.printf(
        "  %s to %s %s, looked at each %s; night is from %s to %s%n",
        time.format(options.since()),
        time.format(options.until()),
        options.zone(),
        PrometheusDurations.format(past.interval()),
        BacktestResult.NIGHT_BEGINS,
        BacktestResult.NIGHT_ENDS);
    begins(past);
    out.println();
    out.printf(ROW, "", "fired", "pings", "at night", "median", "longest", "in all");
    BacktestResult own = past.asItIs();
    row("as it is, for: " + PrometheusDurations.format(own.hold()), own);
    past.withOtherHolds().forEach(it -> row("for: " + PrometheusDurations.format(it.hold()), it));
    for (LogBacktest.Tried it : past.withOtherThresholds()) {
      row(it.threshold(), it.backtestResult());
    }
    out.println();
    episodes(own.episodes());
  }

  /// Where no line is, nothing fired.
  private void begins(Past past) {
    Instant begins = past.begins();
    if (begins != null && begins.isAfter(options.since().plus(past.interval()))) {
      Duration without =
          Duration.between(
              options.since(), begins.isBefore(options.until()) ? begins : options.until());
      out.printf(
          "  its lines begin at %s: of the first %s there are none%n",
          time.format(begins), length(without));
    }
  }

  private void row(String name, BacktestResult backtestResult) {
    boolean none = backtestResult.episodes().isEmpty();
    out.printf(
        ROW,
        name,
        backtestResult.episodes().size(),
        backtestResult.pings(),
        backtestResult.pingsAtNight(),
        none ? "-" : length(backtestResult.medianLength()),
        none ? "-" : length(backtestResult.longest()),
        none ? "-" : length(backtestResult.firing()));
  }

  private void episodes(List<BacktestResult.Episode> episodes) {
    if (episodes.isEmpty()) {
      out.println("  It would not have fired.");
    } else {
      int from = Math.max(0, episodes.size() - SHOWN);
      if (from > 0) {
        out.printf("  the last %d of %d:%n", SHOWN, episodes.size());
      }
      for (BacktestResult.Episode it : episodes.subList(from, episodes.size())) {
        out.printf(
            "  %s  %8s%s  %s%n",
            time.format(it.from()), length(it.length()), it.ended() ? "" : ", and on", it.labels());
      }
    }
    out.println();
  }

  /// Two units are enough.
  private static String length(Duration duration) {
    Duration rounded =
        duration.compareTo(Duration.ofDays(1)) >= 0
            ? Duration.ofHours(duration.toHours())
            : duration.compareTo(Duration.ofHours(1)) >= 0
                ? Duration.ofMinutes(duration.toMinutes())
                : Duration.ofSeconds(duration.toSeconds());
    return PrometheusDurations.format(rounded);
  }

  /// The cause was told as a problem.
  @Override
  public void failed(AlertingRule rule, String cause) {}

  @Override
  public void end() {}
}
