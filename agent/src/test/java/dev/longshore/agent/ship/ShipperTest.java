package dev.longshore.agent.ship;

import static dev.longshore.agent.ship.ScriptedTransport.allIndexed;
import static dev.longshore.agent.ship.ScriptedTransport.each;
import static dev.longshore.agent.ship.ScriptedTransport.items;
import static dev.longshore.agent.ship.ShipBench.LETTERS;
import static dev.longshore.agent.ship.ShipBench.LOGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.ship.ScriptedTransport.Request;
import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.BulkReply.Refused;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import dev.longshore.shared.units.DataSize;
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
class ShipperTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;
  private ShipBench bench;

  @BeforeEach
  void bench() {
    bench = new ShipBench(folder);
  }

  @Test
  void sendsALoneLineAfterLingeringAndAcknowledgesItsBlock() {
    bench.source.add(LOGS, "GET /cart 200");

    bench.work();
    assertThat(bench.elasticsearch.requests()).isEmpty();
    bench.pass(Destination.LINGER);

    assertThat(bench.elasticsearch.last().documents()).containsExactly("{\"m\":\"GET /cart 200\"}");
    assertThat(bench.source.acknowledged()).containsExactly(0L);
    assertThat(bench.account().indexed()).isEqualTo(1);
    assertThat(bench.account().buffered()).isZero();
    assertThat(bench.account().bufferedBytes()).isZero();
  }

  @Test
  void judgesEachItemByItself() {
    bench.source.add(LOGS, "indexed", "refused", "busy", "there");
    bench.elasticsearch.answer(
        firstThen(
            request ->
                each(
                    request,
                    item -> item.contains("safe") ? "400 document_parsing_exception: no" : "201")));

    bench.pass(LONG);

    List<Request> requests = bench.elasticsearch.requests();
    assertThat(requests).hasSize(4);
    assertThat(requests.get(1).documents()).containsExactly("{\"safe\":\"refused\"}");
    assertThat(requests.get(2).dataStream()).isEqualTo(LETTERS);
    assertThat(requests.get(3).documents()).containsExactly("{\"m\":\"busy\"}");
    assertThat(bench.account().indexed()).isEqualTo(2);
    assertThat(bench.account().duplicate()).isEqualTo(1);
    assertThat(bench.account().deadLettered()).isEqualTo(1);
    assertThat(bench.source.acknowledged()).containsExactly(0L);
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
    bench.source.add(LOGS, "one", "two");
    bench.elasticsearch.answer(
        request -> each(request, item -> "409 version_conflict_engine_exception: there"));

    bench.pass(Duration.ofSeconds(1));

    assertThat(bench.elasticsearch.requests()).hasSize(1);
    assertThat(bench.account().duplicate()).isEqualTo(2);
    assertThat(bench.source.acknowledged()).containsExactly(0L);
  }

  @Test
  void halvesWhatIsTooLargeUntilItFits() {
    String[] lines = lines("line", 100);
    bench.source.add(LOGS, lines);
    bench.elasticsearch.answer(
        request ->
            request.bytes() > 700 ? new Refused(413, "", "too large", null) : allIndexed(request));

    bench.pass(LONG);

    assertThat(bench.account().indexed()).isEqualTo(100);
    assertThat(bench.elasticsearch.requests()).filteredOn(r -> r.bytes() > 700).hasSizeLessThan(6);
    assertThat(bench.source.acknowledged()).containsExactly(0L);
  }

  @Test
  void deadLettersTheOneDocumentThatIsTooLarge() {
    bench.source.add(LOGS, "small", "x".repeat(3_000), "also small");
    bench.elasticsearch.answer(
        request ->
            request.dataStream().equals(LOGS) && request.bytes() > 2_000
                ? new Refused(413, "", "Request Entity Too Large", null)
                : allIndexed(request));

    bench.pass(LONG);

    assertThat(bench.account().indexed()).isEqualTo(2);
    assertThat(bench.account().deadLettered()).isEqualTo(1);
    assertThat(bench.elasticsearch.requests())
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
    bench.elasticsearch.answer(
        request -> new Refused(401, "security_exception", "unable to authenticate", null));
    for (int i = 0; i < 50; i++) {
      bench.source.add(LOGS, lines("line " + i, 20));
    }

    bench.pass(Duration.ofMinutes(10));

    DestinationStatus status = only(bench.shipper.status());
    assertThat(status.paused()).contains("401").contains("unable to authenticate");
    assertThat(bench.shipper.status().anyPaused()).isTrue();
    assertThat(bench.source.acknowledged()).isEmpty();
    assertThat(bench.elasticsearch.take()).as("probes in ten minutes").hasSizeBetween(20, 60);

    bench.elasticsearch.answer(ScriptedTransport::allIndexed);
    bench.pass(Duration.ofSeconds(32));

    assertThat(bench.account().indexed()).isEqualTo(1_000);
    assertThat(bench.source.acknowledged()).hasSize(50);
    assertThat(only(bench.shipper.status()).paused()).isNull();
    assertThat(bench.shipper.status().anyPaused()).isFalse();
  }

  @Test
  void sendsAgainInDoubtWhatHadNoReadableReply() {
    bench.source.add(LOGS, "one", "two");
    boolean[] first = {true};
    bench.elasticsearch.answer(
        request -> {
          if (first[0]) {
            first[0] = false;
            return new Unreadable("connection reset", true, null);
          }
          return each(request, item -> "409");
        });

    bench.pass(Duration.ofSeconds(2));

    List<Request> requests = bench.elasticsearch.requests();
    assertThat(requests).hasSize(2);
    assertThat(requests.get(0).withIndexNames()).isFalse();
    assertThat(requests.get(1).withIndexNames()).isTrue();
    assertThat(requests.get(1).items()).isEqualTo(requests.get(0).items());
    assertThat(bench.account().duplicate()).isEqualTo(2);
  }

  @Test
  void isInDoubtAboutWhatAnEarlierRunLeft() {
    bench.source.recovered(bench.source.add(LOGS, "left"), true);

    bench.pass(Destination.LINGER);

    assertThat(bench.elasticsearch.last().withIndexNames()).isTrue();
  }

  @Test
  void takesAReplyWithTheWrongNumberOfItemsAsNoReply() {
    bench.source.add(LOGS, "one", "two");
    boolean[] first = {true};
    bench.elasticsearch.answer(
        request -> {
          if (first[0]) {
            first[0] = false;
            return items("201");
          }
          return allIndexed(request);
        });

    bench.pass(Duration.ofSeconds(2));

    assertThat(bench.elasticsearch.requests()).hasSize(2);
    assertThat(bench.account().indexed()).isEqualTo(2);
  }

  @Test
  void findsThePoisonThatMakesAWholeRequestMalformed() {
    bench.source.add(LOGS, lines("fine", 40));
    bench.source.add(LOGS, "poison");
    bench.source.add(LOGS, lines("good", 40));
    bench.elasticsearch.answer(
        request ->
            request.dataStream().equals(LOGS)
                    && request.items().stream().anyMatch(item -> item.contains("poison"))
                ? new Refused(400, "illegal_argument_exception", "Malformed content", null)
                : allIndexed(request));

    bench.pass(LONG);

    assertThat(bench.account().indexed()).isEqualTo(80);
    assertThat(bench.account().deadLettered()).isEqualTo(1);
    assertThat(bench.source.acknowledged()).hasSize(3);
  }

  @Test
  void givesUpNoDocumentWhenEveryRequestIsMalformed() {
    bench.source.add(LOGS, lines("line", 40));
    bench.elasticsearch.answer(
        request -> new Refused(400, "", "The plain HTTP request was sent to HTTPS port", null));

    bench.pass(Duration.ofMinutes(10));

    assertThat(bench.account().deadLettered()).isZero();
    assertThat(bench.elasticsearch.requests()).hasSizeLessThan(80);
    bench.elasticsearch.answer(ScriptedTransport::allIndexed);
    bench.pass(Duration.ofSeconds(40));
    assertThat(bench.account().indexed()).isEqualTo(40);
  }

  @Test
  void pausesForAnErrorThatNobodyKnowsAndNothingGetsThrough() {
    bench.source.add(LOGS, lines("line", 30));
    bench.elasticsearch.answer(
        request ->
            each(request, item -> "400 illegal_argument_exception: pipeline [x] does not exist"));

    bench.pass(Duration.ofMinutes(5));

    assertThat(bench.account().deadLettered()).isZero();
    assertThat(only(bench.shipper.status()).paused()).contains("pipeline [x] does not exist");
  }

  @Test
  void keepsALetterOnDiskThatTheDeadLetterStreamRefuses() throws Exception {
    bench.source.add(LOGS, "fine", "refused");
    bench.elasticsearch.answer(
        request ->
            each(
                request,
                item ->
                    request.dataStream().equals(LETTERS)
                        ? "403 security_exception: no create on dead letters"
                        : item.contains("refused") ? "400 mapper_parsing_exception: bad" : "201"));

    bench.pass(LONG);

    List<DeadLetter> letters = new ArrayList<>();
    bench.disk.forEach(letters::add);
    assertThat(letters)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.id()).isEqualTo("0.1");
              assertThat(letter.destination()).isEqualTo(LOGS);
              assertThat(letter.type()).isEqualTo("mapper_parsing_exception");
              assertThat(letter.original()).asString().isEqualTo("refused\n");
              assertThat(letter.document()).asString().isEqualTo("{\"m\":\"refused\"}");
              assertThat(letter.container()).isEqualTo(MemorySource.CHECKOUT);
            });
    assertThat(bench.account().deadLettered()).isEqualTo(1);
    assertThat(bench.source.acknowledged()).containsExactly(0L);
  }

  @Test
  void keepsTheBlockWhenThereIsNoRoomForItsLetter() {
    bench = new ShipBench(folder, DataSize.ofKiB(16), 2, new DataSize(100), 1);
    bench.source.add(LOGS, "fine", "refused");
    boolean[] lettersTaken = {false};
    bench.elasticsearch.answer(
        request ->
            each(
                request,
                item ->
                    request.dataStream().equals(LETTERS)
                        ? lettersTaken[0] ? "201" : "400 mapper_parsing_exception: bad"
                        : item.contains("refused") ? "400 mapper_parsing_exception: bad" : "201"));

    bench.pass(Duration.ofMinutes(3));
    assertThat(bench.source.acknowledged()).isEmpty();
    assertThat(bench.account().buffered()).isEqualTo(1);

    lettersTaken[0] = true;
    bench.pass(LONG);
    assertThat(bench.source.acknowledged()).containsExactly(0L);
    assertThat(bench.account().deadLettered()).isEqualTo(1);
  }

  @Test
  void whatCannotBeEncodedIsADeadLetterAndNothingElse() {
    bench.source.add(LOGS, "before", "unencodable", "after");

    bench.pass(Duration.ofSeconds(1));

    assertThat(bench.account().indexed()).isEqualTo(2);
    assertThat(bench.account().deadLettered()).isEqualTo(1);
    assertThat(bench.elasticsearch.requests())
        .filteredOn(request -> request.dataStream().equals(LETTERS))
        .singleElement()
        .satisfies(
            request -> assertThat(request.documents().getFirst()).contains("unencodable\\n"));
  }

  @Test
  void aBlockMayGoInSeveralRequestsAndIsAcknowledgedAfterTheLast() {
    bench.elasticsearch.answer(request -> null);
    bench.source.add(LOGS, lines("x".repeat(1_000), 24));
    bench.pass(Duration.ofMillis(300));
    List<Request> requests = bench.elasticsearch.take();
    assertThat(requests).hasSize(2);
    Set<String> ids = new HashSet<>();
    requests.forEach(request -> request.items().forEach(item -> ids.add(ShipBench.id(item))));
    assertThat(ids).hasSize(24);

    requests.get(1).answer().complete(allIndexed(requests.get(1)));
    bench.work();
    assertThat(bench.source.acknowledged()).isEmpty();
    requests.get(0).answer().complete(allIndexed(requests.get(0)));
    bench.work();
    assertThat(bench.source.acknowledged()).containsExactly(0L);
  }

  @Test
  void asksAboutGenerationsOnlyWhenSomethingIsInDoubt() {
    bench.source.add(LOGS, lines("line", 100));
    bench.pass(LONG);
    assertThat(bench.generations.questions).isZero();

    bench.source.recovered(bench.source.add(LOGS, "left"), true);
    bench.pass(LONG);
    assertThat(bench.generations.questions).isEqualTo(1);
  }

  @Test
  void tellsTheWatermarkWhatMayNotBeSearchableYet() {
    bench.source.add(LOGS, "line");
    bench.pass(Destination.LINGER);

    assertThat(bench.shipper.lowestNotSearchableNanos().values())
        .containsExactly(MemorySource.timestamp(0));
    bench.clock.advance(Duration.ofSeconds(3));
    assertThat(bench.shipper.lowestNotSearchableNanos()).isEmpty();
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
