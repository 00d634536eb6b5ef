package dev.longshore.agent.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.bulk.DuplicateProbe.Duplicates;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.Search;
import dev.longshore.testkit.ElasticsearchServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A real data stream is probed by the first line, with the privileges of the agent's own role, and
/// nothing but that line is in it afterwards.
class DuplicateProbeIT {
  private static final ElasticsearchServer SERVER = ElasticsearchServer.secured();

  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final String stream = "logs-probe." + run + "-default";
  private final Clock clock = Clock.system();
  private final Elastic superuser = new Elastic(SERVER.config(), clock);
  private final Elastic writer = new Elastic(SERVER.configOf("longshore_writer"), clock);
  private final DuplicateProbe probe =
      new DuplicateProbe(
          writer::bulk,
          DuplicateProbeIT::notOurs,
          Thread::startVirtualThread,
          clock,
          new SimpleMeterRegistry());

  @AfterEach
  void clean() throws IOException {
    superuser.request("DELETE", "/_data_stream/" + stream, null);
    superuser.request("DELETE", "/_index_template/longshore-logs-probe." + run, null);
    superuser.request("DELETE", "/_index_template/twice-" + run, null);
    superuser.close();
    writer.close();
  }

  @Test
  void logsdbRejectsDuplicatesAndNothingIsLeftOfTheProbe() throws IOException {
    new DataStreamTemplate(writer, stream, Duration.ofDays(1)).install();

    ship();

    await().until(() -> probe.of(stream) == Duplicates.REJECTED);
    assertThat(documents()).isOne();
  }

  /// As where an ingest pipeline gives ids of its own; not every distribution has pipelines.
  @Test
  void aDataStreamThatDropsOurIdIndexesDuplicates() throws IOException {
    call(
        "/_index_template/twice-" + run,
        """
        {"index_patterns":["%s"],"data_stream":{},"priority":900}
        """
            .formatted(stream));
    DuplicateProbe withoutIds =
        new DuplicateProbe(
            (to, body, length, items, names) -> {
              byte[] anonymous =
                  new String(body, 0, length, StandardCharsets.UTF_8)
                      .replaceAll("\"_id\":\"[^\"]*\"", "")
                      .getBytes(StandardCharsets.UTF_8);
              return writer.bulk(to, anonymous, anonymous.length, items, names);
            },
            DuplicateProbeIT::notOurs,
            Thread::startVirtualThread,
            clock,
            new SimpleMeterRegistry());

    ship(withoutIds);

    await().until(() -> withoutIds.of(stream) == Duplicates.INDEXED);
    assertThat(documents()).as("the line and its copy").isEqualTo(2);
  }

  private static void notOurs(String index, String id) {
    throw new AssertionError(id + " in " + index + " is no copy");
  }

  private void ship() {
    ship(probe);
  }

  private void ship(DuplicateProbe through) {
    byte[] line =
        """
        {"create":{"_id":"a"}}
        {"@timestamp":"2026-11-23T06:00:00Z","message":"paid"}
        """
            .getBytes(StandardCharsets.UTF_8);
    assertThat(through.bulk(stream, line, line.length, 1, false).join())
        .isInstanceOfSatisfying(
            BulkReply.Answered.class, reply -> assertThat(reply.failures()).isEmpty());
  }

  private long documents() throws IOException {
    Search search = new Search(superuser);
    search.refresh(stream);
    return search.count(stream, "*");
  }

  private void call(String path, String body) throws IOException {
    Elastic.Response reply = superuser.request("PUT", path, body.getBytes(StandardCharsets.UTF_8));
    if (!reply.ok()) {
      throw reply.refused("PUT " + path);
    }
  }
}
