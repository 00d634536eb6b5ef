package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.testkit.ManualClock;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// The watch follows the API server's rules: pages, bookmarks, 410 Gone, rotated tokens; a server
/// that answers nonsense is asked again.
class ListWatchTest {
  private static final int MAX_TURNS = 50;
  private static final String LIST = "/api/v1/pods?limit=500";
  private static final String WATCH =
      "/api/v1/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=240";

  @TempDir Path directory;

  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final Map<String, Queue<Supplier<MockResponse>>> script = new ConcurrentHashMap<>();
  private final MockWebServer server = new MockWebServer();
  private volatile String expectedToken = "first";
  private final ManualClock clock = new ManualClock();
  private final List<Duration> pauses = new ArrayList<>();
  private ApiServer api;
  private ListWatch<PodRecord> watch;

  @BeforeEach
  void start() throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answerTo(request);
          }
        });
    server.start();
    api = new ApiServer(kubeconfig("token: first"), clock);
    watch = listWatch();
  }

  private MockResponse answerTo(RecordedRequest request) {
    if (!("Bearer " + expectedToken).equals(request.getHeader("Authorization"))) {
      return new MockResponse().setResponseCode(401);
    }
    Queue<Supplier<MockResponse>> answers = script.get(request.getPath());
    Supplier<MockResponse> answer = answers == null ? null : answers.poll();
    // Where the script ends, the server is away.
    return answer == null ? new MockResponse().setResponseCode(503) : answer.get();
  }

  private Path kubeconfig(String user) throws IOException {
    return Files.writeString(
        directory.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: lab, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: agent, user: {%s}}]
        contexts: [{name: lab, context: {cluster: lab, user: agent}}]
        current-context: lab
        """
            .formatted(server.getPort(), user));
  }

  private ListWatch<PodRecord> listWatch() {
    // Always the shortest watch and the shortest pause.
    RandomGenerator lowest = () -> 0L;
    return new ListWatch<>(
        api,
        new ListWatch.Collection("/api/v1/pods", "", "application/json", "application/json"),
        PodReaderTest.READER,
        new Heard(),
        clock,
        lowest,
        new RateLimitedLogger(
            LoggerFactory.getLogger(ListWatchTest.class), clock, Duration.ofSeconds(10)),
        new EnrichMetrics(new SimpleMeterRegistry()));
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
    server.shutdown();
  }

  private final class Heard implements ListWatch.Target<PodRecord> {
    @Override
    public void listing() {
      heard.add("listing");
    }

    @Override
    public void present(PodRecord pod) {
      heard.add(pod.name());
    }

    @Override
    public void listed() {
      heard.add("listed");
    }

    @Override
    public void deleted(PodRecord pod) {
      heard.add("deleted " + pod.name());
    }

    @Override
    public void connected() {
      heard.add("connected");
    }

    @Override
    public void disconnected(String error) {
      heard.add("disconnected: " + error);
    }
  }

  private static String pod(String name, int version) {
    return """
        {"metadata":{"name":"%s","namespace":"shop","uid":"uid-%s","resourceVersion":"%d"},"spec":{}}"""
        .formatted(name, name, version);
  }

  private static String event(String type, String object) {
    return "{\"type\":\"%s\",\"object\":%s}".formatted(type, object);
  }

  private static String list(int version, String more, String... pods) {
    return """
        {"kind":"PodList","metadata":{"resourceVersion":"%d","continue":"%s"},"items":[%s]}"""
        .formatted(version, more, String.join(",", pods));
  }

  private void answer(String path, Supplier<MockResponse> answer) {
    script.computeIfAbsent(path, _ -> new ConcurrentLinkedQueue<>()).add(answer);
  }

  private void answer(String path, int code, String body) {
    answer(path, () -> new MockResponse().setResponseCode(code).setBody(body));
  }

  private void answerWatch(String path, String... events) {
    answer(
        path,
        () ->
            new MockResponse()
                .withWebSocketUpgrade(
                    new WebSocketListener() {
                      @Override
                      public void onOpen(WebSocket socket, Response response) {
                        for (String event : events) {
                          socket.send(event);
                        }
                      }
                    }));
  }

  /// Takes turns, on this thread, until all of that was heard.
  private void follow(String... all) throws InterruptedException {
    for (int turns = 0; turns < MAX_TURNS; turns++) {
      Duration pause = watch.turn();
      if (pause.isPositive()) {
        pauses.add(pause);
        clock.advance(pause);
      }
      if (containsInOrder(heard, all)) {
        return;
      }
    }
    assertThat(heard).containsSubsequence(all);
  }

  private static boolean containsInOrder(List<String> lines, String... all) {
    int found = 0;
    for (String line : lines) {
      if (found < all.length && line.equals(all[found])) {
        found++;
      }
    }
    return found == all.length;
  }

  @Test
  void aListIsReadPageByPage() throws InterruptedException {
    answer(LIST + "&resourceVersion=0", 200, list(7, "next page", pod("checkout-1", 3)));
    answer(LIST + "&continue=next+page", 200, list(7, "", pod("checkout-2", 4)));
    answerWatch(WATCH + "&resourceVersion=7", event("MODIFIED", pod("checkout-1", 8)));

    follow("listing", "checkout-1", "checkout-2", "listed", "connected", "checkout-1");
  }

  @Test
  void aBookmarkSaysWhereToGoOnAfterABreak() throws InterruptedException {
    answer(LIST + "&resourceVersion=0", 200, list(7, "", pod("checkout-1", 3)));
    String bookmark = "{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"90\"}}";
    // What is no event breaks the watch.
    answerWatch(WATCH + "&resourceVersion=7", event("BOOKMARK", bookmark), "no event");
    answerWatch(WATCH + "&resourceVersion=90", event("DELETED", pod("checkout-1", 91)));

    follow("listed", "connected", "connected", "deleted checkout-1");
    assertThat(heard).containsOnlyOnce("listing");
  }

  @Test
  void goneLeadsToANewListThatIsNotFromTheCache() throws InterruptedException {
    answer(LIST + "&resourceVersion=0", 200, list(7, "", pod("checkout-1", 3)));
    String gone = "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}";
    answerWatch(WATCH + "&resourceVersion=7", event("ERROR", gone));
    answer(LIST, 200, list(200, "", pod("checkout-2", 150)));
    answerWatch(WATCH + "&resourceVersion=200", event("ADDED", pod("checkout-3", 201)));

    follow("checkout-1", "listed", "listing", "checkout-2", "listed", "checkout-3");
  }

  @Test
  void aTypeBehindItsObjectIsUnderstood() throws InterruptedException {
    answer(LIST + "&resourceVersion=0", 200, list(7, ""));
    answerWatch(
        WATCH + "&resourceVersion=7",
        "{\"object\":%s,\"type\":\"DELETED\"}".formatted(pod("checkout-1", 8)));

    follow("connected", "deleted checkout-1");
  }

  @Test
  void anAnswerThatIsNoListIsAskedForAgain() throws InterruptedException {
    answer(LIST + "&resourceVersion=0", 200, "<html>a proxy's page</html>");
    answer(LIST + "&resourceVersion=0", 200, "{\"items\":[{\"metadata\":");
    answer(LIST + "&resourceVersion=0", 200, "{\"message\":\"maintenance\"}");
    answer(LIST + "&resourceVersion=0", 503, "away");
    answer(LIST + "&resourceVersion=0", 403, "no");
    answer(LIST + "&resourceVersion=0", 200, list(7, "", pod("checkout-1", 3)));
    answerWatch(WATCH + "&resourceVersion=7", event("ADDED", pod("checkout-2", 8)));

    follow(
        "listing",
        "listing",
        "listing",
        "listing",
        "listing",
        "listing",
        "checkout-1",
        "listed",
        "checkout-2");
    assertThat(heard).containsOnlyOnce("listed");
    assertThat(heard)
        .anySatisfy(line -> assertThat(line).startsWith("disconnected").contains("503"))
        .anySatisfy(line -> assertThat(line).contains("403", "list and watch on pods"));
  }

  @Test
  void aRotatedTokenIsReadAgain() throws Exception {
    expectedToken = "second";
    answer(LIST + "&resourceVersion=0", 200, list(7, "", pod("checkout-1", 3)));

    var _ = watch.turn();
    assertThat(heard).anySatisfy(line -> assertThat(line).contains("401"));

    kubeconfig("token: second");

    follow("checkout-1", "listed");
  }

  @Test
  void aWatchThatFailsAtOnceIsOpenedLessAndLessOften() throws InterruptedException {
    String broken = "{\"kind\":\"Status\",\"code\":500}";
    for (int i = 0; i < 8; i++) {
      answer(LIST + "&resourceVersion=0", 200, list(7, ""));
      answerWatch(WATCH + "&resourceVersion=7", event("ERROR", broken));
    }
    answer(LIST + "&resourceVersion=0", 200, list(7, ""));
    answerWatch(WATCH + "&resourceVersion=7", event("ADDED", pod("checkout-1", 8)), "{}");
    answer(LIST + "&resourceVersion=0", 200, list(7, "", pod("checkout-2", 3)));

    follow("connected", "checkout-1");
    Duration afterTheFailures = pauses.getLast();
    follow("checkout-1", "disconnected: an event of the watch has no type");

    assertThat(pauses.subList(0, 6)).isSorted().doesNotHaveDuplicates();
    assertThat(afterTheFailures).isEqualTo(Duration.ofSeconds(15));
    assertThat(pauses.getLast()).as("the watch had worked").isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aWatchThatIsEndedAtOnceIsOpenedLessAndLessOften() throws InterruptedException {
    answer(LIST + "&resourceVersion=0", 200, list(7, ""));
    for (int i = 0; i < 6; i++) {
      answer(
          WATCH + "&resourceVersion=7",
          () ->
              new MockResponse()
                  .withWebSocketUpgrade(
                      new WebSocketListener() {
                        @Override
                        public void onOpen(WebSocket socket, Response response) {
                          socket.close(1000, "bye");
                        }
                      }));
    }
    answerWatch(WATCH + "&resourceVersion=7", event("ADDED", pod("checkout-1", 8)));

    follow("listed", "connected", "checkout-1");

    assertThat(pauses).hasSize(6).isSorted().doesNotHaveDuplicates();
    assertThat(heard).containsOnlyOnce("listing");
  }
}
