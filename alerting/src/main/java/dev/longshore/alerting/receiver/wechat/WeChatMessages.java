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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// WeChat Work's application messages (developer.work.weixin.qq.com): errors stand in the body of
/// answers with status 200. A token serves until WeChat takes it no more, since who asks for tokens
/// too often gets none.
final class WeChatMessages implements MessageKind {
  /// The longest content, in bytes.
  private static final int CONTENT_BYTES = 2048;

  /// Tokens that are not, or no longer, known.
  private static final Set<Integer> TOKEN_ERRORS = Set.of(40014, 42001);

  private static final int SYSTEM_BUSY = -1;
  private static final int RATE_LIMITED = 45009;

  /// @param corporation whose token it is
  private record Token(String corporation, String value) {}

  private final String apiUrl;
  private final SecretSource apiSecret;
  private final String type;
  private final AtomicReference<@Nullable Token> token = new AtomicReference<>();

  /// @param type `text` or `markdown`
  WeChatMessages(String apiUrl, SecretSource apiSecret, String type) {
    this.apiUrl = apiUrl;
    this.apiSecret = apiSecret;
    this.type = type;
  }

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
    String corporation = message.path("corporation").asText();
    Token known = token.get();
    if (known != null && known.corporation.equals(corporation)) {
      HttpReply reply = post(known.value, message, sender);
      if (!(reply instanceof HttpReply.Answer answer) || !TOKEN_ERRORS.contains(error(answer))) {
        return result(reply);
      }
      token.compareAndSet(known, null);
    }
    HttpReply reply = askForToken(corporation, sender);
    if (!(reply instanceof HttpReply.Answer answer) || !answer.isOk()) {
      return HttpResults.of(reply, "WeChat");
    }
    String value = JsonFields.of(answer.body()).path("access_token").asText();
    if (value.isEmpty()) {
      return new DeliveryResult.Misconfigured(
          "errcode " + error(answer), "WeChat gives no token: " + answer.shown());
    }
    Token fresh = new Token(corporation, value);
    token.set(fresh);
    HttpReply sent = post(value, message, sender);
    if (sent instanceof HttpReply.Answer refused && TOKEN_ERRORS.contains(error(refused))) {
      token.compareAndSet(fresh, null);
    }
    return result(sent);
  }

  private HttpReply askForToken(String corporation, HttpSender sender) {
    return sender.send(
        new HttpSender.Call(
            "GET",
            HttpSender.below(
                apiUrl,
                "gettoken?corpid="
                    + encoded(corporation)
                    + "&corpsecret="
                    + encoded(apiSecret.value())),
            "application/json",
            "",
            null,
            Map.of()),
        HttpSender.SHORT_ANSWER_BYTES);
  }

  private HttpReply post(String accessToken, JsonNode message, HttpSender sender) {
    return sender.post(
        HttpSender.below(apiUrl, "message/send?access_token=" + encoded(accessToken)),
        "application/json",
        message.path("body").toString());
  }

  private static int error(HttpReply.Answer answer) {
    return JsonFields.of(answer.body()).path("errcode").asInt();
  }

  private static DeliveryResult result(HttpReply sent) {
    return sent instanceof HttpReply.Answer answer && answer.isOk()
        ? result(error(answer), answer.shown())
        : HttpResults.of(sent, "WeChat");
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
