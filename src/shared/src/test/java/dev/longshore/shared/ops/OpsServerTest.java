package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Surface;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The ops port answers who looks into the product, says why it is not ready, and refuses what it
/// doesn't know by the rules of HTTP.
class OpsServerTest {
  private static final int MAX_BODY_BYTES = 64 << 10;

  private final Meters meters = new Meters();
  private final AtomicReference<Readiness> elasticsearch = new AtomicReference<>(Readiness.READY);
  private final HttpClient client = HttpClient.newHttpClient();
  private final OpsServer server =
      new OpsServer(
          "ops.listen",
          new OpsConfig("127.0.0.1", 0),
          Clock.system(),
          new Supervisor(Clock.system(), _ -> {}),
          meters,
          List.of(
              new ReadinessCheck("buffer", () -> Readiness.READY),
              new ReadinessCheck("elasticsearch", elasticsearch::get)),
          json -> {
            json.writeStringField("node", "worker-1");
            json.writeNumberField("files", 3);
          });

  @BeforeEach
  void start() throws IOException {
    server
        .route(
            "/-/echo/",
            Set.of("GET", "POST"),
            MAX_BODY_BYTES,
            new Need(Surface.API, Role.ADMIN, true),
            OpsServerTest::echo)
        .get(
            "/fails",
            _ -> {
              throw new IllegalStateException("no such pod");
            })
        .start();
  }

  private static OpsReply echo(OpsRequest request) throws IOException {
    String body = new String(request.body(), StandardCharsets.UTF_8);
    return OpsReply.text(
        200, request.method() + " " + request.path() + " " + request.query() + " " + body);
  }

  @AfterEach
  void close() {
    server.close();
    client.close();
  }

  @Test
  void saysThatItLives() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/healthz").body()).isEqualTo("ok\n");
  }

  @Test
  void namesTheThreadThatIsStuck() throws Exception {
    Supervisor supervisor = new Supervisor(Clock.system(), _ -> {});
    SupervisedThread read =
        supervisor.platform("read", Duration.ofNanos(-1), new CountDownLatch(1)::await);
    read.start();
    try (OpsServer stuck =
        new OpsServer(
            "ops.listen",
            new OpsConfig("localhost", 0),
            Clock.system(),
            supervisor,
            meters,
            List.of(),
            _ -> {})) {
      stuck.start();

      HttpResponse<String> reply = send(request(stuck.port(), "/healthz").GET());
      assertThat(reply.statusCode()).isEqualTo(503);
      assertThat(reply.body()).startsWith("thread read is stuck: its last turn was 0 s ago");

      read.interrupt();
      assertThat(send(request(stuck.port(), "/healthz").GET()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void anotherTakesItsPlaceAndWhatIsBeingAnsweredIsAnsweredToTheEnd() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch replaced = new CountDownLatch(1);
    OpsServer before =
        other()
            .get(
                "/role",
                _ -> {
                  asked.countDown();
                  replaced.await();
                  return OpsReply.text(200, "standby");
                });
    before.start();
    int port = before.port();
    try (OpsServer after = other().get("/role", _ -> OpsReply.text(200, "leader"))) {
      CompletableFuture<HttpResponse<String>> waiting =
          client.sendAsync(request(port, "/role").GET().build(), BodyHandlers.ofString());
      asked.await();

      after.startInPlaceOf(before);
      before.close();
      before.awaitAnswers(Duration.ofMillis(50));
      assertThat(waiting).as("it is still being answered").isNotDone();
      replaced.countDown();
      before.awaitAnswers(Duration.ofSeconds(30));

      assertThat(before.isRunning()).isFalse();
      assertThat(waiting.get().body()).isEqualTo("standby\n");
      assertThat(after.port()).isEqualTo(port);
      assertThat(send(request(port, "/role").GET()).body()).isEqualTo("leader\n");
    }
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
        .isInstanceOf(IOException.class);
  }

  @Test
  void whoIsNotStartedCanNotBeReplaced() {
    assertThatThrownBy(() -> other().startInPlaceOf(other()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("other ports");
  }

  private static OpsServer other() {
    return new OpsServer(
        "ops.listen",
        new OpsConfig("127.0.0.1", 0),
        Clock.system(),
        new Supervisor(Clock.system(), _ -> {}),
        new Meters(),
        List.of(),
        _ -> {});
  }

  @Test
  void isReadyWhenEveryCheckIs() throws Exception {
    assertThat(get("/readyz").statusCode()).isEqualTo(200);

    elasticsearch.set(Readiness.notReady("401 from es-1: check elasticsearch.apiKey"));

    HttpResponse<String> reply = get("/readyz");
    assertThat(reply.statusCode()).isEqualTo(503);
    assertThat(reply.body())
        .contains(
            "\"ready\" : false",
            "\"buffer\" : \"ready\"",
            "\"elasticsearch\" : \"401 from es-1: check elasticsearch.apiKey\"");
  }

  @Test
  void countsACheckThatFailsAsNotReady() throws Exception {
    try (OpsServer broken =
        new OpsServer(
            "ops.listen",
            new OpsConfig("localhost", 0),
            Clock.system(),
            new Supervisor(Clock.system(), _ -> {}),
            meters,
            List.of(
                new ReadinessCheck(
                    "disk",
                    () -> {
                      throw new IllegalStateException("closed");
                    })),
            _ -> {})) {
      broken.start();

      HttpResponse<String> reply = send(request(broken.port(), "/readyz").GET());
      assertThat(reply.statusCode()).isEqualTo(503);
      assertThat(reply.body()).contains("the check itself failed", "closed");
    }
  }

  @Test
  void showsMetricsAsPrometheusReadsThem() throws Exception {
    meters.registry().counter("longshore.agent.read.bytes", "container", "app").increment(42);
    try (ProcessMetrics process = new ProcessMetrics(meters.registry())) {
      process.start();

      HttpResponse<String> reply = get("/metrics");
      assertThat(reply.headers().firstValue("Content-Type"))
          .hasValue("text/plain; version=0.0.4; charset=utf-8");
      assertThat(reply.body())
          .contains(
              "longshore_agent_read_bytes_total{container=\"app\",} 42.0",
              "jvm_memory_used_bytes",
              "jvm_gc_",
              "process_cpu_usage",
              "process_files_open_files",
              "jvm_threads_live_threads")
          .doesNotContain("system_cpu", "jvm_threads_states");
    }
  }

  @Test
  void showsTheStatusAsJson() throws Exception {
    HttpResponse<String> reply = get("/status");

    assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(reply.body())
        .isEqualTo(
            """
            {
              "access" : {
                "login" : false,
                "warning" : "no login is configured: everybody who reaches this port may look",
                "you" : {
                  "name" : null,
                  "role" : "admin",
                  "login" : "anonymous"
                }
              },
              "node" : "worker-1",
              "files" : 3
            }
            """);
  }

  @Test
  void answersHeadWithTheLengthAndWithoutTheBody() throws Exception {
    HttpResponse<String> reply =
        send(request(server.port(), "/healthz").method("HEAD", BodyPublishers.noBody()));

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Content-Length")).hasValue("3");
    assertThat(reply.body()).isEmpty();
  }

  @Test
  void refusesOtherMethodsAndSaysWhichAreAllowed() throws Exception {
    HttpResponse<String> reply =
        send(request(server.port(), "/status").POST(BodyPublishers.ofString("x")));

    assertThat(reply.statusCode()).isEqualTo(405);
    assertThat(reply.headers().firstValue("Allow")).hasValue("GET, HEAD");
  }

  @Test
  void saysWhatThereIsWhenAPathIsUnknown() throws Exception {
    for (String path : List.of("/", "/healthz/x", "/metricsx", "/status/files", "/-/echo")) {
      HttpResponse<String> reply = get(path);
      assertThat(reply.statusCode()).as(path).isEqualTo(404);
      assertThat(reply.body()).contains("/healthz, /metrics, /readyz, /status");
    }
  }

  @Test
  void servesAddedRoutesAndAllBelowThem() throws Exception {
    HttpResponse<String> reply =
        send(
            request(server.port(), "/-/echo/shop%2Fcheckout?x=%20")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("hello")));

    assertThat(reply.body()).isEqualTo("POST /-/echo/shop/checkout x=%20 hello\n");
  }

  @Test
  void saysWhyARouteFailedAndGoesOn() throws Exception {
    HttpResponse<String> reply = get("/fails");

    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.body()).contains("no such pod");
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void refusesALargeBody() throws Exception {
    byte[] body = new byte[MAX_BODY_BYTES + 1];
    HttpResponse<String> reply =
        send(
            request(server.port(), "/-/echo/")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body)));

    assertThat(reply.statusCode()).isEqualTo(413);
  }

  @Test
  void aBodyThatIsNoneIsTheClientsFault() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              "POST /-/echo/ HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n"
                  .getBytes(StandardCharsets.US_ASCII));

      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 400 ").endsWith("\r\n\r\na chunk has no length\n");
    }
  }

  @Test
  void tellsAClientThatWaitsToSendItsBody() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              "POST /-/echo/ HTTP/1.1\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] first = socket.getInputStream().readNBytes(25);
      assertThat(new String(first, StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      socket.getOutputStream().write("5\r\nhello\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").endsWith("POST /-/echo/  hello\n");
    }
  }

  @Test
  void survivesWhatIsNotHttp() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write("\0\1\2 not http\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      var _ = socket.getInputStream().readAllBytes();
    }

    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void namesTheKeyWhenThePortIsTaken() {
    OpsServer second =
        new OpsServer(
            "ops.listen",
            new OpsConfig("127.0.0.1", server.port()),
            Clock.system(),
            new Supervisor(Clock.system(), _ -> {}),
            meters,
            List.of(),
            _ -> {});

    assertThatThrownBy(second::start)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("ops.listen=127.0.0.1:" + server.port() + ": can't listen there")
        .hasMessageContaining("set ops.listen to another");
    second.close();
  }

  @Test
  void namesTheKeyWhenTheHostIsUnknown() {
    OpsServer lost =
        new OpsServer(
            "ops.listen",
            new OpsConfig("no-such-host.invalid", 0),
            Clock.system(),
            new Supervisor(Clock.system(), _ -> {}),
            meters,
            List.of(),
            _ -> {});

    assertThatThrownBy(lost::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ops.listen=no-such-host.invalid:0: the host can't be resolved");
  }

  @Test
  void closesThePortAndCanBeClosedAgain() {
    int port = server.port();
    server.close();
    server.close();

    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void refusesTwoRoutesForOnePath() {
    assertThatThrownBy(() -> server.get("/metrics", OpsServerTest::echo))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/metrics");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(server.port(), path).GET());
  }

  private static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
