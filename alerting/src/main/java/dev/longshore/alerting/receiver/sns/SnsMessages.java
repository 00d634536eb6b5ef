package dev.longshore.alerting.receiver.sns;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.util.Map;

/// Amazon SNS' `Publish` (docs.aws.amazon.com/sns/latest/api).
record SnsMessages(AwsAccess access) implements MessageKind {
  private static final int SUBJECT = 100;
  private static final int MESSAGE_BYTES = 256 * 1024;

  /// What a text message takes, in bytes.
  private static final int SMS_BYTES = 1600;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String topic = notice.plain("topic_arn").strip();
    String phone = notice.plain("phone_number").strip();
    message.put("apiUrl", notice.plain("api_url").strip());
    ObjectNode form = message.putObject("form");
    form.put("Action", "Publish");
    form.put("Version", "2010-03-31");
    JsonFields.put(form, "TopicArn", topic);
    JsonFields.put(form, "TargetArn", notice.plain("target_arn").strip());
    JsonFields.put(form, "PhoneNumber", phone);
    if (phone.isEmpty()) {
      JsonFields.put(form, "Subject", subject(notice.plain("subject")));
    }
    if (topic.endsWith(".fifo")) {
      form.put("MessageGroupId", notice.groupHash());
    }
    int number = 1;
    for (String name : notice.under("attributes.")) {
      String value = notice.plain("attributes." + name);
      if (!value.isEmpty()) {
        String prefix = "MessageAttributes.entry." + number++ + ".";
        form.put(prefix + "Name", name);
        form.put(prefix + "Value.DataType", "String");
        form.put(prefix + "Value.StringValue", value);
      }
    }
    String text = notice.body("message");
    form.put(
        "Message",
        Notice.cutBytes(
            text.isBlank() ? "An alert without a text" : text,
            phone.isEmpty() ? MESSAGE_BYTES - form.toString().length() : SMS_BYTES));
  }

  /// SNS takes ASCII on one line.
  private static String subject(String text) {
    return Notice.cut(text.replaceAll("[^ -~]+", " ").strip(), SUBJECT).replace("…", ".");
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    JsonNode form = message.path("form");
    String arn = form.path("TopicArn").asText() + form.path("TargetArn").asText();
    String region = access.regionOr(arn.split(":", -1).length > 3 ? arn.split(":", -1)[3] : "");
    if (region.isEmpty()) {
      return new DeliveryResult.Misconfigured(
          "sigv4", "No region is known; write region under sigv4.");
    }
    ObjectNode body = form.deepCopy();
    if (body.has("MessageGroupId")) {
      // A repetition within five minutes is the same message to a FIFO topic.
      body.put("MessageDeduplicationId", AwsSignature.sha256(form.toString()));
    }
    String own = message.path("apiUrl").asText();
    String url = own.isEmpty() ? "https://sns." + region + ".amazonaws.com/" : own;
    AwsAccess.Result credentials = access.credentials(sender, region);
    if (credentials instanceof AwsAccess.Result.Failed failed) {
      return failed.result();
    }
    HttpReply reply =
        AwsSignature.post(
            sender, url, form(body), "sns", region, (AwsAccess.Result.Credentials) credentials);
    return reply instanceof HttpReply.Answer answer && answer.body().contains("<Code>Throttl")
        ? new DeliveryResult.Retry(
            FailureReason.RATE_LIMITED, "Throttling", answer.retryAfter(), false)
        : HttpResults.of(reply, "Amazon SNS");
  }

  private static String form(ObjectNode fields) {
    StringBuilder form = new StringBuilder();
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      form.append(form.isEmpty() ? "" : "&")
          .append(AwsSignature.encoded(field.getKey()))
          .append('=')
          .append(AwsSignature.encoded(field.getValue().asText()));
    }
    return form.toString();
  }

  @Override
  public int concurrency() {
    return 4;
  }
}
