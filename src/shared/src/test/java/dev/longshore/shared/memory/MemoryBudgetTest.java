package dev.longshore.shared.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.shared.memory.MemoryBudget.Share;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The promise: shares together never reserve more than the budget, a reserve is always there, and
/// the largest share is the one that is asked to give up.
@NullMarked
final class MemoryBudgetTest {

  @Test
  void refusesBeyondTheBudgetAndGrantsAgainAfterARelease() {
    Share records = new MemoryBudget(100).share("records", 0);
    assertThat(records.tryReserve(100)).isTrue();
    assertThat(records.tryReserve(1)).isFalse();
    records.release(40);
    assertThat(records.tryReserve(40)).isTrue();
    assertThat(records.refusals()).isEqualTo(1);
  }

  @Test
  void aReserveIsFreeHoweverMuchTheOthersWant() {
    MemoryBudget budget = new MemoryBudget(100);
    Share records = budget.share("records", 0);
    Share batches = budget.share("batches", 30);
    assertThat(records.tryReserve(71)).isFalse();
    assertThat(records.tryReserve(70)).isTrue();
    assertThat(batches.tryReserve(30)).isTrue();
    assertThat(batches.tryReserve(1)).isFalse();
  }

  @Test
  void aReservationMayTakePartOfItsReserveAndPartOfTheRest() {
    MemoryBudget budget = new MemoryBudget(100);
    Share batches = budget.share("batches", 30);
    assertThat(batches.tryReserve(20)).isTrue();
    assertThat(batches.tryReserve(80)).isTrue();
    assertThat(batches.tryReserve(1)).isFalse();
  }

  @Test
  void pressesTheShareThatHoldsMostBeyondItsReserveOncePerRefusal() {
    MemoryBudget budget = new MemoryBudget(100);
    Share records = budget.share("records", 0);
    Share batches = budget.share("batches", 50);
    records.reserve(40);
    batches.reserve(60);
    assertThat(records.tryReserve(1)).isFalse();
    assertThat(batches.takePressure()).isFalse();
    assertThat(records.takePressure()).isTrue();
    assertThat(records.takePressure()).isFalse();
  }

  @Test
  void countsWhatCannotBeRefusedAndRefusesOthersUntilItIsReleased() {
    MemoryBudget budget = new MemoryBudget(100);
    Share records = budget.share("records", 0);
    Share windows = budget.share("windows", 0);
    records.reserve(150);
    assertThat(windows.tryReserve(1)).isFalse();
    records.release(150);
    assertThat(windows.tryReserve(100)).isTrue();
  }

  @Test
  void refusesReservesThatExceedTheBudgetAndReleasesThatExceedWhatIsHeld() {
    MemoryBudget budget = new MemoryBudget(100);
    Share records = budget.share("records", 60);
    assertThatThrownBy(() -> budget.share("batches", 41))
        .hasMessageContaining("no room for a reserve of 41 bytes for batches");
    assertThatThrownBy(() -> records.release(1))
        .hasMessageContaining("releases 1 bytes and holds 0");
  }

  @Test
  void neverGrantsMoreThanTheBudgetForAnyOrderOfCalls() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      MemoryBudget budget = new MemoryBudget(1_000);
      Share[] shares = {
        budget.share("a", random.nextInt(300)),
        budget.share("b", random.nextInt(300)),
        budget.share("c", random.nextInt(300)),
      };
      for (int step = 0; step < 500; step++) {
        Share share = shares[random.nextInt(shares.length)];
        if (random.nextBoolean()) {
          share.tryReserve(random.nextInt(200));
        } else if (share.usedBytes() > 0) {
          share.release(random.nextLong(share.usedBytes() + 1));
        }
        long used = 0;
        for (Share each : shares) {
          used += each.usedBytes();
        }
        assertThat(used).as("seed %d, step %d", seed, step).isLessThanOrEqualTo(1_000);
      }
    }
  }
}
