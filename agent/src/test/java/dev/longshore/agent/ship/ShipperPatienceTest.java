package dev.longshore.agent.ship;

import static dev.longshore.agent.ship.ScriptedTransport.allIndexed;
import static dev.longshore.agent.ship.ScriptedTransport.each;
import static dev.longshore.agent.ship.ShipBench.LETTERS;
import static dev.longshore.agent.ship.ShipBench.LOGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.shared.elastic.BulkReply.Refused;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A refusal is waited out as long as somebody may still put it right, and no longer; and a person
/// is told of what needs one, and of nothing else.
class ShipperPatienceTest {
  @TempDir Path folder;
  private ShipBench bench;

  @BeforeEach
  void bench() {
    bench = new ShipBench(folder);
  }

  @Test
  void deadLettersALoneOversizedDocumentOfASilentStream() {
    bench.source.add(LOGS, "x".repeat(3_000));
    bench.elasticsearch.answer(
        request ->
            request.dataStream().equals(LOGS)
                ? new Refused(413, "http", "Request Entity Too Large", null)
                : allIndexed(request));
    bench.pass(Duration.ofMinutes(10));
    assertThat(bench.account().deadLettered()).isZero();

    bench.pass(Duration.ofMinutes(10));

    assertThat(bench.account().deadLettered()).isEqualTo(1);
    assertThat(bench.source.acknowledged()).containsExactly(0L);
    assertThat(status().paused()).isNull();
  }

  @Test
  void deadLettersALoneDocumentThatElasticsearchCallsMalformed() {
    bench.source.add(LOGS, "poison");
    bench.elasticsearch.answer(
        request ->
            request.dataStream().equals(LOGS)
                ? new Refused(400, "illegal_argument_exception", "Malformed content", null)
                : allIndexed(request));

    bench.pass(Duration.ofMinutes(20));

    assertThat(bench.account().deadLettered()).isEqualTo(1);
    assertThat(bench.elasticsearch.last().dataStream()).isEqualTo(LETTERS);
  }

  @Test
  void deadLettersALoneDocumentWithAnErrorThatNobodyKnows() {
    bench.source.add(LOGS, "odd");
    bench.elasticsearch.answer(
        request ->
            each(
                request,
                item ->
                    request.dataStream().equals(LOGS)
                        ? "400 never_heard_of_exception: no"
                        : "201"));

    bench.pass(Duration.ofMinutes(20));

    assertThat(bench.account().deadLettered()).isEqualTo(1);
  }

  @Test
  void givesNothingUpForTheAnswerOfAProxyOrForAServerThatFails() {
    bench.source.add(LOGS, "line");
    bench.elasticsearch.answer(
        request -> new Refused(400, "http", "The plain HTTP request was sent to HTTPS port", null));
    bench.pass(Duration.ofHours(1));
    assertThat(bench.account().buffered()).isEqualTo(1);

    bench.elasticsearch.answer(request -> each(request, item -> "500 exception: full of sorrow"));
    bench.pass(Duration.ofHours(1));
    assertThat(bench.account().buffered()).isEqualTo(1);

    bench.elasticsearch.answer(request -> each(request, item -> "403 security_exception: no"));
    bench.pass(Duration.ofHours(1));
    assertThat(bench.account().buffered()).isEqualTo(1);
  }

  @Test
  void waitsAtLeastAsLongAsTheServerAsks() {
    bench.source.add(LOGS, "line");
    bench.elasticsearch.answer(
        request -> new Refused(503, "", "overloaded", Duration.ofSeconds(20)));
    bench.pass(Duration.ofSeconds(1));
    assertThat(bench.elasticsearch.take()).hasSize(1);

    bench.elasticsearch.answer(ScriptedTransport::allIndexed);
    bench.pass(Duration.ofSeconds(18));
    assertThat(bench.elasticsearch.take()).isEmpty();

    bench.pass(Duration.ofSeconds(2));
    assertThat(bench.account().indexed()).isEqualTo(1);
  }

  @Test
  void deadLettersADocumentWithAnUnknownErrorWhenOthersGetThrough() {
    bench.source.add(LOGS, "odd");
    bench.elasticsearch.answer(
        request ->
            each(
                request,
                item ->
                    request.dataStream().equals(LOGS) && item.contains("odd")
                        ? "400 never_heard_of_exception: no"
                        : "201"));
    bench.pass(Duration.ofSeconds(5));
    assertThat(bench.account().deadLettered()).isZero();

    bench.source.add(LOGS, "even");
    bench.pass(Duration.ofMinutes(1));

    assertThat(bench.account().indexed()).isEqualTo(1);
    assertThat(bench.account().deadLettered()).isEqualTo(1);
    assertThat(status().paused()).isNull();
  }

  @Test
  void aShortBackoffNeedsNobodyAndALongOneDoes() {
    bench.source.add(LOGS, "line");
    bench.elasticsearch.answer(request -> new Unreadable("connection refused", false, null));
    bench.pass(Duration.ofSeconds(20));
    assertThat(status().paused()).contains("connection refused");
    assertThat(bench.shipper.status().anyNeedsAttention()).isFalse();

    bench.pass(Duration.ofSeconds(15));
    assertThat(bench.shipper.status().anyNeedsAttention()).isTrue();

    bench.elasticsearch.answer(ScriptedTransport::allIndexed);
    bench.pass(Duration.ofSeconds(40));
    assertThat(bench.shipper.status().anyNeedsAttention()).isFalse();
  }

  @Test
  void refusedCredentialsNeedAPersonAtOnce() {
    bench.source.add(LOGS, "line");
    bench.elasticsearch.answer(
        request -> new Refused(401, "security_exception", "unable to authenticate", null));

    bench.pass(Duration.ofSeconds(1));

    assertThat(bench.shipper.status().anyNeedsAttention()).isTrue();
  }

  private DestinationStatus status() {
    return bench.shipper.status().destinations().getFirst();
  }
}
