package dev.longshore.rulelab.ruletest;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.metrics.Answer;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.metrics.Sample;
import dev.longshore.rulelab.ruletest.TestFile.Failure;
import dev.longshore.rulelab.ruletest.TestFile.RecordedAnswer;
import dev.longshore.rulelab.ruletest.TestFile.RuleTest;
import dev.longshore.rulelab.ruletest.TestFile.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A source that answers as a test has recorded it; with nothing where it has not. One thread.
final class RecordedSource implements MetricSource {
  private final RuleTest test;
  private final Map<String, RecordedAnswer> answers = new HashMap<>();
  private final Set<String> asked = new HashSet<>();

  RecordedSource(RuleTest test) {
    this.test = test;
    test.answers().forEach(it -> answers.put(folded(it.expression()), it));
  }

  /// An expression without the white space that does not count.
  static String folded(String expression) {
    return expression.strip().replaceAll("\\s+", " ");
  }

  /// Answers for which no rule and no template asked.
  List<RecordedAnswer> unasked() {
    return test.answers().stream().filter(it -> !asked.contains(folded(it.expression()))).toList();
  }

  @Override
  public String name() {
    return "recorded";
  }

  @Override
  public Answer query(String expression, Instant at) {
    String key = folded(expression);
    asked.add(key);
    RecordedAnswer answer = answers.get(key);
    if (answer == null) {
      return new Answer.Samples(Answer.Kind.VECTOR, List.of(), List.of());
    }
    Duration since = Duration.between(test.start(), at);
    for (Failure failure : answer.failures()) {
      if (since.compareTo(failure.from()) >= 0 && since.compareTo(failure.to()) < 0) {
        return failure.refused()
            ? new Answer.Refused(failure.cause())
            : new Answer.Unavailable(failure.cause());
      }
    }
    List<Sample> samples = new ArrayList<>();
    long index = Math.floorDiv(since.toMillis(), test.interval().toMillis());
    for (Series series : answer.series()) {
      if (index >= 0 && index < series.values().length) {
        double value = series.values()[(int) index];
        if (!SeriesValues.isAbsent(value)) {
          samples.add(new Sample(series.labels(), value, at));
        }
      }
    }
    return new Answer.Samples(Answer.Kind.VECTOR, samples, List.of());
  }

  @Override
  public Labels externalLabels() {
    return test.externalLabels();
  }

  @Override
  public String link(String expression) {
    return "";
  }

  @Override
  public int concurrency() {
    return 1;
  }
}
