package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Account;
import dev.longshore.agent.filter.FilterRule;
import dev.longshore.agent.filter.Filters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the operator's rules leave out is acknowledged and counted like what is indexed, and a line
/// that is read again has the same fate.
class FiltersTest {
  @TempDir Path folder;
  private PipelineFixture fixture;

  @BeforeEach
  void build() throws IOException {
    fixture = new PipelineFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static FilterRule rule(String name, String contains, int keepOneIn) {
    return new FilterRule(
        name,
        List.of("shop"),
        List.of(),
        List.of(),
        Map.of(),
        "",
        List.of(),
        contains,
        "",
        keepOneIn);
  }

  @Test
  void whatARuleDropsIsCountedByItAndTheBooksBalance() throws IOException {
    fixture.filters = new Filters(List.of(rule("health", "GET /healthz", FilterRule.DROP)));
    fixture
        .log("checkout-7d9f", "app")
        .out("GET /healthz 200")
        .out("paid order 1")
        .out("GET /healthz 200");
    fixture.start().expect("paid order 1");
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::filtered) == 2);

    assertThat(fixture.sum(Account::read)).isEqualTo(3);
    assertThat(fixture.sum(Account::indexed)).isEqualTo(1);
    assertThat(fixture.ledger.accounts().iterator().next().filteredByRule())
        .isEqualTo(Map.of("health", 2L));
    assertThat(
            fixture
                .registry
                .counter("longshore.agent.filter.dropped.records", "rule", "health")
                .count())
        .isEqualTo(2);
    assertThat(fixture.stop()).isTrue();
  }

  @Test
  void aBlockOfWhichNothingIsShippedLeavesTheQueue() throws IOException {
    fixture.filters = new Filters(List.of(rule("all", "", FilterRule.DROP)));
    PodLog log = fixture.log("checkout-7d9f", "app");
    for (int i = 0; i < 1_000; i++) {
      log.out("line " + i);
    }
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::filtered) == 1_000);
    fixture.until(PipelineFixture.SOON, () -> fixture.buffer().pendingBlocks() == 0);

    assertThat(fixture.elastic.count()).isZero();
    assertThat(fixture.stop()).isTrue();
  }

  @Test
  void aSampleIsTheSameAfterTheBufferIsLost() throws IOException {
    fixture.filters = new Filters(List.of(rule("some", "", 5)));
    PodLog log = fixture.log("checkout-7d9f", "app");
    for (int i = 0; i < 500; i++) {
      log.out("line " + i);
    }
    fixture.start();
    fixture.until(
        PipelineFixture.SOON,
        () -> fixture.sum(Account::filtered) + fixture.sum(Account::indexed) == 500);
    List<String> first = new ArrayList<>(fixture.elastic.messages());
    fixture.kill();
    try (Stream<Path> files = Files.walk(fixture.bufferFolder())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    fixture.start();
    fixture.until(
        PipelineFixture.SOON,
        () -> fixture.sum(Account::filtered) + fixture.sum(Account::duplicate) == 500);

    assertThat(first).hasSizeBetween(60, 140);
    assertThat(fixture.elastic.messages()).containsExactlyInAnyOrderElementsOf(first);
  }
}
