package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.shared.memory.MemoryBudget;
import java.util.List;
import org.junit.jupiter.api.Test;

/// However large a pod's metadata is, what is remembered of it has a bound in bytes.
final class SnapshotCacheTest {
  private final MemoryBudget budget = new MemoryBudget(8 << 20);
  private final MemoryBudget.Share share = budget.share("snapshots", 64 << 10);
  private final MemoryBudget.Share others = budget.share("batches", 0);
  private final SnapshotMemory memory = new SnapshotMemory(share);
  private final SnapshotCache cache = new SnapshotCache(memory);

  private static Snapshot snapshot(int fieldBytes) {
    return new Snapshot(
        new ContainerRef("shop", "checkout-7d9f", "uid-1", "checkout"),
        "logs-kubernetes.container_logs-default",
        new byte[fieldBytes],
        "/var/log/pods/shop_checkout-7d9f_uid-1/checkout/0.log",
        true,
        List.of());
  }

  @Test
  void holdsAtMostItsBytesAndForgetsTheLeastRecentlyUsedFirst() {
    Snapshot first = snapshot(300 << 10);
    cache.put(0, first);
    for (int i = 1; i < 100; i++) {
      assertThat(cache.get(0)).isSameAs(first);
      cache.put(i, snapshot(300 << 10));
      assertThat(cache.bytes()).isLessThanOrEqualTo(SnapshotCache.MAX_BYTES);
    }
    assertThat(cache.count()).isEqualTo(3);
    assertThat(cache.get(1)).isNull();
    assertThat(cache.get(99)).isNotNull();
  }

  @Test
  void holdsManySmallOnes() {
    for (int i = 0; i < 1_000; i++) {
      cache.put(i, snapshot(200));
    }
    assertThat(cache.count()).isEqualTo(1_000);
  }

  @Test
  void doesNotKeepOneThatIsLargerThanAllTheRoom() {
    cache.put(0, snapshot(200));
    cache.put(1, snapshot(2 << 20));
    assertThat(cache.get(1)).isNull();
    assertThat(cache.get(0)).isNotNull();
  }

  @Test
  void asksTheBudgetAndForgetsTheEldestWhereItHasNoRoom() {
    others.reserve(budget.maxBytes() - (256 << 10));
    for (int i = 0; i < 10; i++) {
      cache.put(i, snapshot(100 << 10));
      assertThat(share.usedBytes()).isEqualTo(cache.bytes()).isLessThanOrEqualTo(256 << 10);
    }
    assertThat(cache.count()).isEqualTo(2);
    assertThat(cache.get(8)).isNotNull();
    assertThat(cache.get(9)).isNotNull();
  }

  @Test
  void remembersTheOneThatIsInUseWhateverTheBudgetSays() {
    others.reserve(budget.maxBytes());
    cache.put(0, snapshot(300 << 10));
    assertThat(cache.get(0)).isNotNull();
    cache.put(1, snapshot(300 << 10));
    assertThat(cache.get(0)).isNull();
    assertThat(cache.get(1)).isNotNull();
  }

  @Test
  void givesUpTheOlderHalfWhenOthersNeedTheMemory() {
    for (int i = 0; i < 8; i++) {
      cache.put(i, snapshot(100 << 10));
    }
    WrittenSnapshots written = new WrittenSnapshots(memory);
    written.add(snapshot(100 << 10), 17);

    assertThat(others.tryReserve(budget.maxBytes())).isFalse();
    cache.giveUpOnDemand();
    written.giveUpOnDemand();

    assertThat(cache.count()).isEqualTo(4);
    assertThat(cache.get(7)).isNotNull();
    assertThat(written.find(snapshot(100 << 10))).isNegative();
    assertThat(share.usedBytes()).isEqualTo(cache.bytes());
  }

  @Test
  void givesAllBackWhenItIsCleared() {
    WrittenSnapshots written = new WrittenSnapshots(memory);
    for (int i = 0; i < 100; i++) {
      cache.put(i, snapshot(50 << 10));
      written.add(snapshot((50 << 10) + i), i);
    }
    cache.clear();
    written.clear();
    assertThat(share.usedBytes()).isZero();
  }
}
