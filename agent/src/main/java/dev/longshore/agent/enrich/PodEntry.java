package dev.longshore.agent.enrich;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// One pod in memory. What is known changes under [PodCatalog]'s lock; readers take one immutable
/// view, in which a container's fields are made once.
final class PodEntry {

  /// What is known at one moment.
  private record View(
      PodRecord pod,
      @Nullable NamespaceRecord namespace,
      ConcurrentMap<String, PodMetadata> byContainer) {}

  /// Still there as far as we know.
  static final long NOT_GONE = 0;

  private final String nodeName;
  private final @Nullable String clusterName;
  private final Set<String> open = ConcurrentHashMap.newKeySet();
  private volatile View view;
  private volatile boolean everOpened;
  private volatile long goneAtMillis;

  /// Whether the disk has it as it is; guarded by [PodCatalog]'s lock.
  private boolean saved = true;

  /// Number of the list that had it last; guarded by [PodCatalog]'s lock.
  private long seenInList;

  PodEntry(
      PodRecord pod,
      @Nullable NamespaceRecord namespace,
      long goneAtMillis,
      String nodeName,
      @Nullable String clusterName) {
    this.nodeName = nodeName;
    this.clusterName = clusterName;
    this.goneAtMillis = goneAtMillis;
    view = new View(pod, namespace, new ConcurrentHashMap<>());
  }

  PodRecord pod() {
    return view.pod;
  }

  @Nullable NamespaceRecord namespace() {
    return view.namespace;
  }

  void replace(PodRecord pod, @Nullable NamespaceRecord namespace) {
    view = new View(pod, namespace, new ConcurrentHashMap<>());
  }

  void saved(boolean isSaved) {
    saved = isSaved;
  }

  boolean saved() {
    return saved;
  }

  void seenInList(long list) {
    seenInList = list;
  }

  long seenInList() {
    return seenInList;
  }

  /// When the API server no longer had it, milliseconds since the epoch, or [#NOT_GONE].
  long goneAtMillis() {
    return goneAtMillis;
  }

  void goneAtMillis(long millis) {
    goneAtMillis = millis;
  }

  /// The container's fields; from now on it counts as having files.
  PodMetadata open(String container) {
    if (open.add(container)) {
      everOpened = true;
    }
    View now = view;
    PodMetadata known = now.byContainer.get(container);
    return known != null
        ? known
        : now.byContainer.computeIfAbsent(container, name -> metadata(now, name));
  }

  void drained(String container) {
    open.remove(container);
  }

  /// Whether files of it were seen and all are done.
  boolean allDrained() {
    return everOpened && open.isEmpty();
  }

  /// Whether files of it were seen that are not done.
  boolean hasOpenFiles() {
    return !open.isEmpty();
  }

  private PodMetadata metadata(View now, String containerName) {
    PodRecord.Container container = null;
    for (PodRecord.Container candidate : now.pod.containers()) {
      if (candidate.name().equals(containerName)) {
        container = candidate;
      }
    }
    byte[] fields =
        FieldsJson.of(now.pod, now.namespace, containerName, container, nodeName, clusterName);
    boolean complete =
        goneAtMillis != NOT_GONE
            || (now.namespace != null && container != null && !container.id().isEmpty());
    Map<String, String> control = now.pod.control();
    return new PodMetadata(version(fields, control), complete, fields, control);
  }

  private static long version(byte[] fields, Map<String, String> control) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    sha.update(fields);
    for (Map.Entry<String, String> annotation : new TreeMap<>(control).entrySet()) {
      sha.update((byte) 0);
      sha.update(annotation.getKey().getBytes(StandardCharsets.UTF_8));
      sha.update((byte) 0);
      sha.update(annotation.getValue().getBytes(StandardCharsets.UTF_8));
    }
    byte[] digest = sha.digest();
    long version = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      version = version << 8 | (digest[i] & 0xff);
    }
    return version;
  }
}
