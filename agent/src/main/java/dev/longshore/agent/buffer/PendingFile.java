package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Block;
import java.nio.file.Path;
import java.util.Arrays;

/// The blocks of one queue file and how far each is, in 17 bytes a block.
///
/// Guarded by the buffer's lock.
final class PendingFile {
  private static final byte HANDED = 1;
  private static final byte DONE = 2;
  private static final byte RECOVERED = 4;
  private static final byte BROKEN = 8;
  private static final byte CARRIED = 16;

  private final int number;
  private Path path;
  private boolean evidence;
  private long written;

  private int[] positions = new int[16];
  private int[] payloadBytes = new int[16];
  private long[] timestamps = new long[16];
  private byte[] states = new byte[16];
  private int count;
  private int cursor;
  private int pending;
  private long pendingBytes;
  private long oldest = Long.MAX_VALUE;
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

  /// Blocks that are not acknowledged, broken ones included.
  int pending() {
    return pending;
  }

  long pendingBytes() {
    return pendingBytes;
  }

  void add(int position, int payload, long firstTimestampNanos, boolean recovered, boolean handed) {
    if (count == positions.length) {
      int room = count + (count >> 1);
      positions = Arrays.copyOf(positions, room);
      payloadBytes = Arrays.copyOf(payloadBytes, room);
      timestamps = Arrays.copyOf(timestamps, room);
      states = Arrays.copyOf(states, room);
    }
    positions[count] = position;
    payloadBytes[count] = payload;
    timestamps[count] =
        firstTimestampNanos == Block.NO_TIMESTAMP ? Long.MAX_VALUE : firstTimestampNanos;
    states[count] = (byte) ((recovered ? RECOVERED : 0) | (handed ? HANDED : 0));
    oldest = Math.min(oldest, timestamps[count]);
    count++;
    pending++;
    pendingBytes += payload;
  }

  /// The index of the block at a position, or negative.
  int find(int position) {
    return Arrays.binarySearch(positions, 0, count, position);
  }

  /// The index of the next block that was not handed out, which now is; −1 when there is none.
  int take() {
    while (cursor < count) {
      int index = cursor++;
      if ((states[index] & (HANDED | DONE | BROKEN)) == 0) {
        states[index] |= HANDED;
        return index;
      }
    }
    return -1;
  }

  boolean hasMore() {
    while (cursor < count && (states[cursor] & (HANDED | DONE | BROKEN)) != 0) {
      cursor++;
    }
    return cursor < count;
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

  /// It was appended before, and states no position.
  void carried(int index) {
    states[index] |= CARRIED;
  }

  boolean isCarried(int index) {
    return (states[index] & CARRIED) != 0;
  }

  long timestamp(int index) {
    return timestamps[index] == Long.MAX_VALUE ? Block.NO_TIMESTAMP : timestamps[index];
  }

  /// It can't be read any more: it is not handed out, and its file is kept as evidence.
  void broken(int index) {
    states[index] |= BROKEN;
    evidence = true;
  }

  /// @return false when it was done before
  boolean done(int index) {
    if (isDone(index)) {
      return false;
    }
    states[index] |= DONE;
    pending--;
    pendingBytes -= payloadBytes[index];
    if (timestamps[index] == oldest) {
      oldestKnown = false;
    }
    return true;
  }

  /// The lowest timestamp over blocks that are not acknowledged, or [Long#MAX_VALUE].
  long oldest() {
    if (!oldestKnown) {
      oldest = Long.MAX_VALUE;
      for (int i = 0; i < count; i++) {
        if ((states[i] & DONE) == 0) {
          oldest = Math.min(oldest, timestamps[i]);
        }
      }
      oldestKnown = true;
    }
    return oldest;
  }
}
