package dev.longshore.alerting.receiver.webex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;

/// Webex' messages (developer.webex.com, "Create a Message"). Who we are stands in `http_config`.
record WebexMessages(String url) implements MessageKind {
  /// The longest message, in bytes.
  private static final int MARKDOWN_BYTES = 7439;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    message.put("roomId", notice.plain("room_id").strip());
    message.put("markdown", Notice.cutBytes(notice.body("message"), MARKDOWN_BYTES));
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    return HttpResults.of(sender.post(url, "application/json", message.toString()), "Webex");
  }
}
