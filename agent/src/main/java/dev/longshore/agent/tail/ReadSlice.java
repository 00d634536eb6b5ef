package dev.longshore.agent.tail;

import dev.longshore.agent.event.TailChecksum;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Hands bytes of a generation to the listener, and takes its answer: how many were consumed, or to
/// pause. Owned by the reading thread.
final class ReadSlice {

  /// What one file may hand over in a turn.
  static final int SLICE_BYTES = 256 * 1024;

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final TailListener listener;
  private final TailMetrics metrics;
  private final byte[] buffer = new byte[SLICE_BYTES];

  /// How long the slice may be that was admitted last.
  private int limitBytes = SLICE_BYTES;

  ReadSlice(TailListener listener, TailMetrics metrics) {
    this.listener = listener;
    this.metrics = metrics;
  }

  /// Whether the listener takes a slice now, and how long it may be; else the generation is left
  /// alone for a while.
  boolean admitted(Generation generation, long now) {
    int maxBytes = listener.admit(generation.identified());
    if (maxBytes <= 0) {
      pause(generation, now);
      return false;
    }
    limitBytes = Math.clamp(maxBytes, TailListener.LEAST_SLICE_BYTES, buffer.length);
    return true;
  }

  /// Reads the admitted slice, which stands at `offset`.
  ///
  /// @return how many bytes there were
  int load(Source source, long offset) throws IOException {
    return source.readAt(offset, buffer, 0, limitBytes);
  }

  /// Whether there may be more behind what was loaded.
  boolean isFull(int length) {
    return length == limitBytes;
  }

  /// Offers what was loaded from where the generation is read to.
  ///
  /// @param atEnd nothing more is to come
  /// @return how many bytes were consumed
  int hand(Generation generation, int length, boolean atEnd, long now) {
    long offset = generation.readOffset();
    generation.rewound = false;
    generation.begun = true;
    generation.tail.startAt(offset - generation.lastRead.length);
    generation.tail.update(generation.lastRead, 0, generation.lastRead.length);
    generation.tail.update(buffer, 0, length);
    int consumed = listener.read(generation.identified(), buffer, 0, length, offset, atEnd);
    if (generation.rewound) {
      generation.dueNanos = now;
      return 0;
    }
    if (consumed == TailListener.PAUSED) {
      pause(generation, now);
      return 0;
    }
    if (consumed < 0 || consumed > length) {
      throw new IllegalStateException(
          "the listener consumed " + consumed + " of " + length + " bytes of " + generation.path());
    }
    generation.paused = false;
    generation.pauseNanos = 0;
    generation.readOffset(offset + consumed);
    if (consumed > 0) {
      generation.lastRead = lastRead(generation.lastRead, consumed);
    }
    generation.offeredEnd = offset + length;
    metrics.read(consumed);
    return consumed;
  }

  /// The window before what follows the first `count` bytes of the slice.
  private byte[] lastRead(byte[] before, int count) {
    int fresh = Math.min(count, TailChecksum.WINDOW_BYTES);
    int kept = Math.min(before.length, TailChecksum.WINDOW_BYTES - fresh);
    byte[] window = Arrays.copyOfRange(before, before.length - kept, before.length + fresh);
    System.arraycopy(buffer, count - fresh, window, kept, fresh);
    return window;
  }

  /// Leaves the generation alone for a while, longer each time in a row.
  static void pause(Generation generation, long now) {
    generation.paused = true;
    generation.pauseNanos =
        Math.clamp(generation.pauseNanos * 2, FIRST_PAUSE_NANOS, LONGEST_PAUSE_NANOS);
    generation.dueNanos = now + generation.pauseNanos;
  }
}
