package dev.longshore.alerting;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.eval.EvalConfig;
import dev.longshore.alerting.metrics.Sources;
import dev.longshore.alerting.notify.DefaultTemplates;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.receiver.ReceiverClients;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.webhook.WebhookSettings;
import dev.longshore.alerting.route.Route;
import dev.longshore.alerting.route.Routing;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.alerting.state.StateException;
import dev.longshore.alerting.state.StateStore;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.LoggerFactory;

/// What a replica does while it stands by, so that it is quick once it leads: it notifies itself.
/// Alerts go through all stages to a webhook on its own loopback address, their state into tables
/// that are gone with the connection, and nobody else sees any of it. Without it, the first
/// messages of a new leader take a third of a second each, in which classes are loaded, from the
/// receiver's getting one to its being written down; who is killed in that time notifies twice.
///
/// It ends by itself, after [#ALERTS] alerts or when the replica leads; whatever fails in it keeps
/// nothing from standing by.
final class Rehearsal {
  /// So many pass through the stages; the compiler has seen most of what it takes by then.
  private static final int ALERTS = 300;

  private static final String RECEIVER = "rehearsal";

  /// Between two alerts: the leader, which may run on the same machine, goes first.
  private static final Duration PACE = Duration.ofMillis(20);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Clock clock;
  private final Supplier<StateStore> opener;
  private final int alerts;
  private volatile boolean over;

  /// @param opener opens a store with the engine's tables, empty
  Rehearsal(Clock clock, Supplier<StateStore> opener) {
    this(clock, opener, ALERTS);
  }

  /// The same for so many alerts.
  Rehearsal(Clock clock, Supplier<StateStore> opener, int alerts) {
    this.clock = clock;
    this.opener = opener;
    this.alerts = alerts;
  }

  /// Has it end soon. From any thread.
  void end() {
    over = true;
  }

  /// Runs it on the caller's thread.
  ///
  /// @return how many alerts the webhook was notified of
  int run() {
    try (StateStore store = opener.get();
        RehearsalHook hook = RehearsalHook.open();
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      return notify(store, hook, executor);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    } catch (IOException | TemplateException | ExecutionException | StateException e) {
      LoggerFactory.getLogger(Rehearsal.class)
          .atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("Notifying could not be rehearsed; the first messages as leader take longer");
      return 0;
    }
  }

  private int notify(StateStore store, RehearsalHook hook, ExecutorService executor)
      throws InterruptedException, ExecutionException, TemplateException {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    AlertmanagerFile routing = routing(hook.url());
    TemplateLibrary library = new TemplateLibrary(Functions.alertmanager(clock));
    DefaultTemplates.addTo(library);
    try (Loop loop = new Loop(RECEIVER, clock, _ -> end())) {
      Engine engine =
          new Engine(
              new Engine.Environment(
                  new StateWriter(store, clock, loop, executor, registry),
                  clock,
                  loop,
                  executor,
                  RandomGenerator.getDefault(),
                  registry),
              EvalConfig.defaults(),
              AlertsConfig.defaults(),
              new Sources(List.of()),
              null,
              new ReceiverClients(""),
              routing);
      loop.start();
      loop.call(
          () -> {
            engine.start(routing, library, RuleSet.EMPTY);
            return null;
          });
      for (int number = 0; number < alerts && !over; number++) {
        Alert alert = alert(number);
        loop.call(() -> engine.put(List.of(alert)));
        awaitNotified(hook, number + 1);
        clock.sleep(PACE);
      }
      loop.call(
          () -> {
            engine.close();
            return null;
          });
    }
    return hook.notified();
  }

  private void awaitNotified(RehearsalHook hook, int alerts) throws InterruptedException {
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    while (hook.notified() < alerts && !over) {
      if (clock.nanoTime() - deadline > 0) {
        end();
      }
      clock.sleep(Duration.ofMillis(1));
    }
  }

  private Alert alert(int number) {
    Instant now = clock.now();
    return new Alert(
        Labels.of("alertname", "Rehearsal", "number", String.valueOf(number)),
        Labels.of("summary", "a replica that stands by notifies itself"),
        now,
        now.plus(Duration.ofMinutes(5)),
        now,
        "",
        Alert.Origin.POSTED,
        Evidence.NONE);
  }

  private static AlertmanagerFile routing(String url) {
    Duration once = Duration.ofHours(1);
    Route route =
        new Route(
            Route.ROOT,
            List.of(),
            RECEIVER,
            new Route.Grouping(true, List.of()),
            false,
            new Route.Timing(Duration.ZERO, once, once),
            List.of(),
            List.of(),
            List.of());
    return new AlertmanagerFile(
        new Routing(route, List.of(), Map.of()),
        List.of(new Receiver(RECEIVER, List.of(WebhookSettings.of(new SecretSource.Given(url))))),
        List.of(),
        AlertmanagerFile.DEFAULT_RESOLVE_TIMEOUT,
        List.of(),
        "");
  }
}
