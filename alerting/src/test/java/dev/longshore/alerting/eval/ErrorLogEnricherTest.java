package dev.longshore.alerting.eval;

import static dev.longshore.alerting.eval.EvalRig.group;
import static dev.longshore.alerting.eval.EvalRig.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogAnswer;
import dev.longshore.alerting.logs.LogQuestion;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.rule.LogCondition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a metric alert shows what its workload logged when it fires, asks for it no more often
/// than is useful, and is the same alert without it.
final class ErrorLogEnricherTest {
  private final AtomicInteger asked = new AtomicInteger();

  /// Knows the errors of every workload, and of no rule.
  private final class Errors implements LogSource {
    @Override
    public Evidence errors(Labels labels, Instant from, Instant to) {
      asked.incrementAndGet();
      return new Evidence(
          "",
          List.of(new Evidence.Fact("errors", "3× no stock in " + Duration.between(from, to))),
          List.of(),
          List.of());
    }

    @Override
    public String name() {
      return "elasticsearch";
    }

    @Override
    public LogAnswer ask(LogQuestion question) {
      return new LogAnswer.Unavailable("not asked here");
    }

    @Override
    public Evidence evidence(LogCondition condition, Labels key, Instant end) {
      return Evidence.NONE;
    }

    @Override
    public @Nullable String problem(LogCondition condition, Instant at) {
      return null;
    }

    @Override
    public String link(LogCondition condition) {
      return "";
    }

    @Override
    public int concurrency() {
      return 1;
    }
  }

  @Test
  void comesWithTheAlertAndAgainAfterFiveMinutes(@TempDir Path dir) {
    EvalRig rig = new EvalRig(dir, _ -> new Errors());
    try {
      rig.source.isTrue("down", 1, "cart-5c4b");
      rig.start(group(rule("PodDown", "down", Duration.ofMinutes(2))));
      rig.pass(Duration.ofMinutes(1));
      assertThat(asked).hasValue(0);
      rig.pass(Duration.ofMinutes(3));

      Alert alert = rig.firing().getFirst();
      assertThat(alert.evidence().value()).isEqualTo("1");
      assertThat(alert.evidence().facts())
          .singleElement()
          .extracting(Evidence.Fact::text)
          .asString()
          .startsWith("3× no stock in PT7M");
      assertThat(asked).hasValue(1);
      rig.pass(Duration.ofMinutes(4));
      assertThat(asked).hasValueLessThanOrEqualTo(2);
    } finally {
      rig.close();
    }
  }
}
