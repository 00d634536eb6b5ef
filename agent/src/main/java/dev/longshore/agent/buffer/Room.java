package dev.longshore.agent.buffer;

/// Whether the buffer would take a block now, and if not, why.
public sealed interface Room {

  /// It would.
  record Available() implements Room {}

  /// `buffer.maxSize` is reached, or the number of blocks that fit into memory; shipping makes
  /// room.
  ///
  /// @param detail for people, with the figures
  record Full(String detail) implements Room {}

  /// The file system has less free space than `buffer.minFree`.
  record BelowMinFree(long freeBytes, long minFreeBytes) implements Room {}

  /// The file system can't be asked for its free space, or the buffer is closed.
  record Failed(String detail) implements Room {}
}
