package dev.longshore.e2e.torture;

import dev.longshore.agent.ops.LedgerTotals;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.ObjectMapping;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.FaultProxy;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PodServer;
import dev.longshore.testkit.TcpRelay;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// One run: everything is started, written to and hurt for a while, left in peace until the agent
/// has caught up, and compared.
final class Torture {
  private static final Duration PROGRESS = Duration.ofSeconds(5);

  /// How long the agent takes to catch up depends on the machine; but something moves all the
  /// while.
  private static final Duration STANDSTILL = Duration.ofMinutes(3);

  /// How much longer a run takes at the most for faults that come late.
  private static final Duration LATE = Duration.ofMinutes(3);

  private static final Duration CATCH_UP = Duration.ofMinutes(30);

  /// A group of lines may be open for this long.
  private static final Duration SETTLED = Duration.ofSeconds(6);

  private static final Duration END_LIMIT = Duration.ofSeconds(40);

  private final TortureOptions options;
  private final Path folder;
  private final PrintStream out;
  private final Clock machine = Clock.system();
  private final List<String> problems = new ArrayList<>();

  Torture(TortureOptions options, Path folder, PrintStream out) {
    this.options = options;
    this.folder = folder;
    this.out = out;
  }

  /// Runs, and prints the result.
  ///
  /// @return whether everything is as it should be
  boolean run() throws IOException, InterruptedException {
    step("seed %d; folder %s", options.seed(), folder);
    step("starting Elasticsearch (the first time it is fetched)");
    boolean disk = !options.without().contains(FaultKind.FULL_DISK);
    try (EventLog events = new EventLog(folder.resolve("events.log"));
        ElasticsearchServer server = ElasticsearchServer.start(this::substep);
        Cluster cluster = new Cluster(server);
        PodServer pods = new PodServer();
        TcpRelay apiServer = TcpRelay.start(pods.url());
        BufferDisk buffer = mount(disk)) {
      Weather weather = new Weather(seed(1), events::nowMillis);
      SkewedClock clock = SkewedClock.over(folder.resolve("clock"));
      Path kubeconfig = folder.resolve("kubeconfig");
      PodServer.writeKubeconfig(kubeconfig, apiServer.url());
      int port = FreePorts.one();
      Path config = folder.resolve("agent.yaml");
      atExit(buffer);
      try (FaultProxy proxy = FaultProxy.start(cluster.url(), weather, weather::poison);
          TorturedAgent agent =
              new TorturedAgent(
                  config,
                  folder.resolve("clock"),
                  folder.resolve("agent.log"),
                  URI.create("http://127.0.0.1:" + port))) {
        AgentKeeper keeper = new AgentKeeper(agent, events, options.namespaces());
        try (Yard yard =
            new Yard(folder, pods, clock, events, keeper, options.linesPerSecond(), seed(2))) {
          Files.writeString(
              config,
              configuration(
                  yard.pattern(),
                  yard.dockerFolder(),
                  kubeconfig,
                  buffer.buffer(),
                  proxy.url(),
                  options.mapping(),
                  port));
          Watch watch = new Watch(agent, yard, folder.resolve("status.json"));
          keeper.watch(watch);
          Injector injector =
              new Injector(
                  Plan.of(seed(3), options.runFor(), options.without()),
                  new Injector.Around(
                      keeper, yard, cluster, proxy, weather, apiServer, buffer, clock),
                  events);
          return run(events, cluster, agent, keeper, yard, watch, injector);
        }
      }
    }
  }

  /// Also when the run is interrupted nothing stays mounted.
  private static void atExit(BufferDisk buffer) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("unmount")
                .unstarted(
                    () -> {
                      try {
                        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
                        buffer.close();
                      } catch (IOException e) {
                        System.err.println("longshore torture: " + e.getMessage());
                      }
                    }));
  }

  private long seed(int salt) {
    return new SplittableRandom(options.seed() * 31 + salt).nextLong();
  }

  private BufferDisk mount(boolean small) throws IOException, InterruptedException {
    Path at = folder.resolve("disk");
    if (!small) {
      return BufferDisk.plain(at);
    }
    try {
      return BufferDisk.mount(at);
    } catch (IOException e) {
      throw new IOException(
          "a small file system for the buffer can't be mounted ("
              + e.getMessage()
              + "); run it as root, or leave that out with --without full-disk,delete-unread",
          e);
    }
  }

  private boolean run(
      EventLog events,
      Cluster cluster,
      TorturedAgent agent,
      AgentKeeper keeper,
      Yard yard,
      Watch watch,
      Injector injector)
      throws IOException, InterruptedException {
    step("starting the agent (its log is beside its configuration)");
    events.begin();
    keeper.start(false);
    yard.start(options.pods());
    injector.start();
    long begun = events.nowMillis();
    long end = begun + options.runFor().toMillis();
    long nextLine = begun;
    while (goesOn(events, injector, end) && yard.failure() == null && injector.failure() == null) {
      look(watch);
      if (events.nowMillis() >= nextLine) {
        progress(events, cluster, yard, watch, injector);
        nextLine += PROGRESS.toMillis();
      }
      machine.sleep(Duration.ofMillis(300));
    }
    yard.stop();
    double seconds = (events.nowMillis() - begun) / 1000.0;
    step("writing is over; the faults end");
    injector.stop();
    if (!awaitDrained(events, cluster, yard, watch, injector)) {
      problems.add(
          "the agent did not catch up: nothing moved for "
              + STANDSTILL.toMinutes()
              + " minutes, or it took more than "
              + CATCH_UP.toMinutes());
    }
    String left = watch.leftInLedger();
    if (!left.isEmpty() && problems.isEmpty()) {
      problems.add("the queue is empty, but the ledger says: " + left);
    }
    LedgerTotals ledger = watch.ledger();
    watch.endRun();
    int code = agent.terminate(END_LIMIT);
    if (code != 0) {
      problems.add("the agent ended with " + code + " at the end");
    }
    problems.addAll(keeper.problems());
    step("comparing every line");
    cluster.search().refresh(Cluster.LOGS);
    cluster.search().refresh(Cluster.DEAD_LETTERS);
    Verdict verdict = new Verdict(yard.containers(), injector.jumps());
    verdict.read(cluster.search(), Cluster.LOGS, Cluster.DEAD_LETTERS);
    verdict.compareLosses(watch.lostBytes(), watch.lostByContainer());
    Report report = report(seconds, agent, keeper, yard, watch, injector, verdict, ledger);
    report.print(out, events);
    Path json = options.json();
    if (json != null) {
      report.write(json);
    }
    return report.good();
  }

  /// On a busy machine faults come later than planned; each of them has its turn all the same.
  private static boolean goesOn(EventLog events, Injector injector, long end) {
    long now = events.nowMillis();
    return now < end || (!injector.isThrough() && now < end + LATE.toMillis());
  }

  private Report report(
      double seconds,
      TorturedAgent agent,
      AgentKeeper keeper,
      Yard yard,
      Watch watch,
      Injector injector,
      Verdict verdict,
      LedgerTotals ledger) {
    long bytes = 0;
    long poison = 0;
    int generations = 0;
    for (TorturedContainer container : yard.containers()) {
      poison += container.book().poisonLines();
      for (Generation generation : container.generations()) {
        bytes += generation.bytes;
        generations += generation.bytes > 0 ? 1 : 0;
      }
    }
    return new Report(
        options,
        seconds,
        yard.lines(),
        bytes,
        poison,
        generations,
        yard.containers().size(),
        agent.run(),
        keeper.namespaceRuns(),
        injector.done(),
        injector.passedOver(),
        watch.lostBytes(),
        verdict,
        ledger,
        watch.looks(),
        List.copyOf(problems));
  }

  private Watch.@Nullable View look(Watch watch) {
    try {
      Watch.View view = watch.look();
      if (!view.unbalanced().isEmpty() && problems.size() < 10) {
        problems.add("the ledger does not balance: " + view.unbalanced());
      }
      return view;
    } catch (IOException e) {
      return null;
    }
  }

  private boolean awaitDrained(
      EventLog events, Cluster cluster, Yard yard, Watch watch, Injector injector)
      throws InterruptedException {
    long deadline = events.nowMillis() + CATCH_UP.toMillis();
    long nextLine = events.nowMillis();
    long drainedSince = -1;
    long movedAt = events.nowMillis();
    String before = "";
    while (events.nowMillis() < Math.min(deadline, movedAt + STANDSTILL.toMillis())) {
      Watch.View view = look(watch);
      boolean drained = view != null && view.drained();
      if (!drained) {
        drainedSince = -1;
      } else if (drainedSince < 0) {
        drainedSince = events.nowMillis();
      } else if (events.nowMillis() - drainedSince > SETTLED.toMillis()) {
        progress(events, cluster, yard, watch, injector);
        return true;
      }
      if (events.nowMillis() >= nextLine) {
        String left = progress(events, cluster, yard, watch, injector);
        if (!left.equals(before)) {
          before = left;
          movedAt = events.nowMillis();
        }
        nextLine += PROGRESS.toMillis();
      }
      machine.sleep(Duration.ofMillis(300));
    }
    return false;
  }

  /// Prints how far it is.
  ///
  /// @return what changes while the agent catches up
  private String progress(
      EventLog events, Cluster cluster, Yard yard, Watch watch, Injector injector) {
    String documents = "-";
    if (cluster.isUp()) {
      try {
        documents = "%,d".formatted(cluster.search().count(Cluster.LOGS, "*"));
      } catch (IOException e) {
        // It may be away.
      }
    }
    int faults = injector.done().values().stream().mapToInt(Integer::intValue).sum();
    Watch.View view = watch.last();
    out.printf(
        Locale.ROOT,
        "%4d s  written %,9d  documents %9s  faults %3d  unread %,8d KiB  queue %4d blocks %,6d KiB%n",
        events.nowMillis() / 1000,
        yard.lines(),
        documents,
        faults,
        view == null ? 0 : view.lagBytes() >> 10,
        view == null ? 0 : view.bufferedBlocks(),
        view == null ? 0 : view.bufferBytes() >> 10);
    out.flush();
    return documents + (view == null ? "" : " " + view.lagBytes() + " " + view.bufferedBlocks());
  }

  private static String configuration(
      Path pattern,
      Path dockerFolder,
      Path kubeconfig,
      Path buffer,
      URI elasticsearch,
      ObjectMapping mapping,
      int opsPort) {
    return """
        node:
          name: %s
        cluster:
          name: torture
        tail:
          paths: ["%s"]
          maxHeld: 2MiB
          allowedLinkTargets: ["%s"]
        kubernetes:
          kubeconfig: "%s"
        buffer:
          dir: "%s"
          maxSize: 96MiB
          minFree: 4MiB
        elasticsearch:
          urls: ["%s"]
          requestTimeout: 10s
          mapping: %s
        ops:
          listen: "127.0.0.1:%d"
        """
        .formatted(
            TorturedPod.NODE,
            pattern,
            dockerFolder,
            kubeconfig,
            buffer,
            elasticsearch,
            mapping,
            opsPort);
  }

  private void step(String text, Object... values) {
    out.println("▸ " + String.format(Locale.ROOT, text, values));
  }

  private void substep(String text) {
    out.println("▸   " + text);
  }
}
