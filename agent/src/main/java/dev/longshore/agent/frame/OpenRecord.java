package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.RepeatedHeader;
import java.util.Arrays;

/// The record of one stream that waits for its end. Its lines are gathered in pieces: one piece is
/// all of the record, unless it is longer than `maxRecord`. One thread.
final class OpenRecord {
  /// A longer array is given back when the record ends: what is kept is kept for each container.
  private static final int KEPT_BYTES = 8 << 10;

  static final long NOTHING = -1;

  private static final byte[] ARROW = Bytes.ascii(" => ");

  /// Bounds what is read a second time, so that framing stays linear in the bytes.
  static final int MAX_TAIL_LINES = 32;

  /// Bun prints six lines of source at most.
  private static final int MAX_EXCERPT_LINES = 8;

  private static final int MAX_TAIL_BYTES = 16 << 10;

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

  /// How far its first line is indented, see [TraceState#indent].
  int indent;

  /// How many bytes the header has that its further lines would begin with, see [RepeatedHeader]; 0
  /// if none.
  int headerBytes;

  /// Whether the header is no other event's.
  boolean headerIsExact;

  private byte[] header = new byte[0];

  /// Where the first line stands that was taken out of a record again and is in no block yet, or
  /// [#NOTHING].
  long replayFrom = NOTHING;

  /// A line of it is still being read; waiting doesn't end it.
  boolean insideLine;

  // The piece: `bytes[from .. from + length)`, which is borrowed from the input of the current
  // call until a second line comes or the call ends.
  byte[] bytes = new byte[0];
  int from;
  int length;
  private byte[] own = new byte[0];
  int lines;
  boolean bare;
  boolean pieceStartsInPrevious;
  boolean crosses;
  long pieceStart;
  long pieceEnd;
  long pieceTimestampNanos;

  // Lines at the piece's end that belong to it only if a part of a trace follows, or if no more of
  // them come than may be kept.
  int tailLines;
  boolean tailIsMessage;
  private final long[] tailStarts = new long[MAX_TAIL_LINES];
  private final int[] tailOffsets = new int[MAX_TAIL_LINES];
  private int linesBeforeTail;
  private long endBeforeTail;
  private long timestampBeforeTail;
  private boolean crossesBeforeTail;

  OpenRecord(int stream, int maxBytes) {
    this.stream = stream;
    this.maxBytes = maxBytes;
  }

  /// Begins a record without lines.
  void begin(long recordStart, int traceState, int lineIndent, long timestampNanos) {
    active = true;
    dropped = false;
    shed = false;
    startsInPrevious = false;
    start = recordStart;
    state = traceState;
    indent = lineIndent;
    partial = false;
    incomplete = false;
    fragmented = false;
    ordinal = 0;
    firstTimestampNanos = timestampNanos;
    lastTimestampNanos = timestampNanos;
    insideLine = false;
    length = 0;
    tailLines = 0;
  }

  /// Keeps the header of the record's first line, if its further lines would begin with it.
  void header(Line line) {
    headerBytes =
        (presets & Preset.PYTHON) != 0 && state != TraceState.NONE && mayRepeat(line)
            ? RepeatedHeader.length(line.header(), line.head, line.headStart, line.headEnd)
            : 0;
    if (headerBytes > 0) {
      headerIsExact =
          RepeatedHeader.isExact(line.header(), line.head, line.headStart, line.headEnd);
      if (header.length < headerBytes) {
        header = new byte[headerBytes];
      }
      System.arraycopy(line.head, line.headStart, header, 0, headerBytes);
    }
  }

  private static boolean mayRepeat(Line line) {
    byte first = line.head[line.headStart];
    return !line.partial
        && (first == '(' || (first >= 'A' && first <= 'Z') || Bytes.isDigit(first));
  }

  /// What a line does to the record, see [TraceState#next].
  ///
  /// Of a line with the header that the program puts before each line of an event, what follows the
  /// header is judged as if it stood alone. Where the header doesn't tell events apart, nothing
  /// goes on with one but what is indented or a part of a trace.
  int next(Line line, int near) {
    if (headerBytes == 0) {
      int next = TraceState.next(state, line, presets, indent, near);
      boolean again = next == TraceState.END && near != Gap.APART && isCauseAgain(line);
      return again ? TraceState.EXCEPTION : next;
    }
    if (!hasHeader(line)) {
      int next = TraceState.next(state, line, presets, indent, near);
      return next != TraceState.END && (next & TraceState.TENTATIVE) == 0 ? next : TraceState.END;
    }
    if (headerIsExact) {
      return near == Gap.APART ? TraceState.END : state;
    }
    int behind = line.headStart + headerBytes;
    boolean blank =
        behind < line.headEnd && line.head[behind] == ' ' && line.head[behind - 1] != ' ';
    int skipped = blank ? headerBytes + 1 : headerBytes;
    line.skip(skipped);
    int next = TraceState.next(state, line, presets, indent, near);
    line.skip(-skipped);
    boolean unproved = (next & TraceState.TENTATIVE) != 0 && TraceState.isEvent(state);
    return next == TraceState.END || unproved ? TraceState.END : next;
  }

  /// Whether the line is what the first line ends with, `… => shop.OutOfStock: no stock`, below the
  /// first frame: Solr prints the exception in short and then once more as a whole.
  private boolean isCauseAgain(Line line) {
    if (state != TraceState.FRAMES || lines != 2 || !line.headIsAll) {
      return false;
    }
    int count = line.headEnd - line.headStart;
    int first = Bytes.lineFeed(bytes, from, from + length);
    int at = Bytes.indexOf(bytes, from, first, ARROW) + ARROW.length;
    return count > 0
        && at > ARROW.length
        && at + count <= first
        && Arrays.equals(bytes, at, at + count, line.head, line.headStart, line.headEnd);
  }

  private boolean hasHeader(Line line) {
    int from = line.headStart;
    int to = from + headerBytes;
    return to <= line.headEnd && Arrays.equals(line.head, from, to, header, 0, headerBytes);
  }

  /// Begins the piece with a line, without a copy: the array is the input of the current call.
  void borrow(byte[] input, int offset, int count, long lineStart, long timestampNanos) {
    beginPiece(lineStart, timestampNanos, false);
    bytes = input;
    from = offset;
    added(count, lineStart, timestampNanos);
  }

  /// Appends a line or a piece of one to the piece, which it begins if that is empty.
  ///
  /// @param isBare all of it is message: the line is not in the format, or its prefix is in the
  ///   piece before
  void append(
      byte[] input, int offset, int count, long lineStart, long timestampNanos, boolean isBare) {
    if (length == 0) {
      beginPiece(lineStart, timestampNanos, isBare);
    }
    own(count);
    System.arraycopy(input, offset, bytes, length, count);
    added(count, lineStart, timestampNanos);
  }

  /// Appends a line that belongs to the record only if [#confirm] is called.
  ///
  /// @param isMessage or if the record ends before too many of such lines have come
  void appendTentatively(
      byte[] input, int offset, int count, long lineStart, long timestampNanos, boolean isMessage) {
    tailIsMessage = isMessage && (tailLines == 0 || tailIsMessage);
    if (tailLines == 0) {
      linesBeforeTail = lines;
      endBeforeTail = pieceEnd;
      timestampBeforeTail = lastTimestampNanos;
      crossesBeforeTail = crosses;
    }
    tailStarts[tailLines] = lineStart;
    tailOffsets[tailLines] = length;
    tailLines++;
    append(input, offset, count, lineStart, timestampNanos, false);
  }

  /// Whether nothing but a part of a trace goes on with it later than within the same write.
  boolean endsWithItsWrite() {
    return switch (state) {
      case TraceState.EVENT, TraceState.LOGGED, TraceState.HEADING -> true;
      case TraceState.WARN_EVENT, TraceState.LOGGED_WARN -> true;
      default -> LanguageTrace.isOfOneWrite(state);
    };
  }

  /// Whether it waits for another line.
  boolean isWaiting() {
    return active && !insideLine;
  }

  /// Whether a further tentative line of so many bytes may be kept.
  boolean mayAppendTentatively(int count) {
    int tailBytes = tailLines == 0 ? 0 : length - tailOffsets[0];
    return tailLines < (state == TraceState.EXCERPT ? MAX_EXCERPT_LINES : MAX_TAIL_LINES)
        && tailBytes + count <= MAX_TAIL_BYTES
        && length + count <= maxBytes
        && !pieceStartsInPrevious;
  }

  /// Whether the lines at its end belong to it unless more of them follow than may be kept.
  boolean tailIsMessage() {
    return tailLines > 0 && tailIsMessage;
  }

  /// What was tentative belongs to the record.
  void confirm() {
    tailLines = 0;
  }

  /// Takes the tentative lines out again.
  Tail takeTail() {
    int first = tailOffsets[0];
    Tail tail =
        new Tail(
            Arrays.copyOfRange(bytes, from + first, from + length),
            Arrays.copyOf(tailStarts, tailLines),
            tailLines);
    length = first;
    lines = linesBeforeTail;
    pieceEnd = endBeforeTail;
    lastTimestampNanos = timestampBeforeTail;
    crosses = crossesBeforeTail;
    tailLines = 0;
    return tail;
  }

  /// Lines that were taken out of a record.
  ///
  /// @param bytes the lines, one after the other, each with its line feed
  /// @param starts where each stands in the file
  /// @param count how many there are
  @SuppressWarnings("ArrayRecordComponent") // lives within one call
  record Tail(byte[] bytes, long[] starts, int count) {}

  /// Copies what is borrowed, so that the input may be used again.
  void own() {
    if (active && length > 0) {
      own(0);
    }
  }

  private void own(int more) {
    boolean borrowed = bytes != own;
    if (own.length < length + more) {
      int grown = more == 0 ? length : Math.max(length + more, Math.min(length * 2, maxBytes));
      own = borrowed ? new byte[grown] : Arrays.copyOf(own, grown);
    }
    if (borrowed) {
      System.arraycopy(bytes, from, own, 0, length);
      from = 0;
    }
    bytes = own;
  }

  private void beginPiece(long lineStart, long timestampNanos, boolean isBare) {
    bytes = own;
    from = 0;
    lines = 0;
    bare = isBare;
    pieceStartsInPrevious = false;
    crosses = false;
    pieceStart = lineStart;
    pieceTimestampNanos = timestampNanos;
  }

  private void added(int count, long lineStart, long timestampNanos) {
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

  /// The memory of a record that is open.
  int heldBytes() {
    return active ? own.length : 0;
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
    tailLines = 0;
    if (own.length > KEPT_BYTES) {
      own = new byte[0];
    }
    bytes = own;
  }
}
