package dev.longshore.alerting.engine;

import dev.longshore.alerting.acknowledge.AcknowledgementStore;
import dev.longshore.alerting.acknowledge.Acknowledgements;
import dev.longshore.alerting.acknowledge.AcknowledgementsMetrics;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.escalate.EscalationStore;
import dev.longshore.alerting.escalate.Escalations;
import dev.longshore.alerting.escalate.EscalationsMetrics;
import dev.longshore.alerting.eval.EvalConfig;
import dev.longshore.alerting.eval.EvalMetrics;
import dev.longshore.alerting.eval.Evaluator;
import dev.longshore.alerting.eval.EvidenceConfig;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.metrics.Sources;
import dev.longshore.alerting.notify.Notifier;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.notify.ReceiverClientFactory;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.route.Dispatcher;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.alerting.silence.SilenceStore;
import dev.longshore.alerting.silence.Silences;
import dev.longshore.alerting.silence.SilencesMetrics;
import dev.longshore.alerting.state.Alerts;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.alerting.state.AlertsMetrics;
import dev.longshore.alerting.state.DecisionLog;
import dev.longshore.alerting.state.InternalAlerts;
import dev.longshore.alerting.state.RefusedAlerts;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateAlerts;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The stages of an alert's life, each made of what it needs. After [#start], everything but
/// [#decisions] is the loop's: other threads come in by [Loop#call].
public final class Engine {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /// The tables of all stages.
  public static final List<Schema> SCHEMAS =
      List.of(
          Alerts.SCHEMA,
          DecisionLog.SCHEMA,
          SilenceStore.SCHEMA,
          AcknowledgementStore.SCHEMA,
          EscalationStore.SCHEMA,
          Evaluator.SCHEMA,
          Notifier.SCHEMA);

  /// What the stages run on.
  ///
  /// @param executor for queries and deliveries; both block
  public record Environment(
      StateWriter state,
      Clock clock,
      Loop loop,
      Executor executor,
      RandomGenerator random,
      MeterRegistry registry) {}

  private final StateWriter state;
  private final StateAlerts stateAlerts;
  private final RefusedAlerts refusedAlerts;
  private final DecisionLog decisions;
  private final Alerts alerts;
  private final Silences silences;
  private final Notifier notifier;
  private final Escalations escalations;
  private final Acknowledgements acknowledgements;
  private final Dispatcher dispatcher;
  private final Evaluator evaluator;

  /// @param logs where log rules are evaluated; null when they are not
  /// @param routing in force at first
  public Engine(
      Environment environment,
      EvalConfig eval,
      AlertsConfig known,
      Sources sources,
      @Nullable LogSource logs,
      ReceiverClientFactory receiverClientFactory,
      AlertmanagerFile routing) {
    state = environment.state();
    Clock clock = environment.clock();
    Loop loop = environment.loop();
    decisions =
        new DecisionLog(
            state, clock, loop, DecisionLog.DEFAULT_MAX_OF_ALERT, DecisionLog.DEFAULT_MAX);
    alerts =
        new Alerts(known, state, clock, loop, decisions, new AlertsMetrics(environment.registry()));
    silences =
        new Silences(
            new SilenceStore(state),
            clock,
            loop,
            environment.random(),
            this::silencesChanged,
            new SilencesMetrics(environment.registry()));
    notifier =
        new Notifier(
            state,
            loop,
            clock,
            environment.executor(),
            environment.random(),
            receiverClientFactory,
            alerts,
            decisions,
            environment.registry());
    escalations =
        new Escalations(
            new EscalationStore(state),
            clock,
            loop,
            this::acknowledgedGroup,
            notifier,
            decisions,
            new EscalationsMetrics(environment.registry()));
    notifier.silences(silences::note);
    acknowledgements =
        new Acknowledgements(
            new AcknowledgementStore(state),
            clock,
            loop,
            this::group,
            this::groupChanged,
            escalations,
            decisions,
            new AcknowledgementsMetrics(environment.registry()));
    dispatcher =
        new Dispatcher(
            routing.routing(), clock, loop, silences::silencing, acknowledgements, decisions);
    evaluator =
        new Evaluator(
            eval,
            sources,
            logs,
            clock,
            loop,
            environment.executor(),
            alerts,
            decisions,
            state,
            new EvalMetrics(environment.registry()));
    alerts.subscribe(dispatcher::put);
    loop.onClockJump(this::clockJumped);
    stateAlerts = new StateAlerts(new InternalAlerts(alerts, clock), state, loop);
    refusedAlerts = new RefusedAlerts(new InternalAlerts(alerts, clock), clock, loop);
    alerts.onRefusal(refusedAlerts::refused);
  }

  private void clockJumped(Duration jump) {
    LOG.atWarn()
        .addKeyValue("seconds", jump.toSeconds())
        .log("the wall clock has jumped; times that were computed before follow it");
    notifier.clockJumped(jump);
    alerts.clockJumped(jump);
    evaluator.clockJumped(jump);
    silences.clockJumped();
    acknowledgements.clockJumped();
    escalations.clockJumped(jump);
  }

  private void silencesChanged() {
    dispatcher.refresh();
  }

  private @Nullable AlertGroup group(String name) {
    return dispatcher.group(name);
  }

  private @Nullable AlertGroup acknowledgedGroup(String id) {
    AlertGroup group = dispatcher.group(id);
    return group == null ? null : acknowledgements.with(group);
  }

  private void groupChanged(String id) {
    AlertGroup group = acknowledgedGroup(id);
    if (group != null) {
      escalations.acknowledgementChanged(group);
    }
    dispatcher.refresh(id);
  }

  /// Goes on where the process before this one was. On the loop.
  ///
  /// @throws TemplateException when a text of a receiver is no template; nothing runs then
  public void start(AlertmanagerFile routing, TemplateLibrary library, RuleSet rules)
      throws TemplateException {
    start(routing, OnCall.NONE, library, rules);
  }

  /// The same, with an on-call file.
  ///
  /// @throws TemplateException when a text of a receiver is no template; nothing runs then
  public void start(AlertmanagerFile routing, OnCall onCall, TemplateLibrary library, RuleSet rules)
      throws TemplateException {
    notifier.receivers(routing.receivers(), library);
    silences.start();
    acknowledgements.start();
    escalations.start();
    escalations.onCall(onCall, names(routing));
    alerts.start();
    stateAlerts.start(alerts.all());
    refusedAlerts.start(alerts.all());
    evaluator.start(rules.groups(), rules::mayMissRulesOf, List.copyOf(alerts.all()));
    retainGroups();
  }

  /// Tells that the state of the process before this one could not be read. On the loop.
  ///
  /// @param problem what was wrong with it, and what became of it
  public void stateIsLost(String problem) {
    stateAlerts.lost(problem);
  }

  /// Waits until what was put is durable, or can't be for now. From any thread but the loop's.
  public void awaitCommit() throws InterruptedException {
    state.awaitCommit();
  }

  /// Takes another routing. On the loop.
  ///
  /// @throws TemplateException when a text of a receiver is no template; nothing has changed then
  public void reload(AlertmanagerFile routing, OnCall onCall, TemplateLibrary library)
      throws TemplateException {
    notifier.receivers(routing.receivers(), library);
    escalations.onCall(onCall, names(routing));
    dispatcher.reload(routing.routing(), List.copyOf(alerts.all()));
    retainGroups();
  }

  /// Takes other settings of alerting's own file. On the loop.
  ///
  /// @param interval of rule groups that state none
  public void settings(
      Duration interval, EvidenceConfig evidence, Duration acknowledgementTimeout) {
    evaluator.settings(interval, evidence);
    acknowledgements.timeout(acknowledgementTimeout);
  }

  private void retainGroups() {
    List<AlertGroup> groups = dispatcher.groups();
    acknowledgements.retainGroups(groups);
    notifier.retainGroups(escalations.retainGroups(groups));
  }

  private static Set<String> names(AlertmanagerFile routing) {
    return routing.receivers().stream().map(Receiver::name).collect(Collectors.toSet());
  }

  /// Takes other rules. On the loop.
  public void reload(RuleSet rules) {
    evaluator.reload(rules.groups(), rules::mayMissRulesOf);
  }

  /// Takes an alert that Longshore raises about itself, or that somebody posts. On the loop.
  ///
  /// @return those that were not taken
  public List<AlertSink.Refusal> put(List<Alert> put) {
    return alerts.put(put);
  }

  public Alerts alerts() {
    return alerts;
  }

  public Silences silences() {
    return silences;
  }

  public Acknowledgements acknowledgements() {
    return acknowledgements;
  }

  public Escalations escalations() {
    return escalations;
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

  /// Why nobody would be told of what is wrong, as far as alerting itself can know; null while
  /// groups are evaluated and deliveries move. On the loop.
  public @Nullable String obstacle() {
    List<String> overdue = evaluator.overdueGroups();
    if (!overdue.isEmpty()) {
      return overdue.size() + " groups are not evaluated, such as " + overdue.getFirst();
    }
    return notifier.isStuck() ? "no message has been delivered for minutes" : null;
  }

  /// Writes what is not written yet; nothing is evaluated or told any more. On the loop.
  ///
  /// @throws dev.longshore.alerting.state.StateException when state can't be written
  public void close() {
    evaluator.close();
    notifier.close();
    state.close();
  }
}
