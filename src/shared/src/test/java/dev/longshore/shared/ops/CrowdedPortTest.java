package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Surface;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whoever crowds the port, by connections that send nothing, half a request, or read no answer,
/// keeps no probe from its answer and takes no more memory than was reserved.
class CrowdedPortTest {
  private static final OpsLimits LIMITS =
      new OpsLimits(
          64,
          4,
          1024,
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofSeconds(5),
          Duration.ofSeconds(2));
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

  /// More than the sockets of both sides take.
  private static final int LARGE_BYTES = 64 << 20;

  private final MemoryBudget.Share replies = new MemoryBudget(1 << 20).share("replies", 16 << 10);
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger failures = new AtomicInteger();
  private final List<Socket> strangers = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Supervisor supervisor =
      new Supervisor(Clock.system(), _ -> failures.incrementAndGet());
  private final OpsServer server =
      new OpsServer(
              "ops.listen",
              new OpsConfig("127.0.0.1", 0),
              Clock.system(),
              supervisor,
              new Meters(),
              List.of(new ReadinessCheck("elasticsearch", () -> Readiness.READY)),
              json -> {
                for (int i = 0; i < LARGE_BYTES / 1024; i++) {
                  json.writeStringField("container" + i, "x".repeat(1024));
                }
              })
          .limits(LIMITS, replies)
          .get(
              "/waits",
              _ -> {
                assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
                return OpsReply.text(200, "released");
              })
          .route(
              "/takes",
              Set.of("POST"),
              16,
              new Need(Surface.STATUS, Role.ADMIN, false),
              request -> OpsReply.text(200, new String(request.body(), StandardCharsets.US_ASCII)));

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket stranger : strangers) {
      stranger.close();
    }
    server.close();
    client.close();
    assertThat(failures).as("failures of the port's thread").hasValue(0);
  }

  @Test
  void answersProbesWhileHundredsOfClientsNeverSendAByte() throws Exception {
    for (int i = 0; i < 300; i++) {
      stranger("");
      if (i % 50 == 0) {
        assertThatProbesAreAnswered();
      }
    }
    assertThatProbesAreAnswered();
  }

  @Test
  void answersProbesWhileHundredsOfRequestsAreHalfSent() throws Exception {
    for (int i = 0; i < 300; i++) {
      stranger("GET /status HTTP/1.1\r\nHost: node\r\nX-Slow: ");
      if (i % 50 == 0) {
        assertThatProbesAreAnswered();
      }
    }
    assertThatProbesAreAnswered();
  }

  @Test
  void answersProbesWhileSlowReadersTakeEveryPlaceAndRefusesFurtherOnes() throws Exception {
    for (int i = 0; i < 48; i++) {
      stranger("GET /status HTTP/1.1\r\nHost: node\r\n\r\n");
    }
    await().until(() -> replies.usedBytes() == 4 * 1024);

    assertThatProbesAreAnswered();
    HttpResponse<String> refused = get("/metrics");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(replies.usedBytes()).isEqualTo(4 * 1024);
  }

  @Test
  void cutsSlowReadersAndServesTheNext() throws Exception {
    for (int i = 0; i < 4; i++) {
      stranger("GET /status HTTP/1.1\r\nHost: node\r\n\r\n");
    }
    await().until(() -> replies.usedBytes() == 4 * 1024);

    await().until(() -> replies.usedBytes() == 0);
    assertThat(get("/metrics").statusCode()).isEqualTo(200);
  }

  @Test
  void servesOthersWhileEveryPlaceWaitsForABody() throws Exception {
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      slow.add(
          stranger(
              "POST /takes HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\n"
                  + "Content-Length: 10\r\n\r\n\"sl"));
    }
    await().until(() -> replies.usedBytes() == 4 * 1024);

    await().until(() -> get("/metrics").statusCode() == 200);

    int answered = 0;
    for (Socket one : slow) {
      answered += finishes(one, "owly :\"") ? 1 : 0;
    }
    assertThat(answered).as("all but one, whose place was needed").isEqualTo(3);
  }

  private static boolean finishes(Socket socket, String rest) {
    try {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(rest.getBytes(StandardCharsets.US_ASCII));
      byte[] status = socket.getInputStream().readNBytes(15);
      return new String(status, StandardCharsets.US_ASCII).equals("HTTP/1.1 200 OK");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void cutsConnectionsThatSendNoWholeHeadInTime() throws Exception {
    Socket silent = stranger("");
    Socket dripping = stranger("GET /healthz HTTP/1.1\r\n");

    assertThat(endsWithin(silent)).isTrue();
    assertThat(endsWithin(dripping)).isTrue();
  }

  @Test
  void theClientWithTheMostConnectionsLosesThem() throws Exception {
    Socket quiet = new Socket();
    quiet.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), 0));
    quiet.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    strangers.add(quiet);
    for (int i = 0; i < 100; i++) {
      stranger("");
    }
    quiet
        .getOutputStream()
        .write("GET /healthz HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    assertThat(new String(quiet.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .endsWith("ok\n");
  }

  @Test
  void refusesRequestsBeyondTheMemoryBudget() throws Exception {
    replies.reserve(1 << 20);

    assertThat(get("/metrics").statusCode()).isEqualTo(503);
    assertThatProbesAreAnswered();

    replies.release(1 << 20);
    assertThat(get("/metrics").statusCode()).isEqualTo(200);
  }

  @Test
  void answersManyRequestsOfOneConnectionInTheirOrder() throws Exception {
    Socket pipelining =
        stranger(
            "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500)
                + "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
                + "GET /healthz HTTP/1.0\r\n\r\n");

    String answers =
        new String(pipelining.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(answers.split("HTTP/1.1 200 OK\r\n", -1)).hasSize(503);
    assertThat(answers).endsWith("ok\n");
  }

  /// An answer may be there before the listener has looked at all connections once.
  @Test
  void answersManyRequestsOfManyConnectionsHoweverQuickly() throws Exception {
    List<Socket> pipelining = new ArrayList<>();
    for (int i = 0; i < LIMITS.requests(); i++) {
      pipelining.add(
          stranger(
              "POST /takes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
                      .repeat(400)
                  + "GET /healthz HTTP/1.0\r\n\r\n"));
    }
    for (Socket socket : pipelining) {
      String answers =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answers.split("HTTP/1.1 200 OK\r\n", -1)).hasSize(402);
    }
  }

  @Test
  void sendsALongAnswerInChunksAndTheWholeOfIt() throws Exception {
    HttpResponse<String> status = get("/status");

    assertThat(status.statusCode()).isEqualTo(200);
    assertThat(status.body().length()).isGreaterThan(LARGE_BYTES);
    assertThat(status.body()).endsWith("\n}\n");
  }

  private void assertThatProbesAreAnswered() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .timeout(path.equals("/status") ? Duration.ofSeconds(30) : PROBE_TIMEOUT)
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private Socket stranger(String sends) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    strangers.add(socket);
    socket.getOutputStream().write(sends.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static boolean endsWithin(Socket socket) throws IOException {
    socket.setSoTimeout(5_000);
    try (InputStream in = socket.getInputStream()) {
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
