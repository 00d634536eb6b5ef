package dev.longshore.agent.bulk;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.BulkReply.Answered;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import dev.longshore.shared.elastic.Generations;
import dev.longshore.shared.elastic.Generations.Generation;
import dev.longshore.shared.elastic.ItemFailure;
import dev.longshore.shared.elastic.RefusedException;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way for records in doubt: an earlier request, of this run or of one before, may have indexed
/// them. `create` conflicts only within a data stream's write index; after a rollover the same id
/// is not refused. So, only for them:
///
/// 1. the data stream's backing indices are asked for; when none was made since the records were
///    logged, they are sent as they are, since a document can't have been sent before it was
///    logged;
/// 2. otherwise it waits until the earlier request can no longer be running, looks the ids up in
///    all backing indices of that time, and sends only what is missing in all but the newest; what
///    is found in one of those counts as a conflict (409), and a copy of it in a newer one is
///    deleted: an earlier repetition left it, whose reply was lost as well;
/// 3. when the reply says that an item went to an index that is newer than the newest looked at, it
///    looks again; our newer copy of what is found is deleted before anybody hears of success.
///
/// Where it can't be known, nothing is sent: the answer is "not sent", and the records stay in
/// doubt. A user who may not look, or a proxy that lets no lookup through, gets on without: a
/// rollover between two attempts can then double what was in doubt, and the log says so.
///
/// Its work blocks, so it is done by `background`, a few requests of a destination at a time.
public final class InDoubtResolver {
  /// How long a request may go on at the server after its answer was given up here: Elasticsearch's
  /// own limit for a bulk request is a minute.
  public static final Duration STILL_RUNNING = Duration.ofMinutes(1);

  /// No answer about a record was lost while this process ran.
  public static final long NEVER_LOST = Long.MIN_VALUE;

  /// By how much the node's clock may differ from the server's.
  static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

  /// How long a 404 that is not Elasticsearch's own is one that passes: an ingress answers so while
  /// no server is behind it. After this it is believed to let no lookup through.
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(InDoubtResolver.class);
  private static final short CREATED = 201;
  private static final short CONFLICT = 409;
  private static final String BLOCKED = "cluster_block_exception";

  private final BulkTransport transport;
  private final Generations generations;
  private final Executor background;
  private final Clock clock;
  private final Duration stillRunning;
  private final RateLimitedLogger warnings;
  private final long createdNanos;

  /// 404s that were not Elasticsearch's own, the last of which came not long ago. Guarded by this.
  private @Nullable StrangeAnswers strange;

  private record StrangeAnswers(long firstNanos, long lastNanos) {}

  /// @param background where lookups may block and wait
  public InDoubtResolver(
      BulkTransport transport, Generations generations, Executor background, Clock clock) {
    this(transport, generations, background, clock, STILL_RUNNING);
  }

  /// @param stillRunning how long an earlier request may go on at the server
  public InDoubtResolver(
      BulkTransport transport,
      Generations generations,
      Executor background,
      Clock clock,
      Duration stillRunning) {
    this.transport = transport;
    this.generations = generations;
    this.background = background;
    this.clock = clock;
    this.stillRunning = stillRunning;
    warnings = new RateLimitedLogger(LOG, clock, Duration.ofMinutes(1));
    createdNanos = clock.nanoTime();
  }

  /// Why nothing was sent: an earlier request with the same records may still be running, so that
  /// looking them up would say nothing.
  public static final class LookupTooEarlyException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long untilNanos;

    /// @param untilNanos when that request has ended for certain, monotonic
    LookupTooEarlyException(long untilNanos) {
      super("an earlier request may still be running", null, false, false);
      this.untilNanos = untilNanos;
    }

    public long untilNanos() {
      return untilNanos;
    }
  }

  /// Sends what is not there yet.
  ///
  /// @param body its items; not changed until the reply is there
  /// @param earliestEpochNanos before this none of the items can have been sent
  /// @param lostNanos when an answer about one of the items was lost last, or [#NEVER_LOST] for one
  ///   of an earlier run
  /// @return an outcome for each item, or unreadable because it is [LookupTooEarlyException]; never
  ///   completes exceptionally
  public CompletableFuture<BulkReply> bulk(
      String dataStream, BulkBody body, long earliestEpochNanos, long lostNanos) {
    long endNanos = (lostNanos == NEVER_LOST ? createdNanos : lostNanos) + stillRunning.toNanos();
    return CompletableFuture.supplyAsync(
            () -> lookFirst(dataStream, body, earliestEpochNanos, endNanos), background)
        .thenCompose(look -> send(dataStream, body, look, endNanos))
        .exceptionally(failure -> new Unreadable("the lookup failed: " + failure, false, failure));
  }

  /// The same for one who may wait until it is no longer too early.
  ///
  /// @throws InterruptedException while waiting
  public BulkReply bulkInTime(
      String dataStream, BulkBody body, long earliestEpochNanos, long lostNanos)
      throws InterruptedException {
    BulkReply reply = bulk(dataStream, body, earliestEpochNanos, lostNanos).join();
    while (reply instanceof Unreadable unreadable
        && unreadable.cause() instanceof LookupTooEarlyException early) {
      clock.sleep(Duration.ofNanos(early.untilNanos() - clock.nanoTime()));
      reply = bulk(dataStream, body, earliestEpochNanos, lostNanos).join();
    }
    return reply;
  }

  /// What is known before sending.
  ///
  /// @param failure why nothing may be sent; null when it may
  /// @param looked the backing indices that matter, the newest last; empty when there is no need
  /// @param present the ids that are in one of them, but for the newest
  private record Look(@Nullable Unreadable failure, List<String> looked, Set<String> present) {
    static final Look NO_NEED = new Look(null, List.of(), Set.of());
  }

  private Look lookFirst(String dataStream, BulkBody body, long earliestEpochNanos, long endNanos) {
    try {
      List<String> indices = since(generations.of(dataStream), earliestEpochNanos);
      if (indices.isEmpty()) {
        return Look.NO_NEED;
      }
      if (indices.size() == 1) {
        return new Look(null, indices, Set.of());
      }
      if (endNanos - clock.nanoTime() > 0) {
        return new Look(
            new Unreadable(
                "an earlier request may still be running",
                false,
                new LookupTooEarlyException(endNanos)),
            List.of(),
            Set.of());
      }
      // Another rollover while waiting is seen by the reply.
      return new Look(null, indices, present(dataStream, indices, ids(body)));
    } catch (RefusedException e) {
      if (mayPass(e)) {
        return cannotLook(e);
      }
      warnings.warn(
          dataStream,
          event -> {
            var _ =
                event
                    .setMessage(
                        "the server refuses to look documents up; a rollover can double those in doubt")
                    .addKeyValue("dataStream", dataStream)
                    .addKeyValue("reason", FailureText.of(e));
          });
      return Look.NO_NEED;
    } catch (IOException e) {
      return cannotLook(e);
    }
  }

  /// The ids that are in one of the indices, but for the newest. Copies of them in a newer one,
  /// left by an earlier repetition whose reply was lost, are deleted.
  private Set<String> present(String dataStream, List<String> indices, List<String> ids)
      throws IOException {
    Set<String> present = new HashSet<>();
    for (int i = 0; i < indices.size(); i++) {
      String index = indices.get(i);
      Set<String> here = generations.present(List.of(index), ids);
      Set<String> copies = new HashSet<>(here);
      copies.retainAll(present);
      if (!copies.isEmpty()) {
        delete(dataStream, index, copies);
      }
      if (i < indices.size() - 1) {
        present.addAll(here);
      }
    }
    return present;
  }

  private void delete(String dataStream, String index, Set<String> copies) throws IOException {
    try {
      generations.delete(index, copies);
    } catch (RefusedException e) {
      if (mayPass(e)) {
        throw e;
      }
      warnings.warn(
          dataStream,
          event -> {
            var _ =
                event
                    .setMessage("the server refuses to delete copies of documents; they stay")
                    .addKeyValue("index", index)
                    .addKeyValue("copies", copies.size())
                    .addKeyValue("reason", FailureText.of(e));
          });
    }
  }

  /// Whether it may be granted later. A block on an index is one of its time, and has status 403.
  private boolean mayPass(RefusedException e) {
    return e.status() >= 500
        || e.status() == 408
        || e.status() == 429
        || e.type().equals(BLOCKED)
        || (e.status() == 404 && e.type().isEmpty() && isRecentlyStrange());
  }

  private synchronized boolean isRecentlyStrange() {
    long now = clock.nanoTime();
    StrangeAnswers before = strange;
    long first =
        before != null && now - before.lastNanos() <= PATIENCE.toNanos()
            ? before.firstNanos()
            : now;
    strange = new StrangeAnswers(first, now);
    return now - first < PATIENCE.toNanos();
  }

  private static Look cannotLook(Exception cause) {
    return new Look(
        new Unreadable(
            "documents in doubt can't be looked up: " + cause.getMessage(), false, cause),
        List.of(),
        Set.of());
  }

  /// The backing indices that were the write index at some time since then.
  private static List<String> since(List<Generation> all, long earliestEpochNanos) {
    long fromMillis = TimeUnit.NANOSECONDS.toMillis(earliestEpochNanos) - CLOCKS_DIFFER.toMillis();
    int first = all.size() - 1;
    while (first > 0 && all.get(first).createdEpochMillis() > fromMillis) {
      first--;
    }
    return all.subList(Math.max(first, 0), all.size()).stream().map(Generation::name).toList();
  }

  private CompletableFuture<BulkReply> send(
      String dataStream, BulkBody body, Look look, long endNanos) {
    if (look.failure() != null) {
      return CompletableFuture.completedFuture(look.failure());
    }
    BulkBody missing = body;
    int[] places = new int[body.items()];
    int count = 0;
    for (int item = 0; item < body.items(); item++) {
      if (!look.present().contains(body.id(item))) {
        places[count++] = item;
      }
    }
    if (count == 0) {
      return CompletableFuture.completedFuture(
          merge(body.items(), places, new Answered(new short[0], List.of(), null)));
    }
    if (count < body.items()) {
      missing = new BulkBody(body.length());
      for (int i = 0; i < count; i++) {
        missing.copyItem(body, places[i]);
      }
    }
    BulkBody sent = missing;
    int[] sentPlaces = Arrays.copyOf(places, count);
    return transport
        .bulk(dataStream, sent.bytes(), sent.length(), count, true)
        .thenApplyAsync(
            reply ->
                reply instanceof Answered answered
                        && answered.statuses().length == sentPlaces.length
                    ? merge(body.items(), sentPlaces, lookAgain(sent, look, answered, endNanos))
                    : reply,
            background);
  }

  /// Finds what went to an index newer than those looked at, while one of these may hold it.
  private BulkReply lookAgain(BulkBody sent, Look look, Answered answered, long endNanos) {
    @Nullable String[] indexNames = answered.indexNames();
    if (look.looked().isEmpty() || indexNames == null) {
      return answered;
    }
    Map<String, List<Integer>> newer = new HashMap<>();
    for (int item = 0; item < sent.items(); item++) {
      String index = indexNames[item];
      if (index != null
          && answered.statuses()[item] == CREATED
          && !look.looked().getLast().equals(index)) {
        newer.computeIfAbsent(index, name -> new ArrayList<>()).add(item);
      }
    }
    if (newer.isEmpty()) {
      return answered;
    }
    try {
      // Between two looks only a rollover comes: this is rare, and its request is not repeated.
      clock.sleep(Duration.ofNanos(endNanos - clock.nanoTime()));
      short[] statuses = answered.statuses().clone();
      for (Map.Entry<String, List<Integer>> went : newer.entrySet()) {
        List<String> others = new ArrayList<>(look.looked());
        others.addAll(newer.keySet());
        others.removeIf(went.getKey()::equals);
        List<String> ids = went.getValue().stream().map(sent::id).toList();
        Set<String> before = generations.present(others, ids);
        generations.delete(went.getKey(), before);
        for (int item : went.getValue()) {
          if (before.contains(sent.id(item))) {
            statuses[item] = CONFLICT;
          }
        }
      }
      return new Answered(statuses, answered.failures(), indexNames);
    } catch (IOException e) {
      return new Unreadable(
          "documents in doubt can't be looked up again: " + FailureText.of(e), true, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unreadable("interrupted", true, e);
    }
  }

  /// The reply for all items: what was not sent is a conflict.
  private static BulkReply merge(int items, int[] places, BulkReply reply) {
    if (!(reply instanceof Answered answered) || answered.statuses().length == items) {
      return reply;
    }
    short[] statuses = new short[items];
    Arrays.fill(statuses, CONFLICT);
    for (int i = 0; i < answered.statuses().length; i++) {
      statuses[places[i]] = answered.statuses()[i];
    }
    List<ItemFailure> failures = new ArrayList<>();
    for (ItemFailure failure : answered.failures()) {
      failures.add(
          new ItemFailure(
              places[failure.item()],
              failure.status(),
              failure.type(),
              failure.reason(),
              failure.failureStore()));
    }
    return new Answered(statuses, failures, null);
  }

  private static List<String> ids(BulkBody body) {
    Set<String> ids = HashSet.newHashSet(body.items());
    for (int item = 0; item < body.items(); item++) {
      ids.add(body.id(item));
    }
    return List.copyOf(ids);
  }
}
