package dev.longshore.testkit.slack;

import java.time.Duration;

/// Something that goes wrong with one request.
public sealed interface SlackFault {

  /// HTTP 429 with `Retry-After`; nothing is posted.
  record RateLimited(Duration retryAfter) implements SlackFault {}

  /// An HTTP status without Slack's answer, as a proxy gives it; nothing is posted.
  record Status(int status) implements SlackFault {}

  /// Slack's error code: `ok: false` from the Web API, a plain text from a webhook; nothing is
  /// posted.
  record Code(String error) implements SlackFault {}

  /// The connection ends before anything was done.
  record Dropped() implements SlackFault {}

  /// All is done, and the connection ends before the answer.
  record ReplyLost() implements SlackFault {}

  /// No answer until the server is closed.
  record Hangs() implements SlackFault {}
}
