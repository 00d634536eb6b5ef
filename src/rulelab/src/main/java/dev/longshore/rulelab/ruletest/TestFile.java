package dev.longshore.rulelab.ruletest;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.rulelab.recorded.Recording;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file of tests, in the form of `promtool test rules`, with recorded `answers` in place of
/// `input_series`, recorded lines of logs, and expected notifications.
///
/// @param folder relative paths begin there
/// @param ruleFiles patterns
/// @param routing the Alertmanager file; null when no notification is looked at
/// @param onCall the on-call file; null when nothing is escalated
/// @param evaluationInterval of groups that state none
record TestFile(
    Path folder,
    List<String> ruleFiles,
    @Nullable Path routing,
    @Nullable Path onCall,
    Duration evaluationInterval,
    List<RuleTest> tests) {

  /// One test.
  ///
  /// @param start the time at which it begins; everything else is counted from there
  /// @param interval between two values of a series
  /// @param logs what log rules find
  /// @param until to when messages are looked at, where nothing is expected so late
  record RuleTest(
      String name,
      int line,
      Instant start,
      Duration interval,
      Duration until,
      Labels externalLabels,
      String externalUrl,
      List<RecordedAnswer> answers,
      Recording logs,
      List<Quiet> silences,
      List<Acknowledged> acknowledgements,
      List<ExpectedAlerts> alerts,
      @Nullable List<ExpectedMessage> notifications) {}

  /// What a source answers to an expression.
  ///
  /// @param expression as the rule has it; white space does not count
  /// @param failures in which no answer comes
  record RecordedAnswer(String expression, int line, List<Series> series, List<Failure> failures) {}

  /// @param values one for each interval; NaN with [SeriesValues#ABSENT]'s bits where there is none
  record Series(Labels labels, double[] values) {}

  /// @param refused whether the expression is refused; else the source is away
  record Failure(Duration from, Duration to, String cause, boolean refused) {}

  /// Somebody acknowledges the groups of a receiver.
  ///
  /// @param duration null for the time that is standard
  record Acknowledged(
      Duration at, int line, String by, String receiver, @Nullable Duration duration) {}

  record Quiet(List<Matcher> matchers, Duration from, Duration to) {}

  /// The alerts of a name that fire at a time: these and no others.
  record ExpectedAlerts(Duration at, int line, String alertName, List<ExpectedAlert> alerts) {}

  /// @param annotations null when they are not looked at
  record ExpectedAlert(Labels labels, @Nullable Labels annotations) {}

  /// A message that is made.
  ///
  /// @param integration such as `slack[0]`; empty for any
  /// @param contains texts that are in it
  record ExpectedMessage(
      Duration at,
      int line,
      String receiver,
      String integration,
      Message.Kind kind,
      List<String> contains) {}
}
