package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The blocks of one queue file and how far each is, in 25 bytes a block; up to a half more while
/// the file grows.
///
/// Guarded by the buffer's lock.
final class PendingFile {
  private static final byte HANDED = 1;
  private static final byte DONE = 2;
  private static final byte RECOVERED = 4;
  private static final byte BROKEN = 8;
  private static final byte RELOCATED = 16;

  private static final long NONE = Long.MAX_VALUE;

  /// Whose lines a block holds.
  record Owner(GenerationId generation, ContainerRef container) {}

  private final int number;
  private Path path;
  private boolean evidence;
  private long written;

  private int[] positions = new int[16];
  private int[] payloadBytes = new int[16];
  private int[] records = new int[16];
  private int[] ownerNumbers = new int[16];
  private long[] timestamps = new long[16];
  private byte[] states = new byte[16];
  private int count;
  private int cursor;
  private int pending;
  private long pendingBytes;

  /// The owners by their number in this file, and the lowest timestamp of each over blocks that are
  /// not done.
  private final List<Owner> owners = new ArrayList<>();

  private final Map<Owner, Integer> numberOfOwner = new HashMap<>();
  private long[] oldest = new long[4];
  private boolean oldestKnown = true;

  PendingFile(int number, Path path) {
    this.number = number;
    this.path = path;
  }

  int number() {
    return number;
  }

  Path path() {
    return path;
  }

  /// It lies elsewhere now.
  void moved(Path to) {
    path = to;
  }

  /// Something in it could not be read; when it is done it is kept for a while.
  void evidence() {
    evidence = true;
  }

  boolean isEvidence() {
    return evidence;
  }

  /// How long it is, in bytes that were written.
  void written(long bytes) {
    written = bytes;
  }

  long written() {
    return written;
  }

  int count() {
    return count;
  }

  int position(int index) {
    return positions[index];
  }

  int payloadBytes(int index) {
    return payloadBytes[index];
  }

  int records(int index) {
    return records[index];
  }

  Owner owner(int index) {
    return owners.get(ownerNumbers[index]);
  }

  /// Blocks that are not acknowledged, broken ones included.
  int pending() {
    return pending;
  }

  long pendingBytes() {
    return pendingBytes;
  }

  /// One more block, at the file's end.
  ///
  /// @param firstTimestampNanos its lowest timestamp, or [Block#NO_TIMESTAMP]
  void add(int position, Owner owner, int payload, int recordCount, long firstTimestampNanos) {
    if (count == positions.length) {
      int room = count + (count >> 1);
      positions = Arrays.copyOf(positions, room);
      payloadBytes = Arrays.copyOf(payloadBytes, room);
      records = Arrays.copyOf(records, room);
      ownerNumbers = Arrays.copyOf(ownerNumbers, room);
      timestamps = Arrays.copyOf(timestamps, room);
      states = Arrays.copyOf(states, room);
    }
    int of = numberOf(owner);
    positions[count] = position;
    payloadBytes[count] = payload;
    records[count] = recordCount;
    ownerNumbers[count] = of;
    timestamps[count] = firstTimestampNanos == Block.NO_TIMESTAMP ? NONE : firstTimestampNanos;
    oldest[of] = Math.min(oldest[of], timestamps[count]);
    count++;
    pending++;
    pendingBytes += payload;
  }

  /// Nothing is added any more.
  void full() {
    positions = Arrays.copyOf(positions, count);
    payloadBytes = Arrays.copyOf(payloadBytes, count);
    records = Arrays.copyOf(records, count);
    ownerNumbers = Arrays.copyOf(ownerNumbers, count);
    timestamps = Arrays.copyOf(timestamps, count);
    states = Arrays.copyOf(states, count);
    numberOfOwner.clear();
  }

  private int numberOf(Owner owner) {
    Integer known = numberOfOwner.get(owner);
    if (known != null) {
      return known;
    }
    int next = owners.size();
    if (next == oldest.length) {
      oldest = Arrays.copyOf(oldest, next * 2);
    }
    oldest[next] = NONE;
    owners.add(owner);
    numberOfOwner.put(owner, next);
    return next;
  }

  /// The index of the block at a position, or negative.
  int find(int position) {
    return Arrays.binarySearch(positions, 0, count, position);
  }

  /// The index of the next block that was not handed out, which now is; −1 when there is none.
  int take() {
    while (cursor < count && (states[cursor] & (HANDED | DONE | BROKEN)) != 0) {
      cursor++;
    }
    if (cursor == count) {
      return -1;
    }
    int index = cursor++;
    states[index] |= HANDED;
    return index;
  }

  /// What was handed out was not.
  void putBack(int index) {
    states[index] &= ~HANDED;
    cursor = Math.min(cursor, index);
  }

  boolean isDone(int index) {
    return (states[index] & DONE) != 0;
  }

  boolean isHanded(int index) {
    return (states[index] & HANDED) != 0;
  }

  boolean isRecovered(int index) {
    return (states[index] & RECOVERED) != 0;
  }

  boolean isBroken(int index) {
    return (states[index] & BROKEN) != 0;
  }

  /// An earlier run left it.
  void recovered(int index) {
    states[index] |= RECOVERED;
  }

  /// It was appended before, and states no position.
  void relocated(int index) {
    states[index] |= RELOCATED;
  }

  boolean isRelocated(int index) {
    return (states[index] & RELOCATED) != 0;
  }

  /// It can't be read any more: it is not handed out, and its file is kept as evidence.
  void broken(int index) {
    states[index] |= BROKEN;
    evidence = true;
  }

  /// A block now lies at `position` in `to` as well, its last one; here it is done.
  void relocate(int index, PendingFile to, int position) {
    long timestamp = timestamps[index] == NONE ? Block.NO_TIMESTAMP : timestamps[index];
    to.add(position, owner(index), payloadBytes[index], records[index], timestamp);
    to.states[to.count - 1] = (byte) ((states[index] & (RECOVERED | HANDED)) | RELOCATED);
    done(index);
  }

  /// @return false when it was done before
  boolean done(int index) {
    if (isDone(index)) {
      return false;
    }
    states[index] |= DONE;
    pending--;
    pendingBytes -= payloadBytes[index];
    if (timestamps[index] == oldest[ownerNumbers[index]]) {
      oldestKnown = false;
    }
    return true;
  }

  /// Merges the lowest timestamp of each container over blocks that are not done into `into`.
  void oldest(Map<ContainerRef, Long> into) {
    if (pending == 0) {
      return;
    }
    if (!oldestKnown) {
      Arrays.fill(oldest, NONE);
      for (int i = 0; i < count; i++) {
        if ((states[i] & DONE) == 0) {
          int of = ownerNumbers[i];
          oldest[of] = Math.min(oldest[of], timestamps[i]);
        }
      }
      oldestKnown = true;
    }
    for (int i = 0; i < owners.size(); i++) {
      if (oldest[i] != NONE) {
        into.merge(owners.get(i).container(), oldest[i], Math::min);
      }
    }
  }
}
