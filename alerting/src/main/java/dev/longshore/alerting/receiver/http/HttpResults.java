package dev.longshore.alerting.receiver.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What an answer means for a message, where a service has no words of its own: 2xx is taken; 429
/// and 5xx are tried again, `Retry-After` obeyed, or what the body says in its place; 401, 403,
/// 404, 407, 410 and redirects are for a person to repair; what else is refused is refused for its
/// content.
public final class HttpResults {
  private static final JsonMapper JSON = new JsonMapper();

  private HttpResults() {}

  /// @param service who answers, as a sentence begins: `The webhook`
  public static DeliveryResult of(HttpReply reply, String service) {
    return switch (reply) {
      case HttpReply.Failed failed -> failed.result();
      case HttpReply.Answer answer -> of(answer, service);
    };
  }

  private static DeliveryResult of(HttpReply.Answer answer, String service) {
    if (answer.isOk()) {
      return new DeliveryResult.Delivered(null, null);
    }
    int status = answer.status();
    String code = "HTTP " + status;
    if (status == 429) {
      return new DeliveryResult.Retry(FailureReason.RATE_LIMITED, code, retryAfter(answer), false);
    }
    if (status / 100 == 5) {
      return new DeliveryResult.Retry(FailureReason.SERVER_ERROR, code, answer.retryAfter(), false);
    }
    String says =
        service + " answers " + status + (answer.shown().isEmpty() ? "." : ": " + answer.shown());
    return switch (status) {
      case 401, 403, 404, 407, 410 -> new DeliveryResult.Misconfigured(code, says);
      default ->
          status / 100 == 4
              ? new DeliveryResult.PayloadRejected(code, says)
              : new DeliveryResult.Misconfigured(code, says);
    };
  }

  /// How long a service wants to be left alone that is asked too often: by its header, or longer by
  /// its body, where Discord has `retry_after` in seconds and Telegram that within `parameters`;
  /// null when it says nothing.
  private static @Nullable Duration retryAfter(HttpReply.Answer answer) {
    Duration header = answer.retryAfter();
    JsonNode body;
    try {
      body = JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      return header;
    }
    JsonNode seconds = body.path("parameters").path("retry_after");
    double stated = (seconds.isNumber() ? seconds : body.path("retry_after")).asDouble(-1);
    if (!(stated >= 0)) {
      return header;
    }
    long millis = Math.round(Math.min(stated, HttpSender.LONGEST_WAIT.toSeconds()) * 1000);
    Duration wait = Duration.ofMillis(millis);
    return header != null && header.compareTo(wait) > 0 ? header : wait;
  }
}
