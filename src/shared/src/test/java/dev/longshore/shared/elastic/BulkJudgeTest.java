package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A request counts as refused only when nothing of it can have been indexed; what is unclear stays
/// in doubt.
class BulkJudgeTest {
  private static final Instant NOW = Instant.parse("2026-11-23T06:00:00Z");
  private static final String ERROR =
      "{\"error\":{\"root_cause\":[],\"type\":\"cluster_block_exception\",\"reason\":\"blocked\"},"
          + "\"status\":503}";

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 408, 413, 429})
  void takesAnyClientErrorAsDefiniteEvenInHtml(int status) {
    BulkReply reply = judge(status, null, null, "<html>\n<h1>No\u001b[31m way</h1>");

    assertThat(reply)
        .isEqualTo(
            new BulkReply.Refused(
                status, "http", "http://es-1:9200: '<html> <h1>No[31m way</h1>'", null));
  }

  @Test
  void takes503AsDefiniteInElasticsearchsWordsOnly() {
    assertThat(judge(503, "Elasticsearch", "2", ERROR))
        .isEqualTo(
            new BulkReply.Refused(
                503,
                "cluster_block_exception",
                "http://es-1:9200: blocked",
                Duration.ofSeconds(2)));
    assertThat(judge(503, null, "30", "<h1>Maintenance</h1>"))
        .isInstanceOfSatisfying(
            BulkReply.Unreadable.class,
            unreadable -> {
              assertThat(unreadable.sent()).isTrue();
              assertThat(unreadable.retryAfter()).isEqualTo(Duration.ofSeconds(30));
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 204, 301, 302, 500, 502, 504})
  void leavesEveryOtherStatusInDoubt(int status) {
    assertThat(judge(status, "Elasticsearch", null, ERROR))
        .isInstanceOfSatisfying(
            BulkReply.Unreadable.class, unreadable -> assertThat(unreadable.sent()).isTrue());
  }

  @Test
  void showsTheBeginningOfHtmlThatCameWith200() {
    assertThat(judge(200, null, null, "<!DOCTYPE html>" + "x".repeat(1_000)))
        .isInstanceOfSatisfying(
            BulkReply.Unreadable.class,
            unreadable ->
                assertThat(unreadable.reason())
                    .startsWith("http://es-1:9200 answered HTTP 200 with '<!DOCTYPE html>xxx")
                    .doesNotContain("x".repeat(121)));
  }

  @Test
  void saysWhereARedirectLeadsAndNothingOfItsQuery() {
    byte[] body = "<h1>308 Permanent Redirect</h1>".getBytes(StandardCharsets.UTF_8);
    String location = "https://login.shop.example/es/_bulk?state=hunter2";

    assertThat(
            BulkJudge.judge(
                new HttpReply(308, null, null, location, body), 1, false, "http://es-1:9200", NOW))
        .isInstanceOfSatisfying(
            BulkReply.Unreadable.class,
            unreadable ->
                assertThat(unreadable.reason())
                    .contains("HTTP 308", "a redirect to https://login.shop.example/es/_bulk;")
                    .contains("elasticsearch.urls")
                    .doesNotContain("hunter2"));
    assertThat(new Elastic.Response(302, new byte[0], location).refused("GET /logs"))
        .hasMessageContaining("a redirect to https://login.shop.example/es/_bulk;");
  }

  @Test
  void doesNotBelieveAnotherProduct() {
    String fine = "{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}]}";
    assertThat(judge(200, "OpenSearch", null, fine)).isInstanceOf(BulkReply.Unreadable.class);
    assertThat(judge(200, null, null, fine)).isInstanceOf(BulkReply.Answered.class);
  }

  @Test
  void readsRetryAfterInBothForms() {
    assertThat(RetryAfter.parse("120", NOW)).isEqualTo(Duration.ofMinutes(2));
    assertThat(RetryAfter.parse("Mon, 23 Nov 2026 06:00:30 GMT", NOW))
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(RetryAfter.parse("Mon, 23 Nov 2026 05:00:30 GMT", NOW)).isEqualTo(Duration.ZERO);
    assertThat(RetryAfter.parse("99999999999999999999", NOW)).isEqualTo(RetryAfter.LONGEST);
    assertThat(RetryAfter.parse("soon", NOW)).isNull();
    assertThat(RetryAfter.parse("-5", NOW)).isNull();
    assertThat(RetryAfter.parse("", NOW)).isNull();
  }

  private static BulkReply judge(
      int status, @Nullable String product, @Nullable String retryAfter, String body) {
    return BulkJudge.judge(
        new HttpReply(status, product, retryAfter, null, body.getBytes(StandardCharsets.UTF_8)),
        1,
        false,
        "http://es-1:9200",
        NOW);
  }
}
