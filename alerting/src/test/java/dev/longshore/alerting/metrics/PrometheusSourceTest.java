package dev.longshore.alerting.metrics;

import static dev.longshore.testkit.PrometheusStandIn.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PrometheusStandIn;
import dev.longshore.testkit.PrometheusStandIn.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An answer is samples, the expression's fault, or nothing known; and it says which, in words.
final class PrometheusSourceTest {
  private static final Instant AT = Instant.parse("2026-11-23T06:00:00.250Z");

  @TempDir Path folder;

  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private PrometheusStandIn server;

  PrometheusSourceTest() throws IOException {
    server = PrometheusStandIn.start(_ -> Reply.vector());
  }

  @BeforeEach
  void nothingWasAsked() {
    assertThat(server.questions()).isEmpty();
  }

  @AfterEach
  void stop() {
    server.close();
    executor.shutdownNow();
  }

  @Test
  void asksForAnInstantInAForm() {
    query(config("/team-a/"), "up{job=\"checkout\"} == 0 & 1");

    assertThat(server.questions()).hasSize(1);
    PrometheusStandIn.Question question = server.questions().getFirst();
    assertThat(question.path()).isEqualTo("/team-a/api/v1/query");
    assertThat(question.query()).isEqualTo("up{job=\"checkout\"} == 0 & 1");
    assertThat(question.form())
        .containsEntry("time", "1795413600.250")
        .containsEntry("timeout", "30000ms")
        .containsEntry("partial_response", "false");
  }

  @Test
  void asksForARangeAndReadsItsSeries() {
    server.answersRanges(
        _ ->
            Reply.success(
                "matrix",
                """
                [{"metric":{"pod":"cart-5c4b"},"values":[[1795413540,"0.5"],[1795413600.25,"NaN"]]},
                 {"metric":{"pod":"old"},"values":[[1795413540,"1"]]}]"""));

    RangeAnswer answer = range("up");

    assertThat(answer)
        .isEqualTo(
            new RangeAnswer.Found(
                List.of(
                    new Series(
                        Labels.of("pod", "cart-5c4b"),
                        List.of(
                            new Sample(Labels.EMPTY, 0.5, Instant.parse("2026-11-23T05:59:00Z")),
                            new Sample(Labels.EMPTY, Double.NaN, AT))),
                    new Series(
                        Labels.of("pod", "old"),
                        List.of(
                            new Sample(Labels.EMPTY, 1, Instant.parse("2026-11-23T05:59:00Z")))))));
    PrometheusStandIn.Question question = server.ranges().getFirst();
    assertThat(question.path()).isEqualTo("/api/v1/query_range");
    assertThat(question.form())
        .containsEntry("query", "up")
        .containsEntry("start", "1795410000.250")
        .containsEntry("end", "1795413600.250")
        .containsEntry("step", "120.000")
        .containsEntry("timeout", "30000ms");
  }

  @Test
  void aRangeWithoutAnAnswerSaysWhy() {
    server.answersRanges(_ -> Reply.error(400, "bad_data", "too many steps"));
    assertThat(range("up")).isEqualTo(new RangeAnswer.Nothing("bad_data: too many steps"));
    server.answersRanges(_ -> new Reply(404, ""));
    assertThat(range("up")).isEqualTo(new RangeAnswer.Nothing(server.url() + "/ answers 404"));
    server.answersRanges(_ -> Reply.vector(sample("1")));
    assertThat(range("up").toString()).contains("its result is no range of time");
    server.close();
    assertThat(range("up").toString()).contains("no connection to");
  }

  private RangeAnswer range(String expression) {
    try (PrometheusSource source = new PrometheusSource(config("/"), Clock.system(), executor)) {
      return source.range(expression, AT.minus(Duration.ofHours(1)), AT, Duration.ofMinutes(2));
    }
  }

  @Test
  void readsAVector() {
    server.answers(
        _ ->
            Reply.vector(
                sample("0.5", "__name__", "up", "pod", "checkout-7d9f"),
                sample("NaN", "pod", "cart-5c4b"),
                sample("+Inf"),
                sample("-Inf", "pod", "b"),
                sample("1e-3", "pod", "c")));

    Answer.Samples samples = samples(query("up"));

    assertThat(samples.kind()).isEqualTo(Answer.Kind.VECTOR);
    assertThat(samples.samples())
        .extracting(Sample::value)
        .containsExactly(
            0.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.001);
    assertThat(samples.samples().getFirst())
        .isEqualTo(
            new Sample(
                Labels.of("__name__", "up", "pod", "checkout-7d9f"),
                0.5,
                Instant.parse("2015-07-01T20:10:51.781Z")));
  }

  @Test
  void readsAScalarAndTheLastOfARange() {
    server.answers(_ -> Reply.success("scalar", "[1435781451.781,\"1\"]"));
    assertThat(samples(query("1")).kind()).isEqualTo(Answer.Kind.SCALAR);
    assertThat(samples(query("1")).samples()).extracting(Sample::value).containsExactly(1.0);

    server.answers(
        _ ->
            Reply.success(
                "matrix",
                "[{\"metric\":{\"pod\":\"a\"},\"values\":[[1,\"5\"],[31,\"6\"],[61.5,\"7\"]]}]"));
    assertThat(samples(query("up[1m]")).samples())
        .containsExactly(
            new Sample(Labels.of("pod", "a"), 7, Instant.parse("1970-01-01T00:01:01.500Z")));
  }

  @Test
  void readsNativeHistogramsAsPrometheusTakesThem() {
    String histogram =
        "{\"count\":\"12\",\"sum\":\"1234567.5\",\"buckets\":[[1,\"-2\",\"-1\",\"2\"],"
            + "[3,\"-0.001\",\"0.001\",\"2\"],[0,\"8\",\"16\",\"4\"],[2,\"16\",\"+Inf\",\"4\"]]}";
    server.answers(
        _ ->
            Reply.success(
                "vector",
                "[{\"metric\":{\"job\":\"checkout\"},\"histogram\":[61.5,%s]}]"
                    .formatted(histogram)));

    Sample sample = samples(query("latency")).samples().getFirst();

    assertThat(sample.value()).isZero();
    assertThat(sample.at()).isEqualTo(Instant.parse("1970-01-01T00:01:01.500Z"));
    assertThat(String.valueOf(sample.histogram() == null ? null : sample.histogram().text()))
        .isEqualTo(
            "{count:12, sum:1.2345675e+06, [-2,-1):2, [-0.001,0.001]:2, (8,16]:4, (16,+Inf):4}");

    server.answersRanges(
        _ ->
            Reply.success(
                "matrix",
                "[{\"metric\":{\"job\":\"checkout\"},\"values\":[[1795413540,\"1\"]],\"histograms\":[[1795413600,%1$s]]},{\"metric\":{},\"histograms\":[[1795413600,%1$s],[1795413660,%1$s]]}]"
                    .formatted(histogram)));
    assertThat(range("latency"))
        .isEqualTo(
            new RangeAnswer.Found(
                List.of(
                    new Series(
                        Labels.of("job", "checkout"),
                        List.of(
                            new Sample(Labels.EMPTY, 1, Instant.parse("2026-11-23T05:59:00Z")))),
                    new Series(Labels.EMPTY, List.of()))));
  }

  @Test
  void keepsWhatTheSourceWarnsOf() {
    server.answers(
        _ ->
            new Reply(
                200,
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]},"
                    + "\"warnings\":[\"a store did not answer\"],\"infos\":[\"x\"]}"));
    assertThat(samples(query("up")).warnings()).containsExactly("a store did not answer");
  }

  @Test
  void aRefusalIsTheExpressionsFault() {
    server.answers(_ -> Reply.error(400, "bad_data", "parse error: unexpected end of input"));
    assertThat(query("up ="))
        .isEqualTo(new Answer.Refused("bad_data: parse error: unexpected end of input"));
    server.answers(_ -> Reply.error(422, "execution", "many-to-many matching not allowed"));
    assertThat(query("a / b"))
        .isEqualTo(new Answer.Refused("execution: many-to-many matching not allowed"));
    server.answers(_ -> Reply.success("string", "[1435781451.781,\"text\"]"));
    assertThat(query("\"text\"")).isInstanceOf(Answer.Refused.class);
  }

  @Test
  void anythingElseSaysNothingOfWhatWasAsked() throws IOException {
    assertUnavailable(
        Reply.error(503, "timeout", "query timed out"), "answers 503: timeout: query");
    assertUnavailable(new Reply(502, "<html>Bad Gateway</html>"), "answers 502");
    assertUnavailable(new Reply(429, ""), "answers 429");
    assertUnavailable(new Reply(400, "<html>nginx</html>"), "answers 400");
    assertUnavailable(new Reply(401, "Unauthorized"), "answers 401: it refuses our credentials");
    assertUnavailable(new Reply(404, "404 page not found"), "it has no /api/v1/query; is the");
    assertUnavailable(new Reply(302, ""), "redirects to nowhere; redirects are not followed");
    assertUnavailable(new Reply(200, ""), "answers 200 with what is no answer of Prometheus");
    assertUnavailable(new Reply(200, "<html>login</html>"), "what is no answer of Prometheus");
    assertUnavailable(
        new Reply(
            200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"m"),
        "what is no answer of Prometheus");
    assertUnavailable(
        new Reply(200, "{\"status\":\"success\",\"data\":{}}"), "no status and no result");
    server.close();
    assertThat(query("up"))
        .isInstanceOfSatisfying(
            Answer.Unavailable.class,
            it -> assertThat(it.cause()).contains("no connection to " + server.url()));
    URI nowhere = URI.create("http://prometheus.invalid:" + FreePorts.one());
    assertThat(query(PrometheusConfig.of("main", nowhere), "up"))
        .isEqualTo(new Answer.Unavailable("the name prometheus.invalid is not known to DNS"));
  }

  @Test
  void anAnswerThatDoesNotComeIsGivenUpInTime() {
    CountDownLatch released = new CountDownLatch(1);
    server.answers(
        _ -> {
          try {
            released.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return Reply.vector();
        });
    PrometheusConfig hasty =
        new PrometheusConfig(
            "main",
            server.url(),
            server.url(),
            Credentials.NONE,
            TlsFiles.NONE,
            Map.of(),
            Labels.EMPTY,
            Duration.ofMillis(200),
            1,
            List.of());
    assertThat(query(hasty, "up"))
        .isEqualTo(new Answer.Unavailable("no answer from " + server.url() + " within 200ms"));
    released.countDown();
  }

  @Test
  void anAnswerIsBoundedInSeriesAndInBytes() {
    String sample = sample("1", "pod", "x");
    server.answers(_ -> Reply.vector((sample + ",").repeat(20_000) + sample));
    assertThat(query("up"))
        .isEqualTo(
            new Answer.Refused("the answer has more than 20000 series; aggregate the expression"));

    server.answers(_ -> Reply.vector(sample("1", "pod", "x".repeat(9 << 20))));
    assertThat(query("up"))
        .isEqualTo(
            new Answer.Unavailable(
                server.url() + " answers with more than 8MiB; aggregate the expression"));
  }

  @Test
  void saysWhoItIsAndReadsATokenAnew() throws IOException {
    query(with(Credentials.basic("longshore", "päss"), Map.of("X-Scope-OrgID", "team-a")), "up");
    Path token = Files.writeString(folder.resolve("token"), "first\n");
    PrometheusConfig config = with(Credentials.bearerFile(token), Map.of());
    query(config, "up");
    Files.writeString(token, "second");
    query(config, "up");

    assertThat(server.questions())
        .extracting(it -> it.headers().get("authorization"))
        .containsExactly("Basic bG9uZ3Nob3JlOnDDpHNz", "Bearer first", "Bearer second");
    assertThat(server.questions().getFirst().headers()).containsEntry("x-scope-orgid", "team-a");

    Files.delete(token);
    assertThat(query(config, "up"))
        .isInstanceOfSatisfying(
            Answer.Unavailable.class,
            it ->
                assertThat(it.cause())
                    .contains("bearerTokenFile " + token + " can't be read: no such file")
                    .doesNotContain("Exception"));
  }

  @Test
  void aLoginPageIsNamedWithoutTheTokensOfItsAddress() throws IOException {
    HttpServer proxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext(
        "/",
        exchange -> {
          String login = "https://login.example.com/start?state=s3cr3tstate#id_token=s3cr3t";
          exchange.getResponseHeaders().set("Location", login);
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    proxy.start();
    try {
      URI url = URI.create("http://127.0.0.1:" + proxy.getAddress().getPort());
      assertThat(query(PrometheusConfig.of("main", url), "up"))
          .isInstanceOfSatisfying(
              Answer.Unavailable.class,
              it ->
                  assertThat(it.cause())
                      .contains("redirects to https://login.example.com/start; redirects")
                      .doesNotContain("s3cr3t"));
    } finally {
      proxy.stop(0);
    }
  }

  @Test
  void linksToTheExpressionAsPrometheusDoes() {
    try (PrometheusSource source = source(config("/p/"))) {
      assertThat(source.link("up == 0"))
          .isEqualTo(server.url() + "/p/graph?g0.expr=up+%3D%3D+0&g0.tab=1");
    }
  }

  private void assertUnavailable(Reply reply, String message) {
    server.answers(_ -> reply);
    assertThat(query("up"))
        .isInstanceOfSatisfying(
            Answer.Unavailable.class, it -> assertThat(it.cause()).contains(message));
  }

  private static Answer.Samples samples(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Samples.class);
    return (Answer.Samples) answer;
  }

  private Answer query(String expression) {
    return query(config(""), expression);
  }

  private Answer query(PrometheusConfig config, String expression) {
    try (PrometheusSource source = source(config)) {
      return source.query(expression, AT);
    }
  }

  private PrometheusSource source(PrometheusConfig config) {
    return new PrometheusSource(config, Clock.system(), executor);
  }

  private PrometheusConfig config(String prefix) {
    return PrometheusConfig.of("main", URI.create(server.url() + prefix));
  }

  private PrometheusConfig with(Credentials credentials, Map<String, String> headers) {
    return new PrometheusConfig(
        "main",
        server.url(),
        server.url(),
        credentials,
        TlsFiles.NONE,
        headers,
        Labels.EMPTY,
        PrometheusConfig.DEFAULT_TIMEOUT,
        1,
        List.of());
  }
}
