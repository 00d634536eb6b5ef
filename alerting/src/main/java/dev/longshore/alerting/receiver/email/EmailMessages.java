package dev.longshore.alerting.receiver.email;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;

/// Mail, as text and HTML (RFC 5322, RFC 2046 `multipart/alternative`).
///
/// @param threaded whether the mails of a group stand in one thread
/// @param daily whether a thread begins anew each day
record EmailMessages(SmtpServer server, boolean threaded, boolean daily) implements MessageKind {
  private static final int SUBJECT = 900;

  /// The largest part of a mail, in bytes: many servers take 10 MB of mail, and nobody reads that.
  private static final int PART_BYTES = 1 << 20;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    message.put("from", header(notice.plain("from")));
    message.put("to", header(notice.plain("to")));
    ObjectNode headers = message.putObject("headers");
    for (String name : notice.under("headers.")) {
      headers.put(name, Notice.cut(header(notice.plain("headers." + name)), SUBJECT));
    }
    if (threaded) {
      message.put("thread", thread(notice));
    }
    String text = notice.has("text") ? notice.plain("text") : "";
    String html = notice.body("html");
    if (text.isBlank() && html.isBlank()) {
      text = notice.problems();
    }
    message.put("text", Notice.cutBytes(text, PART_BYTES));
    message.put("html", Notice.cutBytes(html, PART_BYTES));
  }

  private String thread(Notice notice) {
    String day =
        daily
            ? "-" + notice.notification().now().toString().substring(0, "2006-01-02".length())
            : "";
    return "<alert-" + notice.groupHash() + day + "@longshore>";
  }

  /// One line, so that a label can't add a header.
  private static String header(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    return server.send(message, delivery.idempotencyKey().toString());
  }
}
