package dev.longshore.alerting.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.logs.LogRig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.ElasticRoles;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Promise: `longshore alerting check` has Elasticsearch read the queries of log rules and look for
/// their fields.
@ResourceLock(LogRig.ALL_LOGS)
final class CheckIT {
  @TempDir Path dir;

  private final LogRig rig = new LogRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void queriesAndFieldsThatElasticsearchDoesNotTakeAreProblemsOfTheirRules() throws Exception {
    rig.lines(1, Duration.ofMinutes(1), "message", "all is well", "service.name", "cart");
    Files.writeString(
        dir.resolve("rules.yml"),
        """
        groups:
          - name: shop
            rules:
              - alert: Sound
                logs: {query: 'message:well', index: %1$s, by: [service.name], any: {}}
              - alert: BrokenQuery
                logs: {query: 'message:(well', index: %1$s, any: {}}
              - alert: NothingToReadYet
                logs: {query: 'message:(well', index: logs-of-nobody-*, any: {}}
              - alert: NoSuchField
                logs: {query: '*', index: %1$s, by: [servis.name], any: {}}
        """
            .formatted(rig.stream));
    Path config =
        Files.writeString(
            dir.resolve("alerting.yaml"),
            "rules: [rules.yml]\nelasticsearch: " + LogRig.configuration() + "\n");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    int exit =
        new Commands(Map.of(), Clock.system(), out, out)
            .run(List.of("check", "--config", config.toString()));
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("BrokenQuery: elasticsearch refuses it: the query 'message:(well' is not sound")
        .contains("NoSuchField: elasticsearch refuses it: the field 'servis.name' is in no mapping")
        .contains(
            "NothingToReadYet: its query was not looked at: no index matches logs-of-nobody-*")
        .contains("elasticsearch: asked about 4 rules")
        .doesNotContain("Sound:");
    assertThat(exit).isEqualTo(Commands.FAILED);
  }

  @Test
  void namesThePrivilegesThatTheUserLacks() throws Exception {
    ElasticsearchServer server = ElasticsearchServer.secured();
    Path rules =
        Files.writeString(
            dir.resolve("rules.yml"),
            "groups: [{name: shop, rules: [{alert: A, logs: {query: '*', index: 'logs-*', any:"
                + " {}}}]}]");
    for (String user : List.of("longshore_alerting", "longshore_alerting-without-read-1")) {
      Path config =
          Files.writeString(
              dir.resolve("alerting.yaml"),
              """
              rules: [%s]
              elasticsearch: {urls: [%s], username: %s, password: %s, caFile: %s}
              """
                  .formatted(rules, server.url(), user, ElasticRoles.PASSWORD, server.caFile()));
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
      new Commands(Map.of(), Clock.system(), out, out)
          .run(List.of("check", "--config", config.toString()));
      String lacks =
          "elasticsearch: the user lacks read on longshore-fleet, read on longshore-watermarks";
      if (user.equals("longshore_alerting")) {
        assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("the user lacks");
      } else {
        assertThat(said.toString(StandardCharsets.UTF_8)).contains(lacks);
      }
    }
  }
}
