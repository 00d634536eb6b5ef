package dev.longshore.agent.ship;

import static dev.longshore.agent.ship.ScriptedTransport.allIndexed;
import static dev.longshore.agent.ship.ScriptedTransport.each;
import static dev.longshore.agent.ship.ShipBench.LOGS;
import static org.assertj.core.api.Assertions.assertThat;

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
class ShipperIsolationTest {
  @TempDir Path folder;
  private ShipBench bench;

  @BeforeEach
  void bench() {
    bench = new ShipBench(folder);
  }

  @Test
  void whatIsInDoubtAfterARolloverWaitsAsideWhileOthersGoOn() {
    bench.generations.rollOver(bench.clock.epochMillis());
    bench.source.add(LOGS, "in doubt");
    boolean[] first = {true};
    bench.elasticsearch.answer(
        request -> {
          if (first[0]) {
            first[0] = false;
            return new Unreadable("connection reset", true, null);
          }
          return allIndexed(request);
        });
    bench.pass(Duration.ofSeconds(2));

    bench.source.add(LOGS, lines("fresh", 10));
    bench.pass(Duration.ofSeconds(2));
    assertThat(bench.account().indexed()).isEqualTo(10);

    bench.pass(DoubtResolver.STILL_RUNNING);
    assertThat(bench.account().indexed()).isEqualTo(11);
  }

  @Test
  void aStalledDestinationDoesNotDelayAnother() {
    bench.elasticsearch.answer(
        request ->
            request.dataStream().equals(LOGS)
                ? each(request, item -> "403 cluster_block_exception: index read-only")
                : allIndexed(request));
    for (int i = 0; i < 200; i++) {
      bench.source.add(LOGS, lines("blocked " + i, 10));
      bench.source.add("logs-shop.audit-default", "audit " + i);
    }

    bench.pass(Duration.ofSeconds(5));

    assertThat(bench.account().indexed()).isEqualTo(200);
    assertThat(bench.source.acknowledged()).hasSize(200);
    assertThat(only(bench.shipper.status(), LOGS).paused()).contains("cluster_block_exception");

    bench.elasticsearch.answer(ScriptedTransport::allIndexed);
    bench.pass(Duration.ofSeconds(35));

    assertThat(bench.account().indexed()).isEqualTo(2_200);
    assertThat(bench.source.acknowledged()).hasSize(400);
  }

  @Test
  void aServerThatDoesNotAnswerHoldsOnlyItsDestination() {
    bench.elasticsearch.answer(
        request -> request.dataStream().equals(LOGS) ? null : allIndexed(request));
    for (int i = 0; i < 50; i++) {
      bench.source.add(LOGS, lines("x".repeat(400), 40));
    }
    bench.source.add("logs-shop.audit-default", "audit");

    bench.pass(Duration.ofSeconds(3));

    assertThat(bench.elasticsearch.requests())
        .filteredOn(request -> request.dataStream().equals(LOGS))
        .as("the window")
        .hasSize(2);
    assertThat(bench.account().indexed()).isEqualTo(1);
  }

  @Test
  void aFullWindowHoldsTheSourceBack() {
    bench.elasticsearch.answer(request -> null);
    for (int i = 0; i < 50; i++) {
      bench.source.add(LOGS, lines("x".repeat(400), 40));
    }

    bench.pass(Duration.ofMillis(500));

    assertThat(bench.source.handedOut()).isLessThan(6);
    assertThat(only(bench.shipper.status()).requestsInFlight()).isEqualTo(2);
  }

  @Test
  void aPoisonDocumentDelaysItselfAlone() {
    bench.source.add(LOGS, "hopeless");
    bench.elasticsearch.answer(
        request ->
            each(request, item -> item.contains("hopeless") ? "503 unavailable: no" : "201"));
    bench.pass(Duration.ofSeconds(20));

    for (int i = 0; i < 20; i++) {
      bench.source.add(LOGS, "line " + i);
      bench.pass(Duration.ofSeconds(1));
    }

    assertThat(bench.account().indexed()).isGreaterThanOrEqualTo(18);
    assertThat(bench.source.acknowledged()).doesNotContain(0L);
  }

  @Test
  void batchesGrowWhileTheServerIsSlow() {
    bench.elasticsearch.answer(request -> null);
    for (int i = 0; i < 10; i++) {
      bench.source.add(LOGS, "line " + i);
      bench.pass(Duration.ofMillis(210));
    }
    List<Request> requests = bench.elasticsearch.take();
    assertThat(requests).extracting(request -> request.items().size()).containsExactly(1, 1);

    bench.elasticsearch.answer(ScriptedTransport::allIndexed);
    requests.getFirst().answer().complete(allIndexed(requests.getFirst()));
    bench.pass(Duration.ofMillis(10));

    assertThat(bench.elasticsearch.take())
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
