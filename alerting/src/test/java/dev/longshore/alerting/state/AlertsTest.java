package dev.longshore.alerting.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Alerts are merged as Alertmanager merges them, end when they must, and survive a kill.
final class AlertsTest {
  private static final Instant START = ManualClock.START;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Path dir;
  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Throwable> failures = new ArrayList<>();
  private final List<Alert> told = new ArrayList<>();
  private Database database;
  private StateWriter state;
  private Loop loop;
  private Alerts alerts;

  AlertsTest(@TempDir Path dir) {
    this.dir = dir;
    this.database = Database.open(dir, List.of(Alerts.SCHEMA, DecisionLog.SCHEMA), clock);
    this.loop = new Loop("alerting", clock, failures::add);
    this.state = new StateWriter(database, clock, loop, Runnable::run, registry);
    this.alerts = alerts(AlertsConfig.defaults());
  }

  @AfterEach
  void close() {
    database.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void anAlertThatIsPutAgainKeepsItsEarliestStartAndTakesTheNewerTexts() {
    put(posted("cart", START, START.plus(MINUTE.multipliedBy(4)), "first"));
    pass(MINUTE);
    put(posted("cart", START.plus(MINUTE), clock.now().plus(MINUTE.multipliedBy(4)), "second"));

    assertThat(only().startsAt()).isEqualTo(START);
    assertThat(only().annotations().get("summary")).isEqualTo("second");
    assertThat(only().endsAt()).isEqualTo(START.plus(MINUTE.multipliedBy(5)));
  }

  @Test
  void aLaterEndThatWasGivenOutlivesAnEarlierOneOfATimeout() {
    put(posted("cart", START, START.plus(MINUTE.multipliedBy(9)), "given"));
    pass(MINUTE);
    put(withoutEnd("cart", START.plus(MINUTE), clock.now().plus(MINUTE.multipliedBy(5))));
    assertThat(only().endsAt()).isEqualTo(START.plus(MINUTE.multipliedBy(9)));
  }

  @Test
  void ofTwoEndsTheLatestCounts() {
    put(posted("cart", START, START.plus(MINUTE), "firing"));
    pass(MINUTE.multipliedBy(3));
    put(posted("cart", START.plusSeconds(1), START.plusSeconds(30), "ended before"));
    assertThat(only().endsAt()).isEqualTo(START.plus(MINUTE));
  }

  @Test
  void anAlertThatBeginsAgainIsANewOne() {
    put(posted("cart", START, START.plus(MINUTE), "first"));
    pass(MINUTE.multipliedBy(2));
    put(posted("cart", clock.now(), clock.now().plus(MINUTE), "second"));
    assertThat(only().startsAt()).isEqualTo(START.plus(MINUTE.multipliedBy(2)));
    assertThat(only().isResolvedAt(clock.now())).isFalse();
  }

  @Test
  void aPostedAlertEndsAtTheMomentThatWasGivenAndIsToldOnce() {
    put(withoutEnd("cart", START, START.plus(MINUTE.multipliedBy(5))));
    told.clear();
    pass(MINUTE.multipliedBy(5).minusMillis(1));
    assertThat(told).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().isResolvedAt(clock.now())).isTrue();
    pass(MINUTE);
    assertThat(told).hasSize(1);
  }

  @Test
  void anAlertOfARuleAndOfAPrometheusEndsWithTheLastOfBoth() {
    Alert rules = alert("cart", START, null, "by the rule", Alert.Origin.RULE);
    Alert posted = posted("cart", START, START.plus(MINUTE.multipliedBy(4)), "posted");
    put(rules);
    put(posted);
    put(posted.withEndsAt(START));
    assertThat(only().endsAt()).as("the rule still raises it").isNull();
    assertThat(only().origin()).isEqualTo(Alert.Origin.RULE);
    assertThat(only().annotations().get("summary")).isEqualTo("by the rule");

    put(posted);
    pass(MINUTE);
    put(alert("cart", START, clock.now(), "by the rule", Alert.Origin.RULE));
    assertThat(only().isResolvedAt(clock.now())).as("it is still posted").isFalse();
    assertThat(only().annotations().get("summary")).isEqualTo("posted");

    pass(MINUTE.multipliedBy(4));
    assertThat(only().isResolvedAt(clock.now())).isTrue();
  }

  @Test
  void aRulesAlertNeverEndsByItself() {
    put(rule("cart", START, null));
    pass(Duration.ofDays(30));
    assertThat(only().isResolvedAt(clock.now())).isFalse();
  }

  @Test
  void anEndedAlertIsKeptForTheRetentionAndThenForgottenOnDiskToo() {
    put(rule("cart", START, null));
    pass(MINUTE);
    put(rule("cart", START, clock.now()));
    pass(AlertsConfig.DEFAULT_RETENTION.minusMillis(1));
    assertThat(alerts.all()).hasSize(1);
    pass(Duration.ofMillis(1));
    assertThat(alerts.all()).isEmpty();
    pass(MINUTE);
    reopen();
    assertThat(alerts.all()).isEmpty();
  }

  @Test
  void whatBeganOrEndedIsThereAfterAKill() {
    Evidence evidence =
        new Evidence(
            "7",
            List.of(new Evidence.Fact("count", "412 in 5m")),
            List.of(new Evidence.Sample("cart", "line 1\nline 2")),
            List.of(new Evidence.Link("Kibana", "http://kibana")));
    Alert firing =
        new Alert(
            Labels.of("alertname", "PodDown", "pod", "cart"),
            Labels.of("summary", "down"),
            START,
            null,
            START,
            "http://prometheus",
            Alert.Origin.RULE,
            evidence);
    put(firing, rule("web", START, null));
    pass(MINUTE);
    Alert ended = rule("web", START, clock.now());
    put(ended);

    reopen();

    assertThat(alerts.all()).containsExactlyInAnyOrder(firing, ended);
    assertThat(told).containsExactlyInAnyOrder(firing, ended);
  }

  @Test
  void whatOnlyGoesOnIsOnDiskSomeSecondsLater() {
    put(withoutEnd("cart", START, START.plus(MINUTE)));
    pass(Duration.ofSeconds(30));
    put(withoutEnd("cart", START, START.plus(MINUTE.multipliedBy(9))));
    pass(Duration.ofSeconds(10));
    reopen();
    assertThat(only().endsAt()).isEqualTo(START.plus(MINUTE.multipliedBy(9)));
  }

  @Test
  void whatWasPostedIsBelievedForTwoMinutesAfterAStart() {
    put(withoutEnd("cart", START, START.plus(MINUTE)));
    loop.runDue();
    database.close();
    clock.advance(MINUTE.multipliedBy(3));
    open();
    assertThat(only().isResolvedAt(clock.now())).isFalse();
    told.clear();
    pass(Alerts.START_GRACE.minusMillis(1));
    assertThat(told).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().isResolvedAt(clock.now())).isTrue();
  }

  @Test
  void whatHasEndedByItsTimeIsNotBelievedAnewAfterAStart() {
    put(withoutEnd("cart", START, START.plus(MINUTE)));
    pass(MINUTE);
    assertThat(only().isResolvedAt(clock.now())).isTrue();
    reopen();
    assertThat(only().isResolvedAt(clock.now())).isTrue();
  }

  @Test
  void moreAlertsThanTheLimitAreRefusedAndCountedExceptThoseAboutItself() {
    alerts = alerts(config(2, DataSize.ofMiB(1)));
    put(rule("a", START, null), rule("b", START, null), rule("c", START, null));
    assertThat(alerts.all()).hasSize(2);
    put(rule("b", START, clock.now()));
    assertThat(registry.get("longshore.alerts.refused").tag("reason", "too_many").counter().count())
        .isEqualTo(1);
    assertThat(alerts.put(List.of(rule("c", START, null))))
        .extracting(AlertSink.Refusal::reason)
        .containsExactly(
            "PodDown is not taken: 2 alerts are known already, the most that are taken");
    put(alert("self", START, null, "", Alert.Origin.SELF));
    assertThat(alerts.all()).hasSize(3);
  }

  @Test
  void labelsThatAreTooLargeAreRefusedAndLongAnnotationsAreCut() {
    alerts =
        alerts(
            new AlertsConfig(MINUTE, 9, DataSize.ofMiB(1), DataSize.ofKiB(1), DataSize.ofKiB(1)));
    put(rule("x".repeat(2000), START, null));
    assertThat(alerts.all()).isEmpty();
    assertThat(alerts.put(List.of(rule("x".repeat(2000), START, null))))
        .extracting(AlertSink.Refusal::reason)
        .containsExactly(
            "PodDown is not taken: its labels have 2019 bytes; at most 1KiB are taken");

    put(posted("cart", START, START.plus(MINUTE), "y".repeat(3000)));
    assertThat(only().annotations().get("summary")).endsWith("y… (cut)").hasSizeLessThan(1024);
  }

  private static AlertsConfig config(int maxAlerts, DataSize maxHeap) {
    return new AlertsConfig(MINUTE, maxAlerts, maxHeap, DataSize.ofKiB(1), DataSize.ofKiB(100));
  }

  @Test
  void alertsOfLongshoreItselfLinkToTheirRunbooksAndOthersAreLeftAlone() {
    alerts =
        alerts(
            AlertsConfig.defaults()
                .withRunbooks(URI.create("https://git.example.com/longshore/docs/runbooks")));
    put(alert("self", START, null, "", Alert.Origin.SELF));
    assertThat(only().annotations().get("runbook_url"))
        .isEqualTo("https://git.example.com/longshore/docs/runbooks/PodDown.md");

    put(rule("cart", START, null));
    assertThat(alerts.all())
        .filteredOn(alert -> alert.origin() == Alert.Origin.RULE)
        .singleElement()
        .satisfies(alert -> assertThat(alert.annotations().get("runbook_url")).isEmpty());
  }

  @Test
  void alertsBeyondTheHeapThatThereIsForThemAreRefusedAndTakenWhenOthersAreForgotten() {
    alerts = alerts(config(1000, DataSize.ofKiB(50)));
    for (int i = 0; i < 100; i++) {
      put(posted("pod-" + i, START, START.plus(MINUTE), "y".repeat(1000)));
    }
    assertThat(alerts.all()).hasSizeBetween(25, 50);
    Alert late = posted("late", START, START.plus(MINUTE.multipliedBy(30)), "y");
    assertThat(alerts.put(List.of(late)))
        .extracting(AlertSink.Refusal::reason)
        .allSatisfy(
            reason -> assertThat(reason).endsWith("all of the 50KiB that there are for alerts"))
        .hasSize(1);
    pass(MINUTE);
    pass(MINUTE);
    assertThat(alerts.all()).isEmpty();
    assertThat(alerts.put(List.of(late))).isEmpty();
  }

  @Test
  void anAlertThatIsKnownIsTakenAgainWhenThereIsNoRoomForItsNewTexts() {
    alerts = alerts(config(1000, DataSize.ofKiB(2)));
    put(posted("cart", START, START.plus(MINUTE), "short"));
    Instant later = START.plus(MINUTE.multipliedBy(3));
    assertThat(alerts.put(List.of(posted("cart", START, later, "y".repeat(5000))))).isEmpty();
    assertThat(only().annotations().get("summary")).isEqualTo("short");
    assertThat(only().endsAt()).isEqualTo(later);
  }

  @Test
  void aStartTakesNoMoreOfTheDiskThanFits() {
    for (int i = 0; i < 20; i++) {
      put(posted("pod-" + i, START, START.plus(MINUTE), "y".repeat(1000)));
    }
    put(rule("cart", START, null));
    List<String> reasons = new ArrayList<>();
    restart(config(1000, DataSize.ofKiB(8)), reasons);
    assertThat(alerts.all()).hasSizeBetween(2, 10);
    assertThat(alerts.get(rule("cart", START, null).fingerprint())).isNotNull();
    assertThat(reasons).hasSize(1);
  }

  @Test
  void aLabelOfTenKilobytesIsTaken() {
    put(rule("x".repeat(10_000), START, null));
    assertThat(alerts.all()).hasSize(1);
  }

  @Test
  void decisionsAreReadInOrderAndTheOldestGo() {
    DecisionLog log = new DecisionLog(state, clock, loop, 3, 5);
    Alert cart = rule("cart", START, null);
    Alert web = rule("web", START, null);
    for (int i = 0; i < 5; i++) {
      log.note(cart.fingerprint(), START.plusSeconds(i), "eval", "step " + i);
    }
    pass(Duration.ofSeconds(1));
    assertThat(log.of(cart.fingerprint()))
        .extracting(Decision::what)
        .containsExactly("step 2", "step 3", "step 4");
    for (int i = 0; i < 3; i++) {
      log.note(web.fingerprint(), START.plusSeconds(i), "route", "step " + i);
    }
    pass(Duration.ofSeconds(1));
    assertThat(log.of(web.fingerprint())).hasSize(3);
    assertThat(log.of(cart.fingerprint()))
        .containsExactly(
            new Decision(START.plusSeconds(3), "eval", "step 3"),
            new Decision(START.plusSeconds(4), "eval", "step 4"));
  }

  @Test
  void decisionsAreReadWhenTheyAreNotOnDiskYet() {
    DecisionLog log = new DecisionLog(state, clock, loop, 10, 10);
    Alert cart = rule("cart", START, null);
    log.note(cart.fingerprint(), START, "eval", "fires");
    assertThat(log.of(cart.fingerprint())).containsExactly(new Decision(START, "eval", "fires"));
    database.close();
    assertThat(log.of(cart.fingerprint())).as("nor without the disk").hasSize(1);
    open();
  }

  @Test
  void anEndFarAwayIsWrittenAsTheFurthestAndSpoilsNoOtherAlert() {
    put(posted("cart", START, Instant.MAX, "far away"), rule("web", START, null));
    reopen();
    assertThat(alerts.all()).hasSize(2);
  }

  @Test
  void decisionsAreOnDiskASecondLater() {
    DecisionLog log = new DecisionLog(state, clock, loop, 10, 10);
    Alert cart = rule("cart", START, null);
    log.note(cart.fingerprint(), START, "eval", "fires");
    pass(Duration.ofSeconds(1));
    database.close();
    open();
    assertThat(new DecisionLog(state, clock, loop, 10, 10).of(cart.fingerprint()))
        .containsExactly(new Decision(START, "eval", "fires"));
  }

  /// A kill at the end of a turn.
  private void reopen() {
    loop.runDue();
    database.close();
    open();
  }

  private void open() {
    told.clear();
    database = Database.open(dir, List.of(Alerts.SCHEMA, DecisionLog.SCHEMA), clock);
    loop = new Loop("alerting", clock, failures::add);
    state = new StateWriter(database, clock, loop, Runnable::run, registry);
    alerts = alerts(AlertsConfig.defaults());
    alerts.start();
  }

  /// @param reasons gets why there was no room
  private void restart(AlertsConfig config, List<String> reasons) {
    loop.runDue();
    alerts = alerts(config);
    alerts.onRefusal(reasons::add);
    alerts.start();
    loop.runDue();
  }

  private Alerts alerts(AlertsConfig config) {
    Alerts made =
        new Alerts(config, state, clock, loop, (_, _, _, _) -> {}, new AlertsMetrics(registry));
    made.subscribe(told::add);
    return made;
  }

  private void pass(Duration duration) {
    Instant end = clock.now().plus(duration);
    loop.runDue();
    for (Instant next = loop.nextDue(); next != null && !next.isAfter(end); next = loop.nextDue()) {
      clock.advance(Duration.between(clock.now(), next));
      loop.runDue();
    }
    clock.advance(Duration.between(clock.now(), end));
    loop.runDue();
  }

  private void put(Alert... put) {
    alerts.put(List.of(put));
  }

  private Alert only() {
    assertThat(alerts.all()).hasSize(1);
    return alerts.all().iterator().next();
  }

  private Alert posted(String pod, Instant startsAt, Instant endsAt, String summary) {
    return alert(pod, startsAt, endsAt, summary, Alert.Origin.POSTED);
  }

  private Alert withoutEnd(String pod, Instant startsAt, Instant endsAt) {
    return alert(pod, startsAt, endsAt, "", Alert.Origin.POSTED_WITHOUT_END);
  }

  private Alert rule(String pod, Instant startsAt, @Nullable Instant endsAt) {
    return alert(pod, startsAt, endsAt, "", Alert.Origin.RULE);
  }

  private Alert alert(
      String pod, Instant startsAt, @Nullable Instant endsAt, String summary, Alert.Origin origin) {
    return new Alert(
        Labels.of("alertname", "PodDown", "pod", pod),
        Labels.of("summary", summary),
        startsAt,
        endsAt,
        clock.now(),
        "",
        origin,
        Evidence.NONE);
  }
}
