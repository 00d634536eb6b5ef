package dev.longshore.agent.bulk;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A transport that finds out, for each data stream, whether a document that is sent twice is
/// refused the second time (409): what a retry and a restart rely on. A pipeline that sets `_id`,
/// or a server that makes its own ids, takes it twice, and then a line is doubled whenever an
/// answer was lost.
///
/// The probe is the first document that was created, sent once more. So it tries the very data
/// stream with all that stands before it, needs no privilege that shipping does not need, and
/// leaves nothing in anybody's searches where ids are kept. A data stream that indexes duplicates
/// keeps the copy. Where the copy was created because the data stream rolled over in between, which
/// the names of the indices say, it is deleted, as [InDoubtResolver] does, and the probe says
/// nothing.
///
/// Documents never wait for it. A probe that gets no answer, or another one, is made again with a
/// document sent [#AGAIN] later. Safe for use by any thread.
public final class DuplicateProbe implements BulkTransport {

  /// Until a data stream is probed again of which nothing was learnt.
  static final Duration AGAIN = Duration.ofMinutes(1);

  /// Data streams that are known at a time; one that was forgotten is probed again.
  static final int MOST_STREAMS = 1_024;

  /// Longer documents are not copied; the first of a later request may be shorter.
  static final int MOST_PROBE_BYTES = 64 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(DuplicateProbe.class);
  private static final String ID = "\"_id\":\"";
  private static final byte[] CREATE = "{\"create\":".getBytes(StandardCharsets.US_ASCII);

  /// What becomes of a document that is sent twice.
  public enum Duplicates {
    /// No probe was answered yet.
    UNKNOWN,
    /// The second one is refused, as it should be.
    REJECTED,
    /// Both are indexed: after a lost answer lines may be doubled. It is not probed again, since
    /// each probe doubles a line; a document that is refused later says that it has changed.
    INDEXED
  }

  /// Deletes a copy. It may lack the privilege; the copy stays then.
  @FunctionalInterface
  public interface Copies {
    void delete(String index, String id) throws IOException;
  }

  /// The first document of a request.
  ///
  /// @param index that took it; null where the server does not say
  @SuppressWarnings("ArrayRecordComponent") // handed over
  private record Sent(byte[] document, String id, @Nullable String index) {}

  private static final class State {
    private Duplicates duplicates = Duplicates.UNKNOWN;
    private boolean probing;
    private long triedNanos;
    private boolean tried;
  }

  private final BulkTransport transport;
  private final Copies copies;
  private final Executor background;
  private final Clock clock;

  /// Guarded by itself. The one that was used last comes last.
  private final Map<String, State> states =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, State> eldest) {
          return size() > MOST_STREAMS;
        }
      };

  /// @param background where a probe is sent from
  public DuplicateProbe(
      BulkTransport transport,
      Copies copies,
      Executor background,
      Clock clock,
      MeterRegistry registry) {
    this.transport = transport;
    this.copies = copies;
    this.background = background;
    this.clock = clock;
    Gauge.builder("longshore.agent.ship.streams.indexing.duplicates", this::indexingDuplicates)
        .description(
            "Data streams that indexed a document twice under one id: lines may be doubled there"
                + " after a lost answer")
        .register(registry);
  }

  @Override
  public CompletableFuture<BulkReply> bulk(
      String dataStream, byte[] body, int length, int items, boolean withIndexNames) {
    Duplicates known = of(dataStream);
    boolean named = withIndexNames || known == Duplicates.UNKNOWN;
    CompletableFuture<BulkReply> reply = transport.bulk(dataStream, body, length, items, named);
    return known == Duplicates.REJECTED
        ? reply
        : reply.thenApply(
            answer -> {
              learn(dataStream, body, length, answer);
              return answer;
            });
  }

  /// What is known of a data stream.
  public Duplicates of(String dataStream) {
    synchronized (states) {
      State state = states.get(dataStream);
      return state == null ? Duplicates.UNKNOWN : state.duplicates;
    }
  }

  private long indexingDuplicates() {
    synchronized (states) {
      return states.values().stream()
          .filter(state -> state.duplicates == Duplicates.INDEXED)
          .count();
    }
  }

  /// On the client's thread: copies the first document of a request, if it was created and is to be
  /// sent again.
  private void learn(String dataStream, byte[] body, int length, BulkReply reply) {
    if (!(reply instanceof BulkReply.Answered answered) || answered.statuses().length == 0) {
      return;
    }
    if (isConflict(answered)) {
      conclude(dataStream, Duplicates.REJECTED);
      return;
    }
    if (!isCreated(answered) || !isDue(dataStream)) {
      return;
    }
    Sent first = first(body, length, indexOf(answered));
    if (first != null && begin(dataStream)) {
      background.execute(() -> probe(dataStream, first));
    }
  }

  /// Whether a probe may begin. Asked before a document is copied for it, and again by [#begin].
  private boolean isDue(String dataStream) {
    synchronized (states) {
      State state = states.get(dataStream);
      return state == null
          || (state.duplicates == Duplicates.UNKNOWN
              && !state.probing
              && (!state.tried || clock.nanoTime() - state.triedNanos >= AGAIN.toNanos()));
    }
  }

  private boolean begin(String dataStream) {
    synchronized (states) {
      if (!isDue(dataStream)) {
        return false;
      }
      State state = states.computeIfAbsent(dataStream, _ -> new State());
      state.probing = true;
      state.tried = true;
      state.triedNanos = clock.nanoTime();
      return true;
    }
  }

  private void probe(String dataStream, Sent first) {
    var _ =
        transport
            .bulk(dataStream, first.document, first.document.length, 1, true)
            .whenComplete((reply, _) -> probed(dataStream, first, reply));
  }

  private void probed(String dataStream, Sent first, @Nullable BulkReply reply) {
    if (!(reply instanceof BulkReply.Answered answered)) {
      conclude(dataStream, Duplicates.UNKNOWN);
    } else if (isConflict(answered)) {
      conclude(dataStream, Duplicates.REJECTED);
    } else if (!isCreated(answered)) {
      conclude(dataStream, Duplicates.UNKNOWN);
    } else {
      String index = indexOf(answered);
      if (index == null || first.index == null || index.equals(first.index)) {
        conclude(dataStream, Duplicates.INDEXED);
      } else {
        background.execute(() -> delete(dataStream, index, first.id));
        conclude(dataStream, Duplicates.UNKNOWN);
      }
    }
  }

  private void delete(String dataStream, String index, String id) {
    try {
      copies.delete(index, id);
    } catch (IOException | RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("dataStream", dataStream)
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log(
              "data stream rolled over while it was probed; the copy of a document that was made can't"
                  + " be deleted");
    }
  }

  private void conclude(String dataStream, Duplicates duplicates) {
    synchronized (states) {
      State state = states.computeIfAbsent(dataStream, _ -> new State());
      state.probing = false;
      state.duplicates = duplicates;
    }
    if (duplicates == Duplicates.INDEXED) {
      LOG.atWarn()
          .addKeyValue("dataStream", dataStream)
          .log(
              "data stream indexed the same document twice under one id; its lines may be doubled"
                  + " after a lost answer or a restart. An ingest pipeline that sets _id is one"
                  + " cause");
    }
  }

  private static boolean isConflict(BulkReply.Answered answered) {
    return answered.statuses()[0] == 409;
  }

  private static boolean isCreated(BulkReply.Answered answered) {
    return answered.statuses()[0] == 201
        && answered.failures().stream().noneMatch(failure -> failure.item() == 0);
  }

  private static @Nullable String indexOf(BulkReply.Answered answered) {
    var names = answered.indexNames();
    return names == null ? null : names[0];
  }

  /// A copy of the first two lines of a body; null when they are no `create` with an id, or too
  /// long.
  private static @Nullable Sent first(byte[] body, int length, @Nullable String index) {
    if (length < CREATE.length
        || !Arrays.equals(body, 0, CREATE.length, CREATE, 0, CREATE.length)) {
      return null;
    }
    int action = 0;
    for (int i = 0; i < Math.min(length, MOST_PROBE_BYTES); i++) {
      if (body[i] == '\n' && action == 0) {
        action = i;
      } else if (body[i] == '\n') {
        String id = id(new String(body, 0, action, StandardCharsets.UTF_8));
        return id.isEmpty() ? null : new Sent(Arrays.copyOf(body, i + 1), id, index);
      }
    }
    return null;
  }

  /// The `_id` of an action, which has no escapes; empty when there is none.
  private static String id(String action) {
    int key = action.indexOf(ID);
    int from = key + ID.length();
    return key < 0 ? "" : action.substring(from, action.indexOf('"', from));
  }
}
