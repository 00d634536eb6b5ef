package dev.longshore.agent.enrich;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The pods that have logs on this node and of which the watch has not told, each asked for by one
/// GET.
///
/// A pod is asked for when it has been unknown for [#ASK_AFTER], which the watch nearly always
/// anticipates; one request at a time, with [#SPACING] between them, whatever the number of files
/// and containers. "There is no such pod" is an answer. No answer is asked for again after 1 s to
/// 30 s, with jitter, and meanwhile nothing else is asked: the server is away for all of them. A
/// static pod runs before its mirror is at the API server, so its absence is an answer only after
/// [#MIRROR_WAIT].
///
/// Lookups come from any thread; one thread takes the turns.
final class UnknownPods {
  /// The kubelet starts a container some 100 ms after the API server has told the pod.
  static final Duration ASK_AFTER = Duration.ofMillis(500);

  /// At most ten requests a second for a node.
  static final Duration SPACING = Duration.ofMillis(100);

  /// The kubelet makes a static pod's mirror when it reaches the API server.
  static final Duration MIRROR_WAIT = Duration.ofSeconds(30);

  /// Time between two questions for a mirror.
  static final Duration MIRROR_INTERVAL = Duration.ofSeconds(5);

  /// How many are remembered; a pod beyond is unanswered until there is room. A node has some
  /// hundreds.
  static final int MAX_PODS = 10_000;

  private static final long FIRST_BACKOFF_MILLIS = 1_000;
  private static final long LAST_BACKOFF_MILLIS = 30_000;
  private static final Duration IDLE = Duration.ofSeconds(10);

  /// Asks the API server for a pod.
  @FunctionalInterface
  interface Source {
    /// @return the pod of that name, or null when there is none on this node
    /// @throws IOException when there is no answer
    @Nullable PodRecord get(String namespace, String name) throws IOException, InterruptedException;
  }

  /// Takes the pods that were found.
  @FunctionalInterface
  interface Target {
    void present(PodRecord pod);
  }

  /// What is known of one that is not known. Guarded by the lock.
  private static final class Unknown {
    private final PodKey key;
    private final Instant since;
    private final long sinceNanos;
    private long askAtNanos;
    private boolean absent;

    Unknown(PodKey key, Instant since, long nowNanos) {
      this.key = key;
      this.since = since;
      sinceNanos = nowNanos;
      askAtNanos = nowNanos + ASK_AFTER.toNanos();
    }
  }

  private final Source source;
  private final Target target;
  private final Clock clock;
  private final RandomGenerator random;
  private final RateLimitedLogger log;
  private final EnrichMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<PodKey, Unknown> pods = new LinkedHashMap<>(); // guarded by lock
  private volatile boolean empty = true;
  private int failures; // owned by the thread that takes the turns

  UnknownPods(
      Source source,
      Target target,
      Clock clock,
      RandomGenerator random,
      RateLimitedLogger log,
      EnrichMetrics metrics) {
    this.source = source;
    this.target = target;
    this.clock = clock;
    this.random = random;
    this.log = log;
    this.metrics = metrics;
  }

  /// Notes that a container's pod is not known, and has it asked for.
  ///
  /// @return whether the API server has answered that there is no such pod
  boolean isAbsent(ContainerRef container) {
    PodKey key = PodKey.of(container);
    lock.lock();
    try {
      Unknown pod = pods.get(key);
      if (pod == null) {
        if (pods.size() >= MAX_PODS) {
          return false;
        }
        pod = new Unknown(key, clock.now(), clock.nanoTime());
        pods.put(key, pod);
        empty = false;
        changed.signalAll();
      }
      return pod.absent;
    } finally {
      lock.unlock();
    }
  }

  /// The container's pod is known by now, or its files are gone. Cheap when none is unknown.
  void forget(ContainerRef container) {
    if (empty) {
      return;
    }
    lock.lock();
    try {
      pods.remove(PodKey.of(container));
      empty = pods.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// The pods that have had no answer, the one that waits longest first.
  List<MetadataStatus.WaitingPod> waiting() {
    if (empty) {
      return List.of();
    }
    List<MetadataStatus.WaitingPod> waiting = new ArrayList<>();
    lock.lock();
    try {
      for (Unknown pod : pods.values()) {
        if (!pod.absent) {
          waiting.add(
              new MetadataStatus.WaitingPod(
                  pod.key.namespace(), pod.key.pod(), pod.key.uid(), pod.since));
        }
      }
    } finally {
      lock.unlock();
    }
    waiting.sort(Comparator.comparing(MetadataStatus.WaitingPod::since));
    return waiting;
  }

  /// How many are remembered, those that the API server does not have among them.
  int size() {
    lock.lock();
    try {
      return pods.size();
    } finally {
      lock.unlock();
    }
  }

  /// Asks for the pod that is due. Takes at most [#IDLE] where none is unknown, and the timeout of
  /// a request where the server does not answer.
  ///
  /// @return how long to wait before the next turn
  Duration turn() throws InterruptedException {
    Unknown due = nextDue();
    if (due == null) {
      return Duration.ZERO;
    }
    long leftNanos = due.askAtNanos - clock.nanoTime();
    if (leftNanos > 0) {
      return Duration.ofNanos(leftNanos);
    }
    try {
      ask(due);
      failures = 0;
      return SPACING;
    } catch (IOException | RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      failures++;
      Duration pause = failed(due.key, e);
      postpone(due, pause);
      return pause;
    }
  }

  /// The one that is to be asked for next; null when there is none for [#IDLE].
  private @Nullable Unknown nextDue() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Unknown due = earliest();
      long untilNanos = clock.nanoTime() + IDLE.toNanos();
      long leftNanos = IDLE.toNanos();
      while (due == null && leftNanos > 0) {
        // In the machine's time at the most, as a lock waits, also where the clock stands.
        leftNanos = Math.min(changed.awaitNanos(leftNanos), untilNanos - clock.nanoTime());
        due = earliest();
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Unknown earliest() {
    Unknown earliest = null;
    for (Unknown pod : pods.values()) {
      if (!pod.absent && (earliest == null || pod.askAtNanos - earliest.askAtNanos < 0)) {
        earliest = pod;
      }
    }
    return earliest;
  }

  private void ask(Unknown unknown) throws IOException, InterruptedException {
    PodKey key = unknown.key;
    metrics.podAsked();
    PodRecord found = source.get(key.namespace(), key.pod());
    if (found != null && (found.uid().equals(key.uid()) || found.configHash().equals(key.uid()))) {
      target.present(found);
      return;
    }
    lock.lock();
    try {
      long nowNanos = clock.nanoTime();
      if (key.isStatic() && nowNanos - unknown.sinceNanos < MIRROR_WAIT.toNanos()) {
        unknown.askAtNanos = nowNanos + MIRROR_INTERVAL.toNanos();
      } else {
        unknown.absent = true;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Has the others come first.
  private void postpone(Unknown pod, Duration pause) {
    lock.lock();
    try {
      pod.askAtNanos = clock.nanoTime() + pause.toNanos();
    } finally {
      lock.unlock();
    }
  }

  private Duration failed(PodKey key, Exception failure) {
    metrics.apiError();
    long ceiling =
        Math.min(LAST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(failures - 1, 10));
    Duration pause = Duration.ofMillis(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
    log.warn(
        "unknown pod",
        event -> {
          var _ =
              event
                  .setMessage("no answer from the API server about a pod that has logs; retrying")
                  .addKeyValue("kubernetes.namespace", key.namespace())
                  .addKeyValue("kubernetes.pod.name", key.pod())
                  .addKeyValue("error", String.valueOf(failure.getMessage()))
                  .addKeyValue("retryInMillis", pause.toMillis());
        });
    return pause;
  }
}
