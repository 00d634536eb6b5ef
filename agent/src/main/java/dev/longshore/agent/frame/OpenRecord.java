package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import java.util.Arrays;

/// The record of one stream that waits for its end. Its lines are gathered in pieces: one piece is
/// all of the record, unless it is longer than `maxRecord`. One thread.
final class OpenRecord {
  /// A longer array is given back when the record ends: most containers never need it again.
  private static final int KEPT_BYTES = 64 << 10;

  final int stream;
  private final int maxBytes;

  // The record.
  boolean active;
  boolean dropped;

  /// It is dropped for the container's rate alone.
  boolean shed;

  boolean startsInPrevious;
  long start;
  int state;
  int presets;
  boolean partial;
  boolean incomplete;
  boolean fragmented;
  int ordinal;
  long firstTimestampNanos;
  long lastTimestampNanos;
  long deadlineNanos;

  /// A line of it is still being read; waiting doesn't end it.
  boolean insideLine;

  // The piece.
  byte[] bytes = new byte[0];
  int length;
  int lines;
  boolean bare;
  boolean pieceStartsInPrevious;
  boolean crosses;
  long pieceStart;
  long pieceEnd;
  long pieceTimestampNanos;

  OpenRecord(int stream, int maxBytes) {
    this.stream = stream;
    this.maxBytes = maxBytes;
  }

  /// Begins a record without lines.
  void begin(long recordStart, int traceState, long timestampNanos) {
    active = true;
    dropped = false;
    shed = false;
    startsInPrevious = false;
    start = recordStart;
    state = traceState;
    partial = false;
    incomplete = false;
    fragmented = false;
    ordinal = 0;
    firstTimestampNanos = timestampNanos;
    lastTimestampNanos = timestampNanos;
    insideLine = false;
    length = 0;
  }

  /// Appends a line or a piece of one to the piece, which it begins if that is empty.
  ///
  /// @param isBare all of it is message: the line is not in the format, or its prefix is in the
  ///   piece before
  void append(
      byte[] from, int offset, int count, long lineStart, long timestampNanos, boolean isBare) {
    if (length == 0) {
      lines = 0;
      bare = isBare;
      pieceStartsInPrevious = false;
      crosses = false;
      pieceStart = lineStart;
      pieceTimestampNanos = timestampNanos;
    }
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, Math.min(length * 2, maxBytes)));
    }
    System.arraycopy(from, offset, bytes, length, count);
    length += count;
    lines++;
    pieceEnd = lineStart + count;
    crosses = pieceStartsInPrevious;
    if (timestampNanos != Block.NO_TIMESTAMP) {
      lastTimestampNanos = timestampNanos;
    }
  }

  /// The file goes on in the next generation.
  void rotate() {
    startsInPrevious = active;
    pieceStartsInPrevious = active && length > 0;
  }

  /// Where the piece's last line ends, counted from the piece's start.
  long span() {
    return crosses ? length : pieceEnd - pieceStart;
  }

  void endPiece() {
    length = 0;
    ordinal++;
  }

  void end() {
    active = false;
    startsInPrevious = false;
    length = 0;
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[0];
    }
  }
}
