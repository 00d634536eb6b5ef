package dev.longshore.alerting.logs;

import static dev.longshore.alerting.logs.LogRig.FIVE;
import static dev.longshore.alerting.logs.LogRig.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import dev.longshore.alerting.rule.LogPredicate.Metric.Function;
import dev.longshore.alerting.rule.LogPredicate.Spike.Direction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Promise: each kind of test is true on its side of the limit and not on the other, for each key
/// by itself, whatever order lines came in, and says nothing where there is nothing; in a real
/// Elasticsearch.
@ResourceLock(LogRig.ALL_LOGS)
final class LogTestsIT {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration NANO = Duration.ofNanos(1);
  private static final String NAMESPACE = "kubernetes.namespace";
  private static final String SHOP = "{namespace=\"shop\"}";
  private static final String BILLING = "{namespace=\"billing\"}";

  private final LogRig rig = new LogRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private static Duration minutes(double minutes) {
    return Duration.ofMillis((long) (minutes * 60_000));
  }

  @Test
  void anyIsTrueForALineInTheWindowToTheNanosecond() {
    LogCondition any = rig.condition(new LogPredicate.Any());
    assertThat(rig.now(any)).isEmpty();

    rig.lines(1, FIVE.plus(NANO), "message", "too early");
    rig.lines(1, NOW, "message", "too late");
    assertThat(rig.now(any)).isEmpty();

    rig.lines(1, FIVE, "message", "at the beginning");
    assertThat(rig.now(any)).containsExactly(Map.entry("{}", 1.0));
    rig.lines(1, NANO, "message", "just before the end");
    assertThat(rig.now(any)).containsExactly(Map.entry("{}", 2.0));
  }

  @Test
  void theQueryIsLucenesAsKibanaReadsIt() {
    rig.lines(1, minutes(1), "message", "payment failed", "log.level", "error");
    rig.lines(1, minutes(1), "message", "payment done", "log.level", "info");
    assertThat(found("log.level:error")).isEqualTo(1);
    assertThat(found("payment done")).isEqualTo(2);
    assertThat(found("message:\"payment done\"")).isEqualTo(1);
    assertThat(found("log.level:err*")).isEqualTo(1);
    assertThat(found("NOT log.level:error AND payment")).isEqualTo(1);
  }

  private double found(String query) {
    return rig.now(rig.condition(query, FIVE, new LogPredicate.Any())).getOrDefault("{}", 0.0);
  }

  @Test
  void frequencyCountsToItsLimitKeyByKeyInAnyOrder() {
    LogCondition frequency = rig.condition(new LogPredicate.Frequency(3), NAMESPACE);
    rig.lines(1, minutes(1), NAMESPACE, "shop");
    rig.lines(1, minutes(4), NAMESPACE, "shop");
    rig.lines(2, minutes(2), NAMESPACE, "billing");
    rig.lines(9, minutes(6), NAMESPACE, "billing");
    assertThat(rig.now(frequency)).isEmpty();

    rig.lines(1, minutes(3), NAMESPACE, "shop");
    assertThat(rig.now(frequency)).containsExactly(Map.entry(SHOP, 3.0));
    rig.lines(2, minutes(4.9), NAMESPACE, "billing");
    assertThat(rig.now(frequency)).containsOnly(Map.entry(SHOP, 3.0), Map.entry(BILLING, 4.0));
  }

  @Test
  void linesWithoutAFieldOfByAreAKeyOfTheirOwn() {
    rig.lines(2, minutes(1), "message", "no namespace");
    rig.lines(1, minutes(1), NAMESPACE, "shop");
    assertThat(rig.now(rig.condition(new LogPredicate.Frequency(1), NAMESPACE)))
        .containsOnly(Map.entry("{}", 2.0), Map.entry(SHOP, 1.0));
  }

  @Test
  void aKeyMayBeMadeOfLabelsWithDotsInTheirNames() {
    rig.lines(
        1,
        minutes(1),
        "kubernetes.labels",
        Map.of("app.kubernetes.io/name", "checkout", "app", "x"));
    assertThat(
            rig.now(
                rig.condition(
                    new LogPredicate.Any(),
                    "kubernetes.labels.app.kubernetes.io/name",
                    "kubernetes.labels.app")))
        .containsOnlyKeys(
            "{kubernetes_labels_app=\"x\","
                + " kubernetes_labels_app_kubernetes_io_name=\"checkout\"}");
  }

  private LogCondition spike(
      double height, Direction direction, long ref, long cur, boolean onNewData) {
    return rig.condition(new LogPredicate.Spike(height, direction, ref, cur, onNewData), NAMESPACE);
  }

  @Test
  void aSpikeUpIsAtLeastSoManyTimesAsMuch() {
    rig.lines(1, minutes(11), NAMESPACE, "shop");
    rig.lines(2, minutes(7), NAMESPACE, "shop");
    rig.lines(5, minutes(2), NAMESPACE, "shop");
    LogCondition tripled = spike(3, Direction.UP, 0, 0, false);
    assertThat(rig.now(tripled)).isEmpty();
    rig.lines(1, minutes(3), NAMESPACE, "shop");
    assertThat(rig.now(tripled)).containsExactly(Map.entry(SHOP, 3.0));
    rig.lines(1, minutes(3), NAMESPACE, "shop");
    assertThat(rig.now(tripled)).containsExactly(Map.entry(SHOP, 3.5));

    assertThat(rig.now(spike(3, Direction.UP, 2, 7, false))).hasSize(1);
    assertThat(rig.now(spike(3, Direction.UP, 3, 0, false))).isEmpty();
    assertThat(rig.now(spike(3, Direction.UP, 0, 8, false))).isEmpty();
    assertThat(rig.now(spike(3, Direction.DOWN, 0, 0, false))).isEmpty();
  }

  @Test
  void aSpikeDownIsAtMostSoSmallAPart() {
    rig.lines(1, minutes(10.5), NAMESPACE, "shop");
    rig.lines(9, minutes(7), NAMESPACE, "shop");
    rig.lines(4, minutes(2), NAMESPACE, "shop");
    assertThat(rig.now(spike(3, Direction.DOWN, 0, 0, false))).isEmpty();
    assertThat(rig.now(spike(2.25, Direction.DOWN, 0, 0, false))).hasSize(1);
    assertThat(rig.now(spike(2.25, Direction.BOTH, 0, 0, false))).hasSize(1);

    rig.lines(1, minutes(10.5), NAMESPACE, "billing");
    rig.lines(1, minutes(7), NAMESPACE, "billing");
    assertThat(rig.now(spike(3, Direction.DOWN, 0, 0, false)))
        .containsExactly(Map.entry(BILLING, 0.0));
    assertThat(rig.now(spike(3, Direction.DOWN, 0, 1, false))).isEmpty();
  }

  @Test
  void whatIsNewIsNoSpikeUnlessThatIsWanted() {
    rig.lines(5, minutes(2), NAMESPACE, "shop");
    assertThat(rig.now(spike(3, Direction.UP, 0, 0, false))).isEmpty();
    assertThat(rig.now(spike(3, Direction.UP, 0, 0, true))).containsExactly(Map.entry(SHOP, 5.0));
    // It was there before both windows: nothing in the one before is a spike.
    rig.lines(1, minutes(10).plus(NANO.multipliedBy(1_000_000)), NAMESPACE, "shop");
    assertThat(rig.now(spike(3, Direction.UP, 0, 0, false))).containsExactly(Map.entry(SHOP, 5.0));
    assertThat(rig.now(spike(3, Direction.UP, 0, 0, false))).doesNotContainKey(BILLING);
  }

  @Test
  void silenceIsAFlatlineFromTheStartWithoutBy() {
    LogCondition flatline = rig.condition(new LogPredicate.Flatline(2, DAY));
    assertThat(rig.now(flatline)).containsExactly(Map.entry("{}", 0.0));
    rig.lines(1, minutes(1), "message", "alive");
    assertThat(rig.now(flatline)).containsExactly(Map.entry("{}", 1.0));
    rig.lines(1, minutes(4), "message", "alive");
    assertThat(rig.now(flatline)).isEmpty();
  }

  @Test
  void aFlatlineOfAKeyNeedsToHaveSeenItAndForgetsIt() {
    LogCondition flatline = rig.condition(new LogPredicate.Flatline(2, HOUR), NAMESPACE);
    rig.lines(1, minutes(1), NAMESPACE, "new");
    rig.lines(1, minutes(64), NAMESPACE, "shop");
    rig.lines(1, minutes(66), NAMESPACE, "forgotten");
    rig.lines(1, minutes(20), NAMESPACE, "billing");
    rig.lines(2, minutes(2), NAMESPACE, "billing");
    assertThat(rig.now(flatline)).containsExactly(Map.entry(SHOP, 0.0));
    assertThat(rig.at(NOW.plus(minutes(3.5)), flatline)).containsOnlyKeys(BILLING);
    assertThat(rig.at(NOW.plus(minutes(4.5)), flatline))
        .containsOnlyKeys(BILLING, "{namespace=\"new\"}");
  }

  @Test
  void aNewTermIsOneThatWasNotThereBefore() {
    LogCondition images =
        rig.condition(
            new LogPredicate.NewTerm(List.of("container.image.name"), Duration.ofDays(30)),
            NAMESPACE);
    rig.lines(2, minutes(2), NAMESPACE, "shop", "container.image.name", "cart:2");
    rig.lines(3, minutes(2), NAMESPACE, "shop", "container.image.name", "cart:1");
    rig.lines(1, minutes(2), NAMESPACE, "shop", "message", "without an image");
    rig.lines(1, Duration.ofDays(29), NAMESPACE, "shop", "container.image.name", "cart:1");
    rig.lines(1, minutes(2), NAMESPACE, "billing", "container.image.name", "cart:1");
    Map<String, Double> found = rig.now(images);
    assertThat(found)
        .containsOnly(
            Map.entry("{image=\"cart:1\", namespace=\"billing\"}", 1.0),
            Map.entry("{image=\"cart:2\", namespace=\"shop\"}", 2.0));

    // Its first line leaves the window: it is no longer new, however many follow.
    rig.lines(5, minutes(-3), NAMESPACE, "shop", "container.image.name", "cart:2");
    assertThat(rig.at(NOW.plus(minutes(2.9)), images)).hasSize(2);
    assertThat(rig.at(NOW.plus(minutes(3.1)), images)).isEmpty();
    LogCondition forTwentyDays =
        rig.condition(
            new LogPredicate.NewTerm(List.of("container.image.name"), Duration.ofDays(20)),
            NAMESPACE);
    assertThat(rig.now(forTwentyDays)).hasSize(3);
  }

  @Test
  void aTermThatIsKnownIsAskedForOnceAndStaysKnown() {
    ElasticLogSource source = rig.source();
    LogCondition terms =
        rig.condition(new LogPredicate.NewTerm(List.of(NAMESPACE), Duration.ofDays(30)));
    rig.lines(1, HOUR, NAMESPACE, "shop");
    rig.lines(1, minutes(1), NAMESPACE, "shop");
    LogQuestion question =
        new LogQuestion(terms, NOW, LogRig.MINUTE, Duration.ZERO, LogProgress.from(null));
    assertThat(LogRig.found(source.ask(question))).isEmpty();
    assertThat(LogRig.found(source.ask(question))).isEmpty();
    rig.lines(1, minutes(1), NAMESPACE, "billing");
    assertThat(LogRig.found(source.ask(question))).containsOnlyKeys(BILLING);
    assertThat(LogRig.found(source.ask(question))).containsOnlyKeys(BILLING);
  }

  @Test
  void aChangeIsAnotherValueThanBefore() {
    LogPredicate.Change test = new LogPredicate.Change(List.of("kubernetes.pod.name"), true, HOUR);
    LogCondition change = rig.condition(test, NAMESPACE);
    rig.lines(1, minutes(30), NAMESPACE, "shop", "kubernetes.pod.name", "a");
    rig.lines(2, minutes(2), NAMESPACE, "shop", "kubernetes.pod.name", "a");
    rig.lines(1, minutes(2), NAMESPACE, "shop", "message", "no pod");
    assertThat(rig.now(change)).isEmpty();
    rig.lines(1, minutes(20), NAMESPACE, "shop", "kubernetes.pod.name", "b");
    assertThat(rig.now(change)).containsExactly(Map.entry(SHOP, 2.0));

    rig.lines(1, minutes(4), NAMESPACE, "billing", "kubernetes.pod.name", "a");
    rig.lines(1, minutes(66), NAMESPACE, "billing", "kubernetes.pod.name", "b");
    assertThat(rig.now(change)).containsOnlyKeys(SHOP);
    rig.lines(1, minutes(3), NAMESPACE, "billing", "kubernetes.pod.name", "b");
    assertThat(rig.now(change)).containsOnly(Map.entry(SHOP, 2.0), Map.entry(BILLING, 2.0));

    LogPredicate.Change withNull =
        new LogPredicate.Change(List.of("kubernetes.pod.name"), false, HOUR);
    rig.lines(1, minutes(20), NAMESPACE, "tools", "kubernetes.pod.name", "a");
    rig.lines(1, minutes(2), NAMESPACE, "tools", "message", "no pod");
    assertThat(rig.now(rig.condition(withNull, NAMESPACE))).containsKey("{namespace=\"tools\"}");
    assertThat(rig.now(change)).doesNotContainKey("{namespace=\"tools\"}");
  }

  @Test
  void cardinalityIsMoreThanItsMaximumOrLessThanItsMinimum() {
    String pod = "kubernetes.pod.name";
    for (String name : List.of("a", "b", "c")) {
      rig.lines(2, minutes(2), NAMESPACE, "shop", pod, name);
    }
    rig.lines(1, minutes(2), NAMESPACE, "billing", pod, "a");
    assertThat(rig.now(cardinality(3L, null))).isEmpty();
    assertThat(rig.now(cardinality(2L, null))).containsExactly(Map.entry(SHOP, 3.0));
    assertThat(rig.now(cardinality(null, 4L))).isEmpty();
    rig.lines(1, minutes(20), NAMESPACE, "shop", pod, "d");
    rig.lines(1, minutes(20), NAMESPACE, "tools", pod, "d");
    assertThat(rig.now(cardinality(null, 3L)))
        .containsExactly(Map.entry("{namespace=\"tools\"}", 0.0));
    assertThat(rig.now(cardinality(null, 4L))).containsOnlyKeys(SHOP, "{namespace=\"tools\"}");
  }

  private LogCondition cardinality(@Nullable Long max, @Nullable Long min) {
    return rig.condition(
        new LogPredicate.Cardinality("kubernetes.pod.name", max, min, DAY), NAMESPACE);
  }

  @Test
  void aPercentageIsStrictAndNeedsEnoughLines() {
    rig.lines(1, minutes(2), NAMESPACE, "shop", "log.level", "error");
    rig.lines(19, minutes(2), NAMESPACE, "shop", "log.level", "info");
    rig.lines(1, minutes(6), NAMESPACE, "shop", "log.level", "error");
    rig.lines(1, minutes(2), NAMESPACE, "billing", "log.level", "info");
    assertThat(rig.now(percentage(5.0, null, 1))).isEmpty();
    assertThat(rig.now(percentage(4.99, null, 20))).containsExactly(Map.entry(SHOP, 5.0));
    assertThat(rig.now(percentage(4.99, null, 21))).isEmpty();
    assertThat(rig.now(percentage(null, 5.0, 1))).containsExactly(Map.entry(BILLING, 0.0));
    assertThat(rig.now(percentage(null, 5.01, 1))).containsOnlyKeys(SHOP, BILLING);
    assertThat(rig.at(NOW.plus(HOUR), percentage(null, 5.01, 1))).isEmpty();
  }

  private LogCondition percentage(@Nullable Double max, @Nullable Double min, long denominator) {
    return rig.condition(
        new LogPredicate.Percentage("log.level:error", max, min, denominator), NAMESPACE);
  }

  @Test
  void aMetricIsComputedOfNumbersAndStrict() {
    rig.lines(1, minutes(2), NAMESPACE, "shop", "numbers.duration_ms", 100);
    rig.lines(1, minutes(3), NAMESPACE, "shop", "numbers.duration_ms", 300);
    rig.lines(1, minutes(6), NAMESPACE, "shop", "numbers.duration_ms", 10_000);
    rig.lines(1, minutes(2), NAMESPACE, "billing", "message", "no figure");
    assertThat(figure(Function.AVG)).isEqualTo(200);
    assertThat(figure(Function.MIN)).isEqualTo(100);
    assertThat(figure(Function.MAX)).isEqualTo(300);
    assertThat(figure(Function.SUM)).isEqualTo(400);
    assertThat(figure(Function.VALUE_COUNT)).isEqualTo(2);
    assertThat(figure(Function.CARDINALITY)).isEqualTo(2);
    assertThat(figure(Function.PERCENTILE)).isBetween(100.0, 300.0);

    assertThat(rig.now(metric(Function.AVG, 200.0, null))).isEmpty();
    assertThat(rig.now(metric(Function.AVG, 199.9, null))).containsOnlyKeys(SHOP);
    assertThat(rig.now(metric(Function.AVG, null, 200.0))).isEmpty();
    assertThat(rig.now(metric(Function.AVG, null, 200.1))).containsOnlyKeys(SHOP);
    assertThat(rig.now(metric(Function.SUM, null, 1.0))).isEmpty();
  }

  private double figure(Function function) {
    return rig.now(metric(function, -1.0, null)).getOrDefault(SHOP, Double.NaN);
  }

  private LogCondition metric(Function function, @Nullable Double max, @Nullable Double min) {
    return rig.condition(
        new LogPredicate.Metric("numbers.duration_ms", function, 50, max, min), NAMESPACE);
  }

  private LogCondition newError(@Nullable Duration unseenFor, @Nullable Double growth) {
    return rig.condition(
        new LogPredicate.NewError(unseenFor, growth, 10), NAMESPACE, "service.name");
  }

  private void errors(int count, Duration before, String service, String fingerprint) {
    rig.lines(
        count,
        before,
        NAMESPACE,
        "shop",
        "service.name",
        service,
        "error.fingerprint",
        fingerprint);
  }

  @Test
  void anErrorIsNewInItsWorkloadOrBackAfterAWhile() {
    errors(2, minutes(2), "cart", "1:npe");
    errors(1, minutes(2), "checkout", "1:npe");
    errors(1, Duration.ofDays(20), "checkout", "1:npe");
    rig.lines(1, minutes(2), NAMESPACE, "shop", "service.name", "cart", "message", "no error");
    String cart = "{fingerprint=\"1:npe\", namespace=\"shop\", service=\"cart\"}";
    String checkout = "{fingerprint=\"1:npe\", namespace=\"shop\", service=\"checkout\"}";
    assertThat(rig.now(newError(null, null))).containsExactly(Map.entry(cart, 2.0));
    assertThat(rig.now(newError(Duration.ofDays(21), null))).containsOnlyKeys(cart);
    assertThat(rig.now(newError(Duration.ofDays(19), null))).containsOnlyKeys(cart, checkout);
  }

  @Test
  void anErrorHasGrownAgainstTheSameHourAWeekAgo() {
    Duration week = Duration.ofDays(7);
    // 24 in the hour are 2 in five minutes; ten times that are 20.
    errors(24, week.plus(minutes(20)), "cart", "1:npe");
    errors(19, minutes(2), "cart", "1:npe");
    assertThat(rig.now(newError(null, 10.0))).isEmpty();
    errors(1, minutes(3), "cart", "1:npe");
    assertThat(rig.now(newError(null, 10.0)))
        .containsExactly(
            Map.entry("{fingerprint=\"1:npe\", namespace=\"shop\", service=\"cart\"}", 20.0));
    assertThat(rig.now(newError(null, 10.1))).isEmpty();
    assertThat(rig.now(newError(null, null))).isEmpty();
  }

  @Test
  void nothingHasGrownWhereNothingWasKeptAWeekAgo() {
    errors(1, Duration.ofDays(2), "cart", "1:npe");
    errors(500, minutes(2), "cart", "1:npe");
    assertThat(rig.now(newError(null, 10.0))).isEmpty();
  }
}
