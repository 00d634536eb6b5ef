package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.metrics.Answer;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.metrics.RangeAnswer;
import dev.longshore.alerting.metrics.Sample;
import dev.longshore.alerting.metrics.Sources;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.MetricCondition;
import dev.longshore.alerting.rule.Rule;
import dev.longshore.alerting.rule.RuleGroup;
import dev.longshore.alerting.rule.RuleLocation;
import dev.longshore.alerting.state.Alerts;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.alerting.state.AlertsMetrics;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.Decision;
import dev.longshore.alerting.state.DecisionLog;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.RuleContext;
import dev.longshore.gotemplate.Template;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Evaluation with its alerts and its database, in virtual time, against answers that a test sets.
/// [#restart] is what a kill and a new start are: only the database stays.
public final class EvalRig implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofMinutes(1);

  final ManualClock clock = new ManualClock();
  final FakeSource source = new FakeSource();
  final MeterRegistry registry = new SimpleMeterRegistry();
  final List<Throwable> failures = new ArrayList<>();

  /// Every alert that was told, in order.
  final List<Alert> told = new ArrayList<>();

  private final EvalConfig config;
  Executor executor = Runnable::run;
  Loop loop;
  Alerts alerts;
  Evaluator evaluator;

  private final Path dir;
  private final @Nullable LogSource logs;
  private Database database;
  private StateWriter state;
  private DecisionLog decisions;

  /// Files whose rules are not known.
  Predicate<String> unreadable = _ -> false;

  EvalRig(Path dir) {
    this(dir, _ -> null);
  }

  /// @param logs makes what log rules ask
  EvalRig(Path dir, Function<Clock, @Nullable LogSource> logs) {
    this(dir, logs, EvalConfig.defaults());
  }

  EvalRig(Path dir, Function<Clock, @Nullable LogSource> logs, EvalConfig config) {
    this.dir = dir;
    this.config = config;
    this.logs = logs.apply(clock);
    this.database = open();
    this.loop = loop();
    this.state = state();
    this.decisions = decisions();
    this.alerts = alerts();
    this.evaluator = evaluator();
  }

  private Database open() {
    return Database.open(dir, List.of(Evaluator.SCHEMA, Alerts.SCHEMA, DecisionLog.SCHEMA), clock);
  }

  private Loop loop() {
    return new Loop("alerting", clock, failures::add);
  }

  private StateWriter state() {
    return new StateWriter(database, clock, loop, Runnable::run, registry);
  }

  private DecisionLog decisions() {
    return new DecisionLog(
        state, clock, loop, DecisionLog.DEFAULT_MAX_OF_ALERT, DecisionLog.DEFAULT_MAX);
  }

  private Alerts alerts() {
    Alerts made =
        new Alerts(
            AlertsConfig.defaults(), state, clock, loop, decisions, new AlertsMetrics(registry));
    made.subscribe(told::add);
    return made;
  }

  private Evaluator evaluator() {
    return new Evaluator(
        config,
        Sources.of(source),
        logs,
        clock,
        loop,
        executor,
        alerts,
        decisions,
        state,
        new EvalMetrics(registry));
  }

  void start(RuleGroup... groups) {
    alerts.start();
    evaluator.start(List.of(groups), unreadable, List.copyOf(alerts.all()));
  }

  void reload(RuleGroup... groups) {
    evaluator.reload(List.of(groups), unreadable);
  }

  /// Ends everything without a word, and begins again on the same database after a time.
  void restart(Duration downTime, RuleGroup... groups) {
    kill();
    clock.advance(downTime);
    reopen();
    start(groups);
  }

  void kill() {
    database.close();
  }

  void reopen() {
    database = open();
    loop = loop();
    state = state();
    decisions = decisions();
    alerts = alerts();
    told.clear();
    evaluator = evaluator();
  }

  /// Lets time pass, timer by timer.
  void pass(Duration duration) {
    passWithFaults(duration);
    if (!failures.isEmpty()) {
      throw new AssertionError("the loop had failures", failures.getFirst());
    }
  }

  /// Lets time pass, though tasks of the loop throw; [#failures] has what.
  void passWithFaults(Duration duration) {
    Instant end = clock.now().plus(duration);
    while (true) {
      loop.runDue();
      Instant next = loop.nextDue();
      if (next == null || next.isAfter(end)) {
        break;
      }
      clock.advance(Duration.between(clock.now(), next));
    }
    clock.advance(Duration.between(clock.now(), end));
    loop.runDue();
  }

  List<Alert> firing() {
    return alerts.all().stream().filter(it -> !it.isResolvedAt(clock.now())).toList();
  }

  List<Alert> ended() {
    return alerts.all().stream().filter(it -> it.isResolvedAt(clock.now())).toList();
  }

  List<String> decisionsOf(Alert alert) {
    return decisions.of(alert.fingerprint()).stream().map(Decision::what).toList();
  }

  RuleGroupView.AlertingRuleView rule(String name) {
    return evaluator.groups().stream()
        .flatMap(it -> it.rules().stream())
        .filter(it -> it.name().equals(name))
        .map(RuleGroupView.AlertingRuleView.class::cast)
        .findFirst()
        .orElseThrow();
  }

  static RuleGroup group(Rule... rules) {
    return group("checkout", 0, rules);
  }

  static RuleGroup group(String name, int limit, Rule... rules) {
    return new RuleGroup(
        name, "rules/checkout.yml", INTERVAL, limit, null, Map.of(), List.of(rules));
  }

  static AlertingRule rule(String name, String expression, Duration hold) {
    return rule(name, expression, hold, Duration.ZERO);
  }

  static AlertingRule rule(String name, String expression, Duration hold, Duration keep) {
    Map<String, String> labels = Map.of("severity", "page");
    Map<String, String> annotations = Map.of("summary", "pods are down");
    return new AlertingRule(
        name,
        new MetricCondition(expression),
        hold,
        keep,
        templates(labels),
        templates(annotations),
        labels,
        annotations,
        new RuleLocation("rules/checkout.yml", 7));
  }

  /// A rule about lines, with a label and a summary.
  public static AlertingRule logRule(String name, LogCondition condition, Duration hold) {
    Map<String, String> labels = Map.of("severity", "page");
    Map<String, String> annotations = Map.of("summary", "{{ $value }} lines");
    return new AlertingRule(
        name,
        condition,
        hold,
        Duration.ZERO,
        templates(labels),
        templates(annotations),
        labels,
        annotations,
        new RuleLocation("rules/checkout.yml", 9));
  }

  private static Map<String, Template> templates(Map<String, String> texts) {
    Map<String, Template> templates = new HashMap<>();
    TemplateLibrary library = new TemplateLibrary(Functions.prometheus(RuleContext.empty()));
    texts.forEach(
        (name, text) -> {
          try {
            templates.put(name, library.compile(name, text));
          } catch (TemplateException e) {
            throw new IllegalArgumentException(e);
          }
        });
    return templates;
  }

  @Override
  public void close() {
    database.close();
  }

  /// Answers by expression; nothing for those that were not set.
  static final class FakeSource implements MetricSource {
    private final Map<String, Answer> answers = new HashMap<>();
    final List<String> asked = new ArrayList<>();
    private Answer all = new Answer.Samples(Answer.Kind.VECTOR, List.of(), List.of());
    private boolean down;

    /// Queries over a range of time, and what they are answered.
    final List<String> ranges = new ArrayList<>();

    RangeAnswer past = new RangeAnswer.Nothing("nothing is recorded");

    /// The expression is true for pods, with a value.
    void isTrue(String expression, double value, String... pods) {
      List<Sample> samples = new ArrayList<>();
      for (String pod : pods) {
        samples.add(new Sample(Labels.of("__name__", "up", "pod", pod), value, ManualClock.START));
      }
      answers.put(expression, new Answer.Samples(Answer.Kind.VECTOR, samples, List.of()));
    }

    void answers(String expression, Answer answer) {
      answers.put(expression, answer);
    }

    void isFalse(String expression) {
      answers.remove(expression);
    }

    void isDown(String cause) {
      down = true;
      all = new Answer.Unavailable(cause);
    }

    void isUp() {
      down = false;
      all = new Answer.Samples(Answer.Kind.VECTOR, List.of(), List.of());
    }

    @Override
    public synchronized Answer query(String expression, Instant at) {
      asked.add(expression);
      return down ? all : answers.getOrDefault(expression, all);
    }

    @Override
    public synchronized RangeAnswer range(
        String expression, Instant from, Instant to, Duration step) {
      ranges.add(expression);
      return past;
    }

    @Override
    public String name() {
      return "main";
    }

    @Override
    public Labels externalLabels() {
      return Labels.EMPTY;
    }

    @Override
    public String link(String expression) {
      return "http://prometheus/graph?g0.expr=" + expression;
    }

    @Override
    public int concurrency() {
      return 2;
    }
  }
}
