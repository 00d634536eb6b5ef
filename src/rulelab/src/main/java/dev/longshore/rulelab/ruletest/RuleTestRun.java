package dev.longshore.rulelab.ruletest;

import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.eval.EvalConfig;
import dev.longshore.alerting.eval.EvidenceConfig;
import dev.longshore.alerting.eval.RuleGroupView.ActiveAlertView;
import dev.longshore.alerting.eval.RuleGroupView.AlertingRuleView;
import dev.longshore.alerting.metrics.Sources;
import dev.longshore.alerting.receiver.ReceiverClients;
import dev.longshore.alerting.reload.RoutingFiles;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.alerting.silence.SilenceRequest;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.rulelab.recorded.RecordedLogs;
import dev.longshore.rulelab.recorded.Recording;
import dev.longshore.rulelab.ruletest.TestFile.Acknowledged;
import dev.longshore.rulelab.ruletest.TestFile.ExpectedAlert;
import dev.longshore.rulelab.ruletest.TestFile.ExpectedAlerts;
import dev.longshore.rulelab.ruletest.TestFile.ExpectedMessage;
import dev.longshore.rulelab.ruletest.TestFile.Quiet;
import dev.longshore.rulelab.ruletest.TestFile.RecordedAnswer;
import dev.longshore.rulelab.ruletest.TestFile.RuleTest;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.units.PrometheusDurations;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One test, run: the engine in virtual time, and what was not as expected.
final class RuleTestRun {

  /// Slack takes a message a second and channel; what waits for that is on time.
  private static final Duration PACE = Duration.ofSeconds(10);

  /// Characters of a message that are shown.
  private static final int SHOWN = 240;

  private final RuleTest test;
  private final RuleTestClock clock;
  private final Loop loop;
  private final RecordedSource source;
  private final RecordedLogs logs;
  private final Recorder recorder;
  private final Engine engine;
  private final List<String> findings = new ArrayList<>();

  /// @param routing what is in force
  RuleTestRun(RuleTest test, Duration interval, Database database, RoutingFiles.Routing routing) {
    this.test = test;
    this.clock = new RuleTestClock(test.start());
    this.loop =
        new Loop("test", clock, failure -> findings.add("a fault of Longshore: " + failure));
    this.source = new RecordedSource(test);
    this.logs = new RecordedLogs(test.logs(), clock);
    this.recorder = new Recorder(new ReceiverClients(test.externalUrl()), clock);
    MeterRegistry registry = new SimpleMeterRegistry();
    this.engine =
        new Engine(
            new Engine.Environment(
                new StateWriter(database, clock, loop, Runnable::run, registry),
                clock,
                loop,
                Runnable::run,
                new Random(1),
                registry),
            EvalConfig.defaults()
                .with(interval, EvidenceConfig.DEFAULT, test.externalUrl())
                .together(),
            AlertsConfig.defaults(),
            Sources.of(source),
            logs,
            recorder,
            routing.file());
  }

  /// @param dir a folder for the state, empty
  /// @return what was not as expected, a text each
  /// @throws TemplateException when a text of a receiver is no template
  static List<String> run(
      RuleTest test, Duration interval, RuleSet rules, RoutingFiles.Routing routing, Path dir)
      throws TemplateException {
    try (Database database = Database.open(dir, Engine.SCHEMAS, Clock.system())) {
      RuleTestRun run = new RuleTestRun(test, interval, database, routing);
      run.run(rules, routing);
      return run.findings;
    }
  }

  private void run(RuleSet rules, RoutingFiles.Routing routing) throws TemplateException {
    for (Quiet quiet : test.silences()) {
      loop.at(test.start().plus(quiet.from()), () -> silence(quiet));
    }
    for (Acknowledged it : test.acknowledgements()) {
      loop.at(test.start().plus(it.at()), () -> acknowledge(it));
    }
    start(routing, rules);
    for (ExpectedAlerts expected :
        test.alerts().stream().sorted(Comparator.comparing(ExpectedAlerts::at)).toList()) {
      advanceTo(test.start().plus(expected.at()));
      alerts(expected);
    }
    List<ExpectedMessage> messages = test.notifications();
    if (messages != null) {
      Duration last =
          Stream.concat(Stream.of(test.until()), messages.stream().map(ExpectedMessage::at))
              .max(Duration::compareTo)
              .orElse(Duration.ZERO);
      advanceTo(test.start().plus(last).plus(PACE));
      messages(messages);
    }
    for (RecordedAnswer answer : source.unasked()) {
      findings.add(
          "line "
              + answer.line()
              + ": nobody asked for `"
              + answer.expression().strip()
              + "`; the answers stand under the expression of a rule, as it is written there");
    }
    for (Recording.Query query : logs.unasked()) {
      findings.add(
          query.place()
              + ": nobody asked for `"
              + query.text().strip()
              + "`; the lines stand under the query of a log rule, as it is written there");
    }
    engine.close();
  }

  private void silence(Quiet quiet) {
    engine
        .silences()
        .put(
            new SilenceRequest(
                "",
                quiet.matchers(),
                clock.now(),
                test.start().plus(quiet.to()),
                "test",
                "line of a test file",
                Map.of()));
  }

  private void acknowledge(Acknowledged acknowledged) {
    Duration lasts = acknowledged.duration();
    Instant until = lasts == null ? null : clock.now().plus(lasts);
    List<AlertGroup> groups =
        engine.dispatcher().groups().stream()
            .filter(it -> it.receiver().equals(acknowledged.receiver()))
            .toList();
    if (groups.isEmpty()) {
      findings.add(
          "line %d: there is no group of %s to acknowledge at %s"
              .formatted(
                  acknowledged.line(),
                  acknowledged.receiver(),
                  PrometheusDurations.format(acknowledged.at())));
    }
    for (AlertGroup group : groups) {
      try {
        engine.acknowledgements().acknowledge(group.id(), acknowledged.by(), "", until);
      } catch (IllegalArgumentException e) {
        findings.add("line " + acknowledged.line() + ": " + e.getMessage());
      }
    }
  }

  /// Starts the engine, for something that is no test: what comes of it is with [#messages].
  Engine start(RoutingFiles.Routing routing, RuleSet rules) throws TemplateException {
    engine.start(routing.file(), routing.onCall(), routing.library(), rules);
    return engine;
  }

  /// Has something done at a time.
  void at(Instant time, Runnable task) {
    loop.at(time, task);
  }

  /// All messages so far, in order.
  List<Message> messages() {
    return recorder.messages();
  }

  /// Lets time pass, from one thing that is due to the next.
  void advanceTo(Instant until) {
    loop.runDue();
    for (Instant next = loop.nextDue();
        next != null && !next.isAfter(until);
        next = loop.nextDue()) {
      clock.set(next);
      loop.runDue();
    }
    clock.set(until);
    loop.runDue();
  }

  private void alerts(ExpectedAlerts expected) {
    Map<Labels, Labels> firing = new TreeMap<>();
    engine.evaluator().groups().stream()
        .flatMap(group -> group.rules().stream())
        .forEach(
            rule -> {
              if (rule instanceof AlertingRuleView alerting
                  && alerting.name().equals(expected.alertName())) {
                alerting.alerts().stream()
                    .filter(it -> it.state().equals("firing"))
                    .forEach(it -> firing.put(labels(it), it.annotations()));
              }
            });
    String where =
        "line %d: %s at %s: "
            .formatted(
                expected.line(), expected.alertName(), PrometheusDurations.format(expected.at()));
    Map<Labels, Labels> left = new TreeMap<>(firing);
    for (ExpectedAlert alert : expected.alerts()) {
      Labels annotations = left.remove(alert.labels());
      if (annotations == null) {
        findings.add(where + "expected {" + shown(alert.labels()) + "}, and it does not fire");
      } else if (alert.annotations() != null && !annotations.equals(alert.annotations())) {
        findings.add(
            where
                + "the annotations of {"
                + shown(alert.labels())
                + "} are\n      "
                + annotations
                + "\n    expected\n      "
                + alert.annotations());
      }
    }
    left.keySet().forEach(it -> findings.add(where + "fires unexpectedly: {" + shown(it) + "}"));
  }

  /// Without the alert's name, as tests are written.
  private static Labels labels(ActiveAlertView alert) {
    return alert.labels().without(List.of(Labels.ALERT_NAME));
  }

  private static String shown(Labels labels) {
    String text = labels.toString();
    return text.substring(1, text.length() - 1);
  }

  private void messages(List<ExpectedMessage> expected) {
    List<Message> left = new ArrayList<>(recorder.messages());
    for (ExpectedMessage wanted : expected) {
      Message found = take(wanted, left);
      if (found == null) {
        findings.add(
            "line %d: no %s to %s%s at %s%s"
                .formatted(
                    wanted.line(),
                    word(wanted.kind()),
                    wanted.receiver(),
                    wanted.integration().isEmpty() ? "" : " " + wanted.integration(),
                    PrometheusDurations.format(wanted.at()),
                    wanted.contains().isEmpty()
                        ? ""
                        : " that contains '" + String.join("', '", wanted.contains()) + "'"));
      }
    }
    left.stream()
        .filter(it -> it.kind() == Message.Kind.POST)
        .forEach(it -> findings.add("unexpected: " + shown(it)));
    if (!findings.isEmpty()) {
      recorder.messages().forEach(it -> findings.add("made: " + shown(it)));
    }
  }

  private @Nullable Message take(ExpectedMessage wanted, List<Message> left) {
    Instant at = test.start().plus(wanted.at());
    for (Message message : left) {
      if (message.kind() == wanted.kind()
          && message.receiver().equals(wanted.receiver())
          && (wanted.integration().isEmpty() || message.integration().equals(wanted.integration()))
          && !message.at().isBefore(at)
          && message.at().isBefore(at.plus(PACE))
          && wanted.contains().stream().allMatch(message.text()::contains)) {
        left.remove(message);
        return message;
      }
    }
    return null;
  }

  private String shown(Message message) {
    return "%s %s to %s: %s"
        .formatted(
            PrometheusDurations.format(Duration.between(test.start(), message.at())),
            word(message.kind()),
            message.receiver() + " " + message.integration(),
            shortened(message.text().strip().replace("\n", " | ")));
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }

  private static String word(Message.Kind kind) {
    return switch (kind) {
      case POST -> "post";
      case EDIT -> "edit";
      case REPLY -> "reply";
    };
  }
}
