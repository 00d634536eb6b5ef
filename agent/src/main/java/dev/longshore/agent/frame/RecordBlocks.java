package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockOutput;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;

/// Fills blocks with records and puts them out, each with the position that is true once it is in
/// the queue. One thread.
final class RecordBlocks {
  /// A block is put when it would grow beyond this: large enough that the cost of an entry
  /// vanishes, small enough to stay in the processor's cache on its way.
  private static final int BLOCK_BYTES = 256 << 10;

  private final LineOffset lineOffset;

  // Of the current call.
  private Block block = new Block(0);
  private BlockOutput out = _ -> {};

  private long records;

  RecordBlocks(LineOffset lineOffset) {
    this.lineOffset = lineOffset;
  }

  /// Begins a call.
  void attach(Block scratch, BlockOutput output) {
    block = scratch;
    out = output;
    block.reset(lineOffset.generation(), lineOffset.format(), lineOffset.consumed());
  }

  /// Adds a record, or a piece of one, of the current generation.
  void add(
      int flags,
      long start,
      long span,
      int ordinal,
      long timestampNanos,
      byte[] bytes,
      int from,
      int count) {
    if (block.payloadBytes() + count > BLOCK_BYTES) {
      flush();
    }
    if (block.isEmpty()) {
      block.reset(lineOffset.generation(), lineOffset.format(), start);
    }
    block.add(flags, start, span, ordinal, timestampNanos, bytes, from, count);
    records++;
  }

  /// Puts a piece that starts in the generation before: a block of its own, which commits both.
  void addCrossing(OpenRecord open, int flags, boolean last, GenerationId previous) {
    flush();
    block.reset(previous, lineOffset.previousFormat(), open.pieceStart);
    block.add(
        flags,
        open.pieceStart,
        open.span(),
        open.ordinal,
        open.pieceTimestampNanos,
        open.bytes,
        open.from,
        open.length);
    records++;
    if (last) {
      open.active = false;
    }
    flushWithPrevious();
  }

  /// Puts what was added, and commits the position in the generation before too.
  void flushWithPrevious() {
    Position previous = lineOffset.positionInPrevious();
    if (previous != null) {
      block.commit(previous);
    }
    flush();
  }

  /// Puts what was added.
  void flush() {
    if (!block.isEmpty()) {
      block.commit(lineOffset.position());
      out.put(block);
      block.reset(lineOffset.generation(), lineOffset.format(), lineOffset.consumed());
    }
  }

  /// How many records and pieces were added since the last call.
  long takeRecords() {
    long count = records;
    records = 0;
    return count;
  }
}
