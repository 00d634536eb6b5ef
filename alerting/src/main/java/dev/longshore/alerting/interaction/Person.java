package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.databind.JsonNode;

/// Who did something in Slack.
///
/// @param id `U…`
/// @param name as people know it; the id where Slack gives none
/// @param foreign whether the person belongs to another workspace than the app, as in a channel
///   that is shared
record Person(String id, String name, boolean foreign) {
  private static final int MAX_NAME = 80;

  /// From the payload of a button or a modal.
  static Person of(JsonNode payload) {
    JsonNode user = payload.path("user");
    String team = user.path("team_id").asText("");
    String home = payload.path("team").path("id").asText("");
    return of(
        user.path("id").asText(""),
        user.path("username").asText(user.path("name").asText("")),
        !team.isEmpty() && !home.isEmpty() && !team.equals(home));
  }

  /// From the payload of a command, which people of other workspaces can't give.
  static Person ofCommand(JsonNode payload) {
    return of(payload.path("user_id").asText(""), payload.path("user_name").asText(""), false);
  }

  private static Person of(String id, String name, boolean foreign) {
    String known = name.isBlank() ? id : name.strip();
    return new Person(id, known.substring(0, Math.min(known.length(), MAX_NAME)), foreign);
  }

  /// Whether it can be said who it is.
  boolean isKnown() {
    return id.matches("[A-Z0-9]{2,40}");
  }
}
