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

  /// How many bytes were read as NUL since it was opened because the disk could not read them; see
  /// [#passOverBadPages].
  default long passedOverBytes() {
    return 0;
  }

  /// Where the last of them ends.
  default long passedOverTo() {
    return 0;
  }

  /// From now on what the disk can't read is NUL, page by page, in place of an error.
  ///
  /// @param from what stands before that was read: it is not lost
  default void passOverBadPages(long from) {}

  /// How many bytes were passed over that were not read before, since this was asked last.
  default long takeLostBytes() {
    return 0;
  }

  @Override
  void close();
}
