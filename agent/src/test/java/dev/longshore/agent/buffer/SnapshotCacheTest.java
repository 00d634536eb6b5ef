package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

/// However large a pod's metadata is, what is remembered of it has a bound in bytes.
final class SnapshotCacheTest {
  private final SnapshotCache cache = new SnapshotCache();

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
}
