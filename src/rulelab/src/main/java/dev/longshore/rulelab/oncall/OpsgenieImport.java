package dev.longshore.rulelab.oncall;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Opsgenie's schedules (`/v2/schedules?expand=rotation`), their overrides
/// (`/v2/schedules/ID/overrides`) and escalations (`/v2/escalations`), and those of Jira Service
/// Management, which have the same members.
///
/// Rotations of a schedule are on call beside each other there, and so each becomes a rotation of
/// its own, and a step that tells the schedule tells them all.
public final class OpsgenieImport {
  private final OnCallDraft draft = new OnCallDraft();
  private final Instant now;

  /// Names of our rotations by the names of schedules.
  private final Map<String, List<String>> rotations = new LinkedHashMap<>();

  private OpsgenieImport(Instant now) {
    this.now = now;
  }

  /// Converts answers of the API.
  ///
  /// @param now rotations that have ended before are left out
  /// @throws IllegalArgumentException when one is not JSON
  public static ImportedOnCall convert(List<ApiAnswer> answers, Instant now) {
    OpsgenieImport conversion = new OpsgenieImport(now);
    List<JsonNode> objects = Exported.objects(answers);
    List<JsonNode> overrides =
        objects.stream().filter(it -> it.has("user") && it.has("startDate")).toList();
    for (JsonNode object : objects) {
      if (object.has("rotations") && !object.has("user")) {
        conversion.schedule(object, overrides);
      }
    }
    for (JsonNode object : objects) {
      if (object.has("rules")) {
        conversion.escalation(object);
      }
    }
    return conversion.draft.done();
  }

  private void schedule(JsonNode schedule, List<JsonNode> overrides) {
    String name = schedule.path("name").asText();
    if (!schedule.path("enabled").asBoolean(true)) {
      draft.leftOut("schedule " + name, "it is disabled");
      return;
    }
    ZoneId zone = zone(name, schedule.path("timezone").asText("UTC"));
    List<String> names = new ArrayList<>();
    int count = schedule.path("rotations").size();
    for (JsonNode rotation : schedule.path("rotations")) {
      String own = rotation.path("name").asText("rotation " + (names.size() + 1));
      String full = count == 1 ? name : name + " / " + own;
      String where = "schedule " + name + ", rotation " + own;
      List<Map<String, Object>> layers = layers(rotation, zone, where);
      if (layers.isEmpty()) {
        continue;
      }
      Map<String, Object> made = OnCallDraft.mapping("name", full);
      made.put("timezone", zone.getId());
      made.put("layers", layers);
      List<Map<String, Object>> substitutions = substitutions(name, rotation, overrides, zone);
      if (!substitutions.isEmpty()) {
        made.put("overrides", substitutions);
      }
      if (rotation.has("timeRestriction")) {
        made.put("gapsAllowed", true);
      }
      draft.rotation(made);
      names.add(full);
    }
    rotations.put(name, names);
  }

  private ZoneId zone(String schedule, String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      draft.leftOut("schedule " + schedule, "its time zone " + name + " is not known; UTC is used");
      return ZoneOffset.UTC;
    }
  }

  private List<Map<String, Object>> layers(JsonNode rotation, ZoneId zone, String where) {
    Instant end = instant(rotation.path("endDate"));
    if (end != null && end.isBefore(now)) {
      draft.leftOut(where, "it ended at " + end);
      return List.of();
    }
    if (end != null) {
      draft.leftOut(where, "its end at " + end + "; take it out of the file then");
    }
    List<String> people = new ArrayList<>();
    for (JsonNode participant : rotation.path("participants")) {
      String person = person(participant, where);
      if (person == null) {
        return List.of();
      }
      people.add(person);
    }
    Instant start = instant(rotation.path("startDate"));
    if (start == null || people.isEmpty()) {
      draft.leftOut(where, "it has no participants, or no start that is a time with an offset");
      return List.of();
    }
    int length = rotation.path("length").asInt(1);
    LocalDateTime local = start.atZone(zone).toLocalDateTime();
    Map<String, Object> layer = OnCallDraft.mapping("people", people);
    switch (rotation.path("type").asText()) {
      case "hourly" -> layer.put("every", length + "h");
      case "daily" -> layer.put("every", length + "d");
      default -> layer.put("every", length + "w");
    }
    layer.put("start", local.toLocalDate().toString());
    layer.put("handover", local.toLocalTime().toString());
    List<Map<String, Object>> layers = new ArrayList<>();
    List<Map<String, Object>> restrictions;
    try {
      restrictions = hours(rotation.path("timeRestriction"));
    } catch (IllegalArgumentException e) {
      draft.leftOut(where, String.valueOf(e.getMessage()));
      return List.of();
    }
    for (Map<String, Object> hours : restrictions) {
      Map<String, Object> restricted = new LinkedHashMap<>(layer);
      restricted.putAll(hours);
      layers.add(restricted);
    }
    return layers;
  }

  /// Who a participant, or the user of an override, is; null when that is no person whose name is
  /// known.
  private @Nullable String person(JsonNode participant, String where) {
    String type = participant.path("type").asText("user");
    String name = participant.path("username").asText();
    if (type.equals("user") && !name.isBlank()) {
      return draft.person(name, null);
    }
    draft.leftOut(
        where,
        switch (type) {
          case "none" -> "a turn of nobody; write its layers by hand";
          case "user" ->
              "the person "
                  + participant.path("id").asText()
                  + ", who has no username in the files";
          default ->
              "a turn of " + type + " " + participant.path("name").asText() + "; name people";
        });
    return null;
  }

  /// A time as Opsgenie writes it, with an offset; null when there is none that can be read.
  private static @Nullable Instant instant(JsonNode node) {
    try {
      return node.isTextual() ? OffsetDateTime.parse(colon(node.asText())).toInstant() : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  /// Opsgenie writes offsets with a colon and without.
  private static String colon(String time) {
    return time.replaceFirst("([+-]\\d\\d)(\\d\\d)$", "$1:$2");
  }

  /// The hours and weekdays of a restriction, one layer each; one without any where there is none.
  private static List<Map<String, Object>> hours(JsonNode restriction) {
    if (restriction.path("type").asText().equals("time-of-day")) {
      JsonNode hours = restriction.path("restriction");
      String from = time(hours, "start");
      String to = time(hours, "end");
      return List.of(
          from.equals(to)
              ? new LinkedHashMap<>()
              : OnCallDraft.mapping("hours", List.of(from + "-" + to)));
    }
    List<Map<String, Object>> all = new ArrayList<>();
    for (JsonNode one : restriction.path("restrictions")) {
      span(one, all);
    }
    return all.isEmpty() ? List.of(new LinkedHashMap<>()) : all;
  }

  /// A span of the week: the rest of its first day, whole days, the begin of its last day.
  private static void span(JsonNode span, List<Map<String, Object>> all) {
    DayOfWeek first = day(span, "startDay");
    DayOfWeek last = day(span, "endDay");
    String from = time(span, "start");
    String to = time(span, "end");
    if (first == last && from.compareTo(to) < 0) {
      all.add(hours(first, from + "-" + to));
      return;
    }
    all.add(hours(first, from + "-24:00"));
    for (DayOfWeek day = first.plus(1); day != last; day = day.plus(1)) {
      all.add(OnCallDraft.mapping("weekdays", List.of(word(day))));
    }
    if (!to.equals("00:00")) {
      all.add(hours(last, "00:00-" + to));
    }
  }

  private static Map<String, Object> hours(DayOfWeek day, String hours) {
    Map<String, Object> mapping = OnCallDraft.mapping("hours", List.of(hours));
    mapping.put("weekdays", List.of(word(day)));
    return mapping;
  }

  private static String word(DayOfWeek day) {
    return day.name().toLowerCase(Locale.ROOT);
  }

  private static DayOfWeek day(JsonNode span, String key) {
    String name = span.path(key).asText().toUpperCase(Locale.ROOT);
    for (DayOfWeek day : DayOfWeek.values()) {
      if (day.name().equals(name)) {
        return day;
      }
    }
    throw new IllegalArgumentException("a " + key + " '" + name + "', which is no day of the week");
  }

  private static String time(JsonNode node, String which) {
    return "%02d:%02d"
        .formatted(node.path(which + "Hour").asInt(), node.path(which + "Min").asInt());
  }

  private List<Map<String, Object>> substitutions(
      String schedule, JsonNode rotation, List<JsonNode> overrides, ZoneId zone) {
    List<Map<String, Object>> made = new ArrayList<>();
    for (JsonNode override : overrides) {
      Instant from = instant(override.path("startDate"));
      Instant to = instant(override.path("endDate"));
      if (!override.at("/_parent/name").asText().equals(schedule)
          || !isOf(override, rotation)
          || from == null
          || to == null
          || to.isBefore(now)) {
        continue;
      }
      String person = person(override.path("user"), "schedule " + schedule + ", an override");
      if (person == null) {
        continue;
      }
      Map<String, Object> substitution = OnCallDraft.mapping("person", person);
      substitution.put("from", from.atZone(zone).toLocalDateTime().toString());
      substitution.put("to", to.atZone(zone).toLocalDateTime().toString());
      made.add(substitution);
    }
    return made;
  }

  /// Whether an override is for a rotation: it names it, or none.
  private static boolean isOf(JsonNode override, JsonNode rotation) {
    JsonNode named = override.path("rotations");
    if (named.isEmpty()) {
      return true;
    }
    for (JsonNode it : named) {
      if (it.path("id").asText().equals(rotation.path("id").asText())) {
        return true;
      }
    }
    return false;
  }

  private void escalation(JsonNode escalation) {
    String name = escalation.path("name").asText();
    List<JsonNode> rules = new ArrayList<>();
    escalation.path("rules").forEach(rules::add);
    rules.sort((a, b) -> Long.compare(minutes(a), minutes(b)));
    List<Map<String, Object>> steps = new ArrayList<>();
    long before = 0;
    for (JsonNode rule : rules) {
      Map<String, Object> step = step(rule, "escalation " + name);
      if (step == null) {
        continue;
      }
      // Delays count from the alert there, and from the step before here.
      step.put("after", minutes(rule) - before + "m");
      before = minutes(rule);
      steps.add(step);
    }
    if (steps.isEmpty()) {
      draft.leftOut("escalation " + name, "none of its rules has a counterpart");
      return;
    }
    draft.escalation(name, steps, repeat(escalation.path("repeat"), "escalation " + name));
  }

  private static long minutes(JsonNode rule) {
    JsonNode delay = rule.path("delay");
    long amount = delay.isObject() ? delay.path("timeAmount").asLong() : delay.asLong();
    return switch (delay.path("timeUnit").asText("minutes")) {
      case "hours" -> amount * 60;
      case "days" -> amount * 24 * 60;
      default -> amount;
    };
  }

  private @Nullable Map<String, Object> step(JsonNode rule, String where) {
    JsonNode recipient = rule.path("recipient");
    String type = recipient.path("type").asText();
    String named =
        recipient
            .path(type.equals("user") ? "username" : "name")
            .asText(recipient.path("id").asText());
    String notify = rule.path("notifyType").asText("default");
    if (rule.path("condition").asText().equals("if-not-closed")) {
      draft.leftOut(
          where,
          "the condition if-not-closed for " + named + "; an acknowledgement stops the step");
    }
    if (type.equals("user")) {
      return OnCallDraft.mapping("people", List.of(draft.person(named, null)));
    }
    List<String> known = rotations.getOrDefault(named, List.of());
    if (type.equals("schedule")
        && !known.isEmpty()
        && (notify.equals("default") || notify.equals("next"))) {
      return OnCallDraft.mapping(notify.equals("next") ? "next" : "rotations", known);
    }
    draft.leftOut(
        where,
        "a rule that notifies "
            + type
            + " "
            + named
            + (notify.equals("default") ? "" : " (" + notify + ")")
            + (type.equals("schedule") && known.isEmpty()
                ? ", which is not among the schedules that were converted"
                : ""));
    return null;
  }

  private @Nullable Map<String, Object> repeat(JsonNode repeat, String where) {
    int count = repeat.path("count").asInt();
    if (count == 0) {
      return null;
    }
    for (String flag : List.of("resetRecipientStates", "closeAlertAfterAll")) {
      if (repeat.path(flag).asBoolean()) {
        draft.leftOut(where, "repeat." + flag);
      }
    }
    Map<String, Object> made = OnCallDraft.mapping("times", count);
    made.put("after", Math.max(1, repeat.path("waitInterval").asInt(1)) + "m");
    return made;
  }
}
