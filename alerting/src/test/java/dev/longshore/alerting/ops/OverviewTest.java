package dev.longshore.alerting.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.engine.EngineRig;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.shared.ops.StatusSource;
import dev.longshore.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page is told what is so: what is pending, not known, muted, and what became of messages.
@SuppressWarnings("NullAway.Init") // each test has its own routing
final class OverviewTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static final String MUTED_ROUTING =
      """
      route:
        receiver: hook
        group_by: [alertname]
        group_wait: 1s
        routes:
          - matchers: ['alertname="BackupLate"']
            receiver: hook
            mute_time_intervals: [night]
      receivers:
        - name: hook
          webhook_configs:
            - url: http://127.0.0.1:PORT/hook
      time_intervals:
        - name: night
          time_intervals: [{times: [{start_time: "START", end_time: "END"}]}]
      """;

  @TempDir Path dir;
  private EngineRig rig;

  @AfterEach
  void close() {
    rig.close();
  }

  private static JsonNode written(StatusSource members) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      members.writeMembers(json);
      json.writeEndObject();
    }
    return JSON.readTree(out.toByteArray());
  }

  private JsonNode overview() throws IOException {
    Overview overview = Overview.of(rig.engine, rig.clock.now());
    return written(
        json -> overview.write(json, new RuleFiles(List.of("rules.yml"), dir, rig.clock).load()));
  }

  @Test
  void anAlertThatWaitsForItsForIsPendingUntilItFires() throws Exception {
    rig = new EngineRig(dir);
    rig.source.isTrue.add("slow");
    rig.pass(Duration.ofMinutes(2));

    JsonNode pending = overview().path("pending").path(0);
    assertThat(overview().path("pendingTotal").asInt()).isEqualTo(1);
    assertThat(pending.path("labels").path("alertname").asText()).isEqualTo("PodSlow");
    assertThat(Duration.between(instant(pending, "activeAt"), instant(pending, "firesAt")))
        .isEqualTo(Duration.ofMinutes(5));

    rig.pass(Duration.ofMinutes(5));
    assertThat(overview().path("pendingTotal").asInt()).isZero();
  }

  @Test
  void alertsOfASourceThatIsAwayAreNotKnownSinceItsLastAnswer() throws Exception {
    rig = new EngineRig(dir);
    rig.source.isTrue.add("down");
    rig.pass(Duration.ofMinutes(2));
    assertThat(overview().path("notKnown")).isEmpty();
    Instant answered = rig.clock.now();

    rig.source.away = "connection refused";
    rig.pass(Duration.ofMinutes(10));

    JsonNode overview = overview();
    JsonNode source = overview.path("sources").path(0);
    assertThat(source.path("up").asBoolean()).isFalse();
    assertThat(source.path("cause").asText()).contains("connection refused");
    JsonNode podDown = named(overview.path("notKnown"), "PodDown");
    assertThat(podDown.path("fingerprints")).hasSize(1);
    assertThat(instant(podDown, "since")).isBeforeOrEqualTo(answered);

    rig.source.away = null;
    rig.pass(Duration.ofMinutes(3));
    assertThat(overview().path("notKnown")).isEmpty();
    assertThat(overview().path("sources").path(0).path("up").asBoolean()).isTrue();
  }

  @Test
  void whatIsEscalatedHasItsNextStepAndAnExplanationSaysWhoAcknowledgedIt() throws Exception {
    Files.writeString(
        dir.resolve("oncall.yml"),
        """
        people: [{name: alice, receivers: [hook]}]
        rotations: [{name: shop, layers: [{people: [alice], start: 2026-11-01}]}]
        escalations:
          - {name: shop, receivers: [hook], steps: [{after: 5m, rotations: [shop]}]}
        """);
    rig = new EngineRig(dir);
    rig.source.isTrue.add("down");
    rig.pass(Duration.ofMinutes(2));

    JsonNode escalation = overview().path("escalations").path(0);
    String group = rig.engine.dispatcher().groups().getFirst().hash();
    assertThat(escalation.path("group").asText()).isEqualTo(group);
    assertThat(escalation.path("state").asText()).isEqualTo("running");
    assertThat(instant(escalation, "due")).isAfter(rig.clock.now());
    JsonNode onCall = written(OnCallPage.of(rig.engine, rig.clock.now())::write);
    assertThat(onCall.at("/rotations/0/person").asText()).isEqualTo("alice");
    assertThat(onCall.at("/rotations/0").has("next")).isFalse();

    rig.engine.acknowledgements().acknowledge(group, "bob", "", null);
    rig.pass(Duration.ofMinutes(1));
    assertThat(overview().at("/escalations/0/state").asText()).isEqualTo("stopped");
    Explanation explanation =
        new Explanation(rig.engine, AlertSelector.parse("PodDown"), rig.clock);
    JsonNode alert = written(json -> explanation.look().write(json)).path("alerts").path(0);
    assertThat(alert.at("/groups/0/acknowledgedBy").asText()).isEqualTo("bob");
  }

  @Test
  void aMuteHasItsReasonAndItsEnd() throws Exception {
    Instant now = new ManualClock().now();
    String start = clockTime(now.minus(Duration.ofHours(1)));
    String end = clockTime(now.plus(Duration.ofHours(2)));
    rig =
        new EngineRig(
            dir,
            AlertsConfig.defaults(),
            MUTED_ROUTING.replace("START", start).replace("END", end));
    rig.put(rig.posted("BackupLate", Duration.ofHours(1)));
    rig.pass(Duration.ofSeconds(5));

    JsonNode mute = overview().path("mutes").path(0);
    assertThat(mute.path("receiver").asText()).isEqualTo("hook");
    assertThat(mute.path("intervals").path(0).asText()).isEqualTo("night");
    assertThat(mute.path("reason").asText()).contains("muted by the time interval night");
    assertThat(clockTime(instant(mute, "until"))).isEqualTo(end);
  }

  private static String clockTime(Instant at) {
    return at.toString().substring(11, 16);
  }

  @Test
  void aMessageThatIsRefusedWaitsWithItsReasonAndIsDeliveredLater() throws Exception {
    rig = new EngineRig(dir);
    rig.answer = 404;
    rig.put(rig.posted("DiskFull", Duration.ofHours(1)));
    rig.pass(Duration.ofSeconds(5));

    JsonNode refused = notifications();
    JsonNode waiting = refused.path("waiting").path(0);
    assertThat(refused.path("waitingTotal").asInt()).isPositive();
    assertThat(waiting.path("receiver").asText()).isEqualTo("hook");
    assertThat(waiting.path("problem").asText()).contains("404");
    assertThat(waiting.has("notBefore")).isTrue();
    assertThat(refused.path("outcomes").path(0).path("fate").asText()).isEqualTo("refused");
    assertThat(overview().path("notifications").path("failing").asBoolean()).isTrue();

    rig.answer = 200;
    rig.pass(Duration.ofMinutes(2));
    JsonNode delivered = notifications();
    assertThat(delivered.path("waitingTotal").asInt()).isZero();
    assertThat(delivered.path("outcomes").path(0).path("fate").asText()).isEqualTo("delivered");
  }

  private JsonNode notifications() throws IOException {
    NotificationsPage page = NotificationsPage.of(rig.engine.notifier(), rig.clock.now());
    return written(page::write);
  }

  @Test
  void aRuleHasItsExpressionItsPlaceAndItsLastEvaluation() throws Exception {
    rig = new EngineRig(dir);
    rig.source.isTrue.add("slow");
    rig.pass(Duration.ofMinutes(2));

    JsonNode rule =
        named(
            written(json -> RulesPage.write(json, rig.engine.evaluator().groups()))
                .path("groups")
                .path(0)
                .path("rules"),
            "PodSlow");
    assertThat(rule.path("query").asText()).isEqualTo("slow");
    assertThat(rule.path("place").asText()).contains("rules.yml");
    assertThat(rule.path("state").asText()).isEqualTo("pending");
    assertThat(rule.path("pending").asInt()).isEqualTo(1);
    assertThat(rule.path("forSeconds").asInt()).isEqualTo(300);
    assertThat(rule.path("source").asText()).isEqualTo("main");
    assertThat(rule.has("lastEvaluation")).isTrue();
  }

  @Test
  void anExplanationHasTheLinksOfTheAlertAndTheExpressionOfItsRule() throws Exception {
    rig = new EngineRig(dir);
    rig.source.isTrue.add("down");
    rig.pass(Duration.ofMinutes(2));

    Explanation explanation =
        new Explanation(rig.engine, AlertSelector.parse("PodDown"), rig.clock);
    JsonNode explained = written(json -> explanation.look().remember().write(json));
    JsonNode alert = explained.path("alerts").path(0);
    assertThat(alert.path("generatorURL").asText()).isEqualTo("http://prometheus.example/graph");
    assertThat(alert.has("annotations")).isTrue();
    assertThat(alert.path("groups").path(0).has("nextLook")).isTrue();
    JsonNode rule = named(explained.path("rules"), "PodDown");
    assertThat(rule.path("query").asText()).isEqualTo("down");
    assertThat(rule.has("knownAt")).isTrue();
  }

  private static JsonNode named(JsonNode array, String name) {
    for (JsonNode it : array) {
      if (it.path("name").asText().equals(name)) {
        return it;
      }
    }
    throw new AssertionError(name + " is not in " + array);
  }

  private static Instant instant(JsonNode object, String member) {
    return Instant.parse(object.path(member).asText());
  }
}
