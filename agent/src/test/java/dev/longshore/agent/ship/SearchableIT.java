package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.DataStreams;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ObjectMapping;
import dev.longshore.shared.elastic.Search;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is called searchable is found by a search, whatever refresh interval is in force: one of
/// ours, the server's own with nobody searching, or one that somebody set.
class SearchableIT {
  private static final ContainerRef CHECKOUT =
      new ContainerRef("shop", "checkout-7d9f", "0f1e2d3c", "app");
  private static final long LINE_NANOS = 1_795_932_000_000_000_000L;

  private final String dataset = "searchable." + UUID.randomUUID().toString().substring(0, 8);
  private final String stream = "logs-" + dataset + "-default";
  private final Clock clock = Clock.system();
  private final Elastic elastic = new Elastic(ElasticsearchServer.secured().config(), clock);
  private final RefreshIntervals intervals =
      new RefreshIntervals(
          new DataStreams(elastic)::refreshInterval, Thread::startVirtualThread, clock);
  private final Searchable searchable = new Searchable();

  @AfterEach
  void clean() throws IOException {
    elastic.request("DELETE", "/_data_stream/" + stream, null);
    elastic.request("DELETE", "/_index_template/longshore-logs-" + dataset, null);
    elastic.close();
  }

  @Test
  void waitsForTheRefreshIntervalThatIsConfigured() throws IOException {
    install(Duration.ofSeconds(3));
    assertThat(intervalInForce()).isEqualTo(Duration.ofSeconds(3));

    acknowledged("line");

    foundOnceCalledSearchable();
  }

  @Test
  void waitsForTheRefreshIntervalThatSomebodySet() throws IOException {
    install(null);
    settings("{\"index.refresh_interval\":\"4s\"}");
    assertThat(intervalInForce()).isEqualTo(Duration.ofSeconds(4));

    acknowledged("line");

    foundOnceCalledSearchable();
  }

  /// The first search of an idle index waits for the refresh, so it finds the line.
  @Test
  void aLineOfAnIndexThatNobodySearchedIsFoundByTheFirstSearch() throws IOException {
    install(null);
    settings("{\"index.search.idle.after\":\"1ms\"}");
    assertThat(intervalInForce()).isEqualTo(Duration.ofSeconds(1));

    acknowledged("line");
    await().until(this::isCalledSearchable);

    assertThat(found()).isEqualTo(2);
  }

  private void install(@Nullable Duration refreshInterval) throws IOException {
    new DataStreamTemplate(
            elastic, stream, Duration.ofDays(1), refreshInterval, ObjectMapping.FLATTENED)
        .install();
    create("first");
  }

  private void settings(String json) throws IOException {
    String path = "/" + stream + "/_settings";
    Elastic.Response reply = elastic.request("PUT", path, json.getBytes(StandardCharsets.UTF_8));
    if (!reply.ok()) {
      throw reply.refused("PUT " + path);
    }
  }

  /// What is known once the server was asked.
  private Duration intervalInForce() {
    await().until(() -> !intervals.of(stream).equals(RefreshIntervals.UNKNOWN));
    return intervals.of(stream);
  }

  private void acknowledged(String id) {
    create(id);
    searchable.acknowledged(CHECKOUT, LINE_NANOS, intervals.of(stream), clock.nanoTime());
    assertThat(isCalledSearchable()).isFalse();
  }

  private boolean isCalledSearchable() {
    return searchable.lowestNanos(clock.nanoTime()).isEmpty();
  }

  /// In each look a line that was called searchable before it is found by it.
  private void foundOnceCalledSearchable() {
    await()
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              boolean claimed = isCalledSearchable();
              long found = found();
              assertThat(!claimed || found == 2).as("claimed and not found").isTrue();
              return claimed;
            });
  }

  private long found() throws IOException {
    return new Search(elastic).count(stream, "*");
  }

  private void create(String id) {
    byte[] body =
        """
        {"create":{"_id":"%s"}}
        {"@timestamp":"2026-11-23T06:00:00Z","message":"paid"}
        """
            .formatted(id)
            .getBytes(StandardCharsets.UTF_8);
    assertThat(elastic.bulk(stream, body, body.length, 1, false).join())
        .isInstanceOfSatisfying(
            BulkReply.Answered.class, reply -> assertThat(reply.failures()).isEmpty());
  }
}
