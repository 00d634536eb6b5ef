package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertGroup.Member;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.receiver.ReceiverClients;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.slack.SlackAccess;
import dev.longshore.alerting.receiver.slack.SlackSettings;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.slack.SlackServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A notifier on a clock that a test moves, with a Slack stand-in on the same clock; nothing runs
/// but in [#pass].
final class NotifyBench implements AutoCloseable {
  final ManualClock clock = new ManualClock();
  final SlackServer slack = SlackServer.start(clock);
  final List<Alert> raised = new ArrayList<>();

  /// Whether alerts about receivers can't be raised or ended.
  boolean raisingFails;

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Path dir;
  private final Executor sending;
  private final List<Throwable> failures = new ArrayList<>();
  private List<Receiver> receivers = List.of();
  private Database database;
  private Loop loop;
  Notifier notifier;

  NotifyBench(Path dir) {
    this(dir, Runnable::run);
  }

  /// @param sending takes what is to be sent
  NotifyBench(Path dir, Executor sending) {
    this.dir = dir;
    this.sending = sending;
    slack.open("alerts");
    open();
  }

  private void open() {
    database = Database.open(dir, List.of(Notifier.SCHEMA), clock);
    loop = new Loop("alerting", clock, failures::add);
    notifier =
        new Notifier(
            new StateWriter(database, clock, loop, Runnable::run, registry),
            loop,
            clock,
            sending,
            new Random(1),
            new ReceiverClients("http://longshore.example"),
            alerts -> {
              if (raisingFails) {
                throw new IllegalStateException("it can't be raised");
              }
              raised.addAll(alerts);
              return List.of();
            },
            (alert, at, stage, what) -> {},
            registry);
  }

  /// Takes receivers, as the configuration would.
  void receivers(Receiver... configured) throws TemplateException {
    receivers = List.of(configured);
    TemplateLibrary library = new TemplateLibrary(Functions.alertmanager(clock));
    DefaultTemplates.addTo(library);
    notifier.receivers(receivers, library);
    run();
  }

  /// A receiver with a card in a channel.
  Receiver bot(String name, String channel) {
    return new Receiver(
        name,
        List.of(
            SlackSettings.of(
                new SlackAccess.Bot(SecretSource.given(SlackServer.TOKEN), slack.apiUrl()),
                channel)));
  }

  /// Ends the process and starts it again.
  void restart() throws TemplateException {
    notifier.close();
    database.close();
    open();
    receivers(receivers.toArray(Receiver[]::new));
  }

  Instant now() {
    return clock.now();
  }

  void flush(AlertGroup group) {
    notifier.flush(group, clock.now());
    run();
  }

  void changed(AlertGroup group) {
    notifier.changed(group, clock.now());
    run();
  }

  /// Runs what is due.
  void run() {
    while (loop.runDue() > 0) {
      // Answers that came in meanwhile are run too.
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("a task on the loop failed", failures.getFirst());
    }
  }

  /// What failed on the loop, which is forgotten then.
  List<Throwable> takeFailures() {
    List<Throwable> taken = List.copyOf(failures);
    failures.clear();
    return taken;
  }

  /// Lets time pass, second by second.
  void pass(Duration duration) {
    for (long second = 0; second < duration.toSeconds(); second++) {
      clock.advance(Duration.ofSeconds(1));
      run();
    }
  }

  Alert alert(String pod) {
    return alert(Labels.of("alertname", "PodDown", "namespace", "checkout", "pod", pod), null);
  }

  Alert alert(Labels labels, @Nullable Instant endsAt) {
    return new Alert(
        labels,
        Labels.of("summary", "Pod " + labels.get("pod") + " does not answer"),
        ManualClock.START,
        endsAt,
        clock.now(),
        "http://prometheus.example/graph",
        Alert.Origin.RULE,
        Evidence.ofValue("0"));
  }

  Alert ended(Alert alert) {
    return alert.withEndsAt(clock.now());
  }

  AlertGroup group(String receiver, Alert... alerts) {
    return group("{}:{alertname=\"PodDown\"}", receiver, Suppression.NONE, alerts);
  }

  AlertGroup silenced(String receiver, Alert... alerts) {
    return group(
        "{}:{alertname=\"PodDown\"}",
        receiver,
        new Suppression(List.of("s-1"), List.of(), List.of()),
        alerts);
  }

  AlertGroup group(String key, String receiver, Suppression suppression, Alert... alerts) {
    List<Member> members = new ArrayList<>();
    for (Alert alert : alerts) {
      members.add(new Member(alert, suppression));
    }
    return new AlertGroup(
        key, key, receiver, Labels.of("alertname", "PodDown"), members, Duration.ofHours(4));
  }

  @Override
  public void close() {
    notifier.close();
    database.close();
    slack.close();
  }
}
