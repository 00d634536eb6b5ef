package dev.longshore.alerting.receiver.http;

import dev.longshore.alerting.notify.DeliveryResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What came of a request.
public sealed interface HttpReply {

  /// The server has answered.
  ///
  /// @param body the beginning of it, as text
  /// @param retryAfter how long it asks us to wait; null when it doesn't
  record Answer(int status, String body, @Nullable Duration retryAfter) implements HttpReply {
    private static final int MAX_SHOWN = 300;

    public boolean isOk() {
      return status / 100 == 2;
    }

    /// The body as it is shown to people.
    public String shown() {
      return body.strip().substring(0, Math.min(body.strip().length(), MAX_SHOWN));
    }
  }

  /// There is no answer.
  ///
  /// @param result what that means for a message; no secret is in it
  record Failed(DeliveryResult result) implements HttpReply {}
}
