package dev.longshore.agent.enrich;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is known about the pods of this node, from two watches and from disk.
///
/// Lookups never wait: a pod is known or it is not; one that has logs and is not known is asked
/// for, see [UnknownPods]. With `kubernetes.enabled: false` nothing is watched, and each container
/// is known by what its path says.
public final class Metadata implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Metadata.class);
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);
  private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(30);

  /// How old the last turn of a loop may be: a list may have many pages, each of which has its
  /// time.
  private static final Duration MAX_TURN_AGE = Duration.ofMinutes(10);

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration POD_TIMEOUT = Duration.ofSeconds(15);

  /// What the API server itself says where there is no such object; a 404 of something between says
  /// nothing about it.
  private static final String NOT_FOUND = "NotFound";

  private static final String JSON = "application/json";
  private static final String PARTIAL =
      "application/json;as=%s;v=v1;g=meta.k8s.io,application/json";

  private final KubernetesConfig config;
  private final String nodeName;
  private final @Nullable String clusterName;
  private final Clock clock;
  private final EnrichMetrics metrics;
  private final RateLimitedLogger log;
  private final PolicyEnforcer policy;
  private final PodCatalog catalog;
  private final ApiServer server;
  private final UnknownPods unknown;
  private final PodReader podReader;
  private final LossEventPublisher losses;
  private final Following pods = new Following();
  private final Following namespaces = new Following();
  private final Map<ContainerRef, Lookup.Known> byPath = new ConcurrentHashMap<>();
  private final Supervisor supervisor;
  private final List<SupervisedThread> threads = new ArrayList<>();

  /// How it stands with one watch; written by the thread that runs it.
  private static final class Following {
    private volatile boolean connected;
    private volatile boolean everListed;
    private volatile @Nullable String error;
    private volatile @Nullable Instant lastEvent;
  }

  /// @param policy what pods may decide
  /// @param nodeName the node whose pods are followed
  /// @param clusterName `orchestrator.cluster.name`, or null
  /// @param directory where pods are kept for the next start, for example `<buffer.dir>/metadata`
  public Metadata(
      KubernetesConfig config,
      PolicyConfig policy,
      String nodeName,
      @Nullable String clusterName,
      Path directory,
      Clock clock,
      EnrichMetrics metrics,
      Supervisor supervisor) {
    this.config = config;
    this.nodeName = nodeName;
    this.clusterName = clusterName;
    this.clock = clock;
    this.metrics = metrics;
    this.supervisor = supervisor;
    log = new RateLimitedLogger(LOG, clock, LOG_INTERVAL);
    this.policy = new PolicyEnforcer(policy, log, metrics);
    catalog =
        new PodCatalog(
            nodeName, clusterName, new PodFolder(directory, log, metrics), clock, metrics);
    server = new ApiServer(config.kubeconfig(), clock);
    // A quarter is the namespace's.
    long maxPodMetadata = config.maxMetadata().bytes() / 4 * 3;
    podReader = new PodReader(nodeName, maxPodMetadata, config.excludeAnnotations());
    unknown =
        new UnknownPods(
            this::get, catalog::present, clock, RandomGenerator.getDefault(), log, metrics);
    losses = new LossEventPublisher(nodeName, catalog::uid, server::post, clock, metrics, log);
  }

  /// Loads the disk cache and starts the watches on threads of its own; never waits for the API
  /// server.
  public void start() {
    metrics.dataStreams(policy::datasets);
    metrics.waiting(() -> unknown.waiting().size(), this::longestWaitSeconds);
    metrics.pods(catalog::known, catalog::gone, this::connection);
    if (!config.enabled()) {
      return;
    }
    catalog.load();
    ListWatch<PodRecord> podWatch = podWatch();
    ListWatch<NamespaceRecord> namespaceWatch = namespaceWatch();
    run("metadata-pods", podWatch::turn, podWatch::close);
    run("metadata-namespaces", namespaceWatch::turn, namespaceWatch::close);
    run("metadata-lookup", unknown::turn, () -> {});
    run("metadata-sweep", this::sweep, () -> {});
    if (config.events()) {
      run("metadata-losses", losses::turn, () -> {});
    }
  }

  private double connection() {
    if (!config.enabled()) {
      return Double.NaN;
    }
    return connected() ? 1 : 0;
  }

  /// One turn of a loop.
  @FunctionalInterface
  private interface Loop {
    /// @return how long to wait before the next
    Duration turn() throws InterruptedException;
  }

  private void run(String name, Loop loop, Runnable end) {
    // The loop reports its turns to the thread that runs it.
    SupervisedThread[] thread = new SupervisedThread[1];
    thread[0] =
        supervisor.virtual(
            name,
            MAX_TURN_AGE,
            () -> {
              try {
                while (true) {
                  Duration pause = loop.turn();
                  thread[0].turned();
                  clock.sleep(pause);
                }
              } finally {
                end.run();
              }
            });
    threads.add(thread[0]);
    thread[0].start();
  }

  private ListWatch<PodRecord> podWatch() {
    return new ListWatch<>(
        server,
        new ListWatch.Collection("/api/v1/pods", "spec.nodeName=" + nodeName, JSON, JSON),
        podReader,
        new PodTarget(),
        clock,
        RandomGenerator.getDefault(),
        log,
        metrics);
  }

  private ListWatch<NamespaceRecord> namespaceWatch() {
    return new ListWatch<>(
        server,
        new ListWatch.Collection(
            "/api/v1/namespaces",
            "",
            PARTIAL.formatted("PartialObjectMetadataList"),
            PARTIAL.formatted("PartialObjectMetadata")),
        new NamespaceReader(config.maxMetadata().bytes() / 4),
        new NamespaceTarget(),
        clock,
        RandomGenerator.getDefault(),
        log,
        metrics);
  }

  private Duration sweep() {
    catalog.sweep();
    return SWEEP_INTERVAL;
  }

  /// How many entries all maps have; 0 when no pod is known and none is asked for.
  int entries() {
    return byPath.size() + policy.entries() + catalog.entries() + unknown.size() + losses.pods();
  }

  /// What is known now. Cheap, any thread. A container that was asked for counts as having files,
  /// until it is [#drained].
  public Lookup lookup(ContainerRef container) {
    if (!config.enabled()) {
      return byPath.computeIfAbsent(container, this::knownByPath);
    }
    PodMetadata known = catalog.lookup(container);
    if (known != null) {
      unknown.forget(container);
      return new Lookup.Known(known);
    }
    if (container.namespace().isEmpty()) {
      return new Lookup.Unknown("the file's path names no pod", Duration.ZERO);
    }
    if (unknown.isAbsent(container)) {
      return new Lookup.Unknown("the API server has no such pod on this node", Duration.ZERO);
    }
    return new Lookup.Unknown(
        whyUnknown(),
        switch (config.unknownPods()) {
          case WAIT -> Lookup.FOREVER;
          case SHIP -> config.metadataWait();
        });
  }

  /// The rules that a pod's annotations state, as far as they are understood and the operator
  /// permits them. A data stream of the pod's own is the container's until it is [#drained], or its
  /// rules say otherwise.
  public PodRules rules(ContainerRef container, PodMetadata metadata) {
    return policy.rules(container, metadata.control());
  }

  private Lookup.Known knownByPath(ContainerRef container) {
    byte[] fields = FieldsJson.fromPath(container, nodeName, clusterName, null);
    return new Lookup.Known(new PodMetadata(0, true, fields, Map.of()));
  }

  /// A few fixed texts, as people count documents by them; details are in [#status].
  private String whyUnknown() {
    if (pods.everListed) {
      return "the API server has not told of the pod yet";
    }
    return pods.error == null
        ? "the API server has not answered yet"
        : "the API server has not been reached";
  }

  /// Asks the API server for one pod.
  private @Nullable PodRecord get(String namespace, String name)
      throws IOException, InterruptedException {
    AtomicReference<@Nullable PodRecord> found = new AtomicReference<>();
    try {
      server.get(
          "/api/v1/namespaces/" + encode(namespace) + "/pods/" + encode(name),
          JSON,
          POD_TIMEOUT,
          body -> found.set(podReader.read(body)));
    } catch (ApiServer.Refused e) {
      if (!e.reason().equals(NOT_FOUND)) {
        throw e;
      }
    }
    return found.get();
  }

  private static String encode(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  private double longestWaitSeconds() {
    List<MetadataStatus.WaitingPod> waiting = unknown.waiting();
    return waiting.isEmpty()
        ? 0
        : Math.max(0, clock.epochMillis() - waiting.getFirst().since().toEpochMilli()) / 1000.0;
  }

  /// Its files are gone and everything is shipped: it may be forgotten, once its pod is deleted.
  public void drained(ContainerRef container) {
    byPath.remove(container);
    policy.drained(container);
    unknown.forget(container);
    catalog.drained(container);
  }

  /// A part of a container's log was deleted before it was read: its pod is told by an Event, where
  /// that is switched on. Never waits; any thread.
  public void lost(ContainerRef container, Path file, long bytes) {
    if (config.enabled() && config.events()) {
      losses.lost(container, file, bytes);
    }
  }

  /// How it stands with the API server.
  public MetadataStatus status() {
    String podError = pods.error;
    return new MetadataStatus(
        config.enabled(),
        connected(),
        server.address(),
        podError != null ? podError : namespaces.error,
        catalog.known(),
        catalog.gone(),
        unknown.waiting(),
        latest(pods.lastEvent, namespaces.lastEvent));
  }

  private boolean connected() {
    return pods.connected && namespaces.connected;
  }

  private static @Nullable Instant latest(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isAfter(other) ? one : other;
  }

  /// Stops the watches; what was learnt stays on disk.
  @Override
  public void close() {
    for (SupervisedThread thread : threads) {
      thread.interrupt();
    }
    server.close();
    try {
      for (SupervisedThread thread : threads) {
        thread.join(STOP_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.clear();
  }

  private abstract class FollowingTarget<T> implements ListWatch.Target<T> {
    private final Following following;
    private final String what;

    FollowingTarget(Following following, String what) {
      this.following = following;
      this.what = what;
    }

    void told() {
      following.lastEvent = clock.now();
    }

    @Override
    public void listed() {
      following.everListed = true;
      told();
    }

    @Override
    public void connected() {
      if (!following.connected) {
        LOG.atInfo()
            .setMessage("watching the API server")
            .addKeyValue("collection", what)
            .addKeyValue("server", server.address())
            .addKeyValue("pods", catalog.known())
            .log();
      }
      following.connected = true;
      following.error = null;
    }

    @Override
    public void disconnected(String error) {
      following.connected = false;
      following.error = error;
    }
  }

  private final class PodTarget extends FollowingTarget<PodRecord> {
    PodTarget() {
      super(pods, "pods");
    }

    @Override
    public void listing() {
      catalog.listing();
    }

    @Override
    public void present(PodRecord pod) {
      catalog.present(pod);
      told();
    }

    @Override
    public void listed() {
      catalog.listed();
      super.listed();
    }

    @Override
    public void deleted(PodRecord pod) {
      catalog.deleted(pod);
      told();
    }
  }

  private final class NamespaceTarget extends FollowingTarget<NamespaceRecord> {
    NamespaceTarget() {
      super(namespaces, "namespaces");
    }

    @Override
    public void listing() {
      catalog.namespacesListing();
    }

    @Override
    public void listed() {
      catalog.namespacesListed();
      super.listed();
    }

    @Override
    public void present(NamespaceRecord namespace) {
      catalog.namespacePresent(namespace);
      told();
    }

    @Override
    public void deleted(NamespaceRecord namespace) {
      catalog.namespaceDeleted(namespace);
      told();
    }
  }
}
