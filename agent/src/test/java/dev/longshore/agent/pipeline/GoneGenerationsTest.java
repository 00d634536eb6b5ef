package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.buffer.BufferException;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// A file that is gone while the disk is full does not stay among the positions until the next
/// start.
class GoneGenerationsTest {
  private static final GenerationId ONE = new GenerationId(1, 1);
  private static final GenerationId OTHER = new GenerationId(2, 2);

  private final Set<GenerationId> followed = new HashSet<>();
  private final List<GenerationId> noted = new ArrayList<>();
  private boolean full;

  private final GoneGenerations gone =
      new GoneGenerations(
          generation -> {
            if (full) {
              throw new BufferException(BufferException.Reason.FULL, "the disk is full", null);
            }
            noted.add(generation);
          },
          followed::contains,
          new RateLimitedLogger(
              LoggerFactory.getLogger(GoneGenerationsTest.class),
              new ManualClock(),
              Duration.ofSeconds(10)));

  @Test
  void isToldAgainUntilTheBufferCanNoteIt() {
    full = true;
    gone.forget(ONE);
    gone.retry();
    assertThat(noted).isEmpty();

    full = false;
    gone.retry();
    gone.retry();

    assertThat(noted).containsExactly(ONE);
  }

  @Test
  void aFileThatCameBackIsNotForgotten() {
    full = true;
    gone.forget(ONE);
    gone.forget(OTHER);
    followed.add(ONE);

    full = false;
    gone.retry();

    assertThat(noted).containsExactly(OTHER);
  }

  @Test
  void oneThatFailsKeepsNoOtherWaiting() {
    gone.forget(ONE);
    gone.retry();

    assertThat(noted).containsExactly(ONE);
  }
}
