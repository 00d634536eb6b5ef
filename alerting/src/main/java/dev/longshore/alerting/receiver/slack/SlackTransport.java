package dev.longshore.alerting.receiver.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpSender;
import java.io.IOException;
import java.io.Serial;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;

/// Carries the requests of Slack's client by the sender of all receivers, with its deadline, limit,
/// proxies and certificates: the client states what is said, the sender how it gets there. OkHttp,
/// which the client is built on, opens no connection.
final class SlackTransport implements Interceptor {
  private static final int MAX_ANSWER_BYTES = 256 * 1024;

  /// Messages of a channel, with all that stands in them.
  private static final int MAX_HISTORY_BYTES = 4 * 1024 * 1024;

  private static final MediaType JSON = MediaType.get("application/json; charset=utf-8");

  private static final JsonMapper MAPPER = new JsonMapper();

  private final HttpSender sender;

  SlackTransport(HttpSender sender) {
    this.sender = sender;
  }

  /// There is no answer of the Web API.
  static final class FailedException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    private final transient DeliveryResult result;

    private FailedException(DeliveryResult result) {
      super(result.toString());
      this.result = result;
    }

    /// What that means for the message.
    DeliveryResult result() {
      return result;
    }
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    RequestBody body = request.body();
    Buffer form = new Buffer();
    String type = "";
    if (body != null) {
      body.writeTo(form);
      type = String.valueOf(body.contentType());
    }
    String url = request.url().toString();
    int maxBytes = url.contains("/conversations.") ? MAX_HISTORY_BYTES : MAX_ANSWER_BYTES;
    HttpReply reply =
        sender.post(url, type, form.readUtf8(), request.header("Authorization"), maxBytes);
    return switch (reply) {
      case HttpReply.Failed failed -> throw new FailedException(failed.result());
      case HttpReply.Answer answer when !answer.isOk() ->
          throw new FailedException(refused(answer));
      case HttpReply.Answer answer when !isObject(answer.body()) ->
          throw new FailedException(unreadable());
      case HttpReply.Answer answer ->
          new Response.Builder()
              .request(request)
              .protocol(Protocol.HTTP_1_1)
              .code(answer.status())
              .message("")
              .body(ResponseBody.create(answer.body(), JSON))
              .build();
    };
  }

  /// Slack's client fails in its own ways on anything else.
  private static boolean isObject(String body) {
    try {
      JsonNode answer = MAPPER.readTree(body);
      return answer != null && answer.isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /// It may have been taken.
  static DeliveryResult unreadable() {
    return new DeliveryResult.Retry(FailureReason.OTHER, "unreadable answer", null, true);
  }

  /// What an answer means that is not how the Web API answers.
  private static DeliveryResult refused(HttpReply.Answer answer) {
    if (answer.status() == 429) {
      return limited(answer);
    }
    if (answer.status() >= 500) {
      return serverError(answer);
    }
    return new DeliveryResult.Misconfigured(
        "HTTP " + answer.status(),
        "This is not how Slack answers; look at app_url and at proxies: " + answer.shown());
  }

  static DeliveryResult limited(HttpReply.Answer answer) {
    return new DeliveryResult.Retry(
        FailureReason.RATE_LIMITED, "rate limited", answer.retryAfter(), false);
  }

  static DeliveryResult serverError(HttpReply.Answer answer) {
    return new DeliveryResult.Retry(
        FailureReason.SERVER_ERROR,
        ("HTTP " + answer.status() + " " + answer.shown()).strip(),
        answer.retryAfter(),
        true);
  }
}
