package dev.longshore.agent.event;

/// Where shipping takes blocks from, and says that they are done. One thread.
public interface BlockSource {

  /// There is no block at the moment.
  long NONE = -1;

  /// Reads the next block that was not handed out since the queue was opened: first those that an
  /// earlier run left, then the new ones, each in the order in which they were queued.
  ///
  /// @return the block's reference, or [#NONE]
  long next(Block into);

  /// Reads a block again that was handed out and is not acknowledged.
  ///
  /// @throws BlockGoneException when it can't be read any more and has left the queue
  void read(long reference, Block into);

  /// Whether an earlier run may have sent the block: it was in the queue when the queue was opened,
  /// or it is gone and will come again.
  boolean recovered(long reference);

  /// Lets blocks leave the queue, durably; in any order. One that is gone stays so.
  void acknowledge(long... references);
}
