package dev.longshore.rulelab.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.alerting.command.Commands;
import dev.longshore.alerting.logs.LogRig;
import dev.longshore.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: `longshore alerting backtest` tells from what is in Elasticsearch what rules would have
/// done, as people read it and as programs do.
final class BacktestIT {
  @TempDir Path dir;

  private final LogRig rig = new LogRig();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void aNightWithTwoBursts() throws IOException {
    // 07:00 UTC is now. 10 errors at 01:00, 4 at 05:30, and one each 10 minutes from 05:50 on.
    rig.lines(10, Duration.ofHours(6), "log.level", "error", "service.name", "cart");
    rig.lines(4, Duration.ofMinutes(90), "log.level", "error", "service.name", "checkout");
    for (int minute = 70; minute > 0; minute -= 10) {
      rig.lines(1, Duration.ofMinutes(minute), "log.level", "error", "service.name", "cart");
    }
    Files.writeString(
        dir.resolve("rules.yml"),
        """
        groups:
          - name: shop
            interval: 1m
            rules:
              - alert: ManyErrors
                logs:
                  query: log.level:error
                  index: %1$s
                  by: [service.name]
                  within: 5m
                  frequency: {num_events: 8}
              - alert: Spike
                logs:
                  query: log.level:error
                  index: %1$s
                  within: 10m
                  spike: {spike_height: 3, threshold_cur: 4, alert_on_new_data: true}
              - alert: Broken
                logs: {query: '*', index: %1$s, by: [message], any: {}}
              - {alert: PodDown, expr: up == 0}
        """
            .formatted(rig.stream));
    Files.writeString(
        dir.resolve("alerting.yaml"),
        "rules: [rules.yml]\nelasticsearch: " + LogRig.configuration() + "\n");
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private int backtest(String... options) throws InterruptedException {
    ManualClock clock = new ManualClock();
    clock.advance(Duration.between(ManualClock.START, LogRig.NOW));
    List<String> words =
        new ArrayList<>(List.of("backtest", "--config", dir.resolve("alerting.yaml").toString()));
    words.addAll(List.of(options));
    return new Commands(
            Map.of(),
            clock,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(words);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /// The figures of a row of the table, without the blanks between.
  private String row(String name) {
    return out()
        .lines()
        .filter(it -> it.strip().startsWith(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " in " + out()))
        .strip()
        .replaceAll("\\s+", " ");
  }

  @Test
  void peopleReadATableForEachRuleWithWhatAnotherForOrThresholdChanges() throws Exception {
    assertThat(backtest("--since", "1d", "--rule", "ManyErrors", "--time-zone", "Asia/Tokyo"))
        .as(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(Commands.OK);
    assertThat(out())
        .contains("ManyErrors (" + dir.resolve("rules.yml") + ":5)")
        .contains("at least 8 lines within 5m by service.name")
        .contains("2026-11-22 16:00:00 to 2026-11-23 16:00:00 Asia/Tokyo, looked at each 1m")
        .contains("2026-11-23 10:01:00        5m  {service=\"cart\"}");
    // At 01:00 UTC it is 10:00 in Tokyo.
    assertThat(row("as it is, for: 0s")).isEqualTo("as it is, for: 0s 1 1 0 5m 5m 5m");
    assertThat(row("for: 2m")).isEqualTo("for: 2m 1 1 0 3m 3m 3m");
    assertThat(row("for: 5m")).isEqualTo("for: 5m 0 0 0 - - -");
    assertThat(row("num_events: 4")).isEqualTo("num_events: 4 2 2 0 5m 5m 10m");
    assertThat(row("num_events: 12")).isEqualTo("num_events: 12 0 0 0 - - -");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("ManyErrors: 100%");
  }

  @Test
  void programsReadAllRulesAndWhyOneCouldNotBeAsked() throws Exception {
    assertThat(backtest("--since", "1d", "--output", "json", "--for", "3m", "--threshold", "2"))
        .isEqualTo(Commands.FAILED);
    JsonNode report = new ObjectMapper().readTree(out());
    assertThat(report.path("since").asText()).isEqualTo("2026-11-22T07:00:00Z");
    assertThat(report.path("rules").findValuesAsText("rule"))
        .containsExactly("ManyErrors", "Spike", "Broken");
    JsonNode many = report.path("rules").path(0);
    assertThat(many.path("asItIs").path("pingsAtNight").asInt()).isEqualTo(1);
    assertThat(many.path("asItIs").path("episodes").path(0).path("from").asText())
        .isEqualTo("2026-11-23T01:01:00Z");
    assertThat(many.path("withOtherFor").path(0).path("forSeconds").asInt()).isEqualTo(180);
    assertThat(many.path("withOtherThreshold").path(0).path("threshold").asText())
        .isEqualTo("num_events: 2");
    JsonNode spike = report.path("rules").path(1);
    assertThat(spike.path("asItIs").path("fired").asInt()).isEqualTo(2);
    assertThat(report.path("rules").path(2).path("error").asText())
        .contains("'message' is of type text");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("1 metric rule is left out");
  }

  @Test
  void saysWhereLogsDoNotReachBackSoFar() throws Exception {
    // The rig's first line is 200 days old.
    assertThat(backtest("--since", "210d", "--interval", "1h", "--rule", "ManyErrors"))
        .isEqualTo(Commands.OK);
    assertThat(out())
        .contains("its lines begin at 2026-05-07 07:00:00: of the first 10d there are");
  }
}
