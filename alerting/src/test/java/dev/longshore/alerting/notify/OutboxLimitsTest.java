package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.webhook.WebhookSettings;
import dev.longshore.testkit.ManualClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What waits for a receiver that is away takes a bounded amount of memory and disk; the oldest is
/// given up first, and what still fires is told anew.
final class OutboxLimitsTest {
  /// Each is in a payload twice, in its alert and among the common annotations.
  private static final int CHARS = 300_000;

  private static final int GROUPS = 70;

  @Test
  void theOldestOfTooMuchTextIsGivenUpAndItsGroupIsToldAnew(@TempDir Path dir) throws Exception {
    AtomicInteger answer = new AtomicInteger(503);
    AtomicInteger taken = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          if (answer.get() == 200) {
            taken.incrementAndGet();
          }
          exchange.sendResponseHeaders(answer.get(), -1);
          exchange.close();
        });
    server.start();
    try (NotifyBench bench = new NotifyBench(dir)) {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      bench.receivers(new Receiver("team", List.of(WebhookSettings.of(SecretSource.given(url)))));
      for (int i = 0; i < GROUPS; i++) {
        bench.flush(bench.group("{}:" + i, "team", Suppression.NONE, large(i)));
      }
      bench.pass(Duration.ofSeconds(2));
      assertThat(bench.notifier.waiting()).isBetween(50, 60);
      assertThat(
              bench
                  .registry
                  .get("longshore.notifications.failed")
                  .tag("reason", "givenUp")
                  .counter()
                  .count())
          .isEqualTo(GROUPS - bench.notifier.waiting());

      int waited = bench.notifier.waiting();
      answer.set(200);
      bench.pass(Duration.ofMinutes(2));
      assertThat(taken).hasValue(waited);
      for (int i = 0; i < GROUPS; i++) {
        bench.flush(bench.group("{}:" + i, "team", Suppression.NONE, large(i)));
      }
      bench.pass(Duration.ofMinutes(1));
      assertThat(taken).as("each group was told once in the end").hasValue(GROUPS);
    } finally {
      server.stop(0);
    }
  }

  private static Alert large(int number) {
    return new Alert(
        Labels.of("alertname", "PodDown", "pod", "checkout-" + number),
        Labels.of("description", "x".repeat(CHARS)),
        ManualClock.START,
        null,
        ManualClock.START,
        "",
        Alert.Origin.RULE,
        Evidence.NONE);
  }
}
