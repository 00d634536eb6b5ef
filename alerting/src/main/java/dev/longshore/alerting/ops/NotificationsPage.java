package dev.longshore.alerting.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.alerting.notify.NotificationOutcome;
import dev.longshore.alerting.notify.Notifier;
import dev.longshore.alerting.notify.WaitingNotification;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// `GET <prefix>/notifications`: the messages that wait, and what became of the latest.
///
/// - `waiting`: the oldest [#MOST_WAITING] of `waitingTotal`: `receiver`, `integration`, `channel`,
///   `group`, `since`, `attempts`, `notBefore`, `problem`;
/// - `outcomes`, the newest first: `at`, `receiver`, `integration`, `channel`, `group`, `fate`
///   (`delivered`, `deferred`, `refused` or `given_up`), `detail`. They begin at `outcomesSince`,
///   the start of the process.
record NotificationsPage(
    List<WaitingNotification> waiting, List<NotificationOutcome> outcomes, Instant outcomesSince) {
  static final int MOST_WAITING = 1_000;

  /// Looks at the outbox. On the loop.
  static NotificationsPage of(Notifier notifier, Instant startedAt) {
    return new NotificationsPage(notifier.waitingNotifications(), notifier.outcomes(), startedAt);
  }

  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("waitingTotal", waiting.size());
    json.writeArrayFieldStart("waiting");
    for (WaitingNotification it : waiting.subList(0, Math.min(MOST_WAITING, waiting.size()))) {
      json.writeStartObject();
      json.writeStringField("receiver", it.receiver());
      json.writeStringField("integration", it.integration());
      json.writeStringField("channel", it.channel());
      json.writeStringField("group", it.group());
      OpsJson.instant(json, "since", it.since());
      json.writeNumberField("attempts", it.attempts());
      OpsJson.instant(json, "notBefore", it.notBefore());
      json.writeStringField("problem", it.problem());
      json.writeEndObject();
    }
    json.writeEndArray();
    OpsJson.instant(json, "outcomesSince", outcomesSince);
    json.writeArrayFieldStart("outcomes");
    for (NotificationOutcome it : outcomes) {
      json.writeStartObject();
      OpsJson.instant(json, "at", it.at());
      json.writeStringField("receiver", it.receiver());
      json.writeStringField("integration", it.integration());
      json.writeStringField("channel", it.channel());
      json.writeStringField("group", it.group());
      json.writeStringField("fate", it.fate().name().toLowerCase(Locale.ROOT));
      json.writeStringField("detail", it.detail());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
