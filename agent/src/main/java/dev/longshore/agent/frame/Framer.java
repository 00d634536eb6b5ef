package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockOutput;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.line.Bytes;
import org.jspecify.annotations.Nullable;

/// The framing of one container's chain of log files: cuts bytes into records. One thread.
///
/// Each call that takes a scratch block overwrites it and leaves it empty: what was found is put to
/// the output before the call returns. When the output throws, this framer is of no more use; a new
/// one begins at the last committed position.
public final class Framer {
  /// So much without a line feed is taken even where more of the line could be fed at once.
  private static final int PIECE_BYTES = 64 << 10;

  private final int maxRecordBytes;
  private final Records records;
  private final LineReader reader = new LineReader();
  private final LongLine longLine;
  private final NulRun nulRun = new NulRun();
  private final FrameMetrics metrics;

  private LogFormat format = LogFormat.PLAIN;
  private long nextOffset;

  public Framer(FrameConfig config, FrameRules rules, FrameMetrics metrics) {
    maxRecordBytes = (int) config.maxRecord().bytes();
    this.metrics = metrics;
    records = new Records(config, metrics);
    records.rules(rules);
    longLine = new LongLine(maxRecordBytes, records, reader);
  }

  /// Starts in a generation, and forgets any other. Lines of a stream that start before its offset
  /// in `resume` are skipped: they are in the queue. The first bytes to feed are those at
  /// `resume.resumeAt()`.
  public void begin(Position resume, LogFormat newFormat) {
    longLine.clear();
    nulRun.clear();
    records.begin(resume, newFormat);
    format = newFormat;
    nextOffset = resume.resumeAt();
  }

  /// Takes bytes of the current generation: whole lines, and the begin of a line that fills the
  /// array, or 64 KiB of it, without an end.
  ///
  /// @param bytes `[from, from + length)` are fed; copied before this returns
  /// @param offset where they stand in the generation: where the last feed ended
  /// @param atEnd nothing more will be written to this generation: what has no line feed is a line
  ///   too
  /// @param nowNanos monotonic
  /// @return how many bytes were taken; the rest is fed again with what follows it
  /// @throws IllegalArgumentException when `offset` is not where the last feed ended
  public int feed(
      byte[] bytes,
      int from,
      int length,
      long offset,
      boolean atEnd,
      long nowNanos,
      Block scratch,
      BlockOutput out) {
    if (offset != nextOffset) {
      throw new IllegalArgumentException(
          "bytes at " + offset + " were fed where those at " + nextOffset + " are next");
    }
    records.attach(scratch, out, nowNanos);
    int end = from + length;
    int at = lines(bytes, from, end, offset - from);
    boolean more = atEnd || end == bytes.length;
    int behindNul = more ? end : beforeTrailingNul(bytes, at, end);
    at = overNul(bytes, at, behindNul, offset - from);
    if (behindNul == end
        && at < end
        && (atEnd || end - at >= PIECE_BYTES || end - at == bytes.length)) {
      if (!longLine.isOpen()) {
        longLine.begin(format, offset - from + at);
      }
      longLine.extend(bytes, at, end);
      at = end;
    }
    if (atEnd && longLine.isOpen()) {
      longLine.end(false);
    }
    records.detach();
    reader.release();
    nextOffset = offset + at - from;
    return at - from;
  }

  /// Takes all lines that end in `[from, end)`.
  ///
  /// @param shift offset in the file less index in the array
  /// @return index behind the last line
  private int lines(byte[] bytes, int from, int end, long shift) {
    int at = from;
    if (longLine.isOpen()) {
      at = restOfLongLine(bytes, at, end);
    }
    while (at < end) {
      int lineFeed = Bytes.lineFeed(bytes, at, end);
      if (lineFeed < 0) {
        break;
      }
      int next = lineFeed + 1;
      if (bytes[at] == 0 || next - at > NulRun.LEAST_BYTES) {
        at = overNul(bytes, at, next, shift);
      }
      if (next - at > maxRecordBytes) {
        longLine.begin(format, at + shift);
        longLine.extend(bytes, at, next);
        longLine.end(true);
      } else {
        Line line = reader.read(format, bytes, at, lineFeed);
        records.line(line, bytes, at, next, at + shift, true);
      }
      at = next;
    }
    return at;
  }

  private int restOfLongLine(byte[] bytes, int from, int end) {
    int lineFeed = Bytes.lineFeed(bytes, from, end);
    int next = lineFeed < 0 ? end : lineFeed + 1;
    int nul = NulRun.find(format, bytes, from, next, false);
    int to = nul < 0 ? next : nul;
    longLine.extend(bytes, from, to);
    if (nul >= 0 || lineFeed >= 0) {
      longLine.end(nul < 0);
    }
    return to;
  }

  /// Passes over all runs of NUL bytes in what is a line, or the begin of one.
  ///
  /// @param shift offset in the file less index in the array
  /// @return where the line begins that goes on behind the last
  private int overNul(byte[] bytes, int from, int end, long shift) {
    int at = from;
    while (at < end) {
      int nul = NulRun.find(format, bytes, at, end, !longLine.isOpen());
      if (nul < 0) {
        break;
      }
      if (nul > at) {
        torn(bytes, at, nul, at + shift);
      }
      int behind = NulRun.end(bytes, nul, end);
      records.passOver(behind + shift);
      nulRun.passed(nul + shift, behind - nul);
      metrics.nul(behind - nul);
      at = behind;
    }
    return at;
  }

  /// Takes a line that has no end.
  private void torn(byte[] bytes, int from, int end, long start) {
    if (end - from > maxRecordBytes) {
      longLine.begin(format, start);
      longLine.extend(bytes, from, end);
      longLine.end(false);
    } else {
      records.line(reader.read(format, bytes, from, end), bytes, from, end, start, false);
    }
  }

  /// Where the NUL bytes begin that end `[from, end)`, if they are a run: of a file that is written
  /// they may be written yet.
  private int beforeTrailingNul(byte[] bytes, int from, int end) {
    int at = end;
    while (at > from && bytes[at - 1] == 0) {
      at--;
    }
    return end - at >= NulRun.LEAST_BYTES ? at : end;
  }

  /// Goes on in the next generation, after the current one was fed to its end; open records go on
  /// with it.
  ///
  /// @param resume how far the next generation is in the queue already; its first bytes to feed are
  ///   those at `resume.resumeAt()`
  public void continueIn(Position resume, LogFormat newFormat, Block scratch, BlockOutput out) {
    records.attach(scratch, out, 0);
    if (longLine.isOpen()) {
      longLine.end(false);
    }
    records.continueIn(resume, newFormat);
    nulRun.clear();
    records.detach();
    reader.release();
    format = newFormat;
    nextOffset = resume.resumeAt();
  }

  /// Whether a record waits for a line that may go on with it.
  public boolean hasOpen() {
    return records.hasOpen();
  }

  /// When the oldest waiting record may be closed, monotonic; `Long.MAX_VALUE` when there is none.
  public long openDeadlineNanos() {
    return records.openDeadlineNanos();
  }

  /// Closes records whose time is over. Only right when all was fed that was in the file at or
  /// after [#openDeadlineNanos]: then no line can be missing whose timestamp would still belong to
  /// the record, and the clock has decided nothing but when to stop waiting.
  public void closeDue(long nowNanos, Block scratch, BlockOutput out) {
    records.attach(scratch, out, nowNanos);
    records.closeDue(nowNanos);
    records.detach();
    reader.release();
  }

  /// Closes all records that wait for another line. A line of which the end was not fed stays: it
  /// is read again from its start.
  public void closeAll(Block scratch, BlockOutput out) {
    records.attach(scratch, out, 0);
    records.closeAll();
    records.detach();
    reader.release();
  }

  /// How far the current generation is, once all that was put out is in the queue.
  public Position position() {
    return records.position();
  }

  /// How far the generation before is, or null when no record that starts there is open.
  public @Nullable Position previousPosition() {
    return records.previousPosition();
  }

  /// What of the records that begin from now on is kept; null for all. A record that finds it spent
  /// is left out.
  public void rateLimiter(@Nullable RateLimiter limit) {
    records.rateLimiter(limit);
  }

  /// How many records were left out since the last call: those of dropped streams, and those that
  /// were shed.
  public long droppedRecords() {
    return records.takeDroppedRecords();
  }

  /// How many of the records that were left out were shed, since the last call.
  public long shedRecords() {
    return records.takeShedRecords();
  }

  /// How many bytes of log were shed since the last call.
  public long shedBytes() {
    return records.takeShedBytes();
  }

  /// How many NUL bytes were passed over in the current generation that nobody had written.
  public long nulBytes() {
    return nulRun.bytes();
  }

  /// Where the first of them stands.
  public long firstNulOffset() {
    return nulRun.firstOffset();
  }

  /// Whether what was fed last goes on behind them.
  public boolean isBehindNul() {
    return nulRun.bytes() > 0 && nulRun.endOffset() < nextOffset;
  }

  /// The runtime's timestamp of the last line that was taken, nanoseconds since the epoch, or
  /// [Block#NO_TIMESTAMP].
  public long lastTimestampNanos() {
    return records.lastTimestampNanos();
  }

  /// Whether what is open may go on in a file that begins then: one that begins before the last
  /// line that was taken was not written next, but the clock was set back.
  ///
  /// @param firstTimestampNanos the runtime's timestamp of its first line, nanoseconds since the
  ///   epoch, or [Block#NO_TIMESTAMP]
  public boolean mayGoOnIn(long firstTimestampNanos) {
    long last = lastTimestampNanos();
    return last == Block.NO_TIMESTAMP
        || firstTimestampNanos == Block.NO_TIMESTAMP
        || firstTimestampNanos >= last;
  }

  /// The earliest timestamp of an open record, nanoseconds since the epoch, or
  /// [Block#NO_TIMESTAMP].
  public long openTimestampNanos() {
    return records.openTimestampNanos();
  }

  /// The memory, in bytes, of records and lines that wait for their end.
  public int heldBytes() {
    return records.heldBytes() + longLine.heldBytes();
  }

  /// How many lines were read, those again that turned out not to belong to the record before.
  long linesRead() {
    return reader.linesRead() + records.linesReadAgain();
  }

  /// Other rules, from the next record of each stream on.
  public void rules(FrameRules next) {
    records.rules(next);
  }
}
