package dev.longshore.alerting.eval;

import static dev.longshore.alerting.eval.EvalRig.INTERVAL;
import static dev.longshore.alerting.eval.EvalRig.group;
import static dev.longshore.alerting.eval.EvalRig.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.metrics.Answer;
import dev.longshore.alerting.rule.RuleGroup;
import dev.longshore.alerting.state.InternalAlerts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A fault of Longshore over one rule fails that rule, and never ends the evaluation of its group.
final class EvaluationFaultTest {
  private static final RuleGroup SLOW_AND_DOWN =
      group(rule("Slow", "slow", Duration.ZERO), rule("PodDown", "down", Duration.ZERO));

  private final EvalRig rig;

  /// Alerts that whoever is told of them throws over.
  private Predicate<Alert> poison = _ -> false;

  EvaluationFaultTest(@TempDir Path dir) {
    rig = new EvalRig(dir);
    rig.alerts.subscribe(
        alert -> {
          if (poison.test(alert)) {
            throw new IllegalStateException("no berth for " + alert.name());
          }
        });
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void aFaultOverAnAnswerFailsItsRuleAndTheOthersNeverNotice() {
    poison = alert -> alert.name().equals(InternalAlerts.RULE_FAILING);
    rig.source.answers("slow", new Answer.Refused("many-to-many matching not allowed"));
    rig.start(SLOW_AND_DOWN);
    rig.passWithFaults(INTERVAL.multipliedBy(3));
    rig.source.isTrue("down", 1, "checkout-7d9f");
    double failuresBefore = counted("longshore.rule.evaluation.failures");
    rig.passWithFaults(INTERVAL);

    assertThat(rig.rule("Slow").health()).isEqualTo("err");
    assertThat(rig.rule("Slow").lastError())
        .isEqualTo(
            "handling its answer failed:"
                + " java.lang.IllegalStateException: no berth for LongshoreRuleFailing");
    assertThat(counted("longshore.rule.evaluation.failures")).isEqualTo(failuresBefore + 1);
    assertThat(rig.rule("PodDown").health()).isEqualTo("ok");
    assertThat(names(rig.firing())).contains("PodDown");
    assertThat(rig.failures).as("the loop hears of it").isNotEmpty();

    poison = _ -> false;
    rig.failures.clear();
    rig.source.isFalse("slow");
    rig.pass(INTERVAL);
    assertThat(rig.rule("Slow").health()).isEqualTo("ok");
    assertThat(rig.rule("Slow").lastError()).isNull();
  }

  @Test
  void anAlertEndsThoughTheOneAboutItsRuleCanNot() {
    rig.source.isTrue("down", 1, "checkout-7d9f");
    rig.start(SLOW_AND_DOWN);
    rig.pass(INTERVAL);
    rig.source.answers("down", new Answer.Refused("many-to-many matching not allowed"));
    rig.pass(INTERVAL.multipliedBy(3));
    assertThat(names(rig.firing()))
        .containsExactlyInAnyOrder("PodDown", InternalAlerts.RULE_FAILING);

    poison = alert -> alert.name().equals(InternalAlerts.RULE_FAILING);
    rig.source.isFalse("down");
    rig.passWithFaults(INTERVAL);
    assertThat(names(rig.ended())).contains("PodDown");
    assertThat(rig.rule("PodDown").health()).isEqualTo("err");

    poison = _ -> false;
    rig.failures.clear();
    rig.pass(INTERVAL);
    assertThat(rig.firing()).isEmpty();
    assertThat(rig.rule("PodDown").health()).isEqualTo("ok");
  }

  @Test
  void anEvaluationWhoseFindingsCanNotBeToldIsOver() {
    poison = alert -> alert.name().equals("PodDown");
    rig.source.isTrue("down", 1, "checkout-7d9f");
    rig.start(SLOW_AND_DOWN);
    rig.passWithFaults(INTERVAL.multipliedBy(4));

    assertThat(counted("longshore.rule.group.iterations")).isGreaterThanOrEqualTo(4);
    assertThat(counted("longshore.rule.group.iterations.missed")).isZero();
    assertThat(rig.failures).isNotEmpty();
  }

  private double counted(String counter) {
    return rig.registry.get(counter).counter().count();
  }

  private static List<String> names(List<Alert> alerts) {
    return alerts.stream().map(Alert::name).toList();
  }
}
