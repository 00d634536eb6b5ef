package dev.longshore.alerting.logs;

import static dev.longshore.alerting.logs.LogRig.FIVE;
import static dev.longshore.alerting.logs.LogRig.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Promise: a message shows how much, where, since when, some lines with those around them, and a
/// link to exactly these lines; in a real Elasticsearch.
@ResourceLock(LogRig.ALL_LOGS)
final class EvidenceIT {
  private final LogRig rig = new LogRig();
  private final LogSource source =
      rig.source(LogsConfig.defaults().withKibana(URI.create("https://kibana.example/ops")));

  @AfterEach
  void close() {
    rig.close();
  }

  private void line(int secondsAgo, String service, String level, String message) {
    rig.lines(
        1,
        NOW.minusSeconds(secondsAgo),
        "message",
        message,
        "log.level",
        level,
        "kubernetes.namespace",
        "shop",
        "kubernetes.pod.name",
        service + "-7d9f",
        "kubernetes.container.name",
        "app",
        "container.id",
        "c-" + service,
        "container.image.name",
        service + ":1.4",
        "service.name",
        service);
  }

  private LogCondition errors(String... by) {
    return rig.condition("log.level:error", FIVE, new LogPredicate.Any(), by);
  }

  private static String fact(Evidence evidence, String name) {
    return evidence.facts().stream()
        .filter(it -> it.name().equals(name))
        .map(Evidence.Fact::text)
        .findFirst()
        .orElse("");
  }

  @Test
  void saysHowMuchWhereAndSinceWhen() {
    line(400, "cart", "error", "no stock for 1");
    line(200, "cart", "error", "no stock for 2");
    line(100, "cart", "error", "no stock for 3");
    line(60, "checkout", "error", "card refused");

    Evidence evidence = source.evidence(errors(), Labels.EMPTY, NOW);

    assertThat(fact(evidence, "count")).isEqualTo("3 in 5m, 1 in the 5m before");
    assertThat(fact(evidence, "workloads")).isEqualTo("shop/cart 2, shop/checkout 1");
    assertThat(fact(evidence, "images")).isEqualTo("cart:1.4, checkout:1.4");
    assertThat(fact(evidence, "first")).isEqualTo("2026-11-23 06:56:40 UTC");
    assertThat(fact(evidence, "last")).isEqualTo("2026-11-23 06:59:00 UTC");
  }

  @Test
  void showsLinesThatDifferEachWithThoseOfItsContainerAround() {
    line(130, "cart", "info", "four before");
    line(103, "cart", "info", "reading basket");
    line(102, "cart", "info", "asking for stock");
    line(101, "checkout", "info", "of another container");
    line(100, "cart", "error", "no stock for 3\n\tat Stock.take");
    line(99, "cart", "info", "answered 409");
    line(98, "cart", "error", "no stock for 4");
    line(60, "checkout", "error", "card refused");

    Evidence evidence = source.evidence(errors(), Labels.EMPTY, NOW);

    assertThat(evidence.samples())
        .containsExactly(
            new Evidence.Sample(
                "shop/checkout-7d9f app · 2026-11-23T06:59:00Z",
                "  of another container\n> card refused"),
            new Evidence.Sample(
                "shop/cart-7d9f app · 2026-11-23T06:58:22Z",
                "  no stock for 3\n\tat Stock.take\n  answered 409\n> no stock for 4"),
            new Evidence.Sample(
                "shop/cart-7d9f app · 2026-11-23T06:58:20Z",
                "  reading basket\n  asking for stock\n> no stock for 3\n\tat Stock.take\n"
                    + "  answered 409\n  no stock for 4"));
  }

  @Test
  void isAboutTheAlertsKeyAlone() {
    line(100, "cart", "error", "no stock");
    line(60, "checkout", "error", "card refused");

    Evidence evidence =
        source.evidence(
            errors("service.name"), Labels.of("service", "cart", "severity", "page"), NOW);

    assertThat(fact(evidence, "count")).isEqualTo("1 in 5m, 0 in the 5m before");
    assertThat(evidence.samples())
        .singleElement()
        .extracting(Evidence.Sample::lines)
        .isEqualTo("no stock");
  }

  @Test
  void aMetricAlertHasTheErrorsThatItsWorkloadLogged() {
    for (int i = 0; i < 4; i++) {
      rig.lines(
          i + 1,
          NOW.minusSeconds(60 + i),
          "kubernetes.namespace",
          rig.cluster,
          "kubernetes.pod.name",
          "cart-7d9f",
          "error.fingerprint",
          "1:" + i,
          "message",
          "failure " + i + "\n\tat Stock.take");
    }
    Labels alert = Labels.of("namespace", rig.cluster, "pod", "cart-7d9f", "alertname", "Slow");
    assertThat(fact(source.errors(alert, NOW.minus(FIVE), NOW), "errors"))
        .isEqualTo("4× failure 3; 3× failure 2; 2× failure 1");
    assertThat(fact(source.errors(alert, NOW.minusSeconds(30), NOW), "errors"))
        .isEqualTo("none in its logs");
    assertThat(source.errors(alert, NOW.minus(FIVE), NOW).samples())
        .containsExactly(
            new Evidence.Sample(
                "newest errors, UTC",
                """
                06:58:58 cart-7d9f  failure 2
                06:58:58 cart-7d9f  failure 2
                06:58:59 cart-7d9f  failure 1
                06:58:59 cart-7d9f  failure 1
                06:59:00 cart-7d9f  failure 0"""));
    Labels namespace = Labels.of("namespace", rig.cluster, "alertname", "QuotaExceeded");
    assertThat(fact(source.errors(namespace, NOW.minus(FIVE), NOW), "errors"))
        .startsWith("in the namespace: 4× failure 3");
    Labels nowhere = Labels.of("pod", "cart-7d9f", "alertname", "Slow");
    assertThat(source.errors(nowhere, NOW.minus(FIVE), NOW)).isEqualTo(Evidence.NONE);
  }

  @Test
  void linksToExactlyTheseLinesInDiscover() {
    Evidence evidence =
        source.evidence(
            errors("service.name"), Labels.of("service", "ca\"rt", "severity", "page"), NOW);

    String url = evidence.links().getFirst().url();
    assertThat(url).startsWith("https://kibana.example/ops/app/r?l=DISCOVER_APP_LOCATOR&v=");
    String parameters =
        URLDecoder.decode(url.substring(url.indexOf("&p=") + 3), StandardCharsets.UTF_8);
    assertThat(parameters)
        .contains("\"from\":\"2026-11-23T06:55:00Z\",\"to\":\"2026-11-23T07:00:01Z\"")
        .contains("\"language\":\"lucene\"")
        .contains("(log.level:error) AND service.name:\\\"ca\\\\\\\"rt\\\"")
        .contains("\"title\":\"" + rig.stream + "\"");
    assertThat(source.link(errors())).contains("now-300s");
    assertThat(rig.source().link(errors())).isEmpty();
  }

  @Test
  void whatCanNotBeLookedUpIsLeftOutAndSaid() {
    LogCondition absent =
        new LogCondition("*", "no-such-index", List.of(), FIVE, null, new LogPredicate.Any());
    Evidence evidence = source.evidence(absent, Labels.EMPTY, NOW);
    assertThat(evidence.samples()).isEmpty();
    assertThat(fact(evidence, "lines")).contains("'no-such-index'");
  }

  @Test
  void aRuleWhoseFieldsAreNotThereIsRefusedBeforeItsWindowHasLines() {
    assertThat(refusal(rig.condition(new LogPredicate.Any(), "kubernetes.namespce")))
        .isEqualTo(
            "the field 'kubernetes.namespce' is in no mapping of "
                + rig.stream
                + "; name one that lines have");
    assertThat(refusal(rig.condition(new LogPredicate.Any(), "message")))
        .startsWith("the field 'message' is of type text");
    assertThat(refusal(rig.condition("log.level:(", FIVE, new LogPredicate.Any())))
        .contains("the query 'log.level:(' is not sound")
        .contains("Failed to parse query");
    assertThat(refusal(rig.condition(new LogPredicate.Percentage("NOT (", 5.0, null, 1))))
        .contains("the query 'NOT (' is not sound");
  }

  private String refusal(LogCondition condition) {
    Instant now = NOW.plus(Duration.ofDays(1));
    LogAnswer answer =
        source.ask(
            new LogQuestion(condition, now, LogRig.MINUTE, Duration.ZERO, LogProgress.from(null)));
    return answer instanceof LogAnswer.Refused refused ? refused.cause() : answer.toString();
  }
}
