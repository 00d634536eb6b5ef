package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The ring keeps order, ordinals and marks like a deque does.
class DeferredBlocksTest {
  @Test
  void behavesLikeADeque() {
    record Entry(long reference, int ordinal, boolean recovered) {}
    Random random = new Random(7);
    DeferredBlocks backlog = new DeferredBlocks();
    ArrayDeque<Entry> model = new ArrayDeque<>();

    for (int i = 0; i < 20_000; i++) {
      Entry entry = new Entry(random.nextLong(), random.nextInt(1 << 30), random.nextBoolean());
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          backlog.addLast(entry.reference(), entry.ordinal(), entry.recovered());
          model.addLast(entry);
        }
        case 2 -> {
          backlog.addFirst(entry.reference(), entry.ordinal(), entry.recovered());
          model.addFirst(entry);
        }
        default -> {
          if (!model.isEmpty()) {
            Entry first =
                new Entry(
                    backlog.firstReference(), backlog.firstOrdinal(), backlog.firstRecovered());
            assertThat(first).isEqualTo(model.removeFirst());
            backlog.removeFirst();
          }
        }
      }
      assertThat(backlog.blocks()).isEqualTo(model.size());
    }
  }
}
