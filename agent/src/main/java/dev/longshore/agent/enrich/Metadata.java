package dev.longshore.agent.enrich;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is known about the pods of this node, from two watches and from disk.
///
/// Lookups never wait: a pod is known or it is not. With `kubernetes.enabled: false` nothing is
/// watched, and each container is known by what its path says.
public final class Metadata implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Metadata.class);
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);
  private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(30);

  /// How old the last turn of a watch, of the sweep and of the loss events may be. A watch that
  /// nothing is heard of ends before, by its own limits.
  private static final Duration MAX_TURN_AGE = Duration.ofMinutes(10);

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
  private static final String JSON = "application/json";
  private static final String PARTIAL =
      "application/json;as=%s;v=v1;g=meta.k8s.io,application/json";

  private final KubernetesConfig config;
  private final String nodeName;
  private final @Nullable String clusterName;
  private final Clock clock;
  private final EnrichMetrics metrics;
  private final Limited log;
  private final PodCatalog catalog;
  private final ApiServer server;
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

  /// @param nodeName the node whose pods are followed
  /// @param clusterName `orchestrator.cluster.name`, or null
  /// @param directory where pods are kept for the next start, for example `<buffer.dir>/metadata`
  public Metadata(
      KubernetesConfig config,
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
    log = new Limited(LOG, clock, LOG_INTERVAL);
    catalog =
        new PodCatalog(
            nodeName, clusterName, new PodFolder(directory, log, metrics), clock, metrics);
    server = new ApiServer(config.kubeconfig());
    losses = new LossEventPublisher(nodeName, catalog::uid, server::post, clock, metrics, log);
  }

  /// Loads the disk cache and starts the watches on threads of its own; never waits for the API
  /// server.
  public void start() {
    if (!config.enabled()) {
      return;
    }
    catalog.load();
    metrics.pods(catalog::known, catalog::gone, () -> connected() ? 1 : 0);
    run("metadata-pods", podWatch()::run);
    run("metadata-namespaces", namespaceWatch()::run);
    run("metadata-sweep", this::sweep);
    if (config.events()) {
      run("metadata-losses", losses::run);
    }
  }

  private void run(String name, Loop loop) {
    // The loop reports its turns to the thread that runs it.
    SupervisedThread[] thread = new SupervisedThread[1];
    thread[0] = supervisor.virtual(name, MAX_TURN_AGE, () -> loop.run(thread[0]::turned));
    threads.add(thread[0]);
    thread[0].start();
  }

  /// Runs until it is interrupted, and calls `turned` at least each few minutes.
  private interface Loop {
    void run(Runnable turned) throws InterruptedException;
  }

  private ListWatch<PodRecord> podWatch() {
    // A quarter is the namespace's.
    long maxBytes = config.maxMetadata().bytes() / 4 * 3;
    return new ListWatch<>(
        server,
        new ListWatch.Collection("/api/v1/pods", "spec.nodeName=" + nodeName, JSON, JSON),
        new PodReader(nodeName, maxBytes, config.excludeAnnotations()),
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

  private void sweep(Runnable turned) throws InterruptedException {
    while (true) {
      clock.sleep(SWEEP_INTERVAL);
      catalog.sweep();
      turned.run();
    }
  }

  /// What is known now. Cheap, any thread. A container that was asked for counts as having files,
  /// until it is [#drained].
  public Lookup lookup(ContainerRef container) {
    if (!config.enabled()) {
      return byPath.computeIfAbsent(container, this::knownByPath);
    }
    PodMetadata known = catalog.lookup(container);
    return known != null ? new Lookup.Known(known) : new Lookup.Unknown(whyUnknown(container));
  }

  private Lookup.Known knownByPath(ContainerRef container) {
    byte[] fields = FieldsJson.fromPath(container, nodeName, clusterName, null);
    return new Lookup.Known(new PodMetadata(0, true, fields, Map.of()));
  }

  /// A few fixed texts, as people count documents by them; details are in [#status].
  private String whyUnknown(ContainerRef container) {
    if (container.namespace().isEmpty()) {
      return "the file's path names no pod";
    }
    if (!pods.everListed) {
      return pods.error == null
          ? "the API server has not answered yet"
          : "the API server has not been reached";
    }
    return "the API server has no such pod on this node";
  }

  /// Its files are gone and everything is shipped: it may be forgotten, once its pod is deleted.
  public void drained(ContainerRef container) {
    byPath.remove(container);
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

    // Namespaces that vanished between two lists keep their labels: pods there may have files.
    @Override
    public void listing() {}

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
