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

  /// The disk does not do what it is asked for: it gives no room for the next file below
  /// `buffer.maxSize`, deletes nothing, or does not say what is free. Or the buffer is closed.
  record Failed(String detail) implements Room {}
}
