package dev.longshore.testkit.slack;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An answer of Slack's.
///
/// @param retryAfter null when there is no such header
record SlackReply(int status, String type, byte[] body, @Nullable Duration retryAfter) {
  static final ObjectMapper JSON = new ObjectMapper();

  static SlackReply text(int status, String text) {
    return new SlackReply(
        status, "text/html; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), null);
  }

  static SlackReply json(ObjectNode body) {
    return json(200, body, null);
  }

  private static SlackReply json(int status, ObjectNode body, @Nullable Duration retryAfter) {
    return new SlackReply(
        status,
        "application/json; charset=utf-8",
        body.toString().getBytes(StandardCharsets.UTF_8),
        retryAfter);
  }

  static ObjectNode ok() {
    return JSON.createObjectNode().put("ok", true);
  }

  static SlackReply error(String error) {
    return error(error, List.of());
  }

  static SlackReply error(String error, List<String> messages) {
    ObjectNode body = JSON.createObjectNode().put("ok", false).put("error", error);
    if (!messages.isEmpty()) {
      var details = body.putObject("response_metadata").putArray("messages");
      messages.forEach(details::add);
    }
    return json(body);
  }

  static SlackReply rateLimited(Duration retryAfter, boolean webhook) {
    ObjectNode body = JSON.createObjectNode();
    if (webhook) {
      body.put("retry_after", retryAfter.toSeconds());
    }
    body.put("ok", false).put("error", webhook ? "rate_limited" : "ratelimited");
    return json(429, body, retryAfter);
  }
}
