package dev.longshore.agent.event;

/// Where framing puts the blocks that it has filled.
@FunctionalInterface
public interface BlockOutput {

  /// Takes a block with its records and positions. What it holds is copied before this returns; the
  /// caller may reset and fill it again.
  ///
  /// @throws RuntimeException when it can't be taken; the file is then read again from its last
  ///   committed position, with a new framer
  void put(Block block);
}
