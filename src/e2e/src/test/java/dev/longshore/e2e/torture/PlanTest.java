package dev.longshore.e2e.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// A seed is a run: the same faults at the same times, the same lines.
final class PlanTest {
  @Test
  void theSameSeedGivesTheSameFaults() {
    Plan plan = Plan.of(42, Duration.ofMinutes(10), Set.of());

    assertThat(Plan.of(42, Duration.ofMinutes(10), Set.of())).isEqualTo(plan);
    assertThat(Plan.of(43, Duration.ofMinutes(10), Set.of())).isNotEqualTo(plan);
  }

  @Test
  void eachKindOccursInALongRun() {
    Set<FaultKind> kinds =
        Plan.of(7, Duration.ofMinutes(5), Set.of()).faults().stream()
            .map(Plan.Fault::kind)
            .collect(Collectors.toSet());

    assertThat(kinds).isEqualTo(EnumSet.allOf(FaultKind.class));
  }

  @Test
  void aKindThatIsLeftOutDoesNotOccur() {
    assertThat(Plan.of(7, Duration.ofMinutes(5), Set.of(FaultKind.FULL_DISK)).faults())
        .noneMatch(it -> it.kind() == FaultKind.FULL_DISK);
  }

  @Test
  void theSameSeedGivesTheSameRecords() {
    RecordSource one = new RecordSource(new SplittableRandom(5), false);
    RecordSource other = new RecordSource(new SplittableRandom(5), false);
    int number = 0;
    for (int i = 0; i < 500; i++) {
      List<Piece> pieces = one.next(number);
      assertThat(other.next(number)).isEqualTo(pieces);
      number += pieces.size();
    }
  }

  @Test
  void saysWhatIsWrongWithAnOption() {
    assertThatThrownBy(() -> TortureOptions.parse(List.of("--seed", "lucky"), 1))
        .hasMessageContaining("--seed 'lucky'");
    assertThatThrownBy(() -> TortureOptions.parse(List.of("--without", "fire"), 1))
        .hasMessageContaining("'fire'")
        .hasMessageContaining("kill-agent")
        .hasMessageContaining("pid-namespace");
    assertThatThrownBy(() -> TortureOptions.parse(List.of("--mapping", "nested"), 1))
        .hasMessageContaining("--mapping 'nested'")
        .hasMessageContaining("'dynamic'");
    assertThatThrownBy(() -> TortureOptions.parse(List.of("--for", "1s"), 1))
        .hasMessageContaining("at least 10s");
  }
}
