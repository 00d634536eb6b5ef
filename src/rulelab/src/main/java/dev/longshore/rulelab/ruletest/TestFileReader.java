package dev.longshore.rulelab.ruletest;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.rulelab.recorded.Recording;
import dev.longshore.rulelab.ruletest.TestFile.Acknowledged;
import dev.longshore.rulelab.ruletest.TestFile.ExpectedAlert;
import dev.longshore.rulelab.ruletest.TestFile.ExpectedAlerts;
import dev.longshore.rulelab.ruletest.TestFile.ExpectedMessage;
import dev.longshore.rulelab.ruletest.TestFile.Failure;
import dev.longshore.rulelab.ruletest.TestFile.Quiet;
import dev.longshore.rulelab.ruletest.TestFile.RecordedAnswer;
import dev.longshore.rulelab.ruletest.TestFile.RuleTest;
import dev.longshore.rulelab.ruletest.TestFile.Series;
import dev.longshore.shared.config.ConfigReader;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import dev.longshore.shared.units.PrometheusDurations;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads test files.
final class TestFileReader {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  static final Type<Duration> DURATION =
      new Type<>(
          "a duration",
          "a duration",
          "30s or 1h30m",
          PrometheusDurations::parse,
          PrometheusDurations::format);

  /// A time with its zone, or seconds since 1970.
  private static final Type<Instant> TIME =
      new Type<>(
          "a time",
          "a time with its zone, or seconds since 1970",
          "2026-03-28T20:00:00Z or 1774728000",
          TestFileReader::time,
          Instant::toString);

  private TestFileReader() {}

  private static Instant time(String text) {
    try {
      return text.matches("[0-9.]+")
          ? Instant.ofEpochMilli(new BigDecimal(text).movePointRight(3).longValueExact())
          : OffsetDateTime.parse(text).toInstant();
    } catch (ArithmeticException | DateTimeException e) {
      throw new IllegalArgumentException("no time", e);
    }
  }

  /// @throws dev.longshore.shared.config.ConfigException with all problems
  static TestFile read(Path file) {
    ConfigReader reader = ConfigReader.readVerbatim(file);
    Section root = reader.root();
    Path folder = file.toAbsolutePath().resolveSibling("");
    List<String> ruleFiles = root.strings("rule_files", List.of(), "Patterns of rule files.");
    Path routing = root.optionalPath("routing", "The Alertmanager file.");
    Path onCall = root.optionalPath("oncall", "The on-call file.");
    if (onCall != null && routing == null) {
      root.problem("oncall", "needs a `routing`: the Alertmanager file with the receivers");
    }
    Duration interval =
        root.value("evaluation_interval", DURATION, MINUTE, "Of groups that state none.");
    root.refuse("group_eval_order", "groups are evaluated each on its own; leave it out");
    root.bool("fuzzy_compare", false, "Of samples of PromQL, which there are none of.");
    List<RuleTest> tests = new ArrayList<>();
    for (Section section : root.sections("tests", "The tests.")) {
      tests.add(test(section, routing != null));
    }
    reader.finish();
    return new TestFile(
        folder,
        ruleFiles,
        routing == null ? null : folder.resolve(routing).normalize(),
        onCall == null ? null : folder.resolve(onCall).normalize(),
        interval,
        tests);
  }

  private static RuleTest test(Section test, boolean hasRouting) {
    test.refuse(
        "input_series",
        "there is no PromQL engine here; write what the rules' expressions answer, under `answers`");
    test.refuse(
        "promql_expr_test", "there is no PromQL engine here; use `promtool test rules` for these");
    String name = test.string("name", "line " + test.line(), "", "What it is called.");
    Instant start = test.value("start", TIME, Instant.EPOCH, "When it begins.");
    Instant stamp = test.value("start_timestamp", TIME, start, "The same, as promtool has it.");
    if (!test.isAbsent("start") && !test.isAbsent("start_timestamp")) {
      test.problem("start_timestamp", "is promtool's key for `start`; write one of them");
    }
    Duration interval = test.value("interval", DURATION, MINUTE, "Between values.");
    if (interval.isZero()) {
      test.problem("interval", "is zero; write a duration such as 1m");
    }
    Duration until = at(test, "until");
    Labels external = Labels.of(test.texts("external_labels", "Labels of every alert."));
    String url = test.value("external_url", Type.ANY_TEXT, "", "Of alerting.");
    List<RecordedAnswer> answers = new ArrayList<>();
    Set<String> expressions = new HashSet<>();
    for (Section answer : test.sections("answers", "What expressions answer.")) {
      RecordedAnswer read = answer(answer);
      if (!expressions.add(RecordedSource.folded(read.expression()))) {
        answer.problem("expr", "has answers already; write them in one place");
      }
      answers.add(read);
    }
    Recording logs = LogSections.read(test, stamp);
    List<Quiet> silences = new ArrayList<>();
    for (Section silence : test.sections("silences", "Silences.")) {
      silences.add(
          new Quiet(
              matchers(silence),
              at(silence, "from"),
              silence.value("to", DURATION, Duration.ofDays(1), "Its end.")));
    }
    List<Acknowledged> acknowledgements = new ArrayList<>();
    for (Section acknowledged : test.sections("acknowledgements", "Of groups.")) {
      acknowledgements.add(acknowledged(acknowledged));
    }
    List<ExpectedAlerts> alerts = new ArrayList<>();
    for (Section expected : test.sections("alert_rule_test", "Alerts that fire.")) {
      alerts.add(alerts(expected));
    }
    boolean silent = test.isAbsent("notifications");
    List<ExpectedMessage> messages = new ArrayList<>();
    for (Section message : test.sections("notifications", "Messages that are made.")) {
      messages.add(message(message));
    }
    if (!silent && !hasRouting) {
      test.problem("notifications", "need a `routing` at the top: the Alertmanager file");
    }
    return new RuleTest(
        name,
        test.line(),
        stamp,
        interval.isZero() ? MINUTE : interval,
        until,
        external,
        url,
        answers,
        logs,
        silences,
        acknowledgements,
        alerts,
        silent ? null : messages);
  }

  private static Acknowledged acknowledged(Section section) {
    boolean isStandard = section.isAbsent("for");
    Duration lasts = section.value("for", DURATION, Duration.ZERO, "How long it lasts.");
    return new Acknowledged(
        at(section, "at"),
        section.line(),
        section.requiredString("by", "Who acknowledges."),
        section.requiredString("receiver", "Whose groups."),
        isStandard ? null : lasts);
  }

  private static Duration at(Section section, String key) {
    return section.value(key, DURATION, Duration.ZERO, "From the start.");
  }

  private static List<Matcher> matchers(Section silence) {
    List<Matcher> matchers = new ArrayList<>();
    for (String text : silence.strings("matchers", List.of(), "What it covers.")) {
      try {
        matchers.addAll(Matchers.parse(text));
      } catch (IllegalArgumentException e) {
        silence.problem("matchers", String.valueOf(e.getMessage()));
      }
    }
    return matchers;
  }

  private static RecordedAnswer answer(Section answer) {
    String expression = answer.requiredString("expr", "As the rule has it.");
    List<Series> series = new ArrayList<>();
    for (Section one : answer.sections("series", "What it answers.")) {
      Labels labels = labels(one, one.value("labels", Type.ANY_TEXT, "{}", "Its labels."));
      String values = one.requiredString("values", "As promtool writes them.");
      try {
        series.add(new Series(labels, SeriesValues.parse(values)));
      } catch (IllegalArgumentException e) {
        one.problem("values", String.valueOf(e.getMessage()));
      }
    }
    List<Failure> failures = new ArrayList<>();
    for (Section failure : answer.sections("failures", "When it has no answer.")) {
      failures.add(failure(failure));
    }
    return new RecordedAnswer(expression, answer.line(), series, failures);
  }

  static Failure failure(Section failure) {
    String away = failure.optionalString("unavailable", "The source is away, with this cause.");
    String refused = failure.optionalString("refused", "The source refuses it with this cause.");
    if ((away == null) == (refused == null)) {
      failure.problem("write one of unavailable and refused, with the cause");
    }
    return new Failure(
        at(failure, "from"),
        failure.value("to", DURATION, Duration.ofDays(365), "Until when."),
        String.valueOf(away == null ? refused : away),
        refused != null);
  }

  /// Labels as PromQL writes a series, `up{job="web"}`.
  private static Labels labels(Section section, String text) {
    String stripped = text.strip();
    int brace = stripped.indexOf('{');
    String name = brace < 0 ? stripped : stripped.substring(0, brace).strip();
    Map<String, String> labels = new HashMap<>();
    if (!name.isEmpty()) {
      labels.put("__name__", name);
    }
    try {
      if (brace >= 0 && !stripped.substring(brace).replaceAll("[{}\\s]", "").isEmpty()) {
        for (Matcher matcher : Matchers.parse(stripped.substring(brace))) {
          if (!matcher.op().isPositive() || matcher.op().isRegex()) {
            throw new IllegalArgumentException(
                "'" + text + "' is no series; write labels with =, such as {job=\"web\"}");
          }
          labels.put(matcher.name(), matcher.value());
        }
      }
    } catch (IllegalArgumentException e) {
      section.problem("labels", String.valueOf(e.getMessage()));
    }
    return Labels.of(labels);
  }

  private static ExpectedAlerts alerts(Section expected) {
    Duration at = at(expected, "eval_time");
    String name = expected.requiredString("alertname", "Of the rule.");
    List<ExpectedAlert> alerts = new ArrayList<>();
    for (Section alert : expected.sections("exp_alerts", "Those that fire, and no others.")) {
      Labels labels =
          Labels.of(alert.texts("exp_labels", "All but the name."))
              .without(List.of(Labels.ALERT_NAME));
      @Nullable Labels annotations =
          alert.isAbsent("exp_annotations")
              ? null
              : Labels.of(alert.texts("exp_annotations", "All of them."));
      if (annotations == null) {
        alert.texts("exp_annotations", "All of them.");
      }
      alerts.add(new ExpectedAlert(labels, annotations));
    }
    return new ExpectedAlerts(at, expected.line(), name, alerts);
  }

  private static ExpectedMessage message(Section message) {
    return new ExpectedMessage(
        at(message, "at"),
        message.line(),
        message.requiredString("receiver", "Who is told."),
        message.value("integration", Type.ANY_TEXT, "", "Such as slack[0]."),
        Message.Kind.valueOf(
            message
                .oneOf("kind", "post", List.of("post", "edit", "reply"), "What is made.")
                .toUpperCase(Locale.ROOT)),
        message.strings("contains", List.of(), "Texts that are in it."));
  }
}
