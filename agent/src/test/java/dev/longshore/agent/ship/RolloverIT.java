package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.Search;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A document whose answer was lost is there exactly once, although its data stream rolled over
/// before it was sent again.
class RolloverIT {
  private final String logs =
      "logs-kubernetes.container_logs-it" + UUID.randomUUID().toString().substring(0, 8);
  private final Elastic elastic =
      new Elastic(ElasticsearchServer.secured().config(), Clock.system());
  private final AtomicInteger requests = new AtomicInteger();

  @TempDir Path folder;

  @AfterEach
  void clean() throws IOException {
    elastic.request("DELETE", "/_data_stream/" + logs, null);
    elastic.close();
  }

  @Test
  void whenItRollsOverBeforeTheRepetition() throws Exception {
    try (ElasticFixture fixture = fixture(RolloverIT::lostThen)) {
      fixture.add(new ContainerLog(1).line("paid").line("shipped").block(logs));
      fixture.start().awaitAllAcknowledged();

      assertThat(fixture.account().duplicate()).isEqualTo(2);
    }
    assertThat(requests).as("nothing is missing, nothing is sent").hasValue(1);
    assertThat(documents()).isEqualTo(2);
  }

  @Test
  void whenItRollsOverBetweenLookingAndSending() throws Exception {
    try (ElasticFixture fixture =
        fixture(
            (it, number, request) -> {
              if (number == 2) {
                it.rollOver();
              }
              return request
                  .get()
                  .thenApply(
                      reply ->
                          number == 1
                              ? new BulkReply.Unreadable("swallowed by the test", true, null)
                              : reply);
            })) {
      fixture.add(new ContainerLog(1).line("paid").line("shipped").block(logs));
      fixture.start().awaitAllAcknowledged();

      assertThat(fixture.account().duplicate()).isEqualTo(2);
    }
    assertThat(requests).hasValue(2);
    assertThat(documents()).isEqualTo(2);
  }

  @Test
  void whenTheAgentWasStartedAgainInBetween() throws Exception {
    try (ElasticFixture fixture = fixture((it, number, request) -> request.get())) {
      fixture.add(new ContainerLog(1).line("paid").block(logs));
      fixture.start().awaitAllAcknowledged();
    }
    rollOver();
    try (ElasticFixture fixture = fixture((it, number, request) -> request.get())) {
      fixture.source.recovered(
          fixture.add(new ContainerLog(1).line("paid").line("shipped").block(logs)), true);
      fixture.start().awaitAllAcknowledged();

      assertThat(fixture.account().duplicate()).isEqualTo(1);
      assertThat(fixture.account().indexed()).isEqualTo(1);
    }
    assertThat(documents()).isEqualTo(2);
  }

  /// What happens to the `number`-th request.
  @FunctionalInterface
  private interface Fate {
    CompletableFuture<BulkReply> of(
        RolloverIT it, int number, java.util.function.Supplier<CompletableFuture<BulkReply>> send);
  }

  /// The first request arrives, the stream rolls over, and the answer is lost.
  private static CompletableFuture<BulkReply> lostThen(
      RolloverIT it,
      int number,
      java.util.function.Supplier<CompletableFuture<BulkReply>> request) {
    if (number > 1) {
      return request.get();
    }
    return request
        .get()
        .thenApplyAsync(
            reply -> {
              it.rollOver();
              return new BulkReply.Unreadable("swallowed by the test", true, null);
            });
  }

  private ElasticFixture fixture(Fate fate) {
    return new ElasticFixture(
        ElasticsearchServer.secured().config(),
        folder,
        transport ->
            (stream, body, length, items, names) ->
                fate.of(
                    this,
                    requests.incrementAndGet(),
                    () -> transport.bulk(stream, body, length, items, names)));
  }

  private void rollOver() {
    try {
      Elastic.Response reply = elastic.request("POST", "/" + logs + "/_rollover", null);
      if (!reply.ok()) {
        throw reply.refused("POST _rollover");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long documents() throws IOException {
    Search search = new Search(elastic);
    search.refresh(logs);
    return search.count(logs, "*");
  }
}
