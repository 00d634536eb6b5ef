package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Ledger;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A queue in memory that refuses what the real one would: reading or acknowledging a block that is
/// not there (any more).
final class InMemoryBlockSource implements BlockSource {
  static final ContainerRef CHECKOUT =
      new ContainerRef("shop", "checkout-7d9f", "0d4bd6d5", "server");

  private static final long FIRST_TIMESTAMP_NANOS = 1_700_000_000_000_000_000L;

  private final Ledger ledger;
  private final List<Block> blocks = new ArrayList<>();
  private final Set<Long> acknowledged = new HashSet<>();
  private final Set<Long> recovered = new HashSet<>();
  private final Set<Long> refused = new HashSet<>();
  private final Set<Long> lost = new HashSet<>();
  private int handedOut;
  private int readAgain;
  private int acknowledgements;
  private boolean failing;

  InMemoryBlockSource(Ledger ledger) {
    this.ledger = ledger;
  }

  /// Whether reading a block again fails from now on.
  synchronized void failReads(boolean fail) {
    failing = fail;
  }

  /// A block that was handed out, and is not acknowledged, can't be read any more.
  synchronized void lose(long reference) {
    if (reference < handedOut && !acknowledged.contains(reference)) {
      lost.add(reference);
    }
  }

  /// Queues one block.
  ///
  /// @return its reference
  synchronized long add(String dataStream, String... lines) {
    Block block = new Block(16);
    block.reset(new GenerationId(7, blocks.size()), LogFormat.PLAIN, 0);
    long start = 0;
    for (String line : lines) {
      byte[] raw = (line + "\n").getBytes(StandardCharsets.UTF_8);
      block.add(0, start, raw.length, 0, timestamp(blocks.size()), raw, 0, raw.length);
      start += raw.length;
    }
    block.snapshot(
        new Snapshot(
            CHECKOUT,
            dataStream,
            "\"kubernetes\":{}".getBytes(StandardCharsets.UTF_8),
            "/var/log/pods/shop_checkout-7d9f_0d4bd6d5/server/0.log",
            false,
            List.of()));
    return add(block);
  }

  /// Queues a block as it is.
  ///
  /// @return its reference
  synchronized long add(Block block) {
    blocks.add(block);
    ledger.account(block.snapshot().container()).read(block.records(), block.payloadBytes());
    return blocks.size() - 1L;
  }

  static long timestamp(long reference) {
    return FIRST_TIMESTAMP_NANOS + reference;
  }

  /// Whether acknowledging a block fails.
  void refuseAcknowledgement(long reference, boolean refuse) {
    boolean ignored = refuse ? refused.add(reference) : refused.remove(reference);
  }

  void recovered(long reference, boolean is) {
    if (is) {
      recovered.add(reference);
    }
  }

  @Override
  public synchronized long next(Block into) {
    if (handedOut == blocks.size()) {
      return NONE;
    }
    copy(blocks.get(handedOut), into);
    return handedOut++;
  }

  @Override
  public synchronized void read(long reference, Block into) {
    assertThat(reference).isBetween(0L, handedOut - 1L);
    assertThat(acknowledged).doesNotContain(reference);
    if (lost.contains(reference)) {
      Block block = blocks.get((int) reference);
      throw new BlockGoneException(
          "block " + reference + " can't be read back",
          block.snapshot().container(),
          block.records(),
          block.payloadBytes(),
          false);
    }
    if (failing) {
      throw new UncheckedIOException(new IOException("Input/output error"));
    }
    readAgain++;
    copy(blocks.get((int) reference), into);
  }

  private static void copy(Block from, Block into) {
    into.restore(
        from.generation(),
        from.format(),
        from.snapshot(),
        from.base(),
        from.records(),
        from.firstTimestampNanos(),
        from.lastTimestampNanos(),
        from.payloadBytes());
    System.arraycopy(from.payload(), 0, into.payload(), 0, from.payloadBytes());
  }

  @Override
  public boolean recovered(long reference) {
    return recovered.contains(reference);
  }

  @Override
  public synchronized void acknowledge(long... references) {
    acknowledgements++;
    for (long reference : references) {
      if (refused.contains(reference)) {
        throw new IllegalStateException("block " + reference + " can't be acknowledged now");
      }
    }
    for (long reference : references) {
      assertThat(reference).isBetween(0L, handedOut - 1L);
      assertThat(acknowledged.add(reference)).as("%s is acknowledged once", reference).isTrue();
    }
  }

  /// How often the queue was asked to let blocks go.
  synchronized int acknowledgements() {
    return acknowledgements;
  }

  synchronized Set<Long> acknowledged() {
    return new HashSet<>(acknowledged);
  }

  synchronized int blocks() {
    return blocks.size();
  }

  synchronized int handedOut() {
    return handedOut;
  }

  synchronized int readAgain() {
    return readAgain;
  }
}
