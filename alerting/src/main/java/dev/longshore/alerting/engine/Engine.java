package dev.longshore.alerting.engine;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.eval.EvalConfig;
import dev.longshore.alerting.eval.EvalMetrics;
import dev.longshore.alerting.eval.Evaluator;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.metrics.Sources;
import dev.longshore.alerting.notify.Messengers;
import dev.longshore.alerting.notify.Notifier;
import dev.longshore.alerting.route.Dispatcher;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.alerting.silence.SilenceStore;
import dev.longshore.alerting.silence.Silences;
import dev.longshore.alerting.state.Alerts;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.alerting.state.AlertsMetrics;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.DecisionLog;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.template.TemplateException;
import dev.longshore.alerting.template.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The stages of an alert's life, each made of what it needs. After [#start], everything but
/// [#decisions] is the loop's: other threads come in by [Loop#call].
public final class Engine {

  /// The tables of all stages.
  public static final List<Schema> SCHEMAS =
      List.of(
          Alerts.SCHEMA,
          DecisionLog.SCHEMA,
          SilenceStore.SCHEMA,
          Evaluator.SCHEMA,
          Notifier.SCHEMA);

  /// What the stages run on.
  ///
  /// @param executor for queries and deliveries; both block
  public record Ground(
      Database database,
      Clock clock,
      Loop loop,
      Executor executor,
      RandomGenerator random,
      MeterRegistry registry) {}

  private final DecisionLog decisions;
  private final Alerts alerts;
  private final Silences silences;
  private final Notifier notifier;
  private final Dispatcher dispatcher;
  private final Evaluator evaluator;

  /// @param logs where log rules are evaluated; null when they are not
  /// @param routing in force at first
  public Engine(
      Ground ground,
      EvalConfig eval,
      AlertsConfig known,
      Sources sources,
      @Nullable LogSource logs,
      Messengers messengers,
      AlertmanagerFile routing) {
    Database database = ground.database();
    Clock clock = ground.clock();
    Loop loop = ground.loop();
    decisions =
        new DecisionLog(
            database, clock, loop, DecisionLog.DEFAULT_MAX_OF_ALERT, DecisionLog.DEFAULT_MAX);
    alerts =
        new Alerts(known, database, clock, loop, decisions, new AlertsMetrics(ground.registry()));
    silences =
        new Silences(
            new SilenceStore(database), clock, loop, ground.random(), this::silencesChanged);
    notifier =
        new Notifier(
            database,
            loop,
            clock,
            ground.executor(),
            ground.random(),
            messengers,
            alerts,
            decisions,
            ground.registry());
    dispatcher =
        new Dispatcher(routing.routing(), clock, loop, silences::silencing, notifier, decisions);
    evaluator =
        new Evaluator(
            eval,
            sources,
            logs,
            clock,
            loop,
            ground.executor(),
            alerts,
            decisions,
            database,
            new EvalMetrics(ground.registry()));
    alerts.subscribe(dispatcher::put);
  }

  private void silencesChanged() {
    dispatcher.refresh();
  }

  /// Goes on where the process before this one was. On the loop.
  ///
  /// @throws TemplateException when a text of a receiver is no template; nothing runs then
  public void start(AlertmanagerFile routing, TemplateLibrary library, RuleSet rules)
      throws TemplateException {
    notifier.receivers(routing.receivers(), library);
    silences.start();
    alerts.start();
    evaluator.start(rules.groups(), rules::mayMissRulesOf, List.copyOf(alerts.all()));
    notifier.retainGroups(dispatcher.groups());
  }

  /// Takes another routing. On the loop.
  ///
  /// @throws TemplateException when a text of a receiver is no template; nothing has changed then
  public void reload(AlertmanagerFile routing, TemplateLibrary library) throws TemplateException {
    notifier.receivers(routing.receivers(), library);
    dispatcher.reload(routing.routing(), List.copyOf(alerts.all()));
    notifier.retainGroups(dispatcher.groups());
  }

  /// Takes other rules. On the loop.
  public void reload(RuleSet rules) {
    evaluator.reload(rules.groups(), rules::mayMissRulesOf);
  }

  /// Takes an alert that Longshore raises about itself, or that somebody posts. On the loop.
  public void put(List<Alert> put) {
    alerts.put(put);
  }

  public Alerts alerts() {
    return alerts;
  }

  public Silences silences() {
    return silences;
  }

  public Dispatcher dispatcher() {
    return dispatcher;
  }

  public Evaluator evaluator() {
    return evaluator;
  }

  public Notifier notifier() {
    return notifier;
  }

  /// From any thread.
  public DecisionLog decisions() {
    return decisions;
  }

  /// Writes what is not written yet; nothing is evaluated or told any more. On the loop.
  ///
  /// @throws dev.longshore.alerting.state.StateException when the database can't be written
  public void close() {
    evaluator.close();
    alerts.close();
    decisions.flush();
    notifier.close();
  }
}
