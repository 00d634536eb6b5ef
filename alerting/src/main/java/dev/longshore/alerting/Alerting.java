package dev.longshore.alerting;

import dev.longshore.alerting.api.Api;
import dev.longshore.alerting.api.ApiMetrics;
import dev.longshore.alerting.api.RulesApi;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.eval.EvalConfig;
import dev.longshore.alerting.fleet.Fleet;
import dev.longshore.alerting.leadership.LeaderElection;
import dev.longshore.alerting.logs.ElasticLogSource;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.metrics.PrometheusConfig;
import dev.longshore.alerting.metrics.PrometheusSource;
import dev.longshore.alerting.metrics.Sources;
import dev.longshore.alerting.ops.EngineMetrics;
import dev.longshore.alerting.ops.Heartbeat;
import dev.longshore.alerting.ops.OpsPages;
import dev.longshore.alerting.ops.StatusPage;
import dev.longshore.alerting.receiver.ReceiverClients;
import dev.longshore.alerting.reload.BrokenException;
import dev.longshore.alerting.reload.Configuration;
import dev.longshore.alerting.reload.OwnFile;
import dev.longshore.alerting.reload.ReloadMetrics;
import dev.longshore.alerting.reload.RoutingFiles;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.alerting.rule.cluster.ClusterRules;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.StateStore;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.alerting.state.postgres.PostgresStore;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsLimits;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.ops.ProcessMetrics;
import dev.longshore.shared.ops.Readiness;
import dev.longshore.shared.ops.ReadinessCheck;
import dev.longshore.shared.ops.StatusSource;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Alerting, wired: what is made of what, in which order it starts and ends.
public final class Alerting implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Alerting.class);

  /// What is under way at the end is waited for, so that nothing is in doubt at the next start.
  private static final Duration DELIVERIES = Duration.ofSeconds(5);

  /// Requests that came before the end are answered.
  private static final Duration ANSWERS = Duration.ofSeconds(3);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  /// Some Prometheus servers, and the people who look when there is a storm.
  static final OpsLimits LIMITS =
      new OpsLimits(
          256,
          32,
          64 << 10,
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60));

  /// No task of the loop waits for anything; one that takes so long is stuck.
  private static final Duration MAX_TURN_AGE = Duration.ofSeconds(60);

  static final String OPEN =
      "no login is configured: everybody who reaches this port may silence, post alerts and reload;"
          + " set web.configFile, web.tokens or web.proxy";

  /// What is being posted may take this part of the heap.
  private static final int INTAKE_SHARE = 8;

  private final Supervisor supervisor;
  private final Clock clock;
  private final StateStore store;

  /// What was wrong with the state at the start; null when nothing was.
  private final @Nullable String problemAtStart;

  /// What it leads with; null where it is the only one.
  private final Replica.@Nullable Term term;

  /// Its thread writes state.
  private final ExecutorService writing;

  private final Loop loop;
  private final SupervisedThread loopThread;
  private final ExecutorService executor;
  private final List<PrometheusSource> prometheus;
  private final @Nullable Elastic elastic;
  private final Engine engine;
  private final Configuration configuration;
  private final RoutingFiles.Routing routing;
  private final @Nullable ClusterRules cluster;
  private final @Nullable Heartbeat heartbeat;
  private final SlackThread slack;
  private final ProcessMetrics process;
  private final OpsServer server;

  private Alerting(
      Supervisor supervisor,
      Clock clock,
      StateStore store,
      @Nullable String problemAtStart,
      Replica.@Nullable Term term,
      ExecutorService writing,
      Loop loop,
      SupervisedThread loopThread,
      ExecutorService executor,
      List<PrometheusSource> prometheus,
      @Nullable Elastic elastic,
      Engine engine,
      Configuration configuration,
      RoutingFiles.Routing routing,
      @Nullable ClusterRules cluster,
      @Nullable Heartbeat heartbeat,
      SlackThread slack,
      ProcessMetrics process,
      OpsServer server) {
    this.supervisor = supervisor;
    this.clock = clock;
    this.store = store;
    this.problemAtStart = problemAtStart;
    this.term = term;
    this.writing = writing;
    this.loop = loop;
    this.loopThread = loopThread;
    this.executor = executor;
    this.prometheus = prometheus;
    this.elastic = elastic;
    this.engine = engine;
    this.configuration = configuration;
    this.routing = routing;
    this.cluster = cluster;
    this.heartbeat = heartbeat;
    this.slack = slack;
    this.process = process;
    this.server = server;
  }

  /// Reads the files, opens the state and makes everything else; nothing runs yet.
  ///
  /// @throws BrokenException when the Alertmanager file can't be taken
  /// @throws StateException when the state can't be used, by another process's doing for example
  public static Alerting of(AlertingConfig config, Clock clock) throws BrokenException {
    return of(config, clock, null);
  }

  /// The same for the leader of several replicas.
  ///
  /// @param term what it leads with; null where it is the only one
  static Alerting of(AlertingConfig config, Clock clock, Replica.@Nullable Term term)
      throws BrokenException {
    RoutingFiles routingFiles = new RoutingFiles(config.routing(), config.onCall(), clock);
    RoutingFiles.Routing routing = routingFiles.read();

    Supervisor supervisor = new Supervisor(clock);
    supervisor.handleUncaught();
    Meters meters = term == null ? new Meters() : term.meters();
    var registry = meters.registry();
    AtomicReference<Runnable> rulesChanged = new AtomicReference<>(() -> {});
    ClusterRules cluster =
        cluster(config.rules().cluster(), clock, registry, () -> rulesChanged.get().run());
    RuleFiles ruleFiles =
        cluster == null
            ? new RuleFiles(config.rules().files(), config.folder(), clock)
            : new RuleFiles(config.rules().files(), config.folder(), clock, cluster);
    RuleSet rules = ruleFiles.load();
    ProcessMetrics process = new ProcessMetrics(registry);
    EngineMetrics engineMetrics = new EngineMetrics(registry);
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("alerting-", 0).factory());
    List<PrometheusSource> prometheus = new ArrayList<>();
    List<Sources.Assignment> choices = new ArrayList<>();
    for (PrometheusConfig source : config.prometheus()) {
      PrometheusSource opened = new PrometheusSource(source, clock, executor);
      prometheus.add(opened);
      choices.add(new Sources.Assignment(opened, source.groups()));
    }
    ElasticConfig elasticsearch = config.elasticsearch();
    Elastic elastic = elasticsearch == null ? null : new Elastic(elasticsearch, clock);
    StateStore store;
    String problemAtStart = null;
    if (term == null) {
      Database database = Database.open(config.stateDir(), Engine.SCHEMAS, clock);
      problemAtStart = database.problemAtStart();
      store = database;
    } else {
      LeaderElection election = term.election();
      store =
          PostgresStore.open(
              term.connections(), Engine.SCHEMAS, term.epoch(), clock, election::fenced);
    }
    Loop loop = new Loop("alerting", clock, engineMetrics::failed);
    SupervisedThread loopThread = supervisor.platform("alerting", MAX_TURN_AGE, loop::run);
    loop.onTurn(loopThread::turned);
    ExecutorService writing =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("state").daemon().factory());
    StateWriter state = new StateWriter(store, clock, loop, writing, registry);
    String externalUrl = config.api().externalUrl().toString();
    long maxHeapBytes = Runtime.getRuntime().maxMemory();
    LogSource logs = elastic == null ? null : new ElasticLogSource(config.logs(), elastic, clock);
    Engine engine =
        new Engine(
            new Engine.Environment(
                state, clock, loop, executor, RandomGenerator.getDefault(), registry),
            EvalConfig.defaults().with(config.rules().interval(), config.evidence(), externalUrl),
            AlertsConfig.forHeap(maxHeapBytes).withRunbooks(config.runbooks()),
            new Sources(choices),
            logs,
            new ReceiverClients(externalUrl),
            routing.file());
    engine.notifier().sendWhile(() -> maySend(state, term));
    engine.acknowledgements().timeout(config.acknowledgementTimeout());
    Configuration configuration =
        new Configuration(
            new OwnFile(config, () -> AlertingConfig.load(config.file(), System.getenv())),
            ruleFiles,
            routingFiles,
            routing,
            rules,
            clock,
            loop,
            executor,
            engine,
            new ReloadMetrics(registry, clock.now()));
    rulesChanged.set(configuration::rulesChanged);
    SlackThread slack =
        SlackThread.of(
            supervisor,
            new SlackThread.Parts(
                engine, configuration, clock, loop, executor, registry, logs, externalUrl),
            () -> maySend(state, term));
    StatusPage page = new StatusPage(engine, configuration, clock, loop);
    OpsServer server =
        new OpsServer(
            "api.listen",
            config.api().listen(),
            clock,
            supervisor,
            meters,
            readiness(new ReadinessCheck("loop", engineMetrics.turning(loop, clock)), term),
            statusPage(
                json -> {
                  page.writeMembers(json);
                  slack.apps().writeStatus(json);
                },
                term));
    server.limits(LIMITS, null);
    server.access(config.web(), List.of(config.api().externalUrl()), OPEN);
    String prefix = config.api().prefix();
    Fleet fleet = new Fleet(config.logs(), elastic, clock);
    new OpsPages(engine, configuration, fleet, clock, loop, externalUrl)
        .addTo(server, prefix, meters);
    new Api(
            loop,
            clock,
            engine::put,
            engine::awaitCommit,
            engine.alerts()::all,
            engine::dispatcher,
            engine.silences(),
            engine.acknowledgements(),
            () -> inForce(configuration),
            configuration::reload,
            maxHeapBytes / INTAKE_SHARE,
            new ApiMetrics(registry))
        .whileLeading(() -> maySend(state, term))
        .addTo(server, prefix);
    new RulesApi(loop, () -> engine.evaluator().groups()).addTo(server, prefix);
    AlertingConfig.Heartbeat beats = config.heartbeat();
    Heartbeat heartbeat =
        beats == null
            ? null
            : new Heartbeat(
                beats.urls(),
                beats.interval(),
                clock,
                loop,
                executor,
                () -> maySend(state, term) ? engine.obstacle() : "another replica may lead",
                registry);
    return new Alerting(
        supervisor,
        clock,
        store,
        problemAtStart,
        term,
        writing,
        loop,
        loopThread,
        executor,
        prometheus,
        elastic,
        engine,
        configuration,
        routing,
        cluster,
        heartbeat,
        slack,
        process,
        server);
  }

  private static @Nullable ClusterRules cluster(
      AlertingConfig.@Nullable ClusterRules config,
      Clock clock,
      MeterRegistry registry,
      Runnable onChange) {
    return config == null
        ? null
        : new ClusterRules(
            config.kubeconfig(),
            config.namespaces(),
            config.selector(),
            config.enforcedNamespaceLabel(),
            clock,
            registry,
            onChange);
  }

  /// Whether this process may send, and answer for what it takes.
  private static boolean maySend(StateWriter state, Replica.@Nullable Term term) {
    return term == null || term.election().maySend(state.failure() == null);
  }

  private static List<ReadinessCheck> readiness(ReadinessCheck loop, Replica.@Nullable Term term) {
    if (term == null) {
      return List.of(loop);
    }
    LeaderElection election = term.election();
    return List.of(
        loop,
        new ReadinessCheck(
            "leader",
            () ->
                election.maySend(true)
                    ? Readiness.READY
                    : Readiness.notReady(
                        "nothing is sent: the lease could not be renewed, and another replica may"
                            + " have taken it")));
  }

  private static StatusSource statusPage(StatusSource page, Replica.@Nullable Term term) {
    if (term == null) {
      return page;
    }
    long epoch = term.epoch();
    return json -> {
      json.writeStringField("role", "leader");
      json.writeNumberField("epoch", epoch);
      page.writeMembers(json);
    };
  }

  private static Api.InForce inForce(Configuration configuration) {
    var file = configuration.routing();
    return new Api.InForce(file.receiverLabels(), file.original(), file.resolveTimeout());
  }

  /// Starts everything; sources and receivers may be away.
  ///
  /// @throws BrokenException when a receiver's text is no template
  /// @throws IOException when the port can't be opened
  public void start() throws BrokenException, IOException, InterruptedException {
    supervisor.start();
    process.start();
    loop.start(loopThread::start);
    try {
      loop.call(
          () -> {
            engine.start(
                routing.file(), routing.onCall(), routing.library(), configuration.rules());
            configuration.start();
            if (problemAtStart != null) {
              engine.stateIsLost(problemAtStart);
            }
            if (heartbeat != null) {
              heartbeat.start();
            }
            slack.start();
            return true;
          });
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TemplateException template) {
        throw new BrokenException(String.valueOf(template.getMessage()));
      }
      throw new IllegalStateException(e.getCause());
    }
    if (cluster != null) {
      cluster.start();
    }
    if (term == null) {
      server.start();
    } else {
      server.startInPlaceOf(term.standby());
    }
    LOG.atInfo()
        .addKeyValue("groups", configuration.rules().groups().size())
        .addKeyValue("receivers", routing.file().receivers().size())
        .log("alerting runs");
  }

  /// Reads rules, routing and templates anew, as SIGHUP asks.
  public void reload() throws InterruptedException {
    configuration.reload();
  }

  /// The port that is open, also where the configuration says 0.
  public int port() {
    return server.port();
  }

  /// Ends in order: no request comes in, what is under way has its answer, everything is written.
  /// Of several replicas, this one passes requests on from now on.
  @Override
  public void close() {
    closePort();
    if (cluster != null) {
      cluster.close();
    }
    if (heartbeat != null) {
      heartbeat.close();
    }
    slack.close();
    try {
      settle();
      loop.call(
          () -> {
            engine.close();
            return true;
          });
    } catch (ExecutionException | IllegalStateException e) {
      LOG.atError().setCause(e).log("what was not written yet could not be");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loopThread.stopping();
    loop.close();
    executor.shutdownNow();
    writing.shutdown();
    prometheus.forEach(PrometheusSource::close);
    if (elastic != null) {
      elastic.close();
    }
    store.close();
    process.close();
    supervisor.close();
  }

  private void closePort() {
    if (term != null && server.isRunning()) {
      term.standby().startInPlaceOf(server);
      try {
        server.awaitAnswers(ANSWERS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    server.close();
  }

  private void settle() throws InterruptedException, ExecutionException {
    loop.call(
        () -> {
          engine.notifier().stopSending();
          return true;
        });
    long deadline = clock.nanoTime() + DELIVERIES.toNanos();
    while (loop.call(engine.notifier()::underWay) > 0 && clock.nanoTime() - deadline < 0) {
      clock.sleep(BETWEEN_LOOKS);
    }
  }
}
