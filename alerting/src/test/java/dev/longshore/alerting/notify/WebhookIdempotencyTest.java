package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.webhook.WebhookSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A hook knows a message that it has already by its `Idempotency-Key`, whoever sends it again, and
/// takes no other message for it.
final class WebhookIdempotencyTest {
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private volatile int answer = 200;
  private HttpServer server;
  private NotifyBench bench;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/hook",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key")));
          exchange.sendResponseHeaders(answer, -1);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    bench = new NotifyBench(dir);
    bench.receivers(new Receiver("team", List.of(WebhookSettings.of(SecretSource.given(url)))));
  }

  @AfterEach
  void close() {
    bench.close();
    server.stop(0);
  }

  private void flush(String group, Alert... alerts) {
    bench.flush(bench.group(group, "team", Suppression.NONE, alerts));
  }

  @Test
  void eachAttemptAtAMessageHasTheSameKeyAfterARestartToo() throws Exception {
    answer = 503;
    flush("{}:{pod=\"checkout-1\"}", bench.alert("checkout-1"));
    bench.pass(Duration.ofSeconds(5));
    bench.restart();
    answer = 200;
    bench.pass(Duration.ofMinutes(2));

    assertThat(keys).hasSizeGreaterThan(3);
    assertThat(keys).containsOnly(keys.getFirst());
    assertThat(keys.getFirst()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }

  @Test
  void eachMessageHasAKeyOfItsOwnThoughItSaysTheSame() throws Exception {
    Alert alert = bench.alert("checkout-1");
    flush("{}:{pod=\"checkout-1\"}", alert);
    flush("{}:{pod=\"checkout-2\"}", bench.alert("checkout-2"));
    bench.pass(Duration.ofHours(5));
    flush("{}:{pod=\"checkout-1\"}", alert);

    assertThat(keys).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void whatWasBroughtUpToDateWhileItWaitedIsAnotherMessage() throws Exception {
    answer = 503;
    Alert alert = bench.alert("checkout-1");
    flush("{}:{}", alert);
    flush("{}:{}", alert, bench.alert("checkout-2"));
    answer = 200;
    bench.pass(Duration.ofMinutes(2));

    assertThat(keys.getLast()).isNotEqualTo(keys.getFirst());
  }
}
