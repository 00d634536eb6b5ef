package dev.longshore.agent.buffer;

import java.util.Arrays;

/// References of blocks that are done, and of which no file says so yet: mostly those of one
/// answer, more while the disk is full.
///
/// Guarded by the buffer's lock.
final class DeferredAcknowledgements {

  /// Those beyond are dropped; their blocks are sent again after a restart.
  private static final int MAX_COUNT = 1 << 16;

  private long[] references = new long[16];
  private int count;

  void add(long reference) {
    if (count == MAX_COUNT) {
      return;
    }
    if (count == references.length) {
      references = Arrays.copyOf(references, count * 2);
    }
    references[count++] = reference;
  }

  boolean isEmpty() {
    return count == 0;
  }

  int count() {
    return count;
  }

  /// The first [#count] of them are valid.
  long[] references() {
    return references;
  }

  /// They are written.
  void clear() {
    count = 0;
  }
}
