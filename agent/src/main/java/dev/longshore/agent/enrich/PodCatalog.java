package dev.longshore.agent.enrich;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// All pods that are known: those of the node, and deleted ones whose files are not shipped yet.
///
/// Changes come one at a time, under the lock; lookups take none. Each change is on disk before it
/// can be looked up, or the folder's failure was reported.
final class PodCatalog {
  /// Files of a pod that was just deleted may not have been found yet.
  static final Duration SHORTEST_STAY = Duration.ofMinutes(1);

  /// A pod that is gone, and of which nobody asked, or whose files are never drained.
  static final Duration LONGEST_STAY = Duration.ofDays(7);

  /// How many deleted pods are kept; at 2 KB each they fit in any heap.
  static final int MAX_GONE = 1_000;

  private final String nodeName;
  private final @Nullable String clusterName;
  private final PodFolder folder;
  private final Clock clock;
  private final EnrichMetrics metrics;
  private final Map<PodKey, PodEntry> byKey = new ConcurrentHashMap<>();
  private final Map<String, PodEntry> byUid = new HashMap<>(); // guarded by this
  private final Map<String, NamespaceRecord> namespaces = new HashMap<>(); // guarded by this

  /// Those that the list which is being read has not had yet; guarded by this.
  private final Set<String> unlisted = new HashSet<>();

  private long list; // guarded by this
  private volatile int known;
  private volatile int gone;

  PodCatalog(
      String nodeName,
      @Nullable String clusterName,
      PodFolder folder,
      Clock clock,
      EnrichMetrics metrics) {
    this.nodeName = nodeName;
    this.clusterName = clusterName;
    this.folder = folder;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// Takes what an earlier run left on disk.
  synchronized void load() {
    for (PodFolder.Stored stored : folder.load()) {
      add(
          new PodEntry(
              stored.pod(), stored.namespace(), stored.goneAtMillis(), nodeName, clusterName));
    }
    count();
  }

  /// The container's fields, or null when its pod is not known.
  @Nullable PodMetadata lookup(ContainerRef container) {
    PodEntry entry = byKey.get(PodKey.of(container));
    return entry == null ? null : entry.open(container.container());
  }

  /// The API's uid of a container's pod; what its path says where the pod is not known.
  String uid(ContainerRef container) {
    PodEntry entry = byKey.get(PodKey.of(container));
    return entry == null ? container.podUid() : entry.pod().uid();
  }

  void drained(ContainerRef container) {
    PodEntry entry = byKey.get(PodKey.of(container));
    if (entry != null) {
      entry.drained(container.container());
    }
  }

  synchronized void listing() {
    list++;
  }

  synchronized void present(PodRecord pod) {
    PodEntry entry = byUid.get(pod.uid());
    if (entry == null) {
      entry =
          new PodEntry(
              pod, namespaces.get(pod.namespace()), PodEntry.NOT_GONE, nodeName, clusterName);
      save(entry);
      add(entry);
      count();
    } else {
      NamespaceRecord namespace = namespaces.getOrDefault(pod.namespace(), entry.namespace());
      boolean back = entry.goneAtMillis() != PodEntry.NOT_GONE;
      entry.goneAtMillis(PodEntry.NOT_GONE);
      update(entry, pod, namespace, back);
    }
    entry.seenInList(list);
  }

  /// What the list did not have is gone.
  synchronized void listed() {
    for (PodEntry entry : List.copyOf(byUid.values())) {
      if (entry.seenInList() != list) {
        markGone(entry);
      }
    }
    count();
  }

  synchronized void deleted(PodRecord pod) {
    PodEntry entry = byUid.get(pod.uid());
    if (entry != null) {
      // The event carries the pod's last state.
      update(entry, pod, namespaces.getOrDefault(pod.namespace(), entry.namespace()), false);
      markGone(entry);
      count();
    }
  }

  synchronized void namespacePresent(NamespaceRecord namespace) {
    unlisted.remove(namespace.name());
    if (namespace.equals(namespaces.put(namespace.name(), namespace))) {
      return;
    }
    for (PodEntry entry : byUid.values()) {
      if (entry.pod().namespace().equals(namespace.name())) {
        update(entry, entry.pod(), namespace, false);
      }
    }
  }

  synchronized void namespacesListing() {
    unlisted.clear();
    unlisted.addAll(namespaces.keySet());
  }

  /// Namespaces that the list did not have are forgotten; pods that were there keep their labels.
  synchronized void namespacesListed() {
    namespaces.keySet().removeAll(unlisted);
    unlisted.clear();
  }

  synchronized void namespaceDeleted(NamespaceRecord namespace) {
    namespaces.remove(namespace.name());
  }

  /// Forgets deleted pods that are done, are too old, or are too many; writes what could not be
  /// written before.
  synchronized void sweep() {
    long now = clock.epochMillis();
    List<PodEntry> rest = new ArrayList<>();
    for (PodEntry entry : List.copyOf(byUid.values())) {
      if (entry.goneAtMillis() == PodEntry.NOT_GONE) {
        continue;
      }
      long stayMillis = now - entry.goneAtMillis();
      if (entry.allDrained() && stayMillis >= SHORTEST_STAY.toMillis()) {
        forget(entry);
      } else if (!entry.hasOpenFiles() && stayMillis >= LONGEST_STAY.toMillis()) {
        forget(entry);
      } else {
        rest.add(entry);
      }
    }
    if (rest.size() > MAX_GONE) {
      rest.sort(
          Comparator.comparing(PodEntry::hasOpenFiles).thenComparingLong(PodEntry::goneAtMillis));
      for (PodEntry entry : rest.subList(0, rest.size() - MAX_GONE)) {
        metrics.forgotten();
        forget(entry);
      }
    }
    count();
    saveUnsaved();
  }

  /// Pods that are known, deleted ones among them.
  int known() {
    return known;
  }

  /// How many of them are deleted.
  int gone() {
    return gone;
  }

  private void add(PodEntry entry) {
    PodRecord pod = entry.pod();
    byUid.put(pod.uid(), entry);
    byKey.put(new PodKey(pod.namespace(), pod.name(), pod.uid()), entry);
    if (!pod.configHash().isEmpty()) {
      PodEntry before = byKey.put(new PodKey(pod.namespace(), pod.name(), pod.configHash()), entry);
      // The same static pod with a new mirror: the new one answers for the files from now on.
      if (before != null && before != entry && before.goneAtMillis() != PodEntry.NOT_GONE) {
        forget(before);
      }
    }
  }

  private void update(
      PodEntry entry, PodRecord pod, @Nullable NamespaceRecord namespace, boolean saveAnyway) {
    boolean same = pod.equals(entry.pod()) && Objects.equals(namespace, entry.namespace());
    if (!same) {
      entry.replace(pod, namespace);
    }
    if (!same || saveAnyway) {
      save(entry);
    }
  }

  private void markGone(PodEntry entry) {
    PodRecord pod = entry.pod();
    if (!pod.configHash().isEmpty()
        && byKey.get(new PodKey(pod.namespace(), pod.name(), pod.configHash())) != entry) {
      forget(entry);
      return;
    }
    if (entry.goneAtMillis() == PodEntry.NOT_GONE) {
      entry.goneAtMillis(Math.max(1, clock.epochMillis()));
      // What was not complete will not become so.
      entry.replace(entry.pod(), entry.namespace());
      save(entry);
    }
  }

  private void save(PodEntry entry) {
    entry.saved(
        folder.save(new PodFolder.Stored(entry.pod(), entry.namespace(), entry.goneAtMillis())));
  }

  /// Writes what the disk did not take before, until it refuses the first.
  private void saveUnsaved() {
    for (PodEntry entry : byUid.values()) {
      if (!entry.saved()) {
        save(entry);
        if (!entry.saved()) {
          return;
        }
      }
    }
  }

  private void forget(PodEntry entry) {
    PodRecord pod = entry.pod();
    byUid.remove(pod.uid());
    byKey.remove(new PodKey(pod.namespace(), pod.name(), pod.uid()), entry);
    byKey.remove(new PodKey(pod.namespace(), pod.name(), pod.configHash()), entry);
    folder.remove(pod.uid());
  }

  /// How many entries its maps have; 0 when no pod and no namespace is known.
  synchronized int entries() {
    return byKey.size() + byUid.size() + namespaces.size() + unlisted.size();
  }

  private void count() {
    int deleted = 0;
    for (PodEntry entry : byUid.values()) {
      if (entry.goneAtMillis() != PodEntry.NOT_GONE) {
        deleted++;
      }
    }
    known = byUid.size();
    gone = deleted;
  }
}
