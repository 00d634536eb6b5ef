package dev.longshore.alerting;

import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.interaction.SlackApps;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.reload.Configuration;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The loop of the connections to Slack's Socket Mode, on a supervised thread of its own: what
/// happens to them keeps no alert waiting.
final class SlackThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SlackThread.class);

  /// No task of the loop waits for anything; one that takes so long is stuck.
  private static final Duration MAX_TURN_AGE = Duration.ofSeconds(60);

  private final Loop loop;
  private final SupervisedThread thread;
  private final SlackApps apps;

  /// What it is made of.
  ///
  /// @param loop the alerting loop
  /// @param logs null where there are none
  record Parts(
      Engine engine,
      Configuration configuration,
      Clock clock,
      Loop loop,
      Executor executor,
      MeterRegistry registry,
      @Nullable LogSource logs,
      String externalUrl) {}

  /// @param leads whether this process may act on what people do
  static SlackThread of(Supervisor supervisor, Parts parts, BooleanSupplier leads) {
    return new SlackThread(
        supervisor,
        parts.clock(),
        sockets ->
            new SlackApps(
                new SlackApps.Environment(
                    parts.engine(),
                    parts.engine()::awaitCommit,
                    parts.loop(),
                    sockets,
                    parts.clock(),
                    parts.executor(),
                    RandomGenerator.getDefault(),
                    parts.registry(),
                    () -> parts.configuration().routing().receivers(),
                    parts.logs(),
                    parts.externalUrl(),
                    leads)));
  }

  /// @param apps made with the loop
  private SlackThread(Supervisor supervisor, Clock clock, Function<Loop, SlackApps> apps) {
    this.loop =
        new Loop("slack", clock, e -> LOG.atError().setCause(e).log("a task about Slack failed"));
    this.thread = supervisor.virtual("slack", MAX_TURN_AGE, loop::run);
    loop.onTurn(thread::turned);
    this.apps = apps.apply(loop);
  }

  SlackApps apps() {
    return apps;
  }

  /// On the alerting loop.
  void start() {
    loop.start(thread::start);
    apps.start();
  }

  @Override
  public void close() {
    try {
      loop.call(
          () -> {
            apps.close();
            return true;
          });
    } catch (ExecutionException | IllegalStateException e) {
      LOG.atWarn().setCause(e).log("connections to Slack were not closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.stopping();
    loop.close();
  }
}
