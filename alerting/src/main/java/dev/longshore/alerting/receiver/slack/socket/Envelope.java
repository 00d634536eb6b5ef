package dev.longshore.alerting.receiver.slack.socket;

import com.fasterxml.jackson.databind.JsonNode;

/// What Slack tells by Socket Mode.
///
/// @param id what is acknowledged
/// @param type `interactive`, `slash_commands`, `events_api`
/// @param payload as it comes; from outside, so nothing is certain of it
/// @param takesPayload whether something may come with the acknowledgement
public record Envelope(String id, String type, JsonNode payload, boolean takesPayload) {

  /// The same press, command or submission has the same, whatever envelope it comes in; empty when
  /// there is none.
  String triggerId() {
    return payload.path("trigger_id").asText("");
  }
}
