package dev.longshore.alerting.receiver.http;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;

/// What an answer means for a message, where a service has no words of its own: 2xx is taken; 429
/// and 5xx are tried again, `Retry-After` obeyed; 401, 403, 404, 407, 410 and redirects are for a
/// person to repair; what else is refused is refused for its content.
public final class HttpResults {
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
      return new DeliveryResult.Retry(FailureReason.RATE_LIMITED, code, answer.retryAfter(), false);
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
}
