package dev.longshore.shared.elastic;

import com.fasterxml.jackson.core.JacksonException;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Says what an HTTP answer to a bulk request means.
///
/// 200 is read item by item. Any 4xx is definite whoever gives it, so that a proxy's 413 in HTML
/// still halves the request. 503 is definite in Elasticsearch's own words only: a proxy says 503 as
/// well when the server behind it vanished in the middle. All else leaves it open whether the
/// server has indexed something.
final class BulkJudge {
  private static final String PRODUCT = "Elasticsearch";

  private BulkJudge() {}

  static BulkReply judge(
      HttpReply reply, int items, boolean withIndexNames, String url, Instant now) {
    if (reply.product() != null && !reply.product().equals(PRODUCT)) {
      return new BulkReply.Unreadable(
          url + " says that it is '" + reply.product() + "', not " + PRODUCT, true, null);
    }
    int status = reply.status();
    if (status == 200) {
      return answered(reply, items, withIndexNames, url);
    }
    Object error = error(reply);
    boolean clientError = status >= 400 && status < 500;
    if (!clientError && !(status == 503 && error != null)) {
      return new BulkReply.Unreadable(
          url + " answered HTTP " + status + " with " + shown(reply, error) + reply.redirect(),
          true,
          null,
          RetryAfter.parse(reply.retryAfter(), now));
    }
    String type = Json.text(error, "type");
    String reason = error instanceof String text ? text : Json.text(error, "reason");
    return new BulkReply.Refused(
        status,
        type == null ? "http" : type,
        url + ": " + (reason == null ? reply.excerpt() : reason),
        RetryAfter.parse(reply.retryAfter(), now));
  }

  private static BulkReply answered(
      HttpReply reply, int items, boolean withIndexNames, String url) {
    try {
      return BulkReplyReader.read(reply.body(), items, withIndexNames);
    } catch (IOException e) {
      String problem = FailureText.of(e);
      int end = problem.indexOf('\n');
      // What the JSON parser says may quote the reply, and the reply documents.
      boolean mayQuote = isJson(reply) && e instanceof JacksonException;
      return new BulkReply.Unreadable(
          url
              + " answered HTTP 200 with "
              + shown(reply, null)
              + ", which is no bulk reply"
              + (mayQuote ? "" : ": " + (end < 0 ? problem : problem.substring(0, end))),
          true,
          e);
    }
  }

  /// What is told of a body: the kind of error of one in JSON, which may quote documents, and the
  /// beginning of any other.
  private static String shown(HttpReply reply, @Nullable Object error) {
    if (!isJson(reply)) {
      return reply.excerpt();
    }
    String type = Json.text(error, "type");
    return type == null ? reply.body().length + " bytes of JSON" : type;
  }

  private static boolean isJson(HttpReply reply) {
    return reply.body().length > 0 && (reply.body()[0] == '{' || reply.body()[0] == '[');
  }

  /// The member `error` of Elasticsearch's error body, or null when it is not one.
  private static @Nullable Object error(HttpReply reply) {
    try {
      return Json.at(Json.read(reply.body()), "error");
    } catch (IOException e) {
      return null;
    }
  }
}
