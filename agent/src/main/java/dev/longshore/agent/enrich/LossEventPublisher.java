package dev.longshore.agent.enrich;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Tells of lost logs where people look for trouble with a pod: as Kubernetes Events, of type
/// `Warning` and with the reason `LogsLost`.
///
/// Each pod has at most one in [#INTERVAL], which adds up what was lost since the one before.
/// Whoever reports a loss waits for nobody: a thread of its own posts. An event that the API server
/// refuses is given up, one that does not reach it is kept for [#KEPT]; the loss itself is in the
/// ledger either way.
final class LossEventPublisher {
  /// The API server keeps events for an hour, and a node has a hundred pods.
  static final Duration INTERVAL = Duration.ofMinutes(1);

  /// Losses come together, file by file.
  static final Duration GATHER = Duration.ofSeconds(2);

  /// How long an event waits for the API server.
  static final Duration KEPT = Duration.ofHours(1);

  /// How many pods may wait for their event; beyond it a loss is in the ledger and the log alone.
  static final int MAX_PODS = 1_000;

  /// How long a turn waits for a loss.
  private static final Duration IDLE = Duration.ofSeconds(10);

  private static final String COMPONENT = "longshore-agent";
  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_PATH = 800;
  private static final JsonFactory JSON = new JsonFactory();

  private final String nodeName;
  private final Function<ContainerRef, String> uids;
  private final Poster poster;
  private final Clock clock;
  private final EnrichMetrics metrics;
  private final RateLimitedLogger log;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition reported = lock.newCondition();
  private final Map<PodKey, Loss> waiting = new HashMap<>(); // guarded by lock
  private final Map<PodKey, Long> postedNanos = new HashMap<>(); // guarded by lock

  /// Said once: somebody has decided so, or will see it in the agent's log. Owned by the thread.
  private boolean saidForbidden;

  /// Sends a POST to the API server.
  @FunctionalInterface
  interface Poster {
    /// @throws ApiServer.Refused when the answer is an error
    /// @throws IOException when there is no answer
    void post(String path, byte[] json) throws IOException, InterruptedException;
  }

  /// What was lost of one pod since its last event.
  private static final class Loss {
    private final ContainerRef container;
    private final long firstMillis;
    private final long firstNanos;
    private Path file;
    private long bytes;
    private int count;
    private long lastMillis;
    private long dueNanos;

    Loss(ContainerRef container, Path file, long nowMillis, long nowNanos) {
      this.container = container;
      this.file = file;
      this.firstMillis = nowMillis;
      this.firstNanos = nowNanos;
    }

    void add(Path in, long lostBytes, int times, long nowMillis) {
      file = in;
      bytes += lostBytes;
      count += times;
      lastMillis = nowMillis;
    }
  }

  /// @param uids the API's uid of a container's pod
  LossEventPublisher(
      String nodeName,
      Function<ContainerRef, String> uids,
      Poster poster,
      Clock clock,
      EnrichMetrics metrics,
      RateLimitedLogger log) {
    this.nodeName = nodeName;
    this.uids = uids;
    this.poster = poster;
    this.clock = clock;
    this.metrics = metrics;
    this.log = log;
  }

  /// A part of a container's log was deleted before it was read. Never waits; any thread.
  void lost(ContainerRef container, Path file, long bytes) {
    if (container.namespace().isEmpty()) {
      // Its path names no pod.
      return;
    }
    PodKey pod = PodKey.of(container);
    lock.lock();
    try {
      long nowNanos = clock.nanoTime();
      Loss loss = waiting.get(pod);
      if (loss == null) {
        if (waiting.size() >= MAX_PODS) {
          metrics.lossEventDropped();
          return;
        }
        loss = new Loss(container, file, clock.epochMillis(), nowNanos);
        loss.dueNanos = nowNanos + GATHER.toNanos();
        Long before = postedNanos.get(pod);
        if (before != null) {
          loss.dueNanos = Math.max(loss.dueNanos, before + INTERVAL.toNanos());
        }
        waiting.put(pod, loss);
      }
      loss.add(file, bytes, 1, clock.epochMillis());
      reported.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Posts what is due. Takes at most [#IDLE] where nothing is lost, and the timeout of a request
  /// for each event where the API server does not answer.
  ///
  /// @return how long to wait before the next turn; no event is due before that
  Duration turn() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long untilNanos = clock.nanoTime() + IDLE.toNanos();
      long leftNanos = IDLE.toNanos();
      while (waiting.isEmpty() && postedNanos.isEmpty() && leftNanos > 0) {
        // In the machine's time at the most, as a lock waits, also where the clock stands.
        leftNanos = Math.min(reported.awaitNanos(leftNanos), untilNanos - clock.nanoTime());
      }
    } finally {
      lock.unlock();
    }
    for (Map.Entry<PodKey, Loss> due : takeDue().entrySet()) {
      post(due.getKey(), due.getValue());
    }
    return untilDue();
  }

  /// At most [#GATHER], within which nothing that is reported from now on is due.
  private Duration untilDue() {
    lock.lock();
    try {
      if (waiting.isEmpty() && postedNanos.isEmpty()) {
        return Duration.ZERO;
      }
      long nowNanos = clock.nanoTime();
      long restNanos = GATHER.toNanos();
      for (Loss loss : waiting.values()) {
        restNanos = Math.min(restNanos, loss.dueNanos - nowNanos);
      }
      return Duration.ofNanos(Math.max(0, restNanos));
    } finally {
      lock.unlock();
    }
  }

  /// How many pods are remembered.
  int pods() {
    lock.lock();
    try {
      return waiting.size() + postedNanos.size();
    } finally {
      lock.unlock();
    }
  }

  private Map<PodKey, Loss> takeDue() {
    lock.lock();
    try {
      long nowNanos = clock.nanoTime();
      postedNanos.values().removeIf(at -> nowNanos - at >= INTERVAL.toNanos());
      Map<PodKey, Loss> due = new HashMap<>();
      for (PodKey pod : List.copyOf(waiting.keySet())) {
        Loss loss = waiting.get(pod);
        if (loss != null && loss.dueNanos - nowNanos <= 0) {
          waiting.remove(pod);
          postedNanos.put(pod, nowNanos);
          due.put(pod, loss);
        }
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  private void post(PodKey pod, Loss loss) throws InterruptedException {
    try {
      poster.post("/api/v1/namespaces/" + pod.namespace() + "/events", json(pod, loss));
      metrics.lossEventPosted();
    } catch (ApiServer.Refused e) {
      if (e.code() == 429 || e.code() >= 500 || e.code() == 401) {
        again(pod, loss, e);
      } else if (e.code() != 409) {
        refused(pod, e);
      }
    } catch (IOException | RuntimeException e) {
      again(pod, loss, e);
    }
  }

  private void refused(PodKey pod, ApiServer.Refused refusal) {
    metrics.lossEventDropped();
    if (refusal.code() == 403 && saidForbidden) {
      return;
    }
    saidForbidden |= refusal.code() == 403;
    log.warn(
        "loss event " + refusal.code(),
        event -> {
          var _ =
              event
                  .setMessage(
                      "event about lost logs refused by the API server; for 403 the agent's role"
                          + " needs create on events, or kubernetes.events: false")
                  .addKeyValue("namespace", pod.namespace())
                  .addKeyValue("status", refusal.code());
        });
  }

  /// It is told with what is lost meanwhile.
  private void again(PodKey pod, Loss loss, Exception cause) {
    log.warn(
        "loss event",
        event -> {
          var _ =
              event
                  .setMessage("event about lost logs could not be sent to the API server; retrying")
                  .addKeyValue("namespace", pod.namespace())
                  .addKeyValue("reason", String.valueOf(cause.getMessage()));
        });
    lock.lock();
    try {
      long nowNanos = clock.nanoTime();
      if (nowNanos - loss.firstNanos >= KEPT.toNanos()) {
        metrics.lossEventDropped();
        return;
      }
      Loss since = waiting.get(pod);
      if (since != null) {
        loss.add(since.file, since.bytes, since.count, since.lastMillis);
      }
      loss.dueNanos = nowNanos + INTERVAL.toNanos();
      waiting.put(pod, loss);
    } finally {
      lock.unlock();
    }
  }

  private byte[] json(PodKey pod, Loss loss) throws IOException {
    String name =
        pod.pod().length() > LONGEST_NAME ? pod.pod().substring(0, LONGEST_NAME) : pod.pod();
    ByteArrayOutputStream body = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      json.writeStringField("apiVersion", "v1");
      json.writeStringField("kind", "Event");
      json.writeObjectFieldStart("metadata");
      json.writeStringField(
          "name",
          name + "." + Long.toHexString(loss.firstMillis) + Long.toHexString(loss.bytes & 0xffff));
      json.writeStringField("namespace", pod.namespace());
      json.writeEndObject();
      json.writeObjectFieldStart("involvedObject");
      json.writeStringField("apiVersion", "v1");
      json.writeStringField("kind", "Pod");
      json.writeStringField("namespace", pod.namespace());
      json.writeStringField("name", pod.pod());
      json.writeStringField("uid", uids.apply(loss.container));
      json.writeStringField("fieldPath", "spec.containers{" + loss.container.container() + "}");
      json.writeEndObject();
      json.writeStringField("type", "Warning");
      json.writeStringField("reason", "LogsLost");
      json.writeStringField("message", message(loss));
      json.writeNumberField("count", loss.count);
      json.writeStringField("firstTimestamp", seconds(loss.firstMillis));
      json.writeStringField("lastTimestamp", seconds(loss.lastMillis));
      json.writeObjectFieldStart("source");
      json.writeStringField("component", COMPONENT);
      json.writeStringField("host", nodeName);
      json.writeEndObject();
      json.writeStringField("reportingComponent", COMPONENT);
      json.writeStringField("reportingInstance", nodeName);
      json.writeEndObject();
    }
    return body.toByteArray();
  }

  private static String seconds(long epochMillis) {
    return Instant.ofEpochMilli(epochMillis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// The API server takes 1,024 characters.
  private static String message(Loss loss) {
    String file = loss.file.toString();
    int cut = Math.max(0, file.length() - LONGEST_PATH);
    return String.format(
        Locale.ROOT,
        "%,d bytes of logs were deleted before they were read: %s%s%s",
        loss.bytes,
        cut == 0 ? "" : "…",
        file.substring(cut),
        loss.count == 1 ? "" : " and others");
  }
}
