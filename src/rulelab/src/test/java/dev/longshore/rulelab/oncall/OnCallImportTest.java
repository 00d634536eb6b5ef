package dev.longshore.rulelab.oncall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.config.OnCallFile;
import dev.longshore.alerting.oncall.EscalationPolicy;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.oncall.Rotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Opsgenie and Grafana OnCall export becomes an on-call file that loads and means the same,
/// and what has no counterpart is named.
final class OnCallImportTest {
  private static final Instant NOW = Instant.parse("2026-11-23T06:00:00Z");

  private static final String OPSGENIE_SCHEDULES =
      """
      {"data": [{
        "id": "d875alp4-9b4e-4219-a803-0c26936d18de", "name": "Shop", "timezone": "Europe/Berlin",
        "enabled": true, "ownerTeam": {"id": "88ada3f2", "name": "Shop"},
        "rotations": [
          {"id": "r1", "name": "Week", "startDate": "2026-11-23T08:00:00Z", "type": "weekly",
           "length": 1, "participants": [
             {"type": "user", "id": "u1", "username": "alice@example.com"},
             {"type": "user", "id": "u2", "username": "bob@example.com"}]},
          {"id": "r2", "name": "Weekend", "startDate": "2026-11-20T17:00:00+0100",
           "type": "daily", "length": 2, "participants": [
             {"type": "user", "id": "u3", "username": "carol@example.com"}],
           "timeRestriction": {"type": "weekday-and-time-of-day", "restrictions": [
             {"startDay": "friday", "startHour": 17, "startMin": 30,
              "endDay": "monday", "endHour": 9, "endMin": 0}]}},
          {"id": "r3", "name": "Old", "startDate": "2020-01-01T00:00:00Z",
           "endDate": "2021-01-01T00:00:00Z", "type": "daily", "length": 1,
           "participants": [{"type": "user", "username": "dave@example.com"}]},
          {"id": "r4", "name": "Teams", "startDate": "2020-01-01T00:00:00Z", "type": "daily",
           "length": 1, "participants": [{"type": "team", "id": "t1", "name": "Search"}]}]}],
       "took": 0.1, "requestId": "306e1ef9"}
      """;

  private static final String OPSGENIE_OVERRIDES =
      """
      {"data": [{"_parent": {"id": "d875alp4", "name": "Shop", "enabled": true},
        "alias": "xmas", "user": {"type": "user", "username": "bob@example.com"},
        "startDate": "2026-11-24T08:00:00Z", "endDate": "2026-11-24T20:00:00Z",
        "rotations": [{"id": "r1", "name": "Week"}]}]}
      """;

  private static final String OPSGENIE_ESCALATIONS =
      """
      {"data": [{"id": "8418d193", "name": "Shop_escalation", "description": "",
        "rules": [
          {"condition": "if-not-acked", "notifyType": "next",
           "delay": {"timeAmount": 5, "timeUnit": "minutes"},
           "recipient": {"type": "schedule", "id": "d875alp4", "name": "Shop"}},
          {"condition": "if-not-acked", "notifyType": "default",
           "delay": {"timeAmount": 0, "timeUnit": "minutes"},
           "recipient": {"type": "schedule", "id": "d875alp4", "name": "Shop"}},
          {"condition": "if-not-closed", "notifyType": "default",
           "delay": {"timeAmount": 1, "timeUnit": "hours"},
           "recipient": {"type": "user", "id": "u3", "username": "carol@example.com"}},
          {"condition": "if-not-acked", "notifyType": "all",
           "delay": {"timeAmount": 2, "timeUnit": "hours"},
           "recipient": {"type": "team", "id": "t1", "name": "Search"}}],
        "repeat": {"waitInterval": 10, "count": 3, "resetRecipientStates": false,
                   "closeAlertAfterAll": true}}]}
      """;

  private static final String GRAFANA_SCHEDULES =
      """
      {"count": 2, "next": null, "previous": null, "results": [
        {"id": "SBM7DV7BKFUYU", "name": "shop", "type": "web", "time_zone": "Europe/Berlin",
         "team_id": null, "shifts": ["O1", "O2", "O3", "O4"], "on_call_now": ["U4"],
         "slack": {"channel_id": "C0", "user_group_id": "S0"}},
        {"id": "S2", "name": "holidays", "type": "ical", "ical_url_primary": "https://x.example"}]}
      """;

  private static final String GRAFANA_SHIFTS =
      """
      {"results": [
        {"id": "O2", "name": "office", "type": "rolling_users", "level": 1, "start": "2026-11-25T09:00:00",
         "duration": 28800, "frequency": "weekly", "interval": 1, "by_day": ["MO", "TU", "WE", "TH", "FR"],
         "rolling_users": [["U3"], ["U2"]], "start_rotation_from_user_index": 1},
        {"id": "O1", "name": "always", "type": "rolling_users", "level": 0, "start": "2026-11-23T09:00:00",
         "duration": 604800, "frequency": "weekly", "interval": 1, "by_day": null,
         "rolling_users": [["U1"], ["U2", "U3"]], "until": null, "time_zone": null},
        {"id": "O3", "name": "swap", "type": "override", "start": "2026-11-28T09:00:00", "duration": 3600,
         "users": ["U2"]},
        {"id": "O4", "name": "month", "type": "recurrent_event", "start": "2026-11-01T00:00:00",
         "duration": 86400, "frequency": "monthly", "users": ["U1"]}]}
      """;

  private static final String GRAFANA_CHAINS =
      """
      {"users": [
         {"id": "U1", "email": "alice@example.com", "username": "alice",
          "slack": [{"user_id": "U0ALICE", "team_id": "T0"}], "role": "admin"},
         {"id": "U2", "email": "bob@example.com", "username": "bob", "slack": null},
         {"id": "U3", "email": "carol@example.com", "username": "carol", "slack": null}],
       "escalation_chains": [{"id": "F5", "name": "shop-chain", "team_id": null}],
       "escalation_policies": [
         {"id": "E1", "escalation_chain_id": "F5", "position": 0, "type": "notify_on_call_from_schedule",
          "notify_on_call_from_schedule": "SBM7DV7BKFUYU", "important": false},
         {"id": "E2", "escalation_chain_id": "F5", "position": 1, "type": "wait", "duration": 300},
         {"id": "E3", "escalation_chain_id": "F5", "position": 2, "type": "notify_persons",
          "persons_to_notify": ["U3"]},
         {"id": "E4", "escalation_chain_id": "F5", "position": 3, "type": "trigger_webhook",
          "action_to_trigger": "W1"},
         {"id": "E5", "escalation_chain_id": "F5", "position": 4, "type": "wait", "duration": 900},
         {"id": "E6", "escalation_chain_id": "F5", "position": 5, "type": "repeat_escalation"}]}
      """;

  @TempDir Path dir;

  @Test
  void opsgeniesSchedulesAndEscalationsMeanTheSame() throws Exception {
    ImportedOnCall imported =
        OpsgenieImport.convert(
            answers(OPSGENIE_ESCALATIONS, OPSGENIE_SCHEDULES, OPSGENIE_OVERRIDES), NOW);
    OnCall onCall = load(imported);

    Rotation week = rotation(onCall, "Shop / Week");
    assertThat(at(week, "2026-11-23T08:59")).isNull();
    assertThat(at(week, "2026-11-23T09:00")).isEqualTo("alice@example.com");
    assertThat(at(week, "2026-11-24T12:00")).as("the override").isEqualTo("bob@example.com");
    assertThat(at(week, "2026-12-02T12:00")).isEqualTo("bob@example.com");
    Rotation weekend = rotation(onCall, "Shop / Weekend");
    assertThat(at(weekend, "2026-11-27T17:29")).isNull();
    for (String at : List.of("2026-11-27T17:30", "2026-11-28T03:00", "2026-11-30T08:59")) {
      assertThat(at(weekend, at)).as(at).isEqualTo("carol@example.com");
    }
    assertThat(at(weekend, "2026-11-30T09:00")).isNull();
    assertThat(weekend.gapsAllowed()).isTrue();

    EscalationPolicy policy = Objects.requireNonNull(onCall.policyOf("Shop_escalation"));
    assertThat(policy.steps())
        .extracting(it -> it.after().toMinutes())
        .containsExactly(0L, 5L, 55L);
    assertThat(policy.steps().getFirst().rotations())
        .as("rotations of a schedule are on call beside each other")
        .containsExactly("Shop / Week", "Shop / Weekend");
    assertThat(policy.steps().get(1).next()).containsExactly("Shop / Week", "Shop / Weekend");
    assertThat(policy.steps().get(2).people()).containsExactly("carol@example.com");
    assertThat(policy.repeats()).isEqualTo(3);
    assertThat(policy.repeatAfter()).isEqualTo(Duration.ofMinutes(10));
    assertThat(imported.notes())
        .containsExactly(
            "not carried over: schedule Shop, rotation Old: it ended at 2021-01-01T00:00:00Z",
            "not carried over: schedule Shop, rotation Teams: a turn of team Search; name people",
            "not carried over: escalation Shop_escalation: the condition if-not-closed for"
                + " carol@example.com; an acknowledgement stops the step",
            "not carried over: escalation Shop_escalation: a rule that notifies team Search (all)",
            "not carried over: escalation Shop_escalation: repeat.closeAlertAfterAll",
            "write receivers with these names into the Alertmanager file, or other names here:"
                + " alice@example.com, bob@example.com, carol@example.com,"
                + " Shop_escalation");
    assertThat(imported.left()).isEqualTo(5);
  }

  @Test
  void grafanasSchedulesAndChainsMeanTheSame() throws Exception {
    ImportedOnCall imported =
        GrafanaOnCallImport.convert(
            answers(GRAFANA_SCHEDULES, GRAFANA_SHIFTS, GRAFANA_CHAINS), NOW);
    OnCall onCall = load(imported);

    Rotation shop = rotation(onCall, "shop");
    assertThat(at(shop, "2026-11-23T09:30"))
        .as("office hours, of the higher level")
        .isEqualTo("bob");
    assertThat(at(shop, "2026-11-24T18:00")).isEqualTo("alice");
    assertThat(at(shop, "2026-11-28T09:30")).as("the override").isEqualTo("bob");
    assertThat(at(shop, "2026-11-28T10:00")).as("a Saturday").isEqualTo("alice");
    assertThat(at(shop, "2026-12-01T12:00")).isEqualTo("carol");
    assertThat(at(shop, "2026-12-01T20:00")).isEqualTo("bob");
    assertThat(Objects.requireNonNull(onCall.bySlack("U0ALICE")).name()).isEqualTo("alice");

    EscalationPolicy policy = Objects.requireNonNull(onCall.policyOf("shop-chain"));
    assertThat(policy.steps()).extracting(it -> it.after().toMinutes()).containsExactly(0L, 5L);
    assertThat(policy.steps().getFirst().rotations()).containsExactly("shop");
    assertThat(policy.steps().getLast().people()).containsExactly("carol");
    assertThat(policy.repeats()).isEqualTo(5);
    assertThat(policy.repeatAfter()).isEqualTo(Duration.ofMinutes(15));
    assertThat(imported.notes())
        .contains(
            "not carried over: schedule shop, shift always: a turn of several people; the first of"
                + " them is on call",
            "not carried over: schedule shop, shift month: a shift of 24 h, monthly; write its layer"
                + " by hand",
            "not carried over: schedule holidays: it is a calendar at a URL; write its rotation by"
                + " hand",
            "not carried over: escalation chain shop-chain: the step 4, trigger_webhook");
  }

  @Test
  void whatOpsgenieAllowsAndThisFileDoesNotIsNamedAndTheRestIsConverted() throws Exception {
    ImportedOnCall imported =
        OpsgenieImport.convert(
            answers(
                """
                {"data": [{"id": "s1", "name": "Shop", "timezone": "Europe/Berlin", "rotations": [
                  {"id": "r1", "name": "Good", "startDate": "2026-11-23T08:00:00Z", "type": "weekly",
                   "participants": [{"type": "user", "username": "alice@example.com"}],
                   "timeRestriction": {"type": "time-of-day", "restriction":
                     {"startHour": 8, "startMin": 0, "endHour": 8, "endMin": 0}}},
                  {"id": "r2", "name": "Nobody", "startDate": "2026-11-23T08:00:00Z", "type": "daily",
                   "participants": [{"type": "user", "username": "alice@example.com"}, {"type": "none"}]},
                  {"id": "r3", "name": "Deleted", "startDate": "2026-11-23T08:00:00Z", "type": "daily",
                   "participants": [{"type": "user", "id": "u9"}]},
                  {"id": "r4", "name": "NoTime", "startDate": "soon", "type": "daily",
                   "participants": [{"type": "user", "username": "alice@example.com"}]},
                  {"id": "r5", "name": "NoDay", "startDate": "2026-11-23T08:00:00Z", "type": "daily",
                   "participants": [{"type": "user", "username": "alice@example.com"}],
                   "timeRestriction": {"type": "weekday-and-time-of-day", "restrictions": [
                     {"startDay": "someday", "startHour": 1, "endDay": "monday", "endHour": 2}]}}]}]}
                """,
                """
                {"data": [{"_parent": {"id": "s1", "name": "Shop"}, "alias": "a",
                  "user": {"type": "team", "name": "Search"}, "rotations": [{"id": "r1"}],
                  "startDate": "2026-11-24T08:00:00Z", "endDate": "2026-11-24T20:00:00Z"}]}
                """),
            NOW);

    OnCall onCall = load(imported);
    assertThat(onCall.people()).extracting("name").containsExactly("alice@example.com");
    assertThat(onCall.rotations()).extracting(Rotation::name).containsExactly("Shop / Good");
    assertThat(onCall.rotations().getFirst().gaps(NOW.plus(Duration.ofDays(1)))).isEmpty();
    assertThat(String.join("\n", imported.notes()))
        .contains("rotation Nobody: a turn of nobody")
        .contains("rotation Deleted: the person u9, who has no username in the files")
        .contains("rotation NoTime: it has no participants, or no start")
        .contains("rotation NoDay: a startDay 'SOMEDAY', which is no day of the week")
        .contains("an override: a turn of team Search");
  }

  @Test
  void aShiftOfGrafanaWhoseTimesCanNotBeReadIsNamedAndTheRestIsConverted() throws Exception {
    ImportedOnCall imported =
        GrafanaOnCallImport.convert(
            answers(
                """
                {"results": [
                  {"id": "S1", "name": "Shop", "type": "web", "time_zone": null, "shifts": ["O1", "O2"]},
                  {"id": "O1", "name": "good", "type": "rolling_users", "start": "2026-11-23T09:00:00",
                   "duration": 604800, "frequency": "weekly", "interval": 1, "by_day": null,
                   "rolling_users": [["U1"], ["U2"]]},
                  {"id": "O2", "name": "bad", "type": "rolling_users", "start": "tomorrow",
                   "duration": 86400, "frequency": "daily", "rolling_users": [["U1"]]},
                  {"id": "U1", "username": "alice", "slack": null},
                  {"id": "U2", "username": "bob", "slack": {"user_id": "U0BOB", "team_id": "T1"}}]}
                """),
            NOW);

    OnCall onCall = load(imported);
    assertThat(onCall.rotations().getFirst().at(Instant.parse("2026-12-01T12:00:00Z")))
        .isEqualTo("bob");
    assertThat(Objects.requireNonNull(onCall.person("bob")).slack()).isEqualTo("U0BOB");
    assertThat(String.join("\n", imported.notes())).contains("shift bad: its times can't be read");
  }

  @Test
  void whatIsNotJsonOrHoldsNothingIsSaid() {
    assertThatThrownBy(() -> OpsgenieImport.convert(answers("resource \"x\" {}"), NOW))
        .hasMessageContaining("answer.json:1: not JSON");
    assertThat(OpsgenieImport.convert(answers("{\"data\": []}"), NOW).file()).isEmpty();
    assertThat(GrafanaOnCallImport.convert(answers("{\"results\": []}"), NOW).file()).isEmpty();
  }

  private static List<ApiAnswer> answers(String... texts) {
    return Stream.of(texts).map(it -> new ApiAnswer("answer.json", it)).toList();
  }

  private OnCall load(ImportedOnCall imported) throws IOException {
    return OnCallFile.load(
        Files.writeString(dir.resolve("oncall.yml"), imported.file()),
        new HashSet<>(imported.receivers()));
  }

  private static Rotation rotation(OnCall onCall, String name) {
    return onCall.rotations().stream()
        .filter(it -> it.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static @Nullable String at(Rotation rotation, String local) {
    return rotation.at(LocalDateTime.parse(local).atZone(ZoneId.of("Europe/Berlin")).toInstant());
  }
}
