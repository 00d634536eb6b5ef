package dev.longshore.alerting.eval;

import static dev.longshore.alerting.eval.EvalRig.INTERVAL;
import static dev.longshore.alerting.eval.EvalRig.group;
import static dev.longshore.alerting.eval.EvalRig.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.metrics.Answer;
import dev.longshore.alerting.metrics.Sample;
import dev.longshore.alerting.rule.RuleGroup;
import dev.longshore.alerting.state.InternalAlerts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What rules find becomes alerts; what is not known changes none of them and is told as that.
final class EvaluatorTest {
  private static final Duration FIVE = Duration.ofMinutes(5);
  private static final RuleGroup DOWN = group(rule("PodDown", "down", Duration.ZERO));
  private static final RuleGroup DOWN_FOR_5M = group(rule("PodDown", "down", FIVE));

  private final EvalRig rig;

  EvaluatorTest(@TempDir Path dir) {
    rig = new EvalRig(dir);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void anAlertHasItsLabelsItsStartAndItsValue() {
    rig.source.isTrue("down", 3, "cart-5c4b");
    rig.start(DOWN);
    rig.pass(INTERVAL);

    assertThat(rig.firing()).hasSize(1);
    Alert alert = rig.firing().getFirst();
    assertThat(alert.labels())
        .isEqualTo(Labels.of("alertname", "PodDown", "pod", "cart-5c4b", "severity", "page"));
    assertThat(alert.annotations()).isEqualTo(Labels.of("summary", "pods are down"));
    assertThat(alert.endsAt()).isNull();
    assertThat(alert.origin()).isEqualTo(Alert.Origin.RULE);
    assertThat(alert.evidence().value()).isEqualTo("3");
    assertThat(alert.generatorUrl()).isEqualTo("http://prometheus/graph?g0.expr=down");
  }

  @Test
  void anAlertOfTwoRulesEndsWithTheLastOfThem() {
    rig.source.isTrue("fast", 1, "cart-5c4b");
    rig.source.isTrue("slow", 1, "cart-5c4b");
    rig.start(
        group("fast", 0, rule("ErrorBudgetBurn", "fast", Duration.ZERO)),
        group("slow", 0, rule("ErrorBudgetBurn", "slow", Duration.ZERO)));
    rig.pass(INTERVAL.multipliedBy(2));
    rig.source.isFalse("fast");
    rig.pass(INTERVAL.multipliedBy(5));

    assertThat(rig.firing()).hasSize(1);
    assertThat(rig.told).noneMatch(it -> it.endsAt() != null);
    assertThat(rig.firing().getFirst().generatorUrl()).contains("slow");

    rig.source.isFalse("slow");
    rig.pass(INTERVAL.multipliedBy(2));
    assertThat(rig.firing()).isEmpty();
  }

  @Test
  void anAlertEndsWhenItsConditionIsGoneWithTheValuesItHad() {
    rig.source.isTrue("down", 3, "cart-5c4b");
    rig.start(DOWN);
    rig.pass(INTERVAL);
    rig.source.isTrue("down", 5, "cart-5c4b");
    rig.pass(INTERVAL);
    rig.source.isFalse("down");
    rig.pass(INTERVAL);

    assertThat(rig.firing()).isEmpty();
    Alert ended = rig.ended().getFirst();
    assertThat(ended.evidence().value()).isEqualTo("5");
    assertThat(ended.evidence().facts())
        .containsExactly(new Evidence.Fact("value when it fired", "3"));
    assertThat(rig.decisionsOf(ended))
        .last()
        .isEqualTo("resolved: the condition is no longer true");
  }

  @Test
  void forCountsOverEvaluations() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(DOWN_FOR_5M);
    rig.pass(Duration.ofMinutes(4));
    assertThat(rig.firing()).isEmpty();
    assertThat(rig.rule("PodDown").state()).isEqualTo("pending");
    rig.pass(Duration.ofMinutes(3));
    assertThat(rig.firing()).hasSize(1);
    assertThat(rig.decisionsOf(rig.firing().getFirst()))
        .first()
        .isEqualTo("pending with value 1; fires when it has held for 5m");
  }

  @Test
  void twoSeriesThatBecomeTheSameAlertAreARefusalAndChangeNothing() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(DOWN);
    rig.pass(INTERVAL);
    rig.source.isTrue("down", 1, "cart-5c4b", "cart-5c4b");
    rig.pass(INTERVAL.multipliedBy(3));

    assertThat(names(rig.firing()))
        .containsExactlyInAnyOrder("PodDown", InternalAlerts.RULE_FAILING);
    assertThat(rig.rule("PodDown").lastError()).contains("with the same labelset");
    assertThat(rig.rule("PodDown").health()).isEqualTo("err");
  }

  @Test
  void moreThanTheLimitIsAnErrorAndClearsTheRule() {
    RuleGroup limited = group("checkout", 2, rule("PodDown", "down", Duration.ZERO));
    rig.source.isTrue("down", 1, "a", "b");
    rig.start(limited);
    rig.pass(INTERVAL);
    assertThat(rig.firing()).hasSize(2);

    rig.source.isTrue("down", 1, "a", "b", "c");
    rig.pass(INTERVAL.multipliedBy(2));
    assertThat(names(rig.firing())).containsExactly(InternalAlerts.RULE_FAILING);
    assertThat(rig.ended()).hasSize(2);
    assertThat(rig.ended().getFirst().evidence().facts())
        .contains(
            new Evidence.Fact("ended", "cleared: the rule exceeded limit of 2 with 3 alerts"));

    rig.source.isTrue("down", 1, "a", "b");
    rig.pass(INTERVAL);
    assertThat(names(rig.firing())).containsExactly("PodDown", "PodDown");
  }

  @Test
  void aSourceThatDoesNotAnswerChangesNothingAndIsToldOnce() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(group(rule("PodDown", "down", Duration.ZERO), rule("Slow", "slow", FIVE)));
    rig.pass(INTERVAL.multipliedBy(2));
    Alert before = rig.firing().getFirst();

    rig.source.isDown("answers 503");
    rig.told.clear();
    rig.pass(Duration.ofMinutes(10));

    assertThat(names(rig.firing()))
        .containsExactlyInAnyOrder("PodDown", InternalAlerts.SOURCE_DOWN);
    assertThat(rig.ended()).isEmpty();
    assertThat(rig.told).noneMatch(it -> it.isResolvedAt(rig.clock.now()));
    Alert down = named(InternalAlerts.SOURCE_DOWN);
    assertThat(down.labels())
        .isEqualTo(
            Labels.of(
                "alertname", InternalAlerts.SOURCE_DOWN, "source", "main", "severity", "critical"));
    assertThat(down.annotations().get("summary"))
        .isEqualTo("The metric source \"main\" does not answer");
    assertThat(down.annotations().get("description"))
        .contains("nothing is known of 2 rules", "Cause: answers 503");
    Alert stale = named("PodDown");
    assertThat(stale.startsAt()).isEqualTo(before.startsAt());
    assertThat(stale.evidence().facts())
        .anySatisfy(
            fact -> {
              assertThat(fact.name()).isEqualTo("state");
              assertThat(fact.text()).startsWith("not known since 2026-11-23 06:0").contains("503");
            });
    assertThat(rig.rule("PodDown").stale()).isTrue();

    rig.source.isUp();
    rig.pass(INTERVAL.plusSeconds(1));
    assertThat(names(rig.firing())).containsExactly("PodDown");
    assertThat(named("PodDown").evidence().facts()).isEmpty();
    assertThat(names(rig.ended())).containsExactly(InternalAlerts.SOURCE_DOWN);
  }

  @Test
  void oneFailureIsNotTold() {
    rig.start(DOWN);
    rig.pass(INTERVAL);
    rig.source.isDown("answers 503");
    rig.pass(INTERVAL);
    rig.source.isUp();
    rig.pass(FIVE);
    assertThat(rig.alerts.all()).isEmpty();
  }

  @Test
  void aRareGroupDoesNotDelayTheNewsThatItsSourceIsDown() {
    RuleGroup hourly =
        new RuleGroup(
            "hourly",
            "rules/checkout.yml",
            Duration.ofHours(1),
            0,
            null,
            Map.of(),
            List.of(rule("PodDown", "down", Duration.ZERO)));
    rig.source.isDown("no connection");
    rig.start(hourly);
    rig.pass(Duration.ofSeconds(75));
    assertThat(names(rig.firing())).containsExactly(InternalAlerts.SOURCE_DOWN);
    rig.source.isUp();
    rig.pass(Duration.ofSeconds(61));
    assertThat(rig.firing()).isEmpty();
  }

  @Test
  void aSourceThatAnswersSomeRulesIsToldAsThat() {
    rig.source.answers("slow", new Answer.Unavailable("answers 503: timeout"));
    rig.start(group(rule("PodDown", "down", Duration.ZERO), rule("Slow", "slow", FIVE)));
    rig.pass(FIVE);
    assertThat(named(InternalAlerts.SOURCE_DOWN).annotations().get("summary"))
        .isEqualTo("The metric source \"main\" does not answer 1 of 2 rules");
    rig.source.isFalse("slow");
    rig.pass(INTERVAL);
    assertThat(rig.firing()).isEmpty();
  }

  @Test
  void aRefusedRuleIsToldWithItsPlaceAndTheOthersNeverNotice() {
    rig.source.answers("broken", new Answer.Refused("many-to-many matching not allowed"));
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(group(rule("Broken", "broken", FIVE), rule("PodDown", "down", Duration.ZERO)));
    rig.pass(INTERVAL.multipliedBy(3));

    Alert failing = named(InternalAlerts.RULE_FAILING);
    assertThat(failing.labels().get("rule")).isEqualTo("Broken");
    assertThat(failing.annotations().get("description"))
        .startsWith("rules/checkout.yml:7: many-to-many matching not allowed");
    assertThat(rig.firing()).hasSize(2);

    rig.source.isFalse("broken");
    rig.pass(INTERVAL);
    assertThat(names(rig.firing())).containsExactly("PodDown");
  }

  @Test
  void aReloadCarriesAlertsOver() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(DOWN);
    rig.pass(INTERVAL);
    Instant startsAt = rig.firing().getFirst().startsAt();
    rig.source.isTrue("down or degraded", 1, "cart-5c4b");

    rig.reload(group(rule("PodDown", "down or degraded", Duration.ZERO)));
    rig.pass(INTERVAL);
    rig.reload(group("moved", 0, rule("PodDown", "down or degraded", Duration.ZERO)));
    rig.pass(INTERVAL);

    assertThat(rig.firing()).hasSize(1);
    assertThat(rig.firing().getFirst().startsAt()).isEqualTo(startsAt);
    assertThat(rig.told).noneMatch(it -> it.endsAt() != null);
  }

  @Test
  void aRemovedRulesAlertsEndWithTheReason() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(DOWN);
    rig.pass(INTERVAL);
    rig.reload();
    assertThat(rig.firing()).isEmpty();
    assertThat(rig.ended().getFirst().evidence().facts())
        .contains(new Evidence.Fact("ended", "its rule was removed, or given other labels"));
  }

  @Test
  void aRuleThatWasRemovedWhileNothingRanEndsItsAlertsAtTheStart() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(DOWN);
    rig.pass(INTERVAL);
    rig.restart(FIVE);
    assertThat(rig.firing()).isEmpty();
    assertThat(rig.ended()).hasSize(1);
  }

  @Test
  void whatRulesOfAnUnreadableFileRaisedStands() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(DOWN);
    rig.pass(INTERVAL);
    rig.unreadable = DOWN.file()::equals;
    rig.restart(FIVE);
    assertThat(rig.firing()).hasSize(1);
    rig.unreadable = _ -> false;
    rig.reload(DOWN);
    assertThat(rig.firing()).hasSize(1);
    assertThat(rig.ended()).isEmpty();
  }

  @Test
  void aRaisedForEndsTheAlertWithTheReason() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(DOWN);
    rig.pass(INTERVAL);
    rig.reload(DOWN_FOR_5M);
    rig.pass(INTERVAL);
    assertThat(rig.firing()).isEmpty();
    assertThat(rig.ended().getFirst().evidence().facts())
        .contains(new Evidence.Fact("ended", "`for` was raised to 5m"));
  }

  @Test
  void aKillChangesNothingAboutWhatFires() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(DOWN);
    rig.pass(INTERVAL);
    Instant startsAt = rig.firing().getFirst().startsAt();

    rig.source.isDown("not up yet");
    rig.restart(Duration.ofHours(2), DOWN);
    rig.pass(FIVE);
    assertThat(named("PodDown").startsAt()).isEqualTo(startsAt);
    assertThat(rig.firing()).hasSize(2);

    rig.restart(FIVE, DOWN);
    rig.source.isUp();
    rig.pass(INTERVAL);
    assertThat(names(rig.firing())).containsExactly("PodDown");
    assertThat(named("PodDown").startsAt()).isEqualTo(startsAt);
    assertThat(rig.told).noneMatch(it -> it.name().equals("PodDown") && it.endsAt() != null);
  }

  @Test
  void forGoesOnAfterAKill() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(DOWN_FOR_5M);
    rig.pass(Duration.ofMinutes(3));
    rig.restart(Duration.ofSeconds(20), DOWN_FOR_5M);
    rig.pass(Duration.ofMinutes(1));
    assertThat(rig.firing()).isEmpty();
    rig.pass(Duration.ofMinutes(2));
    assertThat(rig.firing()).hasSize(1);
  }

  @Test
  void downTimeIsNotCountedForALongFor() {
    RuleGroup group = group(rule("PodDown", "down", Duration.ofMinutes(30)));
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(group);
    rig.pass(Duration.ofMinutes(10));
    rig.restart(Duration.ofMinutes(15), group);
    rig.pass(Duration.ofMinutes(18));
    assertThat(rig.firing()).isEmpty();
    rig.pass(Duration.ofMinutes(4));
    assertThat(rig.firing()).hasSize(1);
  }

  @Test
  void keepFiringForGoesOnAfterAKill() {
    RuleGroup group = group(rule("PodDown", "down", Duration.ZERO, FIVE));
    rig.source.isTrue("down", 1, "cart-5c4b");
    rig.start(group);
    rig.pass(INTERVAL);
    rig.source.isFalse("down");
    rig.pass(INTERVAL.multipliedBy(2));
    rig.restart(Duration.ofMinutes(2), group);
    rig.pass(Duration.ofSeconds(30));
    assertThat(rig.firing()).hasSize(1);
    rig.pass(Duration.ofMinutes(3));
    assertThat(rig.firing()).isEmpty();
  }

  @Test
  void forOfARuleThatIsNewHereIsTakenFromPrometheus() {
    RuleGroup group = group(rule("PodDown", "down", Duration.ofMinutes(30)));
    rig.source.isTrue("down", 1, "cart-5c4b");
    Instant active = rig.clock.now().minus(Duration.ofMinutes(29));
    rig.source.answers(
        "ALERTS_FOR_STATE{alertname=\"PodDown\"}[1h]",
        new Answer.Samples(
            Answer.Kind.MATRIX,
            List.of(
                new Sample(
                    Labels.of(
                        "__name__",
                        "ALERTS_FOR_STATE",
                        "alertname",
                        "PodDown",
                        "cluster",
                        "dock-1",
                        "pod",
                        "cart-5c4b",
                        "severity",
                        "page"),
                    active.getEpochSecond(),
                    rig.clock.now())),
            List.of()));
    rig.start(group);
    rig.pass(Duration.ofMinutes(9));
    assertThat(rig.firing()).isEmpty();
    rig.pass(Duration.ofMinutes(3));
    assertThat(rig.firing()).hasSize(1);
    assertThat(rig.source.asked.stream().filter(it -> it.startsWith("ALERTS_FOR"))).hasSize(1);
  }

  @Test
  void anEvaluationThatTakesLongerThanTheIntervalIsNotOvertaken() {
    List<Runnable> running = new ArrayList<>();
    rig.executor = running::add;
    rig.kill();
    rig.reopen();
    rig.start(DOWN);
    rig.pass(INTERVAL.multipliedBy(4));
    assertThat(running).hasSize(1);
    assertThat(rig.registry.get("longshore.rule.group.iterations.missed").counter().count())
        .isBetween(3.0, 4.0);
    running.removeFirst().run();
    rig.pass(INTERVAL);
    assertThat(running).hasSize(1);
    assertThat(rig.rule("PodDown").health()).isEqualTo("ok");
  }

  @Test
  void groupsAreSpreadOverTheInterval() {
    List<RuleGroup> groups = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      groups.add(group("group-" + i, 0, rule("PodDown", "down-" + i, Duration.ZERO)));
    }
    rig.start(groups.toArray(RuleGroup[]::new));
    rig.pass(Duration.ofSeconds(10));
    assertThat(rig.source.asked).as("all are evaluated soon").hasSizeGreaterThanOrEqualTo(60);
    rig.pass(INTERVAL);
    rig.source.asked.clear();
    int busiest = 0;
    for (int second = 0; second < 60; second++) {
      int before = rig.source.asked.size();
      rig.pass(Duration.ofSeconds(1));
      busiest = Math.max(busiest, rig.source.asked.size() - before);
    }
    assertThat(rig.source.asked).hasSize(60);
    assertThat(busiest).isLessThan(10);
  }

  private Alert named(String name) {
    return rig.firing().stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  private static List<String> names(List<Alert> alerts) {
    return alerts.stream().map(Alert::name).toList();
  }

  @Test
  void anotherIntervalIsTakenByGroupsThatStateNoneWithoutARestart() {
    rig.source.isTrue("down", 1, "cart-5c4b");
    RuleGroup stated = group(rule("PodDown", "down", Duration.ZERO));
    RuleGroup standard =
        new RuleGroup(
            "standard",
            stated.file(),
            null,
            0,
            null,
            Map.of(),
            List.of(rule("PodDownToo", "down", Duration.ZERO)));
    rig.start(stated, standard);
    rig.pass(Duration.ofMinutes(1));
    rig.source.asked.clear();

    rig.evaluator.settings(Duration.ofSeconds(10), EvidenceConfig.DEFAULT);
    rig.pass(Duration.ofMinutes(1));

    assertThat(rig.source.asked).as("once a minute, and six times").hasSize(7);
    assertThat(rig.firing()).hasSize(2);
  }
}
