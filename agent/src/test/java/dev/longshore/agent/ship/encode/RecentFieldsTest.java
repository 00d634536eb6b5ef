package dev.longshore.agent.ship.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.filter.Filters;
import dev.longshore.agent.redact.RedactConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentFieldsTest {
  private final RecentFields recent = new RecentFields(RedactConfig.defaults(), Filters.NONE);

  private static Snapshot snapshot(int number, int fieldBytes) {
    String fields = "\"host.name\":\"" + "n".repeat(fieldBytes) + "\"";
    return new Snapshot(
        new ContainerRef("shop", "cart-" + number, "uid-" + number, "app"),
        "logs-kubernetes.container_logs-default",
        fields.getBytes(StandardCharsets.UTF_8),
        "/var/log/pods/shop_cart-" + number + "/app/0.log",
        true,
        List.of());
  }

  @Test
  void whatIsSharedIsMadeOnceWhileManyContainersTakeTurns() {
    List<Snapshot> snapshots = new ArrayList<>();
    List<SharedFields> first = new ArrayList<>();
    for (int i = 0; i < 110; i++) {
      snapshots.add(snapshot(i, 800));
      first.add(recent.of(snapshots.getLast()));
    }
    for (int i = 0; i < 110; i++) {
      assertThat(recent.of(snapshots.get(i))).isSameAs(first.get(i));
      assertThat(first.get(i).isOf(snapshots.get(i))).isTrue();
    }
  }

  @Test
  void aSnapshotThatIsMerelyEqualHasItsOwn() {
    SharedFields first = recent.of(snapshot(1, 10));
    Snapshot equal = snapshot(1, 10);
    assertThat(recent.of(equal)).isNotSameAs(first);
    assertThat(recent.of(equal).isOf(equal)).isTrue();
  }

  @Test
  void largeFieldsOfManyContainersAreNotKeptWithoutEnd() {
    Snapshot first = snapshot(0, 100_000);
    SharedFields known = recent.of(first);
    for (int i = 1; i < 4; i++) {
      assertThat(recent.of(snapshot(i, 100_000))).isNotSameAs(known);
    }
    assertThat(recent.of(first)).as("it was let go of").isNotSameAs(known);
  }
}
