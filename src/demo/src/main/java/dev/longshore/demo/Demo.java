package dev.longshore.demo;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.Search;
import dev.longshore.shared.net.FailureText;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PodServer;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Container logs into a real Elasticsearch, and an error burst among them into Slack: shown live
/// and checked at the end.
final class Demo {
  /// After the last line is written, this long may pass without another that is indexed.
  private static final Duration CATCH_UP = Duration.ofSeconds(60);

  /// After the last error, until the message says that it is over.
  private static final Duration RESOLVING = Duration.ofSeconds(60);

  private static final String CLUSTER = "demo";

  private final DemoOptions options;
  private final Burst burst;
  private final Path folder;
  private final PrintStream out;

  /// One of its own for each run: an Elasticsearch that runs already may hold an earlier one.
  private final String dataStream =
      "logs-kubernetes.container_logs-demo_" + Long.toString(System.currentTimeMillis(), 36);

  private final CountDownLatch stop = new CountDownLatch(1);

  Demo(DemoOptions options, Path folder, PrintStream out) {
    this.options = options;
    this.folder = folder;
    this.out = out;
    this.burst = Burst.of(options.runFor());
  }

  /// The dock stops writing; what it wrote is checked.
  void stop() {
    stop.countDown();
  }

  /// @return whether everything is as it should be
  boolean run() throws IOException, InterruptedException {
    if (options.opsPort() != 0) {
      FreePorts.require(options.opsPort(), "--ops-port");
    }
    URI running = options.elasticsearch();
    if (running != null) {
      return run(running);
    }
    step("starting Elasticsearch (the first time it is fetched)");
    try (ElasticsearchServer elasticsearch = ElasticsearchServer.start(this::substep)) {
      return run(elasticsearch.url());
    }
  }

  private boolean run(URI elasticsearch) throws IOException, InterruptedException {
    try (PodServer pods = new PodServer();
        Elastic elastic = new Elastic(ElasticConfig.of(elasticsearch), Clock.system())) {
      requireAnswer(elastic, elasticsearch);
      // One that was started here has been said to answer.
      if (options.elasticsearch() != null) {
        step("Elasticsearch answers at %s", elasticsearch);
      }
      Files.writeString(folder.resolve(DemoFolder.ELASTICSEARCH_URL), elasticsearch + "\n");
      Path kubeconfig = folder.resolve("kubeconfig");
      pods.writeKubeconfig(kubeconfig);
      int opsPort = options.opsPort() == 0 ? FreePorts.one() : options.opsPort();
      Path config = folder.resolve("agent.yaml");
      Files.writeString(config, configuration(kubeconfig, elasticsearch, opsPort));
      URI ops = URI.create("http://127.0.0.1:" + opsPort);
      step("starting the agent; its log is %s", shown("agent.log"));
      try (Dock dock = new Dock(folder.resolve("pods"), pods);
          AgentProcess agent =
              AgentProcess.start(config, folder.resolve("agent.log"), ops, List.of(), Map.of());
          AlertDesk desk =
              AlertDesk.start(folder.resolve("alerting"), elasticsearch, CLUSTER, dataStream)) {
        step("starting alerting; its log is %s", shown("alerting/alerting.log"));
        desk.awaitReady();
        dock.start(burst);
        step("containers write logs, as on a node: %s", shown("pods"));
        return watch(dock, agent, desk, ops, new Search(elastic));
      }
    } finally {
      Files.deleteIfExists(folder.resolve(DemoFolder.ELASTICSEARCH_URL));
    }
  }

  private boolean watch(Dock dock, AgentProcess agent, AlertDesk desk, URI ops, Search search)
      throws IOException, InterruptedException {
    out.println();
    out.println("Alerting's page: " + desk.url() + "/");
    out.println("From another terminal:");
    out.println("  ./longshore search 'log.level:error AND kubernetes.labels.app:checkout'");
    out.println("  ./longshore search --follow 'kubernetes.namespace:shop'");
    out.println("  ./longshore agent explain shop/checkout --url " + ops);
    out.println("  ./longshore alerting explain " + AlertDesk.ALERT + " --url " + desk.url());
    out.println();
    boolean terminal = System.console() != null && System.console().isTerminal();
    Table table = new Table(out, terminal);
    Duration every = terminal ? Duration.ofMillis(500) : Duration.ofSeconds(5);
    long started = System.nanoTime();
    Duration runFor = options.runFor();
    while (stop.getCount() > 0) {
      Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
      if (runFor != null && elapsed.compareTo(runFor) >= 0) {
        break;
      }
      draw(table, headline(elapsed, runFor), dock, agent);
      desk.look();
      Duration rest = runFor == null ? every : min(every, runFor.minus(elapsed));
      stop.await(rest.toMillis(), TimeUnit.MILLISECONDS);
    }
    boolean interrupted = stop.getCount() == 0;
    boolean told = burst.isToldAfter(Duration.ofNanos(System.nanoTime() - started));
    dock.stop();
    boolean caughtUp = catchUp(table, dock, agent, desk, every);
    boolean resolved = told && desk.awaitResolved(interrupted ? Duration.ZERO : RESOLVING);
    int exit = agent.terminate(Duration.ofSeconds(30));
    out.println();
    desk.print(out);
    boolean alerted = !told || interrupted || resolved;
    if (resolved) {
      desk.printVerdict(out);
    } else if (!alerted) {
      out.printf(
          "✘ the error burst is not one resolved message within %d s; see %s%n",
          RESOLVING.toSeconds(), shown("alerting/alerting.log"));
    }
    if (!caughtUp) {
      out.printf(
          "✘ no more was indexed for %d s; see %s%n", CATCH_UP.toSeconds(), shown("agent.log"));
    }
    if (exit != 0) {
      out.printf("✘ the agent ended with %d; see %s%n", exit, shown("agent.log"));
    }
    search.refresh(dataStream);
    boolean complete = Verdict.of(search, dataStream, dock.containers()).print(out);
    return complete && caughtUp && alerted && exit == 0;
  }

  /// A path as a person in the checkout would type it.
  private Path shown(String name) {
    return ProjectFolder.find().relativize(folder.resolve(name));
  }

  private static void requireAnswer(Elastic elastic, URI url) throws IOException {
    Elastic.Response answer;
    try {
      answer = elastic.request("GET", "/_cluster/health", null);
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException("no Elasticsearch answers at " + url + ": " + FailureText.of(cause), e);
    }
    if (!answer.ok()) {
      throw answer.refused("GET " + url + "/_cluster/health");
    }
  }

  private static String headline(Duration elapsed, @Nullable Duration runFor) {
    return runFor == null
        ? "%d s; Ctrl-C ends the demo and checks every line".formatted(elapsed.toSeconds())
        : "%d of %d s".formatted(elapsed.toSeconds(), runFor.toSeconds());
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static void draw(Table table, String headline, Dock dock, AgentProcess agent)
      throws IOException {
    Map<String, AgentView.Totals> totals = Map.of();
    if (!agent.isAlive()) {
      throw new IOException("the agent ended:\n" + agent.log());
    }
    try {
      totals = AgentView.of(agent).totals();
    } catch (IOException e) {
      headline += " (the agent does not answer yet)";
    }
    table.draw(headline, dock.containers(), totals);
  }

  /// Waits until the agent has indexed everything that was written, for as long as it goes on.
  private static boolean catchUp(
      Table table, Dock dock, AgentProcess agent, AlertDesk desk, Duration every)
      throws IOException, InterruptedException {
    long least = Long.MAX_VALUE;
    long went = System.nanoTime();
    long drawn = went;
    while (true) {
      desk.look();
      Map<String, AgentView.Totals> totals = AgentView.of(agent).totals();
      long open = 0;
      for (DockContainer container : dock.containers()) {
        AgentView.Totals its = totals.getOrDefault(container.pod(), AgentView.Totals.NONE);
        open += container.records() - its.indexed() - its.duplicate();
      }
      long now = System.nanoTime();
      if (open < least) {
        least = open;
        went = now;
      }
      if (open <= 0) {
        table.draw("nothing more is written, all is indexed", dock.containers(), totals);
        return true;
      }
      boolean late = now - went >= CATCH_UP.toNanos();
      if (late || now - drawn >= every.toNanos()) {
        drawn = now;
        String headline =
            String.format(Locale.ROOT, "nothing more is written; %,d records to index", open);
        table.draw(headline, dock.containers(), totals);
      }
      if (late) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private String configuration(Path kubeconfig, URI elasticsearch, int opsPort) {
    return """
        node:
          name: %s
        cluster:
          name: %s
        tail:
          paths: ["%s/*/*/*.log"]
        kubernetes:
          kubeconfig: "%s"
        buffer:
          dir: "%s"
        elasticsearch:
          urls: ["%s"]
          dataStream: %s
        ops:
          listen: "127.0.0.1:%d"
        """
        .formatted(
            Pods.NODE,
            CLUSTER,
            folder.resolve("pods"),
            kubeconfig,
            folder.resolve("buffer"),
            elasticsearch,
            dataStream,
            opsPort);
  }

  private void step(String text, Object... values) {
    out.println("▸ " + String.format(Locale.ROOT, text, values));
  }

  private void substep(String text) {
    out.println("▸   " + text);
  }
}
