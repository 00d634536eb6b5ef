package dev.longshore.agent.tail;

import java.io.Closeable;
import java.io.IOException;

/// An open file that holds a generation's bytes. Owned by the reading thread.
interface Source extends Closeable {

  /// Reads up to `length` bytes that stand at `offset` of the generation.
  ///
  /// @return how many, 0 at the end
  int readAt(long offset, byte[] into, int from, int length) throws IOException;

  /// How long the generation is; of a compressed one, what its trailer says.
  long sizeBytes() throws IOException;

  /// The first offset at or after `offset` at which something other than a hole of the file system
  /// may stand; the end if there is none. Costs one call, however large the hole is. While the file
  /// is being written it may be too far.
  long dataAt(long offset) throws IOException;

  @Override
  void close();
}
