package dev.longshore.alerting.receiver.wechat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
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
  private static final ObjectMapper JSON = new ObjectMapper();

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
    put(body, "touser", notice.plain("to_user"));
    put(body, "toparty", notice.plain("to_party"));
    put(body, "totag", notice.plain("to_tag"));
    put(body, "agentid", notice.plain("agent_id"));
    body.put("safe", "0");
    body.put("msgtype", type);
    body.putObject(type).put("content", Notice.cutBytes(notice.body("message"), CONTENT_BYTES));
  }

  private static void put(ObjectNode node, String key, String text) {
    if (!text.isBlank()) {
      node.put(key, text.strip());
    }
  }

  @Override
  public DeliveryResult send(JsonNode message, boolean plain, HttpSender sender) {
    String base = apiUrl.endsWith("/") ? apiUrl : apiUrl + "/";
    HttpReply reply =
        sender.send(
            new HttpSender.Call(
                "GET",
                base
                    + "gettoken?corpid="
                    + encoded(message.path("corporation").asText())
                    + "&corpsecret="
                    + encoded(apiSecret.value()),
                "application/json",
                "",
                null,
                Map.of()),
            HttpSender.SHORT_ANSWER_BYTES);
    if (!(reply instanceof HttpReply.Answer answer) || !answer.isOk()) {
      return HttpResults.of(reply, "WeChat");
    }
    JsonNode token = read(answer.body());
    if (token.path("access_token").asText().isEmpty()) {
      return new DeliveryResult.Misconfigured(
          "errcode " + token.path("errcode").asInt(), "WeChat gives no token: " + answer.shown());
    }
    HttpReply sent =
        sender.post(
            base + "message/send?access_token=" + encoded(token.path("access_token").asText()),
            "application/json",
            message.path("body").toString());
    if (!(sent instanceof HttpReply.Answer answered) || !answered.isOk()) {
      return HttpResults.of(sent, "WeChat");
    }
    return result(read(answered.body()).path("errcode").asInt(), answered.shown());
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

  private static JsonNode read(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }
}
