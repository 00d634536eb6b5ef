package dev.longshore.agent.ship;

import static dev.longshore.agent.ship.DispatcherFixture.LOGS;
import static dev.longshore.agent.ship.ScriptedTransport.allIndexed;
import static dev.longshore.agent.ship.ScriptedTransport.each;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.ship.ScriptedTransport.Request;
import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nothing waits for what it does not need: a destination, a request and a document that go nowhere
/// each delay themselves alone, and what has to wait takes a bounded place.
class DispatcherIsolationTest {
  @TempDir Path folder;
  private DispatcherFixture fixture;

  @BeforeEach
  void fixture() {
    fixture = new DispatcherFixture(folder);
  }

  @Test
  void whatIsInDoubtAfterARolloverWaitsAsideWhileOthersGoOn() {
    fixture.generations.rollOver(fixture.clock.epochMillis());
    fixture.source.add(LOGS, "in doubt");
    boolean[] first = {true};
    fixture.elasticsearch.answer(
        request -> {
          if (first[0]) {
            first[0] = false;
            return new Unreadable("connection reset", true, null);
          }
          return allIndexed(request);
        });
    fixture.pass(Duration.ofSeconds(2));

    fixture.source.add(LOGS, lines("fresh", 10));
    fixture.pass(Duration.ofSeconds(2));
    assertThat(fixture.account().indexed()).isEqualTo(10);

    fixture.pass(InDoubtResolver.STILL_RUNNING);
    assertThat(fixture.account().indexed()).isEqualTo(11);
  }

  @Test
  void aStalledDestinationDoesNotDelayAnother() {
    fixture.elasticsearch.answer(
        request ->
            request.dataStream().equals(LOGS)
                ? each(request, item -> "403 cluster_block_exception: index read-only")
                : allIndexed(request));
    for (int i = 0; i < 200; i++) {
      fixture.source.add(LOGS, lines("blocked " + i, 10));
      fixture.source.add("logs-shop.audit-default", "audit " + i);
    }

    fixture.pass(Duration.ofSeconds(5));

    assertThat(fixture.account().indexed()).isEqualTo(200);
    assertThat(fixture.source.acknowledged()).hasSize(200);
    assertThat(only(fixture.dispatcher.status(), LOGS).paused())
        .contains("cluster_block_exception");

    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    fixture.pass(Duration.ofSeconds(35));

    assertThat(fixture.account().indexed()).isEqualTo(2_200);
    assertThat(fixture.source.acknowledged()).hasSize(400);
  }

  @Test
  void aServerThatDoesNotAnswerHoldsOnlyItsDestination() {
    fixture.elasticsearch.answer(
        request -> request.dataStream().equals(LOGS) ? null : allIndexed(request));
    for (int i = 0; i < 50; i++) {
      fixture.source.add(LOGS, lines("x".repeat(400), 40));
    }
    fixture.source.add("logs-shop.audit-default", "audit");

    fixture.pass(Duration.ofSeconds(3));

    assertThat(fixture.elasticsearch.requests())
        .filteredOn(request -> request.dataStream().equals(LOGS))
        .as("the window")
        .hasSize(2);
    assertThat(fixture.account().indexed()).isEqualTo(1);
  }

  @Test
  void aFullWindowHoldsTheSourceBack() {
    fixture.elasticsearch.answer(request -> null);
    for (int i = 0; i < 50; i++) {
      fixture.source.add(LOGS, lines("x".repeat(400), 40));
    }

    fixture.pass(Duration.ofMillis(500));

    assertThat(fixture.source.handedOut()).isLessThan(6);
    assertThat(only(fixture.dispatcher.status()).requestsInFlight()).isEqualTo(2);
  }

  @Test
  void aPoisonDocumentDelaysItselfAlone() {
    fixture.source.add(LOGS, "hopeless");
    fixture.elasticsearch.answer(
        request ->
            each(request, item -> item.contains("hopeless") ? "503 unavailable: no" : "201"));
    fixture.pass(Duration.ofSeconds(20));

    for (int i = 0; i < 20; i++) {
      fixture.source.add(LOGS, "line " + i);
      fixture.pass(Duration.ofSeconds(1));
    }

    assertThat(fixture.account().indexed()).isGreaterThanOrEqualTo(18);
    assertThat(fixture.source.acknowledged()).doesNotContain(0L);
  }

  @Test
  void batchesGrowWhileTheServerIsSlow() {
    fixture.elasticsearch.answer(request -> null);
    for (int i = 0; i < 10; i++) {
      fixture.source.add(LOGS, "line " + i);
      fixture.pass(Pacing.PACE.plusMillis(10));
    }
    List<Request> requests = fixture.elasticsearch.take();
    assertThat(requests).extracting(request -> request.items().size()).containsExactly(1, 1);

    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    requests.getFirst().answer().complete(allIndexed(requests.getFirst()));
    fixture.pass(Duration.ofMillis(10));

    assertThat(fixture.elasticsearch.take())
        .singleElement()
        .satisfies(request -> assertThat(request.items()).hasSize(8));
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

  private static DestinationStatus only(ShipStatus status, String dataStream) {
    return status.destinations().stream()
        .filter(destination -> destination.dataStream().equals(dataStream))
        .findFirst()
        .orElseThrow();
  }
}
