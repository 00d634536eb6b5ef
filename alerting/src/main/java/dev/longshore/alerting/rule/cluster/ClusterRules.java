package dev.longshore.alerting.rule.cluster;

import dev.longshore.alerting.rule.Reading;
import dev.longshore.alerting.rule.RuleObjects;
import dev.longshore.shared.clock.Clock;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The `PrometheusRule` objects of a cluster, followed by list and watch in the background.
///
/// [#get] answers at once with what was seen last, for as long as the API server is away. Threads:
/// any.
public final class ClusterRules implements Supplier<RuleObjects>, AutoCloseable {
  /// How often it is looked whether the watches stand; one that ends as usual is back by then.
  private static final Duration CHECK_EACH = Duration.ofSeconds(5);

  private final @Nullable Path kubeconfig;
  private final List<String> namespaces;
  private final Map<String, String> selector;
  private final @Nullable String enforcedNamespaceLabel;
  private final Clock clock;
  private final ClusterRulesMetrics metrics;
  private final Runnable onChange;
  private final Duration checkEach;

  /// Whether [#onChange] was called since somebody looked.
  private final AtomicBoolean told = new AtomicBoolean();

  // Guarded by this.
  private List<NamespaceWatch> watches = List.of();
  private @Nullable KubernetesClient client;
  private @Nullable Thread checking;
  private boolean closed;

  /// @param kubeconfig null for what `KUBECONFIG` names, `~/.kube/config` or the service account of
  ///   the pod
  /// @param namespaces empty for all, which needs a ClusterRole
  /// @param selector labels that the objects must have
  /// @param enforcedNamespaceLabel put on every rule, with the object's namespace; null for none
  /// @param onChange called on a thread of the watch, and must not block: there is something new to
  ///   [#get]. Not called again before that was asked
  public ClusterRules(
      @Nullable Path kubeconfig,
      List<String> namespaces,
      Map<String, String> selector,
      @Nullable String enforcedNamespaceLabel,
      Clock clock,
      MeterRegistry registry,
      Runnable onChange) {
    this(
        kubeconfig,
        namespaces,
        selector,
        enforcedNamespaceLabel,
        clock,
        registry,
        onChange,
        CHECK_EACH);
  }

  /// The same.
  ///
  /// @param checkEach how often it is looked whether the watches stand
  ClusterRules(
      @Nullable Path kubeconfig,
      List<String> namespaces,
      Map<String, String> selector,
      @Nullable String enforcedNamespaceLabel,
      Clock clock,
      MeterRegistry registry,
      Runnable onChange,
      Duration checkEach) {
    this.checkEach = checkEach;
    this.kubeconfig = kubeconfig;
    this.namespaces = List.copyOf(namespaces);
    this.selector = Map.copyOf(selector);
    this.enforcedNamespaceLabel = enforcedNamespaceLabel;
    this.clock = clock;
    this.onChange = onChange;
    this.metrics = new ClusterRulesMetrics(registry, this);
  }

  /// Begins to watch, and waits for nothing.
  ///
  /// @throws IllegalArgumentException when the kubeconfig can't be used; an API server that is away
  ///   is no error
  public synchronized void start() {
    if (closed || client != null) {
      return;
    }
    KubernetesClient opened = Connection.open(kubeconfig);
    Warnings warnings = new Warnings(clock, opened.getMasterUrl().toString());
    List<NamespaceWatch> all = new ArrayList<>();
    for (String namespace : namespaces.isEmpty() ? List.of(RuleObjects.ALL) : namespaces) {
      all.add(
          new NamespaceWatch(
              opened,
              namespace,
              selector,
              enforcedNamespaceLabel,
              warnings,
              metrics,
              this::changed));
    }
    client = opened;
    watches = List.copyOf(all);
    watches.forEach(NamespaceWatch::start);
    checking = Thread.ofVirtual().name("cluster-rules-check").start(this::check);
  }

  /// The informer opens a broken watch again by itself, and tells nobody: so it is looked for.
  private void check() {
    try {
      while (true) {
        clock.sleep(checkEach);
        watches().forEach(NamespaceWatch::check);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void changed() {
    if (told.compareAndSet(false, true)) {
      onChange.run();
    }
  }

  private synchronized List<NamespaceWatch> watches() {
    return watches;
  }

  /// What is known now. Before [#start] nothing is.
  @Override
  public RuleObjects get() {
    told.set(false);
    List<NamespaceWatch> all = watches();
    Map<String, Reading> readings = new HashMap<>();
    Set<String> unlisted = new HashSet<>();
    for (NamespaceWatch watch : all) {
      if (!watch.isListed()) {
        unlisted.add(watch.namespace());
      }
      readings.putAll(watch.readings());
    }
    if (all.isEmpty()) {
      unlisted.addAll(namespaces.isEmpty() ? List.of(RuleObjects.ALL) : namespaces);
    }
    return new RuleObjects(readings, unlisted);
  }

  /// Whether every namespace was listed once, so that what is known is all there was.
  public boolean isSynced() {
    List<NamespaceWatch> all = watches();
    return !all.isEmpty() && all.stream().allMatch(NamespaceWatch::isListed);
  }

  /// Whether changes are seen as they happen.
  public boolean isWatching() {
    List<NamespaceWatch> all = watches();
    return !all.isEmpty() && all.stream().allMatch(NamespaceWatch::isWatching);
  }

  int size() {
    return watches().stream().mapToInt(it -> it.readings().size()).sum();
  }

  /// Ends the watches. What was known stays known.
  @Override
  public synchronized void close() {
    closed = true;
    if (checking != null) {
      checking.interrupt();
    }
    watches.forEach(NamespaceWatch::close);
    if (client != null) {
      client.close();
    }
  }
}
