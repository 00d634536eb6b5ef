package dev.longshore.agent.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.bulk.DuplicateProbe.Duplicates;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.ItemFailure;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// A data stream that takes a document twice is named; whatever the probe meets, documents go on,
/// and where ids are kept nothing is left of it.
class DuplicateProbeTest {
  private static final String LOGS = "logs-kubernetes.container_logs-default";
  private static final String PAID = "{\"create\":{\"_id\":\"a\"}}\n{\"message\":\"paid\"}\n";
  private static final String TWO =
      PAID + "{\"create\":{\"_id\":\"b\"}}\n{\"message\":\"shipped\"}\n";
  private static final BulkReply AWAY = new BulkReply.Unreadable("no answer", true, null);

  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> sent = new ArrayList<>();
  private final List<String> deleted = new ArrayList<>();
  private final Queue<BulkReply> replies = new ArrayDeque<>();

  private final DuplicateProbe probe =
      new DuplicateProbe(
          (_, body, length, _, _) -> {
            sent.add(new String(body, 0, length, StandardCharsets.UTF_8));
            return CompletableFuture.completedFuture(replies.remove());
          },
          (index, id) -> deleted.add(index + "/" + id),
          Runnable::run,
          clock,
          registry);

  @Test
  void sendsTheFirstDocumentOnceMoreAndIsContentWithAConflict() {
    replies.addAll(List.of(answered(201, 201), answered(409), answered(201, 201)));

    send(TWO, 2);
    send(TWO, 2);

    assertThat(sent).containsExactly(TWO, PAID, TWO);
    assertThat(probe.of(LOGS)).isEqualTo(Duplicates.REJECTED);
    assertThat(gauge()).isZero();
  }

  @Test
  void namesADataStreamThatIndexesADocumentTwice() {
    replies.addAll(List.of(answered(201), answered(201), answered(201)));

    send(PAID, 1);
    send(PAID, 1);

    assertThat(sent).as("it is not probed again: each probe doubles a line").hasSize(3);
    assertThat(deleted).isEmpty();
    assertThat(probe.of(LOGS)).isEqualTo(Duplicates.INDEXED);
    assertThat(gauge()).isOne();
  }

  @Test
  void aCopyThatARolloverMadeIsDeletedAndSaysNothing() {
    replies.addAll(
        List.of(in("000001", 201), in("000002", 201), answered(201), answered(201), answered(409)));

    send(PAID, 1);

    assertThat(deleted).containsExactly("000002/a");
    assertThat(probe.of(LOGS)).isEqualTo(Duplicates.UNKNOWN);
    clock.advance(DuplicateProbe.AGAIN.minusNanos(1));
    send(PAID, 1);
    clock.advance(DuplicateProbe.AGAIN);
    send(PAID, 1);
    assertThat(probe.of(LOGS)).isEqualTo(Duplicates.REJECTED);
  }

  @Test
  void aDocumentThatIsThereAlreadyIsProofEnough() {
    replies.add(answered(409));

    send(PAID, 1);

    assertThat(sent).hasSize(1);
    assertThat(probe.of(LOGS)).isEqualTo(Duplicates.REJECTED);
  }

  @Test
  void aConflictTakesBackWhatWasNamed() {
    replies.addAll(List.of(answered(201), answered(201), answered(409)));
    send(PAID, 1);

    send(PAID, 1);

    assertThat(probe.of(LOGS)).isEqualTo(Duplicates.REJECTED);
    assertThat(gauge()).isZero();
  }

  @Test
  void goesOnWithoutAnAnswerAndProbesAgainAMinuteLater() {
    replies.addAll(List.of(answered(201), AWAY, answered(201), answered(201), answered(409)));
    assertThat(send(PAID, 1)).isInstanceOf(BulkReply.Answered.class);
    assertThat(probe.of(LOGS)).isEqualTo(Duplicates.UNKNOWN);
    send(PAID, 1);
    assertThat(sent).as("not at once").hasSize(3);

    clock.advance(DuplicateProbe.AGAIN);
    send(PAID, 1);

    assertThat(sent).hasSize(5);
    assertThat(probe.of(LOGS)).isEqualTo(Duplicates.REJECTED);
  }

  @Test
  void learnsNothingFromWhatWasNotCreated() {
    replies.addAll(List.of(answered(400), AWAY, answered(201)));

    send(PAID, 1);
    send(PAID, 1);
    send("{\"index\":{\"_id\":\"a\"}}\n{}\n", 1);

    assertThat(sent).hasSize(3);
    assertThat(probe.of(LOGS)).isEqualTo(Duplicates.UNKNOWN);
  }

  @Test
  void remembersABoundedNumberOfDataStreams() {
    for (int i = 0; i <= DuplicateProbe.MOST_STREAMS; i++) {
      replies.addAll(List.of(answered(201), answered(201)));
      probe.bulk("logs-" + i + "-default", bytes(PAID), PAID.length(), 1, false).join();
    }

    assertThat(gauge()).isEqualTo(DuplicateProbe.MOST_STREAMS);
    assertThat(probe.of("logs-0-default")).isEqualTo(Duplicates.UNKNOWN);
  }

  private BulkReply send(String body, int items) {
    return probe.bulk(LOGS, bytes(body), body.length(), items, false).join();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private double gauge() {
    return registry.get("longshore.agent.ship.streams.indexing.duplicates").gauge().value();
  }

  /// The reply about one document, and the backing index that took it.
  private static BulkReply in(String index, int status) {
    return new BulkReply.Answered(new short[] {(short) status}, List.of(), new String[] {index});
  }

  private static BulkReply answered(int... statuses) {
    short[] each = new short[statuses.length];
    List<ItemFailure> failures = new ArrayList<>();
    for (int i = 0; i < statuses.length; i++) {
      each[i] = (short) statuses[i];
      if (statuses[i] > 201) {
        failures.add(new ItemFailure(i, statuses[i], "some_exception", "told to", false));
      }
    }
    return new BulkReply.Answered(each, failures, null);
  }
}
