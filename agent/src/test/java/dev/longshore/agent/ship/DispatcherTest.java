package dev.longshore.agent.ship;

import static dev.longshore.agent.ship.DispatcherFixture.LETTERS;
import static dev.longshore.agent.ship.DispatcherFixture.LOGS;
import static dev.longshore.agent.ship.ScriptedTransport.allIndexed;
import static dev.longshore.agent.ship.ScriptedTransport.each;
import static dev.longshore.agent.ship.ScriptedTransport.items;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.bulk.InMemoryDataStream;
import dev.longshore.agent.deadletter.DeadLetter;
import dev.longshore.agent.ship.ScriptedTransport.Request;
import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.BulkReply.Refused;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every record leaves the queue by exactly one of the ways that count: indexed, already there,
/// dead letter. Whatever the server says, nothing else makes it leave.
class DispatcherTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;
  private DispatcherFixture fixture;

  @BeforeEach
  void fixture() {
    fixture = new DispatcherFixture(folder);
  }

  @Test
  void sendsALoneLineAfterLingeringAndAcknowledgesItsBlock() {
    fixture.source.add(LOGS, "GET /cart 200");

    fixture.work();
    assertThat(fixture.elasticsearch.requests()).isEmpty();
    fixture.pass(Pacing.LINGER);

    assertThat(fixture.elasticsearch.last().documents())
        .containsExactly("{\"m\":\"GET /cart 200\"}");
    assertThat(fixture.source.acknowledged()).containsExactly(0L);
    assertThat(fixture.account().indexed()).isEqualTo(1);
    assertThat(fixture.account().buffered()).isZero();
    assertThat(fixture.account().bufferedBytes()).isZero();
  }

  @Test
  void judgesEachItemByItself() {
    fixture.source.add(LOGS, "indexed", "refused", "busy", "there");
    fixture.elasticsearch.answer(
        firstThen(
            request ->
                each(
                    request,
                    item -> item.contains("safe") ? "400 document_parsing_exception: no" : "201")));

    fixture.pass(LONG);

    List<Request> requests = fixture.elasticsearch.requests();
    assertThat(requests).hasSize(4);
    assertThat(requests.get(1).documents()).containsExactly("{\"safe\":\"refused\"}");
    assertThat(requests.get(2).dataStream()).isEqualTo(LETTERS);
    assertThat(requests.get(3).documents()).containsExactly("{\"m\":\"busy\"}");
    assertThat(fixture.account().indexed()).isEqualTo(2);
    assertThat(fixture.account().duplicate()).isEqualTo(1);
    assertThat(fixture.account().deadLettered()).isEqualTo(1);
    assertThat(fixture.source.acknowledged()).containsExactly(0L);
  }

  private static Function<Request, @Nullable BulkReply> firstThen(
      Function<Request, BulkReply> then) {
    boolean[] first = {true};
    return request -> {
      if (first[0]) {
        first[0] = false;
        return items(
            "201",
            "400 document_parsing_exception",
            "429 es_rejected_execution_exception",
            "409 version_conflict_engine_exception");
      }
      return then.apply(request);
    };
  }

  @Test
  void takesAReplyOfConflictsOnlyAsDone() {
    fixture.source.add(LOGS, "one", "two");
    fixture.elasticsearch.answer(
        request -> each(request, item -> "409 version_conflict_engine_exception: there"));

    fixture.pass(Duration.ofSeconds(1));

    assertThat(fixture.elasticsearch.requests()).hasSize(1);
    assertThat(fixture.account().duplicate()).isEqualTo(2);
    assertThat(fixture.source.acknowledged()).containsExactly(0L);
  }

  @Test
  void halvesWhatIsTooLargeUntilItFits() {
    String[] lines = lines("line", 100);
    fixture.source.add(LOGS, lines);
    fixture.elasticsearch.answer(
        request ->
            request.bytes() > 700 ? new Refused(413, "", "too large", null) : allIndexed(request));

    fixture.pass(LONG);

    assertThat(fixture.account().indexed()).isEqualTo(100);
    assertThat(fixture.elasticsearch.requests())
        .filteredOn(r -> r.bytes() > 700)
        .hasSizeLessThan(6);
    assertThat(fixture.source.acknowledged()).containsExactly(0L);
  }

  @Test
  void halvesWhatBreaksTheConnectionUntilItGetsThroughAndGrowsBack() {
    fixture =
        new DispatcherFixture(
            folder.resolve("large"), DataSize.ofKiB(512), 2, DataSize.ofMiB(1), 1);
    String[] lines = lines("line ".repeat(200), 1_000);
    fixture.source.add(LOGS, lines);
    fixture.elasticsearch.answer(
        request ->
            request.bytes() > 70_000
                ? new Unreadable("connection reset", true, new IOException("reset"))
                : allIndexed(request));
    fixture.pass(LONG);
    assertThat(fixture.account().indexed()).isEqualTo(1_000);

    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    fixture.pass(BodyLimit.REMEMBERED);
    fixture.elasticsearch.take();
    for (int i = 0; i < 5; i++) {
      fixture.source.add(LOGS, lines);
      fixture.pass(LONG);
    }

    assertThat(fixture.account().indexed()).isEqualTo(6_000);
    assertThat(fixture.elasticsearch.take()).anyMatch(request -> request.bytes() > 400_000);
  }

  @Test
  void deadLettersTheOneDocumentThatIsTooLarge() {
    fixture.source.add(LOGS, "small", "x".repeat(3_000), "also small");
    fixture.elasticsearch.answer(
        request ->
            request.dataStream().equals(LOGS) && request.bytes() > 2_000
                ? new Refused(413, "", "Request Entity Too Large", null)
                : allIndexed(request));

    fixture.pass(LONG);

    assertThat(fixture.account().indexed()).isEqualTo(2);
    assertThat(fixture.account().deadLettered()).isEqualTo(1);
    assertThat(fixture.elasticsearch.requests())
        .filteredOn(request -> request.dataStream().equals(LETTERS))
        .singleElement()
        .satisfies(
            request ->
                assertThat(request.documents().getFirst())
                    .contains("\"status\":413")
                    .contains("\"destination\":\"" + LOGS + "\"")
                    .contains("x".repeat(3_000)));
  }

  @Test
  void losesNothingWhileCredentialsAreRefusedAndResumes() {
    fixture.elasticsearch.answer(
        request -> new Refused(401, "security_exception", "unable to authenticate", null));
    for (int i = 0; i < 50; i++) {
      fixture.source.add(LOGS, lines("line " + i, 20));
    }

    fixture.pass(Duration.ofMinutes(10));

    DestinationStatus status = only(fixture.dispatcher.status());
    assertThat(status.paused()).contains("401").contains("unable to authenticate");
    assertThat(fixture.dispatcher.status().anyPaused()).isTrue();
    assertThat(fixture.source.acknowledged()).isEmpty();
    assertThat(fixture.elasticsearch.take()).as("probes in ten minutes").hasSizeBetween(20, 60);

    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    fixture.pass(Duration.ofSeconds(32));

    assertThat(fixture.account().indexed()).isEqualTo(1_000);
    assertThat(fixture.source.acknowledged()).hasSize(50);
    assertThat(only(fixture.dispatcher.status()).paused()).isNull();
    assertThat(fixture.dispatcher.status().anyPaused()).isFalse();
  }

  @Test
  void sendsAgainInDoubtWhatHadNoReadableReply() {
    fixture.source.add(LOGS, "one", "two");
    boolean[] first = {true};
    fixture.elasticsearch.answer(
        request -> {
          if (first[0]) {
            first[0] = false;
            return new Unreadable("connection reset", true, null);
          }
          return each(request, item -> "409");
        });

    fixture.pass(Duration.ofSeconds(2));

    List<Request> requests = fixture.elasticsearch.requests();
    assertThat(requests).hasSize(2);
    assertThat(requests.get(0).withIndexNames()).isFalse();
    assertThat(requests.get(1).withIndexNames()).isTrue();
    assertThat(requests.get(1).items()).isEqualTo(requests.get(0).items());
    assertThat(fixture.account().duplicate()).isEqualTo(2);
  }

  @Test
  void isInDoubtAboutWhatAnEarlierRunLeft() {
    fixture.source.recovered(fixture.source.add(LOGS, "left"), true);

    fixture.pass(Pacing.LINGER);

    assertThat(fixture.elasticsearch.last().withIndexNames()).isTrue();
  }

  @Test
  void takesAReplyWithTheWrongNumberOfItemsAsNoReply() {
    fixture.source.add(LOGS, "one", "two");
    boolean[] first = {true};
    fixture.elasticsearch.answer(
        request -> {
          if (first[0]) {
            first[0] = false;
            return items("201");
          }
          return allIndexed(request);
        });

    fixture.pass(Duration.ofSeconds(2));

    assertThat(fixture.elasticsearch.requests()).hasSize(2);
    assertThat(fixture.account().indexed()).isEqualTo(2);
  }

  @Test
  void findsThePoisonThatMakesAWholeRequestMalformed() {
    fixture.source.add(LOGS, lines("fine", 40));
    fixture.source.add(LOGS, "poison");
    fixture.source.add(LOGS, lines("good", 40));
    fixture.elasticsearch.answer(
        request ->
            request.dataStream().equals(LOGS)
                    && request.items().stream().anyMatch(item -> item.contains("poison"))
                ? new Refused(400, "illegal_argument_exception", "Malformed content", null)
                : allIndexed(request));

    fixture.pass(LONG);

    assertThat(fixture.account().indexed()).isEqualTo(80);
    assertThat(fixture.account().deadLettered()).isEqualTo(1);
    assertThat(fixture.source.acknowledged()).hasSize(3);
  }

  @Test
  void givesUpNoDocumentWhenEveryRequestIsMalformed() {
    fixture.source.add(LOGS, lines("line", 40));
    fixture.elasticsearch.answer(
        request -> new Refused(400, "", "The plain HTTP request was sent to HTTPS port", null));

    fixture.pass(Duration.ofMinutes(10));

    assertThat(fixture.account().deadLettered()).isZero();
    assertThat(fixture.elasticsearch.requests()).hasSizeLessThan(80);
    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    fixture.pass(Duration.ofSeconds(40));
    assertThat(fixture.account().indexed()).isEqualTo(40);
  }

  @Test
  void pausesForAnErrorThatNobodyKnowsAndNothingGetsThrough() {
    fixture.source.add(LOGS, lines("line", 30));
    fixture.elasticsearch.answer(
        request ->
            each(request, item -> "400 illegal_argument_exception: pipeline [x] does not exist"));

    fixture.pass(Duration.ofMinutes(5));

    assertThat(fixture.account().deadLettered()).isZero();
    assertThat(only(fixture.dispatcher.status()).paused()).contains("pipeline [x] does not exist");
  }

  @Test
  void keepsALetterOnDiskThatTheDeadLetterStreamRefuses() throws Exception {
    fixture.source.add(LOGS, "fine", "refused");
    fixture.elasticsearch.answer(
        request ->
            each(
                request,
                item ->
                    request.dataStream().equals(LETTERS)
                        ? "403 security_exception: no create on dead letters"
                        : item.contains("refused") ? "400 mapper_parsing_exception: bad" : "201"));

    fixture.pass(LONG);

    List<DeadLetter> letters = new ArrayList<>();
    fixture.disk.forEach(letters::add);
    assertThat(letters)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.id()).isEqualTo("0.1");
              assertThat(letter.destination()).isEqualTo(LOGS);
              assertThat(letter.type()).isEqualTo("mapper_parsing_exception");
              assertThat(letter.original()).asString().isEqualTo("refused\n");
              assertThat(letter.document()).asString().isEqualTo("{\"m\":\"refused\"}");
              assertThat(letter.container()).isEqualTo(InMemoryBlockSource.CHECKOUT);
            });
    assertThat(fixture.account().deadLettered()).isEqualTo(1);
    assertThat(fixture.source.acknowledged()).containsExactly(0L);
  }

  @Test
  void keepsTheBlockWhenThereIsNoRoomForItsLetter() {
    fixture = new DispatcherFixture(folder, DataSize.ofKiB(16), 2, new DataSize(100), 1);
    fixture.source.add(LOGS, "fine", "refused");
    boolean[] lettersTaken = {false};
    fixture.elasticsearch.answer(
        request ->
            each(
                request,
                item ->
                    request.dataStream().equals(LETTERS)
                        ? lettersTaken[0] ? "201" : "400 mapper_parsing_exception: bad"
                        : item.contains("refused") ? "400 mapper_parsing_exception: bad" : "201"));

    fixture.pass(Duration.ofMinutes(3));
    assertThat(fixture.source.acknowledged()).isEmpty();
    assertThat(fixture.account().buffered()).isEqualTo(1);

    lettersTaken[0] = true;
    fixture.pass(LONG);
    assertThat(fixture.source.acknowledged()).containsExactly(0L);
    assertThat(fixture.account().deadLettered()).isEqualTo(1);
  }

  @Test
  void whatTricklesInGoesAsARequestASecond() {
    for (int i = 0; i < 50; i++) {
      fixture.source.add(LOGS, "line " + i);
      fixture.pass(Duration.ofMillis(100));
    }
    fixture.pass(Pacing.PACE);

    List<Request> requests = fixture.elasticsearch.requests();
    assertThat(requests).hasSizeBetween(5, 6);
    assertThat(requests.getFirst().items()).as("a lone line does not wait").hasSizeLessThan(5);
    assertThat(fixture.account().indexed()).isEqualTo(50);
  }

  @Test
  void whatCannotBeEncodedIsADeadLetterAndNothingElse() {
    fixture.source.add(LOGS, "before", "unencodable", "after");

    fixture.pass(Duration.ofSeconds(1));

    assertThat(fixture.account().indexed()).isEqualTo(2);
    assertThat(fixture.account().deadLettered()).isEqualTo(1);
    assertThat(fixture.elasticsearch.requests())
        .filteredOn(request -> request.dataStream().equals(LETTERS))
        .singleElement()
        .satisfies(
            request -> assertThat(request.documents().getFirst()).contains("unencodable\\n"));
  }

  @Test
  void aBlockMayGoInSeveralRequestsAndIsAcknowledgedAfterTheLast() {
    fixture.elasticsearch.answer(request -> null);
    fixture.source.add(LOGS, lines("x".repeat(1_000), 24));
    fixture.pass(Duration.ofMillis(300));
    List<Request> requests = fixture.elasticsearch.take();
    assertThat(requests).hasSize(2);
    Set<String> ids = new HashSet<>();
    requests.forEach(
        request -> request.items().forEach(item -> ids.add(InMemoryDataStream.id(item))));
    assertThat(ids).hasSize(24);

    requests.get(1).answer().complete(allIndexed(requests.get(1)));
    fixture.work();
    assertThat(fixture.source.acknowledged()).isEmpty();
    requests.get(0).answer().complete(allIndexed(requests.get(0)));
    fixture.work();
    assertThat(fixture.source.acknowledged()).containsExactly(0L);
  }

  @Test
  void asksAboutGenerationsOnlyWhenSomethingIsInDoubt() {
    fixture.source.add(LOGS, lines("line", 100));
    fixture.pass(LONG);
    assertThat(fixture.generations.questions).isZero();

    fixture.source.recovered(fixture.source.add(LOGS, "left"), true);
    fixture.pass(LONG);
    assertThat(fixture.generations.questions).isEqualTo(1);
  }

  @Test
  void noPodWritesAmongTheDeadLetters() {
    fixture.source.add(LETTERS, "forged");

    fixture.pass(Pacing.LINGER);

    assertThat(fixture.elasticsearch.last().dataStream()).isEqualTo(LOGS);
  }

  @Test
  void aBlockThatCannotBeReadIsTriedAgainAndHoldsUpNoOther() {
    fixture.elasticsearch.answer(request -> null);
    for (int i = 0; i < 4; i++) {
      fixture.source.add(LOGS, lines("x".repeat(1_000), 30));
    }
    fixture.pass(Duration.ofSeconds(2));
    fixture.source.failReads(true);
    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    fixture.elasticsearch.take().forEach(it -> it.answer().complete(allIndexed(it)));
    fixture.pass(Duration.ofSeconds(5));
    assertThat(fixture.source.acknowledged()).hasSizeLessThan(4);

    fixture.source.failReads(false);
    fixture.pass(Destination.READ_AGAIN.plusSeconds(5));

    assertThat(fixture.source.acknowledged()).hasSize(4);
    assertThat(fixture.account().indexed()).isEqualTo(120);
  }

  @Test
  void tellsTheWatermarkWhatMayNotBeSearchableYet() {
    fixture.source.add(LOGS, "line");
    fixture.pass(Pacing.LINGER);

    assertThat(fixture.dispatcher.lowestNotSearchableNanos().values())
        .containsExactly(InMemoryBlockSource.timestamp(0));
    fixture.clock.advance(Duration.ofSeconds(3));
    assertThat(fixture.dispatcher.lowestNotSearchableNanos()).isEmpty();
  }

  private static String[] lines(String text, int count) {
    String[] lines = new String[count];
    for (int i = 0; i < count; i++) {
      lines[i] = text + " " + i;
    }
    return lines;
  }

  private static DestinationStatus only(ShipStatus status) {
    assertThat(status.destinations()).hasSize(1);
    return status.destinations().getFirst();
  }
}
