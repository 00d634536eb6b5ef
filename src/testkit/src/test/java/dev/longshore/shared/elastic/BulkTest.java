package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.BulkSink;
import dev.longshore.testkit.SinkAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A bulk request always ends in one of three outcomes, and says truly whether a server may have
/// it.
class BulkTest {
  private static final String STREAM = "logs-kubernetes.container_logs-default";
  private final BulkSink sink = BulkSink.recording();
  private final BulkSink other = BulkSink.recording();
  private final List<Elastic> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(Elastic::close);
    sink.close();
    other.close();
  }

  @Test
  void givesEachItemItsOwnOutcome() {
    sink.answerNext(SinkAnswer.Items.of(201, 400, 429, 409));

    BulkReply.Answered reply = answered(elastic(sink.url()), 4);

    assertThat(reply.statuses())
        .containsExactly((short) 201, (short) 400, (short) 429, (short) 409);
    assertThat(reply.failures()).extracting(ItemFailure::item).containsExactly(1, 2, 3);
    assertThat(sink.recorded()).extracting(BulkSink.Item::id).containsExactly("id-0");
  }

  @Test
  void namesBackingIndicesWhenAsked() {
    byte[] body = body(1);
    BulkReply reply = elastic(sink.url()).bulk(STREAM, body, body.length, 1, true).join();

    assertThat(reply)
        .isInstanceOfSatisfying(
            BulkReply.Answered.class,
            answer -> assertThat(answer.indexNames()).containsExactly(".ds-" + STREAM + "-000001"));
  }

  @Test
  void sendsTheSameItemsCompressed() {
    Elastic elastic = open(config(true, Duration.ofSeconds(10), sink.url()));
    List<CompletableFuture<BulkReply>> replies = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      byte[] body = body(2_000);
      replies.add(elastic.bulk(STREAM, body, body.length, 2_000, false));
    }

    for (CompletableFuture<BulkReply> reply : replies) {
      assertThat(reply.join()).isInstanceOf(BulkReply.Answered.class);
    }
    assertThat(sink.recorded()).hasSize(2_000);
    assertThat(sink.bytes()).isLessThan(body(2_000).length);
  }

  @Test
  void passesOverAServerThatIsDown() throws IOException {
    Elastic elastic = elastic(nobodyListens(), sink.url());

    for (int i = 0; i < 4; i++) {
      assertThat(answered(elastic, 1).failures().size()).isLessThanOrEqualTo(1);
    }

    assertThat(sink.requests()).isEqualTo(4);
  }

  @Test
  void saysThatNothingWasSentWhenNoServerCanBeReached() throws IOException {
    BulkReply.Unreadable reply =
        unreadable(elastic(nobodyListens(), URI.create("http://no-such-dock.invalid:9200")));

    assertThat(reply.sent()).isFalse();
    assertThat(reply.reason()).contains("refused", "DNS does not know the host");
  }

  @Test
  void returnsToAServerWithinSecondsAfterItFailed() {
    Elastic elastic = elastic(sink.url(), other.url());
    sink.answerNext(new SinkAnswer.Reset());
    other.answerNext(new SinkAnswer.Reset());
    assertThat(unreadable(elastic).sent()).isTrue();
    assertThat(unreadable(elastic).sent()).isTrue();

    assertThat(answered(elastic, 1)).isNotNull();
    assertThat(answered(elastic, 1)).isNotNull();
  }

  @Test
  void neverRepeatsARequestThatAServerMayHave() {
    Elastic elastic = elastic(sink.url(), other.url());
    sink.answerOthers(request -> new SinkAnswer.Swallow());
    other.answerOthers(request -> new SinkAnswer.Swallow());

    BulkReply.Unreadable reply = unreadable(elastic);

    assertThat(reply.sent()).isTrue();
    assertThat(sink.requests() + other.requests()).isEqualTo(1);
  }

  @Test
  void movesToTheOtherServerWhenOneDiesAndSendsNoItemTwice() {
    Elastic elastic = elastic(sink.url(), other.url());
    List<CompletableFuture<BulkReply>> replies = new ArrayList<>();
    for (int request = 0; request < 400; request++) {
      byte[] body = body("r" + request + "-", 50);
      replies.add(elastic.bulk(STREAM, body, body.length, 50, false));
      if (request == 200) {
        Awaitility.await().until(() -> sink.requests() > 20);
        sink.close();
      }
      if (request >= 200 && request % 10 == 0) {
        replies.getLast().join();
      }
    }

    int doubtful = 0;
    for (CompletableFuture<BulkReply> reply : replies) {
      switch (reply.join()) {
        case BulkReply.Answered answered -> assertThat(answered.failures()).isEmpty();
        case BulkReply.Unreadable unreadable -> {
          assertThat(unreadable.sent()).isTrue();
          doubtful++;
        }
        case BulkReply.Refused refused -> throw new AssertionError(refused.toString());
      }
    }
    List<String> taken = new ArrayList<>();
    sink.recorded().forEach(item -> taken.add(item.id()));
    other.recorded().forEach(item -> taken.add(item.id()));
    assertThat(taken).doesNotHaveDuplicates();
    assertThat(taken).hasSizeBetween((400 - doubtful) * 50, 400 * 50);
    assertThat(doubtful).isLessThan(200);
    assertThat(other.recorded()).extracting(BulkSink.Item::id).contains("r399-49");
  }

  @Test
  void usesOneConnectionForRequestsThatFollowEachOther() {
    Elastic elastic = elastic(sink.url());

    for (int request = 0; request < 100; request++) {
      assertThat(answered(elastic, 1)).isNotNull();
    }

    assertThat(sink.requests()).isEqualTo(100);
    assertThat(sink.connections()).isEqualTo(1);
  }

  @Test
  void showsTheApiKeyInPlaceOfAName() throws IOException {
    List<String> shown = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          shown.addAll(exchange.getRequestHeaders().get("Authorization"));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
      Duration timeout = Duration.ofSeconds(10);
      open(new ElasticConfig(List.of(url), null, null, "a2V5", null, false, timeout))
          .request("GET", "/", null);
      open(new ElasticConfig(List.of(url), "agent", "dock", null, null, false, timeout))
          .request("GET", "/", null);
    } finally {
      server.stop(0);
    }

    assertThat(shown).containsExactly("ApiKey a2V5", "Basic YWdlbnQ6ZG9jaw==");
  }

  @Test
  void leavesGatewayErrorsInDoubtWithoutAskingTheNext() {
    Elastic elastic = elastic(sink.url(), other.url());
    sink.answerOthers(request -> SinkAnswer.Text.html(502));
    other.answerOthers(request -> SinkAnswer.Text.html(502));

    assertThat(unreadable(elastic).reason()).contains("HTTP 502", "Bad dock");
    assertThat(sink.requests() + other.requests()).isEqualTo(1);
  }

  @Test
  void passesOnHowLongToWait() {
    sink.answerNext(
        new SinkAnswer.Refusal(
            429, "es_rejected_execution_exception", "busy", Map.of("Retry-After", "7")));

    assertThat(send(elastic(sink.url()), 1))
        .isEqualTo(
            new BulkReply.Refused(
                429,
                "es_rejected_execution_exception",
                sink.url() + ": busy",
                Duration.ofSeconds(7)));
  }

  @Test
  void saysThatABodyIsTooLong() {
    sink.maxBodyBytes(100);

    assertThat(send(elastic(sink.url()), 50))
        .isInstanceOfSatisfying(
            BulkReply.Refused.class, refused -> assertThat(refused.status()).isEqualTo(413));
  }

  @Test
  void doesNotTake200InHtmlForSuccess() {
    sink.answerNext(SinkAnswer.Text.html(200));

    assertThat(unreadable(elastic(sink.url())).reason()).contains("<h1>Bad dock</h1>");
  }

  @Test
  void doesNotTakeTheOutcomesOfOtherItemsForItsOwn() {
    byte[] body = body(3);

    BulkReply reply = elastic(sink.url()).bulk(STREAM, body, body.length, 4, false).join();

    assertThat(reply)
        .isInstanceOfSatisfying(
            BulkReply.Unreadable.class,
            unreadable -> assertThat(unreadable.reason()).contains("3 outcomes for 4 items"));
  }

  @Test
  void givesUpOnASilentServer() {
    sink.answerNext(new SinkAnswer.Delayed(Duration.ofSeconds(30), new SinkAnswer.Success()));
    Elastic elastic = open(config(false, Duration.ofMillis(300), sink.url()));

    BulkReply.Unreadable reply = unreadable(elastic);

    assertThat(reply.sent()).isTrue();
    assertThat(reply.reason()).contains("no answer within the time limit");
  }

  @Test
  void endsRequestsInFlightWhenItCloses() {
    sink.answerNext(new SinkAnswer.Delayed(Duration.ofSeconds(30), new SinkAnswer.Success()));
    Elastic elastic = elastic(sink.url());
    byte[] body = body(1);
    CompletableFuture<BulkReply> reply = elastic.bulk(STREAM, body, body.length, 1, false);
    Awaitility.await().until(() -> sink.requests() == 1);

    elastic.close();

    assertThat(reply.join())
        .isInstanceOfSatisfying(
            BulkReply.Unreadable.class, unreadable -> assertThat(unreadable.sent()).isTrue());
    assertThat(elastic.bulk(STREAM, body, body.length, 1, false).join())
        .isInstanceOfSatisfying(
            BulkReply.Unreadable.class, unreadable -> assertThat(unreadable.sent()).isFalse());
  }

  @Test
  void refusesAnAnswerWithoutEnd() {
    sink.answerNext(new SinkAnswer.Text(200, "application/json", "[".repeat(17 * 1024 * 1024)));

    assertThat(unreadable(elastic(sink.url())).reason()).contains("too long");
  }

  private Elastic elastic(URI... urls) {
    return open(config(false, Duration.ofSeconds(10), urls));
  }

  private Elastic open(ElasticConfig config) {
    Elastic elastic = new Elastic(config, Clock.system());
    opened.add(elastic);
    return elastic;
  }

  private static ElasticConfig config(boolean compression, Duration timeout, URI... urls) {
    return new ElasticConfig(List.of(urls), null, null, null, null, compression, timeout);
  }

  private static BulkReply send(Elastic elastic, int items) {
    byte[] body = body(items);
    return elastic.bulk(STREAM, body, body.length, items, false).join();
  }

  private static BulkReply.Answered answered(Elastic elastic, int items) {
    BulkReply reply = send(elastic, items);
    assertThat(reply).isInstanceOf(BulkReply.Answered.class);
    return (BulkReply.Answered) reply;
  }

  private static BulkReply.Unreadable unreadable(Elastic elastic) {
    BulkReply reply = send(elastic, 1);
    assertThat(reply).isInstanceOf(BulkReply.Unreadable.class);
    return (BulkReply.Unreadable) reply;
  }

  private static byte[] body(int items) {
    return body("id-", items);
  }

  private static byte[] body(String prefix, int items) {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < items; i++) {
      body.append("{\"create\":{\"_id\":\"")
          .append(prefix)
          .append(i)
          .append("\"}}\n{\"@timestamp\":\"2026-11-23T06:00:00Z\",\"message\":\"GET /cart\"}\n");
    }
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static URI nobodyListens() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
  }
}
