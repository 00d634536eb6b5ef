package dev.longshore.alerting.leadership;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRequest;
import dev.longshore.shared.web.Caller;
import dev.longshore.shared.web.Role;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
    return new OpsRequest(
        "POST",
        "/api/v2/silence/a b",
        "filter=x%3Dy",
        headers,
        new ByteArrayInputStream("[1]".getBytes(UTF_8)),
        new Caller(
            null, Caller.Login.ANONYMOUS, Role.ADMIN, InetAddress.getLoopbackAddress(), null));
  }

  @Test
  void theLeaderGetsTheRequestWithWhoAsksAndItsAnswerIsPassedBack() throws Exception {
    try (LeaderProxy proxy = new LeaderProxy(this::address, clock)) {
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
    try (LeaderProxy proxy =
        new LeaderProxy(() -> asked.incrementAndGet() < 20 ? "" : address(), clock)) {
      assertThat(proxy.answer(request(Map.of())).status()).isEqualTo(202);
    }
  }

  @Test
  void withoutALeaderItIsSaidBeforePrometheusGivesUp() throws Exception {
    long begun = clock.nanoTime();
    try (LeaderProxy proxy = new LeaderProxy(() -> "", clock)) {
      OpsReply reply = proxy.answer(request(Map.of()));
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.headers()).containsEntry("Retry-After", "1");
      assertThat(clock.nanoTime() - begun).isLessThan(10_000_000_000L);
    }
  }

  @Test
  void whatAnotherReplicaPassedOnIsNotPassedOnOnceMore() throws Exception {
    try (LeaderProxy proxy = new LeaderProxy(this::address, clock)) {
      assertThat(proxy.answer(request(Map.of("x-longshore-passed-on", "1"))).status())
          .isEqualTo(503);
      assertThat(received).isEmpty();
    }
  }
}
