package dev.longshore.shared.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An answer is what came of it until the deadline, to the limit of what is read of it, and its
/// connection serves the next request.
final class HttpDeadlineTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Set<Integer> clientPorts = ConcurrentHashMap.newKeySet();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void close() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
  }

  /// Answers with a body, of which the rest never comes when it is shorter than announced.
  private void answer(int status, String body, int announcedBytes) {
    server.createContext(
        "/",
        exchange -> {
          clientPorts.add(exchange.getRemoteAddress().getPort());
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(status, announcedBytes == 0 ? -1 : announcedBytes);
          exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          if (body.length() < announcedBytes) {
            awaitTheEnd();
          }
          exchange.close();
        });
  }

  private void awaitTheEnd() throws IOException {
    try {
      over.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private HttpDeadline.Answer send(Duration deadline, int maxBytes)
      throws IOException, InterruptedException {
    URI target = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    HttpRequest request =
        HttpRequest.newBuilder(target).POST(HttpRequest.BodyPublishers.ofString("{}")).build();
    return HttpDeadline.send(client, request, deadline, maxBytes);
  }

  @Test
  void anAnswerHasStatusAndBody() throws Exception {
    answer(503, "busy", 4);

    HttpDeadline.Answer answer = send(LONG, 100);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("busy");
    assertThat(answer.headers().firstValue("Content-Length")).contains("4");
  }

  @Test
  void aConnectionServesTheNextRequests() throws Exception {
    answer(200, "", 0);

    for (int request = 0; request < 20; request++) {
      assertThat(send(LONG, 100).status()).isEqualTo(200);
    }

    // One that was not back yet when the next request began has another.
    assertThat(clientPorts).hasSizeLessThan(10);
  }

  @Test
  void ofALongBodyTheBeginningIsRead() throws Exception {
    answer(200, "x".repeat(1_000), 1_000);

    assertThat(send(LONG, 100).body()).isEqualTo("x".repeat(100));
  }

  @Test
  void anAnswerThatSaysThatTheRequestWasTakenCountsWithoutTheRestOfItsBody() throws Exception {
    answer(202, "tak", 5);

    HttpDeadline.Answer answer = send(SHORT, 100);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void anyOtherAnswerThatDoesNotEndIsNone() {
    answer(500, "bus", 5);

    assertThatThrownBy(() -> send(SHORT, 100)).isInstanceOf(HttpTimeoutException.class);
  }

  @Test
  void aServerThatClosesTheConnectionHasNotAnswered() {
    server.createContext("/", exchange -> exchange.getHttpContext().getServer().stop(0));

    assertThatThrownBy(() -> send(LONG, 100)).isInstanceOf(IOException.class);
  }
}
