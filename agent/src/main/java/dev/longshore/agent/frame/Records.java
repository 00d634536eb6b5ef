package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockOutput;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.line.Bytes;
import org.jspecify.annotations.Nullable;

/// Joins lines to records, per stream, and puts them out in blocks. One thread.
///
/// A line that is a record goes from the input to the block at once. Anything else lies in its
/// stream's [OpenRecord] until the record ends: by the line that follows, by its length, by a gap
/// between timestamps, or because waiting was given up.
final class Records {
  private final int maxRecordBytes;
  private final long groupTimeoutNanos;
  private final long partialTimeoutNanos;
  private final FrameMetrics metrics;
  private final FrameCounts counts = new FrameCounts();
  private final LineReader replayReader = new LineReader();
  private final OpenRecord[] opens;
  private final LineOffset lineOffset;
  private final RecordBlocks blocks;

  private final int[] presets = new int[2];
  private final boolean[] drops = new boolean[2];
  private @Nullable RateLimiter rateLimiter;

  private long nowNanos;
  private long lastTimestampNanos = Block.NO_TIMESTAMP;
  private long droppedRecords;
  private long shedRecords;
  private long shedBytes;

  Records(FrameConfig config, FrameMetrics metrics) {
    maxRecordBytes = (int) config.maxRecord().bytes();
    groupTimeoutNanos = config.groupTimeout().toNanos();
    partialTimeoutNanos = config.partialTimeout().toNanos();
    this.metrics = metrics;
    opens =
        new OpenRecord[] {
          new OpenRecord(Block.STDOUT, maxRecordBytes), new OpenRecord(Block.STDERR, maxRecordBytes)
        };
    lineOffset = new LineOffset(opens[Block.STDOUT], opens[Block.STDERR]);
    blocks = new RecordBlocks(lineOffset);
  }

  void rules(FrameRules rules) {
    for (int stream = 0; stream < 2; stream++) {
      drops[stream] = rules.drops(stream);
      presets[stream] = Preset.of(rules.multiline(stream));
    }
  }

  void rateLimiter(@Nullable RateLimiter limit) {
    rateLimiter = limit;
  }

  /// Whether a record that begins now and that nothing else leaves out is left out for the rate.
  private boolean sheds(long timestampNanos) {
    RateLimiter limit = rateLimiter;
    return limit != null
        && limit.isSpent(lineOffset.format() == LogFormat.PLAIN ? nowNanos : timestampNanos);
  }

  void begin(Position resume, LogFormat newFormat) {
    opens[Block.STDOUT].end();
    opens[Block.STDERR].end();
    lineOffset.begin(resume, newFormat);
  }

  /// Goes on in the next generation; between [#attach] and [#detach].
  void continueIn(Position resume, LogFormat newFormat) {
    for (OpenRecord open : opens) {
      if (open.tailLines > 0) {
        close(open);
      }
      // A record reaches into the next generation and no further.
      if (open.active
          && (open.startsInPrevious
              || resume.of(open.stream) > 0
              || newFormat != lineOffset.format())) {
        close(open);
      }
    }
    blocks.flush();
    for (OpenRecord open : opens) {
      open.rotate();
    }
    lineOffset.continueIn(resume, newFormat);
  }

  /// Begins a call.
  void attach(Block scratch, BlockOutput output, long now) {
    nowNanos = now;
    blocks.attach(scratch, output);
  }

  /// Ends a call: what was found is put out and counted.
  void detach() {
    own();
    blocks.flush();
    counts.records += blocks.takeRecords();
    counts.tell(metrics);
    replayReader.release();
  }

  /// Copies what is borrowed from the input, which may change after this.
  void own() {
    opens[Block.STDOUT].own();
    opens[Block.STDERR].own();
  }

  /// Takes the line `[from, end)`, its line feed included, which begins at `start` in the file.
  ///
  /// @param terminated it has its line feed
  void line(Line line, byte[] bytes, int from, int end, long start, boolean terminated) {
    int count = end - from;
    if (lineOffset.isQueued(line.stream, start)) {
      lineOffset.consumedTo(start + count);
      return;
    }
    see(line);
    OpenRecord open = opens[line.stream];
    while (open.active) {
      // Closing may leave a line that was taken out of the record open.
      if (goesOn(open, line, bytes, from, count, start, terminated)) {
        return;
      }
      close(open);
    }
    int state = traceState(line);
    if (!terminated || (!line.partial && state == TraceState.NONE)) {
      single(line, bytes, from, count, start, terminated);
      return;
    }
    begin(open, start, state, line);
    open.borrow(bytes, from, count, start, line.timestampNanos);
    open.bare = line.unparsed;
    lineEnded(open, line.partial, start + count, true);
  }

  /// What stands before `offset` was taken without a record, and nothing goes on behind it.
  void passOver(long offset) {
    closeAll();
    lineOffset.consumedTo(offset);
  }

  private void took(int count) {
    RateLimiter limit = rateLimiter;
    if (limit != null) {
      limit.took(count);
    }
  }

  private int traceState(Line line) {
    int joining = presets[line.stream];
    boolean alone = line.unparsed || joining == Preset.NONE;
    return alone ? TraceState.NONE : TraceStart.of(line, joining);
  }

  private void begin(OpenRecord open, long start, int state, Line line) {
    int text = TraceStart.skipBlanks(line.head, line.headStart, line.headEnd);
    int indent = TraceState.indent(line.head, line.headStart, text);
    open.begin(start, state, indent, line.timestampNanos);
    open.presets = presets[open.stream];
    open.header(line);
    open.shed = !drops[open.stream] && sheds(line.timestampNanos);
    open.dropped = open.shed || drops[open.stream];
  }

  private void see(Line line) {
    if (line.timestampNanos != Block.NO_TIMESTAMP) {
      lastTimestampNanos = line.timestampNanos;
    }
    if (line.unparsed) {
      counts.unparsed++;
    }
  }

  private void single(
      Line line, byte[] bytes, int from, int count, long start, boolean terminated) {
    int flags = line.stream;
    if (line.unparsed) {
      flags |= Block.FLAG_UNPARSED;
    }
    if (!terminated) {
      flags |= Block.FLAG_INCOMPLETE;
      counts.incomplete++;
    }
    if (drops[line.stream]) {
      droppedRecords++;
    } else if (sheds(line.timestampNanos)) {
      droppedRecords++;
      shedRecords++;
      shedBytes += count;
    } else {
      took(count);
      blocks.add(flags, start, count, 0, line.timestampNanos, bytes, from, count);
    }
    lineOffset.consumedTo(start + count);
  }

  /// Takes the line into the open record of its stream if it belongs there, or may.
  private boolean goesOn(
      OpenRecord open,
      Line line,
      byte[] bytes,
      int from,
      int count,
      long start,
      boolean terminated) {
    int next = next(open, line);
    if (next == TraceState.END) {
      return false;
    }
    if (isTentative(open, next)) {
      boolean message = (next & TraceState.MESSAGE) != 0;
      if (open.tailIsMessage() && !message) {
        return false;
      }
      if (!terminated || line.partial || !open.mayAppendTentatively(count)) {
        open.tailIsMessage = false;
        return false;
      }
      open.appendTentatively(bytes, from, count, start, line.timestampNanos, message);
    } else {
      open.confirm();
      open.state = next & ~(TraceState.WEAK | TraceState.MESSAGE);
      if (open.length > 0 && (open.bare || open.length + count > maxRecordBytes)) {
        emit(open, false);
      }
      open.append(bytes, from, count, start, line.timestampNanos, line.unparsed);
    }
    lineEnded(open, line.partial, start + count, terminated);
    return true;
  }

  /// Behind a tentative line only a part of a trace is certain to belong to the record.
  private static boolean isTentative(OpenRecord open, int next) {
    return (next & TraceState.TENTATIVE) != 0
        || (open.tailLines > 0 && (next & TraceState.WEAK) != 0);
  }

  /// What the line does to the open record: a result of [TraceState#next], or the state as it is
  /// where the runtime itself says that the line goes on.
  private int next(OpenRecord open, Line line) {
    if (line.unparsed) {
      return TraceState.END;
    }
    int near = Gap.UNTIMED;
    if (line.timestampNanos != Block.NO_TIMESTAMP
        && open.lastTimestampNanos != Block.NO_TIMESTAMP) {
      long gapNanos = Math.abs(line.timestampNanos - open.lastTimestampNanos);
      if (gapNanos > (open.partial ? partialTimeoutNanos : groupTimeoutNanos)) {
        return TraceState.END;
      }
      near = Gap.of(gapNanos);
    }
    if (open.partial) {
      return open.state;
    }
    return open.next(line, near);
  }

  private void lineEnded(OpenRecord open, boolean partial, long end, boolean terminated) {
    open.insideLine = false;
    open.partial = partial;
    open.incomplete = !terminated;
    open.deadlineNanos = nowNanos + patienceNanos(open);
    lineOffset.consumedTo(end);
    if (!terminated
        || (!partial && (open.state == TraceState.NONE || open.state == TraceState.DONE))) {
      close(open);
    }
  }

  /// How long the next line is waited for.
  private long patienceNanos(OpenRecord open) {
    if (open.partial) {
      return partialTimeoutNanos;
    }
    return open.endsWithItsWrite()
        ? Math.min(Gap.WRITE_NANOS, groupTimeoutNanos)
        : groupTimeoutNanos;
  }

  /// Begins a line that is longer than a record may be; its pieces follow.
  ///
  /// @return the record that it belongs to, or null when the line is in the queue already
  @Nullable OpenRecord beginLong(Line line, long start) {
    if (lineOffset.isQueued(line.stream, start)) {
      return null;
    }
    see(line);
    OpenRecord open = opens[line.stream];
    boolean belongs = false;
    while (open.active && !belongs) {
      int next = next(open, line);
      if (next == TraceState.END || isTentative(open, next)) {
        close(open);
      } else {
        open.confirm();
        open.state = next & ~(TraceState.WEAK | TraceState.MESSAGE);
        belongs = true;
      }
    }
    if (!belongs) {
      begin(open, start, traceState(line), line);
    }
    open.insideLine = true;
    return open;
  }

  /// Takes a piece of a long line.
  void longPiece(
      OpenRecord open, byte[] bytes, int count, long start, long timestampNanos, boolean bare) {
    if (open.length > 0) {
      emit(open, false);
    }
    open.append(bytes, 0, count, start, timestampNanos, bare);
  }

  /// Ends a long line, whose record is null when the line was in the queue already.
  void endLong(@Nullable OpenRecord open, boolean partial, long end, boolean terminated) {
    if (open == null) {
      lineOffset.consumedTo(end);
    } else {
      lineEnded(open, partial, end, terminated);
    }
  }

  /// Closes the records whose time is over.
  void closeDue(long now) {
    for (OpenRecord open : opens) {
      while (open.isWaiting() && now - open.deadlineNanos >= 0) {
        close(open);
      }
    }
  }

  /// Closes all records that wait for another line.
  void closeAll() {
    for (OpenRecord open : opens) {
      while (open.isWaiting()) {
        close(open);
      }
    }
  }

  private void close(OpenRecord open) {
    if (open.tailLines > 0 && !open.tailIsMessage()) {
      closeAndReplay(open);
    } else {
      emit(open, true);
      open.end();
    }
  }

  /// Closes a record whose tentative lines were not proved to belong to it, and takes these as if
  /// they came now. Until they are in a block, positions stay before them.
  private void closeAndReplay(OpenRecord open) {
    OpenRecord.Tail tail = open.takeTail();
    long outer = open.replayFrom;
    long last = lastTimestampNanos;
    open.replayFrom = outer == OpenRecord.NOTHING ? tail.starts()[0] : outer;
    emit(open, true);
    open.end();
    int from = 0;
    for (int i = 0; i < tail.count(); i++) {
      int feed = Bytes.lineFeed(tail.bytes(), from, tail.bytes().length);
      open.replayFrom = outer == OpenRecord.NOTHING ? tail.starts()[i] : outer;
      Line line = replayReader.read(lineOffset.format(), tail.bytes(), from, feed);
      line(line, tail.bytes(), from, feed + 1, tail.starts()[i], true);
      open.own();
      from = feed + 1;
    }
    open.replayFrom = outer;
    lastTimestampNanos = last;
  }

  /// Puts the record's piece into a block.
  private void emit(OpenRecord open, boolean last) {
    int flags = open.stream;
    if (open.lines > 1) {
      flags |= Block.FLAG_JOINED;
      counts.joined++;
    }
    if (open.bare) {
      flags |= Block.FLAG_UNPARSED;
    }
    if (!last || open.fragmented) {
      open.fragmented = true;
      flags |= Block.FLAG_FRAGMENT;
      flags |= last ? Block.FLAG_LAST_FRAGMENT : 0;
      counts.fragments++;
    }
    if (last && (open.partial || open.incomplete)) {
      flags |= Block.FLAG_INCOMPLETE;
      counts.incomplete++;
    }
    GenerationId previous = open.pieceStartsInPrevious ? lineOffset.previous() : null;
    if (!open.dropped) {
      took(open.length);
    }
    if (open.dropped) {
      droppedRecords++;
      if (open.shed) {
        shedRecords++;
        shedBytes += open.length;
      }
    } else if (previous != null) {
      blocks.addCrossing(open, flags, last, previous);
    } else {
      blocks.add(
          flags,
          open.pieceStart,
          open.span(),
          open.ordinal,
          open.pieceTimestampNanos,
          open.bytes,
          open.from,
          open.length);
      if (last && open.startsInPrevious) {
        open.active = false;
        blocks.flushWithPrevious();
      }
    }
    open.endPiece();
  }

  Position position() {
    return lineOffset.position();
  }

  /// Null when no open record starts in the previous generation.
  @Nullable Position previousPosition() {
    return lineOffset.reachesBack() ? lineOffset.positionInPrevious() : null;
  }

  boolean hasOpen() {
    return opens[Block.STDOUT].isWaiting() || opens[Block.STDERR].isWaiting();
  }

  long openDeadlineNanos() {
    OpenRecord stdout = opens[Block.STDOUT];
    OpenRecord stderr = opens[Block.STDERR];
    if (!stdout.isWaiting()) {
      return stderr.isWaiting() ? stderr.deadlineNanos : Long.MAX_VALUE;
    }
    // Monotonic times are compared by their difference.
    return stderr.isWaiting() && stderr.deadlineNanos - stdout.deadlineNanos < 0
        ? stderr.deadlineNanos
        : stdout.deadlineNanos;
  }

  long openTimestampNanos() {
    long oldest = Block.NO_TIMESTAMP;
    for (OpenRecord open : opens) {
      if (open.active
          && open.firstTimestampNanos != Block.NO_TIMESTAMP
          && (oldest == Block.NO_TIMESTAMP || open.firstTimestampNanos < oldest)) {
        oldest = open.firstTimestampNanos;
      }
    }
    return oldest;
  }

  long takeDroppedRecords() {
    long count = droppedRecords;
    droppedRecords = 0;
    return count;
  }

  long takeShedRecords() {
    long count = shedRecords;
    shedRecords = 0;
    return count;
  }

  long takeShedBytes() {
    long count = shedBytes;
    shedBytes = 0;
    return count;
  }

  long lastTimestampNanos() {
    return lastTimestampNanos;
  }

  long linesReadAgain() {
    return replayReader.linesRead();
  }

  int heldBytes() {
    return opens[Block.STDOUT].heldBytes() + opens[Block.STDERR].heldBytes();
  }
}
