package dev.longshore.alerting.eval;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How rules are evaluated.
///
/// @param interval of groups that state none
/// @param queryOffset how far back groups look that state none
/// @param forGrace rules with a shorter `for` begin anew after a longer outage, and a restored
///   alert that has not fired yet fires after this at the earliest
/// @param forOutageTolerance after a longer outage `for` begins anew
/// @param restoreFromSource whether `for` of a rule that was never evaluated here is restored from
///   Prometheus' own `ALERTS_FOR_STATE`
/// @param failures after so many failed evaluations of a rule in a row it is told
/// @param failingFor after so long without any answer of a source it is told, however few
///   evaluations that were
/// @param sourceDownSeverity the label `severity` of `LongshoreSourceDown`
/// @param ruleFailingSeverity the label `severity` of `LongshoreRuleFailing`
/// @param spread whether the times of groups with the same interval are spread over it, so that a
///   source is not asked everything at once; else all begin together
/// @param evidence what is looked up for messages
/// @param externalUrl where people reach alerting; `externalURL` in templates; may be empty
public record EvalConfig(
    Duration interval,
    Duration queryOffset,
    Duration forGrace,
    Duration forOutageTolerance,
    boolean restoreFromSource,
    int failures,
    Duration failingFor,
    String sourceDownSeverity,
    String ruleFailingSeverity,
    boolean spread,
    EvidenceConfig evidence,
    String externalUrl) {

  /// Prometheus' own `evaluation_interval`.
  public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

  /// Prometheus' `--rules.alert.for-grace-period`.
  public static final Duration DEFAULT_FOR_GRACE = Duration.ofMinutes(10);

  /// Prometheus' `--rules.alert.for-outage-tolerance`.
  public static final Duration DEFAULT_FOR_OUTAGE_TOLERANCE = Duration.ofHours(1);

  /// One failure may be a restart of Prometheus.
  public static final int DEFAULT_FAILURES = 2;

  public static final Duration DEFAULT_FAILING_FOR = Duration.ofMinutes(1);
  public static final String DEFAULT_SOURCE_DOWN_SEVERITY = "critical";
  public static final String DEFAULT_RULE_FAILING_SEVERITY = "warning";

  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  /// @throws IllegalArgumentException with everything that is wrong
  public EvalConfig {
    List<String> problems = new ArrayList<>();
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      problems.add("interval is " + interval + "; at least 100ms is accepted");
    }
    if (failures < 1) {
      problems.add("failures is " + failures + "; at least 1 is accepted");
    }
    for (Duration duration : List.of(queryOffset, forGrace, forOutageTolerance, failingFor)) {
      if (duration.isNegative()) {
        problems.add("a duration is negative: " + duration);
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /// Everything by default.
  public static EvalConfig defaults() {
    return new EvalConfig(
        DEFAULT_INTERVAL,
        Duration.ZERO,
        DEFAULT_FOR_GRACE,
        DEFAULT_FOR_OUTAGE_TOLERANCE,
        true,
        DEFAULT_FAILURES,
        DEFAULT_FAILING_FOR,
        DEFAULT_SOURCE_DOWN_SEVERITY,
        DEFAULT_RULE_FAILING_SEVERITY,
        true,
        EvidenceConfig.DEFAULT,
        "");
  }

  /// The same with another interval and address, and other evidence.
  public EvalConfig with(Duration newInterval, EvidenceConfig newEvidence, String newExternalUrl) {
    return new EvalConfig(
        newInterval,
        queryOffset,
        forGrace,
        forOutageTolerance,
        restoreFromSource,
        failures,
        failingFor,
        sourceDownSeverity,
        ruleFailingSeverity,
        spread,
        newEvidence,
        newExternalUrl);
  }

  /// The same with all groups evaluated from the start on, at the same times.
  public EvalConfig together() {
    return new EvalConfig(
        interval,
        queryOffset,
        forGrace,
        forOutageTolerance,
        restoreFromSource,
        failures,
        failingFor,
        sourceDownSeverity,
        ruleFailingSeverity,
        false,
        evidence,
        externalUrl);
  }
}
