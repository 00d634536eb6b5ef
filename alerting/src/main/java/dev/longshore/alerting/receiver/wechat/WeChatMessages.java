package dev.longshore.alerting.receiver.wechat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/// WeChat Work's application messages (developer.work.weixin.qq.com): a token is fetched for each
/// message, and errors stand in the body of answers with status 200.
///
/// @param type `text` or `markdown`
record WeChatMessages(String apiUrl, SecretSource apiSecret, String type) implements MessageKind {
  /// The longest content, in bytes.
  private static final int CONTENT_BYTES = 2048;

  /// Tokens that are not, or no longer, known.
  private static final Set<Integer> TOKEN_ERRORS = Set.of(40014, 42001);

  private static final int SYSTEM_BUSY = -1;
  private static final int RATE_LIMITED = 45009;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String corporation = notice.plain("corp_id").strip();
    message.put("corporation", corporation);
    ObjectNode body = message.putObject("body");
    JsonFields.put(body, "touser", notice.plain("to_user").strip());
    JsonFields.put(body, "toparty", notice.plain("to_party").strip());
    JsonFields.put(body, "totag", notice.plain("to_tag").strip());
    JsonFields.put(body, "agentid", notice.plain("agent_id").strip());
    body.put("safe", "0");
    body.put("msgtype", type);
    body.putObject(type).put("content", Notice.cutBytes(notice.body("message"), CONTENT_BYTES));
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    HttpReply reply =
        sender.send(
            new HttpSender.Call(
                "GET",
                HttpSender.below(
                    apiUrl,
                    "gettoken?corpid="
                        + encoded(message.path("corporation").asText())
                        + "&corpsecret="
                        + encoded(apiSecret.value())),
                "application/json",
                "",
                null,
                Map.of()),
            HttpSender.SHORT_ANSWER_BYTES);
    if (!(reply instanceof HttpReply.Answer answer) || !answer.isOk()) {
      return HttpResults.of(reply, "WeChat");
    }
    JsonNode token = JsonFields.of(answer.body());
    if (token.path("access_token").asText().isEmpty()) {
      return new DeliveryResult.Misconfigured(
          "errcode " + token.path("errcode").asInt(), "WeChat gives no token: " + answer.shown());
    }
    HttpReply sent =
        sender.post(
            HttpSender.below(
                apiUrl,
                "message/send?access_token=" + encoded(token.path("access_token").asText())),
            "application/json",
            message.path("body").toString());
    if (!(sent instanceof HttpReply.Answer answered) || !answered.isOk()) {
      return HttpResults.of(sent, "WeChat");
    }
    return result(JsonFields.of(answered.body()).path("errcode").asInt(), answered.shown());
  }

  private static DeliveryResult result(int error, String shown) {
    if (error == 0) {
      return new DeliveryResult.Delivered(null, null);
    }
    String code = "errcode " + error;
    if (TOKEN_ERRORS.contains(error) || error == SYSTEM_BUSY) {
      return new DeliveryResult.Retry(FailureReason.OTHER, code, null, false);
    }
    return error == RATE_LIMITED
        ? new DeliveryResult.Retry(FailureReason.RATE_LIMITED, code, null, false)
        : new DeliveryResult.PayloadRejected(code, "WeChat answers: " + shown);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
