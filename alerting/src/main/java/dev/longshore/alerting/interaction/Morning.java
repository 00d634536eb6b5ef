package dev.longshore.alerting.interaction;

import dev.longshore.alerting.receiver.slack.SlackAnswers;
import dev.longshore.alerting.receiver.slack.SlackWeb;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.Map;

/// The next morning of a person: in the time zone of the configuration, else in the one that the
/// person has set in Slack, else in UTC.
final class Morning {

  /// A morning that begins within the hour is not the one that is meant, but the next.
  private static final Duration LEAST = Duration.ofHours(1);

  private static final int REMEMBERED = 1_000;

  /// By the person's id. Guarded by itself.
  private final Map<String, ZoneId> zones =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ZoneId> eldest) {
          return size() > REMEMBERED;
        }
      };

  /// Blocks on Slack where the person's time zone is not known yet.
  Instant after(Instant now, SlackAnswers answers, Person person, SlackWeb web) {
    ZoneId zone = answers.zone();
    return next(now, answers.morning(), zone == null ? zoneOf(person, web) : zone);
  }

  private ZoneId zoneOf(Person person, SlackWeb web) {
    synchronized (zones) {
      ZoneId known = zones.get(person.id());
      if (known != null) {
        return known;
      }
    }
    ZoneId told = web.zoneOf(person.id()).value();
    if (told == null) {
      return ZoneOffset.UTC;
    }
    synchronized (zones) {
      zones.put(person.id(), told);
    }
    return told;
  }

  static Instant next(Instant now, LocalTime morning, ZoneId zone) {
    ZonedDateTime here = now.atZone(zone);
    ZonedDateTime today = here.toLocalDate().atTime(morning).atZone(zone);
    return today.toInstant().isBefore(now.plus(LEAST))
        ? here.toLocalDate().plusDays(1).atTime(morning).atZone(zone).toInstant()
        : today.toInstant();
  }
}
