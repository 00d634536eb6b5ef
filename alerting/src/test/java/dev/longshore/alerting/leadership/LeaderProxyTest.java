package dev.longshore.alerting.leadership;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.alerting.state.postgres.PeerTls;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRequest;
import dev.longshore.shared.tls.Pem;
import dev.longshore.shared.tls.TlsContexts;
import dev.longshore.shared.web.Caller;
import dev.longshore.shared.web.Role;
import dev.longshore.testkit.CertificateAuthority;
import dev.longshore.testkit.Certificates;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A replica that stands by answers with what the leader says, and says so when there is none.
final class LeaderProxyTest {
  private final Clock clock = new SteppingClock();
  private HttpServer leader;
  private String received = "";

  /// A clock on which whoever sleeps has slept at once.
  private static final class SteppingClock implements Clock {
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public long nanoTime() {
      return nanos.get();
    }

    @Override
    public long epochMillis() {
      return nanos.get() / 1_000_000;
    }

    @Override
    public void sleep(Duration duration) {
      nanos.addAndGet(duration.toNanos());
    }
  }

  @BeforeEach
  void startLeader() throws Exception {
    leader = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    leader.createContext("/", this::answer);
    leader.start();
  }

  @AfterEach
  void stopLeader() {
    leader.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    received =
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("Authorization")
            + " "
            + exchange.getRequestHeaders().getFirst("X-Forwarded-User")
            + " "
            + new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    byte[] body = "{\"silenceID\":\"a\"}".getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(202, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String address() {
    return "http://127.0.0.1:" + leader.getAddress().getPort();
  }

  private static OpsRequest request(Map<String, String> headers) {
    return request("/api/v2/silence/a b", headers);
  }

  private static OpsRequest request(String path, Map<String, String> headers) {
    return new OpsRequest(
        "POST",
        path,
        "filter=x%3Dy",
        headers,
        new ByteArrayInputStream("[1]".getBytes(UTF_8)),
        new Caller(
            null, Caller.Login.ANONYMOUS, Role.ADMIN, InetAddress.getLoopbackAddress(), null));
  }

  @Test
  void theLeaderGetsTheRequestWithWhoAsksAndItsAnswerIsPassedBack() throws Exception {
    try (PeerClient peers = new PeerClient(null, clock)) {
      LeaderProxy proxy = new LeaderProxy(this::address, peers, clock);
      OpsReply reply =
          proxy.answer(
              request(Map.of("authorization", "Bearer keel", "x-forwarded-user", "mallory")));
      assertThat(received)
          .isEqualTo("POST /api/v2/silence/a%20b?filter=x%3Dy Bearer keel null [1]");
      assertThat(reply.status()).isEqualTo(202);
      assertThat(reply.contentType()).isEqualTo("application/json");
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      reply.body().writeTo(body);
      assertThat(body.toString(UTF_8)).isEqualTo("{\"silenceID\":\"a\"}");
    }
  }

  @Test
  void aRequestWaitsForALeader() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (PeerClient peers = new PeerClient(null, clock)) {
      LeaderProxy proxy =
          new LeaderProxy(() -> asked.incrementAndGet() < 20 ? "" : address(), peers, clock);
      assertThat(proxy.answer(request(Map.of())).status()).isEqualTo(202);
    }
  }

  @Test
  void withoutALeaderItIsSaidBeforePrometheusGivesUp() throws Exception {
    long begun = clock.nanoTime();
    try (PeerClient peers = new PeerClient(null, clock)) {
      LeaderProxy proxy = new LeaderProxy(() -> "", peers, clock);
      OpsReply reply = proxy.answer(request(Map.of()));
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.headers()).containsEntry("Retry-After", "1");
      assertThat(clock.nanoTime() - begun).isLessThan(10_000_000_000L);
    }
  }

  @Test
  void whatAnotherReplicaPassedOnIsNotPassedOnOnceMore() throws Exception {
    try (PeerClient peers = new PeerClient(null, clock)) {
      LeaderProxy proxy = new LeaderProxy(this::address, peers, clock);
      assertThat(proxy.answer(request(Map.of("x-longshore-passed-on", "1"))).status())
          .isEqualTo(503);
      assertThat(received).isEmpty();
    }
  }

  @Test
  void aRequestWaitsWhileTheNextLeaderIsGettingReady() throws Exception {
    AtomicInteger refusals = new AtomicInteger(5);
    try (PeerClient peers = new PeerClient(null, clock)) {
      LeaderProxy standby = new LeaderProxy(() -> "", peers, clock);
      OpsReply refusal = standby.answer(request(Map.of("x-longshore-passed-on", "1")));
      leader.removeContext("/");
      leader.createContext(
          "/",
          exchange -> {
            if (refusals.decrementAndGet() < 0) {
              answer(exchange);
              return;
            }
            refusal.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(refusal.status(), -1);
            exchange.close();
          });
      LeaderProxy proxy = new LeaderProxy(this::address, peers, clock);
      assertThat(proxy.answer(request(Map.of())).status()).isEqualTo(202);
      assertThat(refusals).hasValue(-1);
    }
  }

  /// A leader that takes connections and never answers, as one that is paused.
  private OpsReply askedOfAPausedLeaderThatIsReplaced(OpsRequest asked) throws Exception {
    try (ServerSocket paused = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        PeerClient peers = new PeerClient(null, clock)) {
      String before = "http://127.0.0.1:" + paused.getLocalPort();
      AtomicInteger looks = new AtomicInteger();
      LeaderProxy proxy =
          new LeaderProxy(() -> looks.incrementAndGet() < 3 ? before : address(), peers, clock);
      return proxy.answer(asked);
    }
  }

  @Test
  void alertsThatAPausedLeaderDoesNotAnswerAreTakenByTheNext() throws Exception {
    OpsReply reply =
        askedOfAPausedLeaderThatIsReplaced(request("/alerting/api/v2/alerts", Map.of()));
    assertThat(reply.status()).isEqualTo(202);
    assertThat(received).startsWith("POST /alerting/api/v2/alerts");
  }

  @Test
  void whatMayNotBeDoneTwiceIsNotSentAgainAndThatIsSaid() throws Exception {
    OpsReply reply = askedOfAPausedLeaderThatIsReplaced(request(Map.of()));
    assertThat(reply.status()).isEqualTo(502);
    assertThat(received).isEmpty();
  }

  /// A leader that reads the request and closes the connection, as one that is killed.
  private OpsReply askedOfALeaderThatEnds(OpsRequest asked) throws Exception {
    AtomicInteger cut = new AtomicInteger();
    leader.removeContext("/");
    leader.createContext(
        "/",
        exchange -> {
          if (cut.incrementAndGet() > 1) {
            answer(exchange);
          }
          // Without an answer the connection is closed.
          exchange.close();
        });
    try (PeerClient peers = new PeerClient(null, clock)) {
      return new LeaderProxy(this::address, peers, clock).answer(asked);
    }
  }

  @Test
  void alertsAreSentAgainWhenTheConnectionBreaks() throws Exception {
    OpsReply reply = askedOfALeaderThatEnds(request("/api/v2/alerts", Map.of()));
    assertThat(reply.status()).isEqualTo(202);
    assertThat(received).startsWith("POST /api/v2/alerts");
  }

  @Test
  void whatMayNotBeDoneTwiceIsNotSentAgainWhenTheConnectionBreaks() throws Exception {
    OpsReply reply = askedOfALeaderThatEnds(request(Map.of()));
    assertThat(reply.status()).isEqualTo(502);
    assertThat(received).isEmpty();
  }

  @Test
  void aLeaderWithTlsIsKnownByTheNameInItsCertificate() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create("CN=Replicas", 0, 2);
    Certificates own = authority.client("alerting.shop.svc", 0, 2);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            TlsContexts.of(
                null,
                Pem.ofFile("certFile", own.certificateFile()),
                Pem.ofFile("keyFile", own.keyFile()),
                false,
                Clock.system())));
    server.createContext("/", this::answer);
    server.start();
    String address = "https://127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThat(statusBy(address, authority.caFile(), "alerting.shop.svc")).isEqualTo(202);
      assertThat(statusBy(address, authority.caFile(), "alerting.dock.svc")).isEqualTo(502);
      assertThat(statusBy(address, authority.caFile(), null)).isEqualTo(502);
      assertThat(statusBy(address, Certificates.create().caFile(), "alerting.shop.svc"))
          .isEqualTo(502);
    } finally {
      server.stop(0);
    }
  }

  private int statusBy(String address, Path caFile, @Nullable String serverName) throws Exception {
    try (PeerClient peers =
        new PeerClient(new PeerTls(caFile, null, null, serverName), Clock.system())) {
      return new LeaderProxy(() -> address, peers, clock).answer(request(Map.of())).status();
    }
  }
}
