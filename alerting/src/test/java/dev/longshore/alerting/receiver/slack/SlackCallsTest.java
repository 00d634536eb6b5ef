package dev.longshore.alerting.receiver.slack;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Promise: what Slack answers, or who stands in for it, is taken for what it means, and nothing
/// that was taken is posted again.
final class SlackCallsTest {
  private final List<String> requests = new ArrayList<>();
  private int status = 200;
  private String body = "ok";
  private HttpServer server;
  private SlackCalls calls;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          requests.add(
              exchange.getRequestURI().getPath()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Retry-After", "7");
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    calls = new SlackCalls(url("/api/"), HttpSettings.NONE, Duration.ofSeconds(5));
  }

  @AfterEach
  void close() {
    calls.close();
    server.stop(0);
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private DeliveryResult posted(int status, String body) {
    this.status = status;
    this.body = body;
    return calls.post(url("/services/x"), "{\"text\":\"x\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ok", "", "{\"ok\":true}", "{\"success\":true}"})
  void aWebhookHasTaken(String body) {
    assertThat(posted(200, body)).isEqualTo(new DeliveryResult.Delivered(null, null));
    assertThat(requests).containsExactly("/services/x null {\"text\":\"x\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "200, '{\"ok\":false}'",
    "200, <html>a proxy</html>",
    "404, no_service",
    "403, action_prohibited",
  })
  void aWebhookThatDoesNotTakeItIsForAPersonToRepair(int status, String body) {
    assertThat(posted(status, body)).isInstanceOf(DeliveryResult.Misconfigured.class);
  }

  @Test
  void aWebhookThatIsBusyIsTriedAgainWhenItSays() {
    assertThat(posted(429, "rate_limited"))
        .isEqualTo(
            new DeliveryResult.Retry(
                FailureReason.RATE_LIMITED, "rate limited", Duration.ofSeconds(7), false));
    assertThat(posted(503, "upstream"))
        .isEqualTo(
            new DeliveryResult.Retry(
                FailureReason.SERVER_ERROR, "HTTP 503 upstream", Duration.ofSeconds(7), true));
  }

  private SlackCalls.Result<ChatPostMessageResponse> called(int status, String body) {
    this.status = status;
    this.body = body;
    return calls.call(
        "xoxb-1", methods -> methods.chatPostMessage(it -> it.channel("#a&b").text("x y")));
  }

  @Test
  void argumentsGoAsAFormAndTheTokenInTheHeader() {
    SlackCalls.Result<ChatPostMessageResponse> result = called(200, "{\"ok\":true,\"ts\":\"1.2\"}");
    assertThat(result.deliveryResult()).isNull();
    assertThat(requireNonNull(result.response()).getTs()).isEqualTo("1.2");
    assertThat(requests)
        .singleElement(as(InstanceOfAssertFactories.STRING))
        .startsWith("/api/chat.postMessage Bearer xoxb-1 ")
        .contains("channel=%23a%26b")
        .containsAnyOf("text=x+y", "text=x%20y");
  }

  @Test
  void whatSlackRefusesIsSaidInItsWords() {
    assertThat(
            called(
                    200,
                    """
                    {"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] no"]}}
                    """)
                .deliveryResult())
        .isEqualTo(
            new DeliveryResult.PayloadRejected("invalid_blocks", "invalid_blocks: [ERROR] no"));
    assertThat(
            called(
                    200,
                    """
                    {"ok":false,"error":"missing_scope","needed":"chat:write","provided":"none"}
                    """)
                .deliveryResult())
        .asString()
        .contains("needed chat:write, provided none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "[]", "{\"ok\":\"", "{}"})
  void anAnswerThatCanNotBeReadIsADoubt(String body) {
    assertThat(called(200, body).deliveryResult())
        .isInstanceOfSatisfying(
            DeliveryResult.Retry.class, it -> assertThat(it.inDoubt()).isTrue());
  }
}
