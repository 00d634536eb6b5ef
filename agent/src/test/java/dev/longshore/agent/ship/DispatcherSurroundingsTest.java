package dev.longshore.agent.ship;

import static dev.longshore.agent.ship.DispatcherFixture.LETTERS;
import static dev.longshore.agent.ship.DispatcherFixture.LOGS;
import static dev.longshore.agent.ship.ScriptedTransport.allIndexed;
import static dev.longshore.agent.ship.ScriptedTransport.each;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.BulkReply.Refused;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What others put around a data stream, pipelines within Elasticsearch and firewalls before it,
/// neither loses a record unseen nor holds up those that it lets through.
class DispatcherSurroundingsTest {
  private static final String ATTACK = "GET /cart?id=1' OR 1=1--";

  @TempDir private Path folder;
  private DispatcherFixture fixture;

  @BeforeEach
  void fixture() {
    fixture = new DispatcherFixture(folder);
  }

  @Test
  void whatAPipelineDropsIsFilteredAndNotIndexed() {
    fixture.source.add(LOGS, "GET /healthz", "GET /cart", "GET /healthz");
    fixture.elasticsearch.answer(
        request -> each(request, item -> item.contains("healthz") ? "200" : "201"));

    fixture.pass(Duration.ofSeconds(5));

    assertThat(fixture.account().indexed()).isEqualTo(1);
    assertThat(fixture.account().filtered()).isEqualTo(2);
    assertThat(fixture.account().filteredByRule()).containsEntry("(ingest pipeline)", 2L);
    assertThat(fixture.account().buffered()).isZero();
    assertThat(fixture.source.acknowledged()).hasSize(1);
  }

  @Test
  void waitsForAPipelineThatIsMissingHoweverLongItTakes() {
    fixture.source.add(LOGS, "first", "second");
    fixture.elasticsearch.answer(
        request ->
            each(
                request,
                _ -> "400 illegal_argument_exception: pipeline with id [shop] does not exist"));

    fixture.pass(Duration.ofHours(1));

    assertThat(fixture.account().deadLettered()).isZero();
    assertThat(fixture.account().buffered()).isEqualTo(2);
    assertThat(status().paused()).contains("pipeline with id [shop] does not exist");

    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    fixture.pass(Duration.ofMinutes(1));
    assertThat(fixture.account().indexed()).isEqualTo(2);
  }

  @Test
  void waitsAsLongAsAProxyAsksThatIsUnderMaintenance() {
    fixture.source.add(LOGS, "line");
    fixture.elasticsearch.answer(
        _ -> new Unreadable("HTTP 503", true, null, Duration.ofMinutes(2)));
    fixture.pass(Duration.ofSeconds(1));
    fixture.elasticsearch.take();

    fixture.pass(Duration.ofSeconds(110));

    assertThat(fixture.elasticsearch.take()).isEmpty();
    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    fixture.pass(Duration.ofSeconds(20));
    assertThat(fixture.account().indexed()).isEqualTo(1);
  }

  @Test
  void aDeadLetterThatAPipelineDropsGoesToTheDisk() {
    fixture.source.add(LOGS, "odd");
    fixture.elasticsearch.answer(
        request ->
            each(
                request,
                item ->
                    request.dataStream().equals(LETTERS)
                        ? "200"
                        : "400 document_parsing_exception: no"));

    fixture.pass(Duration.ofSeconds(30));

    assertThat(fixture.account().deadLettered()).isEqualTo(1);
    assertThat(fixture.disk.bytes()).isPositive();
  }

  @Test
  void aFirewallThatRefusesARecordDelaysThatRecordAlone() {
    fixture.source.add(LOGS, "before", ATTACK, "after");
    fixture.elasticsearch.answer(DispatcherSurroundingsTest::firewall);
    for (int second = 0; second < 60; second++) {
      fixture.source.add(LOGS, "line " + second);
      fixture.pass(Duration.ofSeconds(1));
    }

    assertThat(fixture.account().indexed()).isEqualTo(62);
    assertThat(fixture.account().buffered()).isEqualTo(1);
    assertThat(status().paused()).isNull();
    assertThat(status().lastError()).asString().contains("403 http", "Request blocked");
  }

  @Test
  void aRecordThatAFirewallRefusesForLongWhileOthersPassIsADeadLetterOnDisk() {
    fixture.source.add(LOGS, ATTACK);
    fixture.elasticsearch.answer(DispatcherSurroundingsTest::firewall);
    for (int minute = 0; minute < 60; minute++) {
      fixture.source.add(LOGS, "line " + minute);
      fixture.pass(Duration.ofSeconds(40));
    }

    assertThat(fixture.account().indexed()).isEqualTo(60);
    assertThat(fixture.account().deadLettered()).isEqualTo(1);
    assertThat(fixture.disk.bytes()).isPositive();
    assertThat(fixture.account().buffered()).isZero();
  }

  @Test
  void nothingIsGivenUpWhileAProxyRefusesEverything() {
    fixture.source.add(LOGS, "first");
    fixture.pass(Duration.ofSeconds(2));
    fixture.source.add(LOGS, "second");
    fixture.source.add(LOGS, "third");
    fixture.elasticsearch.answer(request -> blocked());

    fixture.pass(Duration.ofHours(1));

    assertThat(fixture.account().buffered()).isEqualTo(2);
    assertThat(fixture.disk.bytes()).isZero();
    assertThat(status().paused()).contains("403 http");

    fixture.elasticsearch.answer(ScriptedTransport::allIndexed);
    fixture.pass(Duration.ofMinutes(1));
    assertThat(fixture.account().indexed()).isEqualTo(3);
  }

  private static BulkReply firewall(ScriptedTransport.Request request) {
    return request.items().stream().anyMatch(item -> item.contains("OR 1=1"))
        ? blocked()
        : allIndexed(request);
  }

  private static BulkReply blocked() {
    return new Refused(403, "http", "http://es-1:9200: '<h1>Request blocked</h1>'", null);
  }

  private DestinationStatus status() {
    return fixture.dispatcher.status().destinations().stream()
        .filter(destination -> destination.dataStream().equals(LOGS))
        .findFirst()
        .orElseThrow();
  }
}
