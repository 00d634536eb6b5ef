package dev.longshore.e2e.torture;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.FaultProxy;
import dev.longshore.testkit.TcpRelay;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Does what the plan says, one fault after the other; those that last overlap with the next. One
/// thread.
final class Injector {
  private static final String MAIN_STREAM = "logs-kubernetes.container_logs-default";
  private static final String OTHER_STREAM = "logs-" + Yard.DATASET + "-default";
  private static final Duration TICK = Duration.ofMillis(50);

  private final Plan plan;
  private final Around around;
  private final EventLog events;
  private final Map<FaultKind, Integer> done = new EnumMap<>(FaultKind.class);
  private final Map<FaultKind, Integer> passedOver = new EnumMap<>(FaultKind.class);
  private final List<Ending> endings = new ArrayList<>();
  private final List<Long> jumps = new CopyOnWriteArrayList<>();
  private final Thread thread = Thread.ofPlatform().name("injector").unstarted(this::run);
  private @Nullable Thread reviving;
  private volatile boolean through;
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /// All that faults are done to.
  record Around(
      AgentKeeper keeper,
      Yard yard,
      Cluster cluster,
      FaultProxy proxy,
      Weather weather,
      TcpRelay apiServer,
      BufferDisk disk,
      SkewedClock clock) {}

  /// What ends a fault that lasts.
  private record Ending(long atMillis, String text, Action action) {}

  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }

  Injector(Plan plan, Around around, EventLog events) {
    this.plan = plan;
    this.around = around;
    this.events = events;
  }

  void start() {
    thread.start();
  }

  /// Whether the last fault of the plan has begun.
  boolean isThrough() {
    return through;
  }

  private void run() {
    Clock machine = Clock.system();
    try {
      for (Plan.Fault fault : plan.faults()) {
        while (!stopped && events.nowMillis() < fault.atMillis()) {
          tend();
          machine.sleep(TICK);
        }
        if (stopped) {
          break;
        }
        tend();
        if (inject(fault)) {
          count(done, fault.kind());
        } else {
          count(passedOver, fault.kind());
          events.add("passed over: %s", fault.kind().text);
        }
      }
      through = true;
      while (!stopped) {
        tend();
        machine.sleep(TICK);
      }
    } catch (IOException | RuntimeException e) {
      failure = e;
      events.add("the injector failed: %s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void count(Map<FaultKind, Integer> counts, FaultKind kind) {
    counts.merge(kind, 1, Integer::sum);
  }

  private void tend() throws IOException, InterruptedException {
    around.keeper().revive();
    for (Ending ending : List.copyOf(endings)) {
      if (events.nowMillis() >= ending.atMillis() && attempt(ending.action())) {
        endings.remove(ending);
        events.add("%s", ending.text());
      }
    }
  }

  /// Elasticsearch may be away.
  private static boolean attempt(Action action) {
    try {
      action.run();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void endAfter(long millis, String text, Action action) {
    endings.add(new Ending(events.nowMillis() + millis, text, action));
  }

  /// @return whether it could be done
  private boolean inject(Plan.Fault fault) throws IOException, InterruptedException {
    long millis = fault.forMillis();
    switch (fault.kind()) {
      case KILL_AGENT -> {
        return restart(fault, true);
      }
      case TERMINATE_AGENT -> {
        return restart(fault, false);
      }
      case KILL_ELASTICSEARCH -> {
        return killElasticsearch(fault);
      }
      case CUT_REQUESTS,
          LOSE_ANSWERS,
          CUT_ANSWERS,
          TOO_MANY,
          UNAVAILABLE,
          FAIL_ITEMS,
          TOO_LARGE,
          SLOW -> {
        double probability = 0.2 + 0.8 * fault.fraction(1);
        events.add("for %d ms, p=%.2f: %s", millis, probability, fault.kind().text);
        around.weather().storm(fault.kind(), millis, probability);
      }
      case BLOCK_WRITES -> {
        String stream = stream(fault);
        if (!attempt(() -> around.cluster().block(stream, true))) {
          return false;
        }
        events.add("%s is blocked for writing", stream);
        endAfter(
            millis, stream + " takes writes again", () -> around.cluster().block(stream, false));
      }
      case ROLLOVER -> {
        String stream = stream(fault);
        if (!attempt(() -> around.cluster().rollover(stream))) {
          return false;
        }
        events.add("%s rolled over", stream);
      }
      case ROLLOVER_IN_DOUBT -> {
        events.add("the next answer will be lost, and its data stream rolled over");
        around.weather().loseNextAnswer(this::rollBoth);
      }
      case FULL_DISK -> fill(fault);
      case DELETE_UNREAD -> {
        fill(fault);
        around.yard().burst(fault.pick(), 9_000);
      }
      case API_SERVER_AWAY -> {
        events.add("API server away for %d ms", millis);
        around.apiServer().away(true);
        endAfter(millis, "API server back", () -> around.apiServer().away(false));
      }
      case DELETE_POD -> around.yard().replacePod(fault.pick());
      case RESTART_CONTAINER -> around.yard().restartContainer(fault.pick());
      case JUMP_CLOCK -> {
        Duration jump = jump(fault);
        jumps.add(events.nowMillis());
        around.clock().jump(jump);
        events.add("clock jumped by %s", jump);
      }
    }
    return true;
  }

  private static String stream(Plan.Fault fault) {
    return fault.fraction(2) < 0.7 ? MAIN_STREAM : OTHER_STREAM;
  }

  private static Duration jump(Plan.Fault fault) {
    long seconds = fault.fraction(3) < 0.5 ? 10 : 7_200;
    return Duration.ofMillis((long) ((fault.fraction(4) * 2 - 1) * seconds * 1000));
  }

  private void rollBoth() {
    for (String stream : List.of(MAIN_STREAM, OTHER_STREAM)) {
      boolean rolled = attempt(() -> around.cluster().rollover(stream));
      events.add(
          "answer lost, and %s %s", stream, rolled ? "rolled over" : "not there to roll over");
    }
  }

  private void fill(Plan.Fault fault) throws IOException {
    long left = fault.fraction(5) < 0.6 ? 0 : (long) (fault.fraction(6) * (6 << 20));
    around.disk().fill(left);
    events.add("the buffer's disk is filled up to %d bytes", left);
    endAfter(fault.forMillis(), "the buffer's disk has room again", around.disk()::free);
  }

  private boolean restart(Plan.Fault fault, boolean killed)
      throws IOException, InterruptedException {
    if (!around.keeper().end(around.yard(), killed)) {
      return false;
    }
    Clock.system().sleep(Duration.ofMillis((long) (3_000 * fault.fraction(7))));
    around.keeper().start(fault.fraction(8) < 0.5);
    return true;
  }

  private boolean killElasticsearch(Plan.Fault fault) {
    Thread before = reviving;
    if (before != null && before.isAlive()) {
      return false;
    }
    events.add("Elasticsearch killed with -9");
    around.cluster().crash();
    around.proxy().cutAll();
    reviving =
        Thread.ofPlatform()
            .name("elasticsearch-revive")
            .start(
                () -> {
                  try {
                    Clock.system().sleep(Duration.ofMillis((long) (4_000 * fault.fraction(9))));
                    around.cluster().revive();
                    around.proxy().target(around.cluster().url());
                    events.add("Elasticsearch answers again");
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (RuntimeException e) {
                    failure = e;
                    events.add("Elasticsearch did not come back: %s", e);
                  }
                });
    return true;
  }

  /// Ends all that lasts, and leaves everything whole; the agent runs.
  ///
  /// @throws IOException when that fails
  void stop() throws IOException, InterruptedException {
    stopped = true;
    thread.join();
    around.weather().calm();
    Thread server = reviving;
    if (server != null) {
      server.join();
    }
    Throwable failed = failure;
    if (failed != null) {
      throw new IOException("the injector failed: " + failed.getMessage(), failed);
    }
    for (Ending ending : endings) {
      ending.action().run();
      events.add("%s", ending.text());
    }
    endings.clear();
    around.keeper().revive();
    events.add("all is quiet");
  }

  @Nullable Throwable failure() {
    return failure;
  }

  /// When the clock was set, in milliseconds of the run.
  List<Long> jumps() {
    return jumps;
  }

  /// How often each kind was done.
  synchronized Map<FaultKind, Integer> done() {
    return new EnumMap<>(done);
  }

  /// How often each kind could not be done when its time came.
  synchronized Map<FaultKind, Integer> passedOver() {
    return new EnumMap<>(passedOver);
  }
}
