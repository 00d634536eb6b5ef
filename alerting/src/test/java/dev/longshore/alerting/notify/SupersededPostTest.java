package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.webhook.WebhookSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A post that fails while it is under way, and is no longer true by then, is not tried again: what
/// is true takes its place.
final class SupersededPostTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Runnable> underWay = new ArrayList<>();
  private final List<JsonNode> taken = new ArrayList<>();

  /// What the webhook answers; 0 for nothing, though it has the message.
  private int answer;

  private HttpServer server;
  private NotifyBench bench;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/hook",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          if (answer == 200 || answer == 0) {
            taken.add(JSON.readTree(body));
          }
          if (answer != 0) {
            exchange.sendResponseHeaders(answer, -1);
          }
          exchange.close();
        });
    server.start();
    bench = new NotifyBench(dir, underWay::add);
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    bench.receivers(new Receiver("team", List.of(WebhookSettings.of(SecretSource.given(url)))));
  }

  @AfterEach
  void close() {
    bench.close();
    server.stop(0);
  }

  private void arrive() {
    List<Runnable> now = List.copyOf(underWay);
    underWay.clear();
    now.forEach(Runnable::run);
    bench.run();
  }

  private void recover() {
    answer = 200;
    for (int second = 0; second < 120; second++) {
      bench.pass(Duration.ofSeconds(1));
      arrive();
    }
  }

  private List<String> told() {
    return taken.stream()
        .map(it -> it.path("status").asText() + " " + it.path("alerts").size())
        .toList();
  }

  @Test
  void whatHasEndedMeanwhileIsNotToldToFire() {
    Alert alert = bench.alert("checkout-7d9f");
    bench.flush(bench.group("team", alert));
    bench.flush(bench.group("team", bench.ended(alert)));
    answer = 503;
    arrive();
    recover();

    assertThat(told()).as("it was refused while it fired").isEmpty();
    assertThat(bench.notifier.waiting()).isZero();
    bench.flush(bench.group("team", alert));
    arrive();
    assertThat(told()).as("it fires again").containsExactly("firing 1");
  }

  @Test
  void theEndIsToldWhereTheBeginMayHaveArrived() {
    Alert alert = bench.alert("checkout-7d9f");
    bench.flush(bench.group("team", alert));
    bench.flush(bench.group("team", bench.ended(alert)));
    answer = 0;
    arrive();
    assertThat(told()).containsExactly("firing 1");
    recover();

    assertThat(told()).containsExactly("firing 1", "resolved 1");
  }

  @Test
  void whatFiresIsToldOnceAsItIsNow() {
    Alert alert = bench.alert("checkout-7d9f");
    bench.flush(bench.group("team", alert));
    bench.flush(bench.group("team", alert, bench.alert("checkout-c5x2")));
    answer = 503;
    arrive();
    recover();

    assertThat(told()).containsExactly("firing 2");
  }

  @Test
  void anEndThatNeverArrivedIsNotToldOfWhatFiresAgain() {
    Alert alert = bench.alert("checkout-7d9f");
    answer = 200;
    bench.flush(bench.group("team", alert));
    arrive();
    bench.flush(bench.group("team", bench.ended(alert)));
    bench.flush(bench.group("team", alert));
    answer = 503;
    arrive();
    bench.flush(bench.group("team", bench.ended(alert)));
    recover();

    assertThat(told()).containsExactly("firing 1", "resolved 1");
  }
}
