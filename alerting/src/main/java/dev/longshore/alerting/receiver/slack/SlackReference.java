package dev.longshore.alerting.receiver.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.longshore.alerting.alert.AlertGroup;
import org.jspecify.annotations.Nullable;

/// What a button is about, as it stands in its `value`: a few hundred characters at most, whatever
/// the group's labels are.
///
/// @param origin where people reach the Longshore that made the message; of its first characters
/// @param group the group's hash
/// @param receiver the hash of the receiver's name
/// @param integration `slack[0]`
public record SlackReference(String origin, String group, String receiver, String integration) {
  private static final int MAX_ORIGIN = 300;
  private static final JsonMapper JSON = new JsonMapper();

  /// @param groupId the group's id
  static SlackReference of(
      String externalUrl, String groupId, String receiver, String integration) {
    return new SlackReference(
        origin(externalUrl), AlertGroup.hash(groupId), AlertGroup.hash(receiver), integration);
  }

  private static String origin(String externalUrl) {
    return externalUrl.substring(0, Math.min(externalUrl.length(), MAX_ORIGIN));
  }

  /// Whether the message is of the Longshore that people reach there.
  public boolean isOf(String externalUrl) {
    return origin.equals(origin(externalUrl));
  }

  /// As it stands in a button.
  public String text() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("origin", origin)
        .put("group", group)
        .put("receiver", receiver)
        .put("integration", integration)
        .toString();
  }

  /// @return null when a text is none
  public static @Nullable SlackReference parse(String text) {
    try {
      JsonNode read = JSON.readTree(text);
      if (read == null || !read.path("group").isTextual()) {
        return null;
      }
      return new SlackReference(
          read.path("origin").asText(""),
          read.path("group").asText(),
          read.path("receiver").asText(""),
          read.path("integration").asText(""));
    } catch (JsonProcessingException e) {
      return null;
    }
  }
}
