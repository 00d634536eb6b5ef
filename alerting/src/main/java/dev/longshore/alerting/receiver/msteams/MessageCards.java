package dev.longshore.alerting.receiver.msteams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.time.Duration;

/// A message card (learn.microsoft.com, "Actionable message card reference"). A connector answers
/// 200 to what Teams itself has refused, and says so in the body.
record MessageCards(SecretSource url) implements MessageKind {
  private static final int TEXT_BYTES = 20_000;
  private static final int TITLE = 1000;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String title = notice.text("title");
    String summary = notice.text("summary");
    message.put("@context", "http://schema.org/extensions");
    message.put("@type", "MessageCard");
    message.put("title", Notice.cut(title, TITLE));
    message.put("summary", Notice.cut(summary.isBlank() ? title : summary, TITLE));
    message.put("text", Notice.cutBytes(notice.body("text"), TEXT_BYTES));
    message.put("themeColor", notice.isFiring() ? "8C1A1A" : "2DC72D");
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    HttpReply reply = sender.post(url.value(), "application/json", message.toString());
    if (reply instanceof HttpReply.Answer answer
        && answer.isOk()
        && answer.body().contains("endpoint returned HTTP error")) {
      return answer.body().contains("HTTP error 429")
          ? new DeliveryResult.Retry(FailureReason.RATE_LIMITED, "HTTP 429 within 200", null, false)
          : new DeliveryResult.PayloadRejected(
              "HTTP 200", "Microsoft Teams answers: " + answer.shown());
    }
    return HttpResults.of(reply, "Microsoft Teams");
  }

  /// Teams takes four requests a second.
  @Override
  public Duration gap() {
    return Duration.ofMillis(250);
  }
}
