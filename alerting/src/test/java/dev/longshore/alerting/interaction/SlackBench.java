package dev.longshore.alerting.interaction;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.alerting.LoopTurns;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.engine.EngineRig;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.slack.SlackAct;
import dev.longshore.testkit.slack.SlackMessage;
import dev.longshore.testkit.slack.SlackServer;
import dev.longshore.testkit.slack.SlackUser;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.slf4j.LoggerFactory;

/// The whole way of an answer: an engine in virtual time, its messages in Slack's stand-in, and
/// what people do there by real WebSockets. Only those have threads of their own.
final class SlackBench implements AutoCloseable {
  static final SlackUser JANE = SlackUser.of("U0JANE", "jane.doe");
  static final SlackUser OMAR = SlackUser.of("U0OMAR", "omar");

  /// What an engine says of itself in messages.
  static final String HERE = "http://longshore.example";

  private static final Duration SHORT = Duration.ofSeconds(15);
  private static final Duration STEP = Duration.ofMillis(500);

  private static final String ROUTING =
      """
      global:
        slack_app_url: SLACK
        slack_app_token: TOKEN
        slack_app_level_token_file: APPTOKEN
      route:
        receiver: nobody
        group_wait: 1s
        group_interval: 1m
        repeat_interval: 1h
        routes:
          - receiver: shop
            matchers: [team="shop"]
            group_by: [alertname]
      receivers:
        - name: nobody
        - name: shop
          slack_configs:
            - channel: '#alerts'
              send_resolved: true
              answers: {ANSWERS}
      """;

  final ManualClock clock = new ManualClock();
  final SlackServer slack = SlackServer.start(clock);
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final ListAppender<ILoggingEvent> audit = new ListAppender<>();
  final Path appToken;
  final EngineRig rig;
  final Loop sockets;
  final SlackApps apps;

  /// Whether this process leads.
  boolean leads = true;

  /// Where what blocks runs.
  Executor executor = Runnable::run;

  private final Path dir;
  private final LoopTurns turns;
  private List<Receiver> receivers;

  /// @param answers the keys of `answers`
  SlackBench(Path dir, String answers) throws Exception {
    this.dir = dir;
    slack.open("alerts");
    slack.open("lunch");
    slack.know(JANE, OMAR);
    appToken = dir.resolve("app-token");
    Files.writeString(appToken, SlackServer.APP_TOKEN);
    rig = new EngineRig(dir, clock, AlertsConfig.defaults(), routing(answers));
    receivers = AlertmanagerFile.load(dir.resolve("alertmanager.yml")).receivers();
    List<Throwable> failures = new ArrayList<>();
    sockets = new Loop("slack", clock, failures::add);
    turns = new LoopTurns(failures, List.of(rig.loop(), sockets));
    apps =
        new SlackApps(
            new SlackApps.Environment(
                rig.engine,
                () -> rig.loop().runDue(),
                rig.loop(),
                sockets,
                clock,
                task -> executor.execute(task),
                new Random(1),
                registry,
                () -> receivers,
                null,
                HERE,
                () -> leads));
    Logger logger = (Logger) LoggerFactory.getLogger("dev.longshore.audit");
    logger.setLevel(Level.INFO);
    audit.start();
    logger.addAppender(audit);
  }

  private String routing(String answers) {
    return ROUTING
        .replace("SLACK", slack.apiUrl())
        .replace("APPTOKEN", appToken.toString())
        .replace("TOKEN", SlackServer.TOKEN)
        .replace("ANSWERS", answers);
  }

  /// Takes another configuration for answers, as a reload does.
  void reload(String answers) throws Exception {
    Path file = dir.resolve("other.yml");
    Files.writeString(file, routing(answers));
    receivers = AlertmanagerFile.load(file).receivers();
  }

  /// Begins, and waits for the connections.
  void start() {
    apps.start();
    await(() -> connections() == 2);
  }

  /// Those that both sides have.
  double connections() {
    double ours = registry.get("longshore.slack.sockets").gauge().value();
    return ours == slack.acts().connections() ? ours : -1;
  }

  /// Runs what is due until a condition holds.
  void await(BooleanSupplier condition) {
    turns.await(condition);
  }

  void run() {
    turns.run();
  }

  /// Lets time pass. What takes longer than [#SHORT] passes without a look at the connections,
  /// which would die of it: no answer to a ping comes in no time.
  void pass(Duration duration) {
    if (duration.compareTo(SHORT) > 0) {
      rig.pass(duration);
      run();
      return;
    }
    for (long millis = 0; millis < duration.toMillis(); millis += STEP.toMillis()) {
      rig.pass(STEP);
      run();
    }
  }

  /// Lets time pass until the connections are there again.
  void awaitConnections() {
    await(
        () -> {
          if (connections() != 2) {
            clock.advance(Duration.ofMillis(50));
          }
          return connections() == 2;
        });
  }

  Alert alert(String name, String pod) {
    return alert(
        Labels.of("alertname", name, "team", "shop", "namespace", "checkout", "pod", pod),
        Evidence.NONE);
  }

  Alert alert(Labels labels, Evidence evidence) {
    return new Alert(
        labels,
        Labels.of("summary", labels.get("pod") + " does not answer"),
        clock.now(),
        null,
        clock.now(),
        "",
        Alert.Origin.SELF,
        evidence);
  }

  /// Has alerts fire, and waits for the message.
  SlackMessage fires(Alert... alerts) {
    for (Alert alert : alerts) {
      rig.put(alert);
    }
    pass(Duration.ofSeconds(3));
    return card();
  }

  /// The newest message of the channel.
  SlackMessage card() {
    return slack.topLevel("alerts").getLast();
  }

  /// Presses a button, and waits until it was acknowledged and answered.
  SlackAct press(SlackMessage message, String label, SlackUser user) {
    int seen = slack.acts().seenBy(user).size();
    SlackAct act = slack.acts().press(message, label, user);
    await(() -> act.isAcknowledged() && slack.acts().seenBy(user).size() > seen);
    return act;
  }

  /// What a person was shown last.
  String lastSeenBy(SlackUser user) {
    return slack.acts().seenBy(user).getLast();
  }

  /// The audit's lines, as `jane.doe slack change=silence made, …`.
  List<String> audited() {
    return audit.list.stream()
        .map(
            event ->
                String.join(
                    " ",
                    event.getKeyValuePairs().stream().map(it -> it.key + "=" + it.value).toList()))
        .toList();
  }

  @Override
  public void close() {
    ((Logger) LoggerFactory.getLogger("dev.longshore.audit")).detachAppender(audit);
    apps.close();
    rig.close();
    slack.close();
  }
}
