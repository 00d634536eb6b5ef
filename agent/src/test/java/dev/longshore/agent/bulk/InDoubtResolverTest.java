package dev.longshore.agent.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.bulk.InDoubtResolver.LookupTooEarlyException;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.BulkReply.Answered;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.testkit.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A document that may be there already is there once in the end, whether or not its data stream
/// has rolled over in the meantime.
class InDoubtResolverTest {
  private static final String LOGS = "logs-kubernetes.container_logs-default";

  private final ManualClock clock = new ManualClock();
  private final InMemoryDataStream stream = new InMemoryDataStream();
  private final InDoubtResolver resolver =
      new InDoubtResolver(stream, stream, Thread::startVirtualThread, clock);
  private long lostNanos = InDoubtResolver.NEVER_LOST;
  private final long loggedNanos = TimeUnit.MILLISECONDS.toNanos(clock.epochMillis());

  @Test
  void looksNothingUpWithoutARollover() throws Exception {
    first("a", "b");

    assertThat(statuses(again("a", "b", "c"))).containsExactly(409, 409, 201);
    assertThat(stream.lookups).isZero();
  }

  @Test
  void looksNothingUpWhenTheRolloverWasLongBeforeTheRecordsWereLogged() throws Exception {
    stream.rollOver(clock.epochMillis() - InDoubtResolver.CLOCKS_DIFFER.toMillis() - 1);
    first("a");

    assertThat(statuses(again("a"))).containsExactly(409);
    assertThat(stream.lookups).isZero();
  }

  @Test
  void sendsOnlyWhatIsMissingAfterARollover() throws Exception {
    first("a", "c");
    stream.rollOver(clock.epochMillis());
    stream.items = 0;

    assertTooEarly(again("a", "b", "c", "refused", "e"));
    clock.advance(InDoubtResolver.STILL_RUNNING);
    CompletableFuture<BulkReply> reply = again("a", "b", "c", "refused", "e");

    Answered answered = (Answered) reply.get(10, TimeUnit.SECONDS);
    assertThat(statuses(reply)).containsExactly(409, 201, 409, 400, 201);
    assertThat(answered.failures())
        .singleElement()
        .satisfies(it -> assertThat(it.item()).isEqualTo(3));
    assertThat(stream.items).isEqualTo(3);
    assertThat(stream.copies("a")).isEqualTo(1);
  }

  @Test
  void sendsNothingWhenAllIsThere() throws Exception {
    first("a", "b");
    stream.rollOver(clock.epochMillis());
    clock.advance(InDoubtResolver.STILL_RUNNING);
    stream.items = 0;

    assertThat(statuses(again("a", "b"))).containsExactly(409, 409);
    assertThat(stream.items).isZero();
  }

  @Test
  void waitsAMinuteAfterTheLastLostAnswer() throws Exception {
    first("a");
    stream.rollOver(clock.epochMillis());
    clock.advance(Duration.ofHours(1));
    lostNanos = clock.nanoTime();

    assertTooEarly(again("a"));
    clock.advance(InDoubtResolver.STILL_RUNNING);

    assertThat(statuses(again("a"))).containsExactly(409);
  }

  @Test
  void deletesTheNewerCopyWhenItRollsOverBetweenLookingAndSending() throws Exception {
    first("a");
    stream.beforeNext = () -> stream.rollOver(clock.epochMillis());
    clock.advance(InDoubtResolver.STILL_RUNNING);

    assertThat(statuses(again("a", "b"))).containsExactly(409, 201);
    assertThat(stream.copies("a")).isEqualTo(1);
    assertThat(stream.copies("b")).isEqualTo(1);
  }

  @Test
  void deletesTheCopyThatARepetitionLeftWhoseReplyWasLostToo() throws Exception {
    first("a");
    stream.rollOver(clock.epochMillis());
    first("a", "b");
    stream.rollOver(clock.epochMillis());
    first("a");
    clock.advance(InDoubtResolver.STILL_RUNNING);

    assertThat(statuses(again("a", "b", "c"))).containsExactly(409, 409, 201);
    assertThat(stream.copies("a")).isEqualTo(1);
    assertThat(stream.copies("b")).isEqualTo(1);
  }

  @Test
  void staysInDoubtWhileAnIndexIsBlockedAndACopyIsInIt() throws Exception {
    first("a");
    stream.rollOver(clock.epochMillis());
    first("a");
    stream.rollOver(clock.epochMillis());
    clock.advance(InDoubtResolver.STILL_RUNNING);
    stream.deleteFailure = refusal("cluster_block_exception");
    assertThat(again("a").get(10, TimeUnit.SECONDS)).isInstanceOf(Unreadable.class);

    stream.deleteFailure = null;
    assertThat(statuses(again("a"))).containsExactly(409);
    assertThat(stream.copies("a")).isEqualTo(1);
  }

  @Test
  void getsOnWithACopyWithoutTheRightToDelete() throws Exception {
    first("a");
    stream.rollOver(clock.epochMillis());
    first("a");
    stream.rollOver(clock.epochMillis());
    clock.advance(InDoubtResolver.STILL_RUNNING);
    stream.deleteFailure = refusal("security_exception");

    assertThat(statuses(again("a"))).containsExactly(409);
  }

  private static IOException refusal(String type) {
    String body = "{\"error\":{\"type\":\"" + type + "\",\"reason\":\"no\"},\"status\":403}";
    return new Elastic.Response(403, body.getBytes(StandardCharsets.UTF_8)).refused("DELETE /a");
  }

  @Test
  void sendsNothingWhileItCanNotLook() throws Exception {
    stream.failure = new IOException("connection refused");
    stream.items = 0;

    assertThat(again("a").get(10, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            Unreadable.class,
            unreadable -> {
              assertThat(unreadable.sent()).isFalse();
              assertThat(unreadable.reason()).contains("connection refused");
            });
    assertThat(stream.items).isZero();
  }

  @Test
  void getsOnWithoutTheRightToLook() throws Exception {
    stream.failure = new Elastic.Response(403, new byte[0]).refused("GET /logs/_settings");

    assertThat(statuses(again("a"))).containsExactly(201);
  }

  @Test
  void waitsWhileAnIngressHasNoServerAndGetsOnWhereNoLookupIsEverLetThrough() throws Exception {
    byte[] page = "default backend - 404".getBytes(StandardCharsets.UTF_8);
    first("a");
    stream.rollOver(clock.epochMillis());
    stream.failure = new Elastic.Response(404, page).refused("GET /logs/_settings");
    stream.items = 0;

    assertThat(again("a").get(10, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            Unreadable.class,
            unreadable -> assertThat(unreadable.reason()).contains("default backend - 404"));
    assertThat(stream.items).isZero();

    clock.advance(InDoubtResolver.PATIENCE);
    assertThat(statuses(again("b"))).containsExactly(201);

    stream.failure = null;
    assertThat(statuses(again("a"))).containsExactly(409);
    assertThat(stream.copies("a")).isEqualTo(1);
  }

  private void first(String... ids) {
    BulkBody body = body(ids);
    var _ = stream.bulk(LOGS, body.bytes(), body.length(), body.items(), false);
  }

  private CompletableFuture<BulkReply> again(String... ids) {
    return resolver.bulk(LOGS, body(ids), loggedNanos, lostNanos);
  }

  /// Nothing is sent, and nobody waits: the answer says when to come again.
  private void assertTooEarly(CompletableFuture<BulkReply> reply) throws Exception {
    long endNanos = clock.nanoTime() + InDoubtResolver.STILL_RUNNING.toNanos();
    assertThat(reply.get(10, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            Unreadable.class,
            unreadable -> {
              assertThat(unreadable.sent()).isFalse();
              assertThat(unreadable.cause())
                  .isInstanceOfSatisfying(
                      LookupTooEarlyException.class,
                      early -> assertThat(early.untilNanos()).isEqualTo(endNanos));
            });
  }

  private static int[] statuses(CompletableFuture<BulkReply> reply) throws Exception {
    Answered answered = (Answered) reply.get(10, TimeUnit.SECONDS);
    int[] statuses = new int[answered.statuses().length];
    for (int i = 0; i < statuses.length; i++) {
      statuses[i] = answered.statuses()[i];
    }
    return statuses;
  }

  private static BulkBody body(String... ids) {
    BulkBody body = new BulkBody(64);
    for (int i = 0; i < ids.length; i++) {
      byte[] item =
          ("{\"create\":{\"_id\":\"" + ids[i] + "\"}}\n{\"m\":\"" + ids[i] + "\"}\n")
              .getBytes(StandardCharsets.UTF_8);
      System.arraycopy(item, 0, body.ensure(item.length), body.length(), item.length);
      body.length(body.length() + item.length);
      body.endItem(0, i);
    }
    return body;
  }
}
