package dev.longshore.agent.frame;

import dev.longshore.agent.event.LogFormat;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A line that is not in one array: it is gathered here, and cut into pieces as soon as it is
/// longer than a record may be. One thread.
final class LongLine {
  private static final int KEPT_BYTES = 8 << 10;

  private final int maxRecordBytes;
  private final Records records;
  private final LineReader reader;

  private byte[] bytes = new byte[0];
  private int length;
  private boolean open;
  private LogFormat format = LogFormat.PLAIN;
  private long lineStart;

  // Of a line that was cut.
  private boolean cut;
  private long pieceStart;
  private @Nullable OpenRecord record;
  private boolean partial;
  private boolean unparsed;
  private long timestampNanos;

  LongLine(int maxRecordBytes, Records records, LineReader reader) {
    this.maxRecordBytes = maxRecordBytes;
    this.records = records;
    this.reader = reader;
  }

  boolean isOpen() {
    return open;
  }

  int heldBytes() {
    return open ? bytes.length : 0;
  }

  /// Forgets the line.
  void clear() {
    open = false;
    cut = false;
    length = 0;
    record = null;
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[0];
    }
  }

  /// Begins the line that stands at `start` in the file.
  void begin(LogFormat lineFormat, long start) {
    open = true;
    cut = false;
    length = 0;
    format = lineFormat;
    lineStart = start;
    pieceStart = start;
  }

  /// Appends `[from, end)`, of which at most the last byte is a line feed.
  void extend(byte[] input, int from, int end) {
    int at = from;
    while (at < end) {
      // One more than a record may have tells that the line must be cut.
      int count = Math.min(maxRecordBytes + 1 - length, end - at);
      if (bytes.length - length < count) {
        int grown = Math.min(maxRecordBytes + 1, length * 2);
        bytes = Arrays.copyOf(bytes, Math.max(length + count, grown));
      }
      System.arraycopy(input, at, bytes, length, count);
      length += count;
      at += count;
      if (length > maxRecordBytes) {
        cutPiece();
      }
    }
  }

  private void cutPiece() {
    if (!cut) {
      cut = true;
      Line line = reader.readCut(format, bytes, length);
      partial = line.partial;
      timestampNanos = line.timestampNanos;
      record = records.beginLong(line, lineStart);
      unparsed = line.unparsed;
    }
    int count = cutAt();
    if (record != null) {
      piece(record, count);
    }
    System.arraycopy(bytes, count, bytes, 0, length - count);
    length -= count;
    pieceStart += count;
  }

  private void piece(OpenRecord owner, int count) {
    boolean bare = unparsed || pieceStart != lineStart;
    records.longPiece(owner, bytes, count, pieceStart, timestampNanos, bare);
  }

  /// The largest length of a piece that splits neither a UTF-8 sequence nor an escape of JSON.
  private int cutAt() {
    int at = maxRecordBytes;
    for (int back = 0; back < 3 && (bytes[at] & 0xc0) == 0x80; back++) {
      at--;
    }
    if ((bytes[at] & 0xc0) == 0x80) {
      return maxRecordBytes;
    }
    if (format != LogFormat.DOCKER_JSON) {
      return at;
    }
    for (int escape = at - 1; escape > at - 6; escape--) {
      if (bytes[escape] == '\\') {
        int first = escape;
        while (first > 0 && bytes[first - 1] == '\\') {
          first--;
        }
        boolean begins = (escape - first) % 2 == 0;
        int escapeBytes = bytes[escape + 1] == 'u' ? 6 : 2;
        return begins && escape > 0 && escape + escapeBytes > at ? escape : at;
      }
    }
    return at;
  }

  /// Ends the line.
  ///
  /// @param terminated its last byte is a line feed
  void end(boolean terminated) {
    if (cut) {
      if (record != null) {
        piece(record, length);
      }
      records.endLong(record, partial, pieceStart + length, terminated);
    } else {
      Line line = reader.read(format, bytes, 0, terminated ? length - 1 : length);
      records.line(line, bytes, 0, length, lineStart, terminated);
      records.own();
    }
    clear();
  }
}
