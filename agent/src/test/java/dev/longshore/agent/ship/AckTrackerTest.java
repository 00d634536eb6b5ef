package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.agent.event.Ledger;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// A block is acknowledged when its last record is settled, whatever becomes of others.
class AckTrackerTest {
  private final Ledger ledger = new Ledger();
  private final InMemoryBlockSource source = new InMemoryBlockSource(ledger);
  private final ManualClock clock = new ManualClock();
  private final AckTracker acks =
      new AckTracker(
          source,
          ledger,
          new Searchable(),
          new RefreshIntervals(_ -> Optional.of(Duration.ofSeconds(1)), Runnable::run, clock),
          new ShipMetrics(new SimpleMeterRegistry()),
          clock,
          new RateLimitedLogger(
              LoggerFactory.getLogger(AckTrackerTest.class), clock, Duration.ofSeconds(10)));

  private void resolveThreeBlocks() {
    Block block = new Block(16);
    for (int i = 0; i < 3; i++) {
      long ignored = source.add(DispatcherFixture.LOGS, "GET /cart 200");
      long reference = source.next(block);
      acks.open(reference, block);
      acks.resolve(reference, 1, 0, 0);
    }
  }

  @Test
  void theBlocksOfOneAnswerAreAcknowledgedTogether() {
    resolveThreeBlocks();

    assertThat(acks.acknowledge()).isEqualTo(3);
    assertThat(acks.acknowledge()).isZero();
    assertThat(source.acknowledged()).containsExactlyInAnyOrder(0L, 1L, 2L);
    assertThat(source.acknowledgements()).isEqualTo(1);
  }

  @Test
  void aBlockThatCanNotBeAcknowledgedHoldsUpNoOtherAndIsRetried() {
    resolveThreeBlocks();
    source.refuseAcknowledgement(0, true);

    assertThat(acks.acknowledge()).isEqualTo(2);
    assertThat(acks.blocks()).isEqualTo(1);
    assertThat(acks.acknowledge()).isZero();

    source.refuseAcknowledgement(0, false);
    assertThat(acks.acknowledge()).isEqualTo(1);
    assertThat(acks.blocks()).isZero();
  }

  /// Of a block of four records, one was settled before the block was lost, one is on its way, and
  /// two wait to be sent again.
  @Test
  void aBlockThatIsGoneIsForgottenWithTheLastOfItsRecords() {
    Block block = new Block(16);
    long ignored = source.add(DispatcherFixture.LOGS, "1", "2", "3", "4");
    long reference = source.next(block);
    acks.open(reference, block);
    acks.resolve(reference, 1, 0, 0);
    BlockGoneException gone =
        new BlockGoneException(
            "", block.snapshot().container(), block.records(), block.payloadBytes(), false);

    acks.gone(reference, gone, 1);
    acks.gone(reference, gone, 1);
    assertThat(acks.goneBlocks()).as("a reply may still come").isEqualTo(1);
    assertThat(acks.acknowledge()).isZero();
    acks.resolve(reference, 0, 1, 0);

    assertThat(acks.goneBlocks()).isZero();
    assertThat(acks.acknowledge()).isEqualTo(1);
    assertThat(source.acknowledged()).containsExactly(reference);
    assertThat(acks.blocks()).isZero();
    assertThat(ledger.account(block.snapshot().container()).read()).isEqualTo(2);
  }

  @Test
  void aBlockThatIsGoneBeforeItWasBegunIsForgottenAtOnce() {
    Block block = new Block(16);
    long ignored = source.add(DispatcherFixture.LOGS, "1", "2");
    long reference = source.next(block);

    acks.gone(
        reference,
        new BlockGoneException("", block.snapshot().container(), 2, block.payloadBytes(), false),
        2);

    assertThat(acks.goneBlocks()).isZero();
    assertThat(ledger.account(block.snapshot().container()).read()).isZero();
  }
}
