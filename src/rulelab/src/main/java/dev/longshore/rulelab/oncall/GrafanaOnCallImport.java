package dev.longshore.rulelab.oncall;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Grafana OnCall's schedules, shifts, escalation chains and policies, and users, as its public API
/// answers: `/api/v1/schedules/`, `/on_call_shifts/`, `/escalation_chains/`,
/// `/escalation_policies/`, `/users/`.
///
/// Each schedule becomes a rotation. Its shifts become layers, those of a higher level later, and
/// single events and overrides become overrides.
public final class GrafanaOnCallImport {
  /// How often Grafana OnCall repeats a chain.
  private static final int REPEATS = 5;

  private static final Duration DAY = Duration.ofDays(1);
  private static final Map<String, DayOfWeek> DAYS =
      Map.of(
          "MO", DayOfWeek.MONDAY,
          "TU", DayOfWeek.TUESDAY,
          "WE", DayOfWeek.WEDNESDAY,
          "TH", DayOfWeek.THURSDAY,
          "FR", DayOfWeek.FRIDAY,
          "SA", DayOfWeek.SATURDAY,
          "SU", DayOfWeek.SUNDAY);

  private final OnCallDraft draft = new OnCallDraft();
  private final Instant now;
  private final Map<String, JsonNode> users = new LinkedHashMap<>();
  private final Map<String, JsonNode> shifts = new LinkedHashMap<>();

  /// Names of schedules that were converted, by their ids.
  private final Map<String, String> rotations = new LinkedHashMap<>();

  private GrafanaOnCallImport(Instant now) {
    this.now = now;
  }

  /// Converts answers of the API.
  ///
  /// @param now single events that have ended before are left out
  /// @throws IllegalArgumentException when one is not JSON
  public static ImportedOnCall convert(List<ApiAnswer> answers, Instant now) {
    GrafanaOnCallImport conversion = new GrafanaOnCallImport(now);
    List<JsonNode> objects = Exported.objects(answers);
    for (JsonNode object : objects) {
      if (object.has("username") || object.has("email")) {
        conversion.users.put(object.path("id").asText(), object);
      } else if (object.has("duration") && object.has("start")) {
        conversion.shifts.put(object.path("id").asText(), object);
      }
    }
    for (JsonNode object : objects) {
      if (object.has("shifts") || object.path("type").asText().equals("ical")) {
        conversion.schedule(object);
      }
    }
    conversion.chains(objects);
    return conversion.draft.done();
  }

  private String person(String id) {
    JsonNode user = users.get(id);
    if (user == null) {
      return draft.person(id, null);
    }
    JsonNode slack = user.path("slack");
    JsonNode account = slack.isArray() ? slack.path(0) : slack;
    return draft.person(
        user.path("username").asText(user.path("email").asText(id)),
        account.path("user_id").isTextual() ? account.path("user_id").asText() : null);
  }

  private void schedule(JsonNode schedule) {
    String name = schedule.path("name").asText();
    String where = "schedule " + name;
    if (schedule.path("type").asText().equals("ical")) {
      draft.leftOut(where, "it is a calendar at a URL; write its rotation by hand");
      return;
    }
    ZoneId zone = zone(where, schedule.path("time_zone").asText("UTC"));
    List<JsonNode> own = new ArrayList<>();
    for (JsonNode id : schedule.path("shifts")) {
      JsonNode shift = shifts.get(id.asText());
      if (shift == null) {
        draft.leftOut(where, "the shift " + id.asText() + ", which is not in the files");
      } else {
        own.add(shift);
      }
    }
    own.sort(Comparator.comparingInt(it -> it.path("level").asInt()));
    List<Map<String, Object>> layers = new ArrayList<>();
    List<Map<String, Object>> overrides = new ArrayList<>();
    for (JsonNode shift : own) {
      String place = where + ", shift " + shift.path("name").asText(shift.path("id").asText());
      try {
        switch (shift.path("type").asText()) {
          case "single_event", "override" -> override(shift, zone, place, overrides);
          case "rolling_users" -> layer(shift, turns(shift, place), zone, place, layers);
          default -> layer(shift, together(shift, place), zone, place, layers);
        }
      } catch (DateTimeException e) {
        draft.leftOut(place, "its times can't be read: " + e.getMessage());
      }
    }
    if (layers.isEmpty()) {
      draft.leftOut(where, "none of its shifts has a counterpart");
      return;
    }
    Map<String, Object> rotation = OnCallDraft.mapping("name", name);
    rotation.put("timezone", zone.getId());
    rotation.put("layers", layers);
    if (!overrides.isEmpty()) {
      rotation.put("overrides", overrides);
    }
    draft.rotation(rotation);
    rotations.put(schedule.path("id").asText(), name);
  }

  private ZoneId zone(String where, String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      draft.leftOut(where, "its time zone " + name + " is not known; UTC is used");
      return ZoneOffset.UTC;
    }
  }

  /// The people of turns, in their order, one of each turn.
  private List<String> turns(JsonNode shift, String where) {
    List<String> people = new ArrayList<>();
    for (JsonNode turn : shift.path("rolling_users")) {
      if (turn.size() > 1) {
        draft.leftOut(where, "a turn of several people; the first of them is on call");
      }
      if (!turn.isEmpty()) {
        people.add(person(turn.path(0).asText()));
      }
    }
    int first = shift.path("start_rotation_from_user_index").asInt();
    if (first > 0 && first < people.size()) {
      List<String> later = new ArrayList<>(people.subList(first, people.size()));
      later.addAll(people.subList(0, first));
      return later;
    }
    return people;
  }

  private List<String> together(JsonNode shift, String where) {
    if (shift.path("users").size() > 1) {
      draft.leftOut(where, "people who are on call together; the first of them is on call");
    }
    return shift.path("users").isEmpty()
        ? List.of()
        : List.of(person(shift.at("/users/0").asText()));
  }

  private void override(
      JsonNode shift, ZoneId zone, String where, List<Map<String, Object>> overrides) {
    LocalDateTime start = start(shift);
    LocalDateTime end = start.plusSeconds(shift.path("duration").asLong());
    List<String> people =
        shift.has("rolling_users") && !shift.path("rolling_users").isEmpty()
            ? turns(shift, where)
            : together(shift, where);
    if (people.isEmpty() || end.atZone(zone).toInstant().isBefore(now)) {
      return;
    }
    Map<String, Object> override = OnCallDraft.mapping("person", people.getFirst());
    override.put("from", start.toString());
    override.put("to", end.toString());
    overrides.add(override);
  }

  private static LocalDateTime start(JsonNode shift) {
    JsonNode rotation = shift.path("rotation_start");
    LocalDateTime first = LocalDateTime.parse(local(shift.path("start").asText()));
    LocalDateTime begin =
        rotation.isTextual() ? LocalDateTime.parse(local(rotation.asText())) : first;
    return begin.isAfter(first) ? begin.toLocalDate().atTime(first.toLocalTime()) : first;
  }

  private static String local(String time) {
    return time.replaceFirst("(Z|[+-]\\d\\d:?\\d\\d)$", "");
  }

  private void layer(
      JsonNode shift,
      List<String> people,
      ZoneId zone,
      String where,
      List<Map<String, Object>> layers) {
    if (people.isEmpty()) {
      draft.leftOut(where, "it has nobody");
      return;
    }
    JsonNode own = shift.path("time_zone");
    if (own.isTextual() && !own.asText().equals(zone.getId())) {
      draft.leftOut(where, "its own time zone " + own.asText() + "; the schedule's is used");
    }
    if (shift.path("until").isTextual()) {
      draft.leftOut(
          where, "its end at " + shift.path("until").asText() + "; take it out of the file then");
    }
    int interval = Math.max(1, shift.path("interval").asInt(1));
    String frequency = shift.path("frequency").asText();
    Duration period =
        switch (frequency) {
          case "hourly" -> Duration.ofHours(interval);
          case "daily" -> DAY.multipliedBy(interval);
          case "weekly" -> DAY.multipliedBy(7L * interval);
          default -> Duration.ZERO;
        };
    List<String> weekdays = weekdays(shift);
    Duration lasts = Duration.ofSeconds(shift.path("duration").asLong());
    LocalDateTime start = start(shift);
    Map<String, Object> layer = OnCallDraft.mapping("people", people);
    if (lasts.compareTo(period) >= 0 && !period.isZero() && weekdays.isEmpty()) {
      layer.put("every", every(frequency, interval));
      layer.put("start", start.toLocalDate().toString());
      layer.put("handover", start.toLocalTime().toString());
    } else if (isPartOfDays(frequency, interval, weekdays, lasts, start)) {
      LocalTime end = start.toLocalTime().plus(lasts);
      // People change with the week, or with the day, and not with the shift's first hour.
      LocalDateTime first =
          frequency.equals("weekly")
              ? start.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
              : start;
      layer.put("every", every(frequency, interval));
      layer.put("start", first.toLocalDate().toString());
      if (lasts.compareTo(DAY) < 0) {
        layer.put("hours", List.of(start.toLocalTime() + "-" + end(end)));
      }
      if (!weekdays.isEmpty()) {
        layer.put("weekdays", weekdays);
      }
    } else {
      draft.leftOut(
          where,
          "a shift of "
              + lasts.toHours()
              + " h, "
              + frequency
              + (weekdays.isEmpty() ? "" : " on " + String.join(", ", weekdays))
              + "; write its layer by hand");
      return;
    }
    layers.add(layer);
  }

  /// Whether a shift is the same part of each of its days, and people change with days or weeks.
  private static boolean isPartOfDays(
      String frequency, int interval, List<String> weekdays, Duration lasts, LocalDateTime start) {
    boolean withinDay = !start.plus(lasts).minusNanos(1).toLocalDate().isAfter(start.toLocalDate());
    return withinDay
        && (frequency.equals("daily")
            ? interval == 1 && weekdays.isEmpty()
            : frequency.equals("weekly") && !weekdays.isEmpty());
  }

  private static String end(LocalTime end) {
    return end.equals(LocalTime.MIDNIGHT) ? "24:00" : end.toString();
  }

  private static String every(String frequency, int interval) {
    return switch (frequency) {
      case "hourly" -> interval + "h";
      case "daily" -> interval + "d";
      default -> interval + "w";
    };
  }

  private static List<String> weekdays(JsonNode shift) {
    List<String> weekdays = new ArrayList<>();
    for (JsonNode day : shift.path("by_day")) {
      DayOfWeek known = DAYS.get(day.asText());
      if (known != null) {
        weekdays.add(known.name().toLowerCase(Locale.ROOT));
      }
    }
    return weekdays;
  }

  private void chains(List<JsonNode> objects) {
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, List<JsonNode>> policies = new LinkedHashMap<>();
    for (JsonNode object : objects) {
      if (object.has("escalation_chain_id") && object.has("position") && object.has("type")) {
        policies
            .computeIfAbsent(object.path("escalation_chain_id").asText(), _ -> new ArrayList<>())
            .add(object);
      } else if (object.has("name") && !object.has("shifts") && !object.has("start")) {
        names.put(object.path("id").asText(), object.path("name").asText());
      }
    }
    policies.forEach(
        (id, own) -> {
          own.sort(Comparator.comparingInt(it -> it.path("position").asInt()));
          chain(names.getOrDefault(id, id), own);
        });
  }

  private void chain(String name, List<JsonNode> policies) {
    String where = "escalation chain " + name;
    List<Map<String, Object>> steps = new ArrayList<>();
    Duration waited = Duration.ZERO;
    Map<String, Object> repeat = null;
    for (JsonNode policy : policies) {
      String type = policy.path("type").asText();
      if (type.equals("wait")) {
        waited = waited.plusSeconds(policy.path("duration").asLong());
      } else if (type.equals("repeat_escalation")) {
        repeat = OnCallDraft.mapping("times", REPEATS);
        repeat.put("after", Math.max(1, waited.toSeconds()) + "s");
      } else {
        Map<String, Object> step = step(policy, type, where);
        if (step != null) {
          step.put("after", waited.toSeconds() + "s");
          steps.add(step);
          waited = Duration.ZERO;
        }
      }
    }
    if (steps.isEmpty()) {
      draft.leftOut(where, "none of its steps has a counterpart");
    } else {
      draft.escalation(name, steps, repeat);
    }
  }

  private @Nullable Map<String, Object> step(JsonNode policy, String type, String where) {
    JsonNode persons = policy.path("persons_to_notify");
    String schedule = rotations.get(policy.path("notify_on_call_from_schedule").asText());
    if (type.equals("notify_persons") && !persons.isEmpty()) {
      List<String> people = new ArrayList<>();
      persons.forEach(it -> people.add(person(it.asText())));
      return OnCallDraft.mapping("people", people);
    }
    if (type.equals("notify_on_call_from_schedule") && schedule != null) {
      return OnCallDraft.mapping("rotations", List.of(schedule));
    }
    draft.leftOut(
        where,
        "the step "
            + (policy.path("position").asInt() + 1)
            + ", "
            + type
            + (type.equals("notify_on_call_from_schedule")
                ? ", whose schedule was not converted"
                : ""));
    return null;
  }
}
