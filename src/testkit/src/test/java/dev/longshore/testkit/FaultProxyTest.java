package dev.longshore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.testkit.NetworkFault.ItemRefusal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The proxy never lies about what was indexed: what it says has failed did not arrive, what it
/// loses did.
final class FaultProxyTest {
  private static final String PATH = "/logs-app-default/_bulk";

  private final BulkSink sink = BulkSink.recording();
  private volatile NetworkFault fault = new NetworkFault.Pass();
  private final FaultProxy proxy = FaultProxy.start(sink.url(), request -> fault);
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    http.close();
    proxy.close();
    sink.close();
  }

  @Test
  void passesRequestsOnAndAnswersBack() throws Exception {
    HttpResponse<String> reply = send("a", "b");

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).contains("\"errors\":false");
    assertThat(ids()).containsExactly("a", "b");
  }

  @Test
  void anItemThatItFailsDoesNotArriveAndTheOthersKeepTheirPlaces() throws Exception {
    fault =
        new NetworkFault.FailItems(
            item -> item.id().equals("b") ? new ItemRefusal(429, "busy", "later") : null);

    HttpResponse<String> reply = send("a", "b", "c");

    assertThat(ids()).containsExactly("a", "c");
    assertThat(reply.body()).contains("\"errors\":true").containsPattern("201.*429.*later.*201");
  }

  @Test
  void answersForItemsOfWhichNoneIsPassedOn() throws Exception {
    fault = new NetworkFault.FailItems(item -> new ItemRefusal(400, "poison", "no"));

    assertThat(send("a").body()).contains("\"status\":400").contains("poison");
    assertThat(ids()).isEmpty();
  }

  @Test
  void losesAnAnswerAfterTheRequestArrivedAndTellsBefore() {
    AtomicInteger arrived = new AtomicInteger();
    fault = new NetworkFault.LoseAnswer(() -> arrived.set(ids().size()));

    assertThatThrownBy(() -> send("a")).isInstanceOf(IOException.class);
    assertThat(arrived).hasValue(1);
  }

  @Test
  void whatAlwaysFailsFailsInARequestWhoseAnswerIsLostToo() {
    fault = new NetworkFault.LoseAnswer(() -> {});
    try (FaultProxy strict =
        FaultProxy.start(
            sink.url(),
            request -> fault,
            item -> item.id().equals("b") ? new ItemRefusal(400, "poison", "no") : null)) {
      assertThatThrownBy(() -> send(strict, "a", "b")).isInstanceOf(IOException.class);
    }
    assertThat(ids()).containsExactly("a");
  }

  @Test
  void cutsAnAnswerAfterTheRequestArrived() {
    fault = new NetworkFault.CutAnswer();

    assertThatThrownBy(() -> send("a")).isInstanceOf(IOException.class);
    assertThat(ids()).containsExactly("a");
  }

  @Test
  void aRequestThatItCutsDoesNotArrive() {
    fault = new NetworkFault.CutRequest(0.5);

    assertThatThrownBy(() -> send("a", "b")).isInstanceOf(IOException.class);
    assertThat(sink.requests()).isZero();
  }

  @Test
  void answersInPlaceOfTheServer() throws Exception {
    fault = new NetworkFault.Answer(429, Map.of("Retry-After", "7"), "{}");

    HttpResponse<String> reply = send("a");

    assertThat(reply.statusCode()).isEqualTo(429);
    assertThat(reply.headers().firstValue("Retry-After")).hasValue("7");
    assertThat(sink.requests()).isZero();
  }

  private List<String> ids() {
    return sink.recorded().stream().map(BulkSink.Item::id).toList();
  }

  private HttpResponse<String> send(String... ids) throws IOException, InterruptedException {
    return send(proxy, ids);
  }

  private HttpResponse<String> send(FaultProxy through, String... ids)
      throws IOException, InterruptedException {
    StringBuilder body = new StringBuilder();
    for (String id : ids) {
      body.append("{\"create\":{\"_id\":\"").append(id).append("\"}}\n{\"message\":\"m\"}\n");
    }
    URI uri = through.url().resolve(PATH);
    return http.send(
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
