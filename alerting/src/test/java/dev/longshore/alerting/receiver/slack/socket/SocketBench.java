package dev.longshore.alerting.receiver.slack.socket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.LoopTurns;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.slack.SlackAccess;
import dev.longshore.alerting.receiver.slack.SlackAnswers;
import dev.longshore.alerting.receiver.slack.SlackSettings;
import dev.longshore.alerting.receiver.slack.SlackWeb;
import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.slack.SlackServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Socket Mode on a clock that a test moves, against Slack's stand-in with real WebSockets. Only
/// those have threads of their own; all else runs on the test's.
final class SocketBench implements AutoCloseable {
  final ManualClock clock = new ManualClock();
  final SlackServer slack = SlackServer.start(clock);
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final List<Envelope> handled = new ArrayList<>();
  final List<Throwable> failures = new ArrayList<>();

  /// Answers that nobody has seen.
  final List<ObjectNode> late = new ArrayList<>();

  final Path tokenFile;
  final Loop loop = new Loop("slack", clock, failures::add);
  private final LoopTurns turns = new LoopTurns(failures, List.of(loop));

  /// Whether this process leads.
  boolean leads = true;

  /// What is answered with the acknowledgement.
  Function<Envelope, @Nullable ObjectNode> answer = _ -> null;

  /// Where envelopes are handled.
  Executor executor = Runnable::run;

  final SocketMode sockets;

  SocketBench(Path dir) throws Exception {
    slack.open("alerts");
    tokenFile = dir.resolve("app-token");
    Files.writeString(tokenFile, SlackServer.APP_TOKEN + "\n");
    SecretSource token = SecretSource.file(tokenFile);
    SlackSettings settings =
        SlackSettings.of(
                new SlackAccess.Bot(SecretSource.given(SlackServer.TOKEN), slack.apiUrl()),
                "#alerts")
            .with(SlackAnswers.of(token));
    sockets =
        new SocketMode(
            SlackWeb.of(settings, token),
            token,
            new Handler(),
            () -> leads,
            clock,
            loop,
            task -> executor.execute(task),
            new Random(1),
            new SocketMetrics(registry));
  }

  private final class Handler implements EnvelopeHandler {
    @Override
    public boolean answersWithAcknowledgement(Envelope envelope) {
      return envelope.takesPayload();
    }

    @Override
    public @Nullable ObjectNode handle(Envelope envelope) {
      handled.add(envelope);
      return answer.apply(envelope);
    }

    @Override
    public void late(Envelope envelope, ObjectNode answer) {
      late.add(answer);
    }
  }

  /// Begins, and waits for all connections.
  void start() {
    sockets.start();
    awaitConnections(SocketMode.CONNECTIONS);
  }

  void awaitConnections(int count) {
    await(() -> sockets.status().connected() == count && slack.acts().connections() == count);
  }

  /// Runs what is due until a condition holds.
  void await(BooleanSupplier condition) {
    turns.await(condition);
  }

  void run() {
    turns.run();
  }

  void pass(Duration duration) {
    for (long second = 0; second < duration.toSeconds(); second++) {
      clock.advance(Duration.ofSeconds(1));
      run();
    }
  }

  /// Lets time pass while Slack pings, as it does.
  void live(Duration duration) {
    for (long second = 0; second < duration.toSeconds(); second++) {
      clock.advance(Duration.ofSeconds(1));
      run();
      slack.acts().ping();
      await(() -> slack.acts().connections() == 0 || heardSince(clock.nanoTime()));
    }
  }

  double envelopes(String outcome) {
    var counter = registry.find("longshore.slack.envelopes").tag("outcome", outcome).counter();
    return counter == null ? 0 : counter.count();
  }

  /// How often a URL for a connection was asked for.
  long asked() {
    return slack.calls().stream().filter(it -> it.method().equals("apps.connections.open")).count();
  }

  /// Whether each connection heard something since.
  boolean heardSince(long nanos) {
    return sockets.quietestNanos() >= nanos;
  }

  @Override
  public void close() {
    sockets.close();
    slack.close();
  }
}
