package dev.longshore.agent.ship;

import java.util.Arrays;

/// Blocks of a destination that wait for room, by reference, in the order of the queue; of the
/// first one a part may be on its way already. Owned by the shipping thread.
final class DeferredBlocks {
  // A ring: 16 bytes a block.
  private static final int INITIAL_BLOCKS = 16;

  private long[] references = new long[INITIAL_BLOCKS];
  private long[] details = new long[INITIAL_BLOCKS];
  private int first;
  private int blocks;

  /// @param ordinal the first record that is not on its way
  /// @param recovered whether an earlier run may have sent it
  void addLast(long reference, int ordinal, boolean recovered) {
    grow();
    put((first + blocks) % references.length, reference, ordinal, recovered);
    blocks++;
  }

  void addFirst(long reference, int ordinal, boolean recovered) {
    grow();
    first = (first + references.length - 1) % references.length;
    put(first, reference, ordinal, recovered);
    blocks++;
  }

  private void put(int at, long reference, int ordinal, boolean recovered) {
    references[at] = reference;
    details[at] = (long) ordinal << 1 | (recovered ? 1 : 0);
  }

  private void grow() {
    if (blocks == references.length) {
      references = unrolled(references);
      details = unrolled(details);
      first = 0;
    }
  }

  private long[] unrolled(long[] ring) {
    long[] larger = Arrays.copyOf(ring, ring.length * 2);
    System.arraycopy(ring, first, larger, 0, ring.length - first);
    System.arraycopy(ring, 0, larger, ring.length - first, first);
    return larger;
  }

  long firstReference() {
    return references[first];
  }

  int firstOrdinal() {
    return (int) (details[first] >>> 1);
  }

  boolean firstRecovered() {
    return (details[first] & 1) != 0;
  }

  void removeFirst() {
    first = (first + 1) % references.length;
    blocks--;
    if (blocks == 0 && references.length > INITIAL_BLOCKS) {
      references = new long[INITIAL_BLOCKS];
      details = new long[INITIAL_BLOCKS];
      first = 0;
    }
  }

  int blocks() {
    return blocks;
  }

  boolean isEmpty() {
    return blocks == 0;
  }
}
