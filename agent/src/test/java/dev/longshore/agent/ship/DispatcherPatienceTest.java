package dev.longshore.agent.ship;

import static dev.longshore.agent.ship.DispatcherFixture.LETTERS;
import static dev.longshore.agent.ship.DispatcherFixture.LOGS;
import static dev.longshore.agent.ship.ScriptedTransport.allIndexed;
import static dev.longshore.agent.ship.ScriptedTransport.each;
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
class DispatcherPatienceTest {
  @TempDir Path folder;
  private DispatcherFixture fixture;

  @BeforeEach
  void fixture() {
    fixture = new DispatcherFixture(folder);
  }

  @Test
  void deadLettersALoneOversizedDocumentOfASilentStream() {
    fixture.source.add(LOGS, "x".repeat(3_000));
    fixture.elasticsearch.answer(
        request ->
            request.dataStream().equals(LOGS)
                ? new Refused(413, "http", "Request Entity Too Large", null)
                : allIndexed(request));
    fixture.pass(Duration.ofMinutes(10));
    assertThat(fixture.account().deadLettered()).isZero();

    fixture.pass(Duration.ofMinutes(10));

    assertThat(fixture.account().deadLettered()).isEqualTo(1);
    assertThat(fixture.source.acknowledged()).containsExactly(0L);
    assertThat(status().paused()).isNull();
  }

  @Test
  void deadLettersALoneDocumentThatElasticsearchCallsMalformed() {
    fixture.source.add(LOGS, "poison");
    fixture.elasticsearch.answer(
        request ->
            request.dataStream().equals(LOGS)
                ? new Refused(400, "illegal_argument_exception", "Malformed content", null)
                : allIndexed(request));

    fixture.pass(Duration.ofMinutes(20));

    assertThat(fixture.account().deadLettered()).isEqualTo(1);
    assertThat(fixture.elasticsearch.last().dataStream()).isEqualTo(LETTERS);
  }

  @Test
  void deadLettersALoneDocumentWithAnErrorThatNobodyKnows() {
    fixture.source.add(LOGS, "odd");
    fixture.elasticsearch.answer(
        request ->
            each(
                request,
                item ->
                    request.dataStream().equals(LOGS)
                        ? "400 never_heard_of_exception: no"
                        : "201"));

    fixture.pass(Duration.ofMinutes(20));

    assertThat(fixture.account().deadLettered()).isEqualTo(1);
  }

  @Test
  void givesNothingUpForTheAnswerOfAProxyOrForAServerThatFails() {
    fixture.source.add(LOGS, "line");
    fixture.elasticsearch.answer(
        request -> new Refused(400, "http", "The plain HTTP request was sent to HTTPS port", null));
    fixture.pass(Duration.ofHours(1));
    assertThat(fixture.account().buffered()).isEqualTo(1);

    fixture.elasticsearch.answer(request -> each(request, item -> "500 exception: full of sorrow"));
    fixture.pass(Duration.ofHours(1));
    assertThat(fixture.account().buffered()).isEqualTo(1);

    fixture.elasticsearch.answer(request -> each(request, item -> "403 security_exception: no"));
    fixture.pass(Duration.ofHours(1));
    assertThat(fixture.account().buffered()).isEqualTo(1);
  }

  @Test
  void waitsAtLeastAsLongAsTheServerAsks() {
    fixture.source.add(LOGS, "line");
    fixture.elasticsearch.answer(
        request -> new Refused(503, "", "overloaded", Duration.ofSeconds(20)));
    fixture.pass(Duration.ofSeconds(1));
    assertThat(fixture.elasticsearch.take()).hasSize(1);

    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    fixture.pass(Duration.ofSeconds(18));
    assertThat(fixture.elasticsearch.take()).isEmpty();

    fixture.pass(Duration.ofSeconds(2));
    assertThat(fixture.account().indexed()).isEqualTo(1);
  }

  @Test
  void deadLettersADocumentWithAnUnknownErrorWhenOthersGetThrough() {
    fixture.source.add(LOGS, "odd");
    fixture.elasticsearch.answer(
        request ->
            each(
                request,
                item ->
                    request.dataStream().equals(LOGS) && item.contains("odd")
                        ? "400 never_heard_of_exception: no"
                        : "201"));
    fixture.pass(Duration.ofSeconds(5));
    assertThat(fixture.account().deadLettered()).isZero();

    fixture.source.add(LOGS, "even");
    fixture.pass(Duration.ofMinutes(1));

    assertThat(fixture.account().indexed()).isEqualTo(1);
    assertThat(fixture.account().deadLettered()).isEqualTo(1);
    assertThat(status().paused()).isNull();
  }

  @Test
  void aShortBackoffNeedsNobodyAndALongOneDoes() {
    fixture.source.add(LOGS, "line");
    fixture.elasticsearch.answer(request -> new Unreadable("connection refused", false, null));
    fixture.pass(Duration.ofSeconds(20));
    assertThat(status().paused()).contains("connection refused");
    assertThat(fixture.dispatcher.status().anyNeedsAttention()).isFalse();

    fixture.pass(Duration.ofSeconds(15));
    assertThat(fixture.dispatcher.status().anyNeedsAttention()).isTrue();

    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    fixture.pass(Duration.ofSeconds(40));
    assertThat(fixture.dispatcher.status().anyNeedsAttention()).isFalse();
  }

  @Test
  void refusedCredentialsNeedAPersonAtOnce() {
    fixture.source.add(LOGS, "line");
    fixture.elasticsearch.answer(
        request -> new Refused(401, "security_exception", "unable to authenticate", null));

    fixture.pass(Duration.ofSeconds(1));

    assertThat(fixture.dispatcher.status().anyNeedsAttention()).isTrue();
  }

  private DestinationStatus status() {
    return fixture.dispatcher.status().destinations().getFirst();
  }
}
