package dev.longshore.alerting.receiver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.notify.DeliveryResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Promise: each request of a receiver is sent once, as whom the configuration says, and what comes
/// of it never tells a secret.
final class HttpSenderTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final List<String> requests = new ArrayList<>();
  private final List<String> tokenRequests = new ArrayList<>();
  private final Deque<Integer> answers = new ArrayDeque<>();
  private boolean tokensByHeader = true;
  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.createContext("/token", this::token);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    requests.add(
        exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("Authorization")
            + " "
            + exchange.getRequestHeaders().getFirst("Proxy-Authorization")
            + " "
            + exchange.getRequestHeaders().getFirst("X-Scope-OrgID"));
    int status = answers.isEmpty() ? 200 : answers.poll();
    exchange.getResponseHeaders().set("Retry-After", "7");
    exchange.getResponseHeaders().set("Location", url("/elsewhere"));
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private void token(HttpExchange exchange) throws IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String header = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    tokenRequests.add(header + " " + form);
    boolean taken = tokensByHeader ? header.startsWith("Basic") : form.contains("client_secret");
    byte[] body =
        (taken
                ? "{\"access_token\":\"t-%d\",\"token_type\":\"bearer\",\"expires_in\":3600}"
                    .formatted(tokenRequests.size())
                : "{\"error\":\"invalid_client\"}")
            .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(taken ? 200 : 401, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private HttpReply post(HttpSettings settings, String url) {
    try (HttpSender sender = new HttpSender(settings, TIMEOUT)) {
      return sender.post(url, "application/json", "{}");
    }
  }

  @Test
  void headersOfTheConfigurationAreSent() {
    HttpSettings settings =
        new HttpSettings(
            null,
            null,
            null,
            HttpSettings.Proxy.NONE,
            Map.of("X-Scope-OrgID", List.of(SecretSource.given("team-a"))),
            HttpSettings.Tls.DEFAULT);
    assertThat(post(settings, url("/hook"))).isInstanceOf(HttpReply.Answer.class);
    assertThat(requests).containsExactly("/hook null null team-a");
  }

  @Test
  void whatAUrlMayNotHoldIsEncodedAsByGo() {
    post(HttpSettings.NONE, url("/hook/a b?labels={team=\"shop\"}"));
    assertThat(requests).containsExactly("/hook/a%20b?labels=%7Bteam=%22shop%22%7D null null null");
  }

  @Test
  void aProxyIsToldTheNameAndThePasswordOfItsUrl() {
    HttpSettings settings =
        new HttpSettings(
            null,
            null,
            null,
            new HttpSettings.Proxy(
                URI.create("http://ada:pw@127.0.0.1:" + server.getAddress().getPort()),
                List.of(),
                false),
            Map.of(),
            HttpSettings.Tls.DEFAULT);
    post(settings, "http://hooks.example/hook");
    assertThat(requests).containsExactly("http://hooks.example/hook null Basic YWRhOnB3 null");
  }

  @Test
  void aProxyAloneIsToldTheHeadersThatAreForIt() {
    HttpSettings.Proxy proxy =
        new HttpSettings.Proxy(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            List.of("127.0.0.0/8"),
            false,
            Map.of("Proxy-Authorization", List.of(SecretSource.given("Token x"))));
    HttpSettings settings =
        new HttpSettings(null, null, null, proxy, Map.of(), HttpSettings.Tls.DEFAULT);
    post(settings, "http://hooks.example/hook");
    post(settings, url("/hook"));
    assertThat(requests)
        .containsExactly("http://hooks.example/hook null Token x null", "/hook null null null");
  }

  @Test
  void aRedirectIsAnAnswerAndIsNotFollowed() {
    answers.add(307);
    assertThat(post(HttpSettings.NONE, url("/hook")))
        .isEqualTo(new HttpReply.Answer(307, "", Duration.ofSeconds(7)));
    assertThat(requests).hasSize(1);
  }

  private HttpSettings oauth2(@Nullable String tokenPath) {
    return new HttpSettings(
        null,
        null,
        new HttpSettings.OAuth2(
            "longshore",
            SecretSource.given("s3cret"),
            url(tokenPath == null ? "/token" : tokenPath),
            List.of("alerts", "read"),
            Map.of("audience", "hooks"),
            HttpSettings.Proxy.NONE,
            HttpSettings.Tls.DEFAULT),
        HttpSettings.Proxy.NONE,
        Map.of(),
        HttpSettings.Tls.DEFAULT);
  }

  @Test
  void aTokenIsFetchedOnceAndAgainWhenItIsRefused() {
    answers.addAll(List.of(200, 200, 401, 200));
    try (HttpSender sender = new HttpSender(oauth2(null), TIMEOUT)) {
      for (int i = 0; i < 4; i++) {
        sender.post(url("/hook"), "application/json", "{}");
      }
    }
    assertThat(requests)
        .containsExactly(
            "/hook Bearer t-1 null null",
            "/hook Bearer t-1 null null",
            "/hook Bearer t-1 null null",
            "/hook Bearer t-2 null null");
    assertThat(tokenRequests)
        .hasSize(2)
        .allSatisfy(
            it ->
                assertThat(it)
                    .startsWith("Basic ")
                    .contains("grant_type=client_credentials", "scope=alerts+read")
                    .contains("audience=hooks")
                    .doesNotContain("s3cret"));
  }

  @Test
  void aServerOfTokensThatWantsTheSecretInTheFormGetsItThere() {
    tokensByHeader = false;
    post(oauth2(null), url("/hook"));
    assertThat(requests).containsExactly("/hook Bearer t-2 null null");
    assertThat(tokenRequests.getLast()).contains("client_id=longshore", "client_secret=s3cret");
  }

  @Test
  void withoutATokenNothingIsSentAndTheReasonIsSaid() {
    answers.addAll(List.of(403, 403));
    assertThat(post(oauth2("/none"), url("/hook")))
        .isInstanceOfSatisfying(
            HttpReply.Failed.class,
            it ->
                assertThat(it.result())
                    .isInstanceOfSatisfying(
                        DeliveryResult.Misconfigured.class,
                        failure ->
                            assertThat(failure.remedy())
                                .contains("answers 403")
                                .doesNotContain("s3cret")));
    assertThat(requests).hasSize(1);
  }

  @Test
  void noFailureHoldsTheUrl() {
    for (String url :
        List.of(
            "hooks.example/T0SECRET",
            "http:///T0SECRET",
            "http://[::1/T0SECRET",
            "https://alert_hook/T0SECRET",
            "http://no-such-host.invalid/T0SECRET",
            "http://127.0.0.1:1/T0SECRET")) {
      assertThat(post(HttpSettings.NONE, url).toString()).as(url).doesNotContain("T0SECRET");
    }
  }
}
