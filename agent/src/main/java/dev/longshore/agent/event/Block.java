package dev.longshore.agent.event;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whole records of one generation, as raw bytes: what the queue holds and ship expands.
///
/// A block is a reusable container with one owner at a time. Framing fills it with [#add], the
/// buffer writes and reads it as it is, ship walks it with a [RecordCursor]; records are framed
/// once.
///
/// ## Payload
///
/// One record after the other, integers as LEB128 varints:
///
/// ```
/// flags       1 byte
/// skip        zigzag varint, only with SKIPS: start − (start + span of the record before, or base)
/// span        varint, only with SPANS: see below; else it is the length of raw
/// ordinal     varint, only with FRAGMENT: 0 for a record's first fragment
/// length      varint
/// raw         the lines of the record as they stand in the file, each with its line feed
/// ```
///
/// `start` is the offset in the generation at which the record's first line begins; `span` is the
/// distance from there to the end of its last line, lines of the other stream between them included
/// (for a record that goes on in the next generation: the sum of its lines' lengths). Generation,
/// start and span are the document's identity.
public final class Block {
  /// The longest record: what `frame.maxRecord` may be at most, and what the buffer takes.
  public static final int MAX_RECORD_BYTES = 1 << 20;

  public static final int STDOUT = 0;
  public static final int STDERR = 1;

  /// The record is of stderr.
  public static final int FLAG_STDERR = 1;

  /// The record has more than one line: parts of one that the runtime split, or a stack trace.
  public static final int FLAG_JOINED = 1 << 1;

  /// A piece of a record that is longer than `frame.maxRecord`.
  public static final int FLAG_FRAGMENT = 1 << 2;

  /// With FRAGMENT: it is the record's last piece.
  public static final int FLAG_LAST_FRAGMENT = 1 << 3;

  /// The line is not in the runtime's format; all of it is the message.
  public static final int FLAG_UNPARSED = 1 << 4;

  /// The end is missing: a partial line without its last part, or a file without a last line feed.
  public static final int FLAG_INCOMPLETE = 1 << 5;

  /// `skip` is there.
  static final int FLAG_SKIPS = 1 << 6;

  /// `span` is there.
  static final int FLAG_SPANS = 1 << 7;

  /// No timestamp was seen.
  public static final long NO_TIMESTAMP = Long.MIN_VALUE;

  private GenerationId generation = new GenerationId(0, 0);
  private LogFormat format = LogFormat.PLAIN;
  private @Nullable Snapshot snapshot;
  private long base;
  private long cursor;
  private int records;
  private long firstTimestampNanos = NO_TIMESTAMP;
  private long lastTimestampNanos = NO_TIMESTAMP;
  private final List<Position> positions = new ArrayList<>(2);
  private byte[] payload;
  private int payloadBytes;

  /// An empty block.
  ///
  /// @param initialPayloadBytes how much is allocated at first; it grows
  public Block(int initialPayloadBytes) {
    payload = new byte[initialPayloadBytes];
  }

  /// Empties the block and says what the next records are of.
  ///
  /// @param base the offset from which the first record's start is counted
  public void reset(GenerationId generation, LogFormat format, long base) {
    this.generation = generation;
    this.format = format;
    this.base = base;
    this.cursor = base;
    snapshot = null;
    records = 0;
    firstTimestampNanos = NO_TIMESTAMP;
    lastTimestampNanos = NO_TIMESTAMP;
    positions.clear();
    payloadBytes = 0;
  }

  /// Appends a record.
  ///
  /// @param flags of the constants above, without SKIPS and SPANS, which are found here
  /// @param start where its first line begins, in bytes from the file's start
  /// @param span distance from `start` to the end of its last line
  /// @param ordinal which fragment it is; ignored without FLAG_FRAGMENT
  /// @param timestampNanos the runtime's, nanoseconds since the epoch, or [#NO_TIMESTAMP]
  public void add(
      int flags,
      long start,
      long span,
      int ordinal,
      long timestampNanos,
      byte[] raw,
      int offset,
      int length) {
    ensure(length + 40);
    int all = flags;
    if (start != cursor) {
      all |= FLAG_SKIPS;
    }
    if (span != length) {
      all |= FLAG_SPANS;
    }
    payload[payloadBytes++] = (byte) all;
    if ((all & FLAG_SKIPS) != 0) {
      long skip = start - cursor;
      putVarint(skip << 1 ^ skip >> 63);
    }
    if ((all & FLAG_SPANS) != 0) {
      putVarint(span);
    }
    if ((all & FLAG_FRAGMENT) != 0) {
      putVarint(ordinal);
    }
    putVarint(length);
    System.arraycopy(raw, offset, payload, payloadBytes, length);
    payloadBytes += length;
    cursor = start + span;
    records++;
    if (timestampNanos != NO_TIMESTAMP) {
      if (firstTimestampNanos == NO_TIMESTAMP || timestampNanos < firstTimestampNanos) {
        firstTimestampNanos = timestampNanos;
      }
      lastTimestampNanos = Math.max(lastTimestampNanos, timestampNanos);
    }
  }

  private void ensure(int more) {
    if (payload.length - payloadBytes < more) {
      payload = Arrays.copyOf(payload, Math.max(payload.length * 2, payloadBytes + more));
    }
  }

  private void putVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      payload[payloadBytes++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    payload[payloadBytes++] = (byte) rest;
  }

  /// Commits how far a generation is once this block is in the queue: of its own generation always,
  /// and of the next as well when its record ends there.
  public void commit(Position position) {
    positions.add(position);
  }

  /// Adds the checksum of what was read of a generation to the position that this block commits of
  /// it; nothing changes where it commits none.
  public void tail(GenerationId of, TailChecksum checksum) {
    for (int i = 0; i < positions.size(); i++) {
      Position position = positions.get(i);
      if (position.generation().equals(of)) {
        positions.set(i, position.withTail(checksum));
      }
    }
  }

  /// Names what the documents share; set before the block is queued.
  public void snapshot(Snapshot shared) {
    snapshot = shared;
  }

  /// Gives a block without the runtime's timestamps the time at which it is queued, so that its
  /// documents keep one timestamp however often they are sent.
  ///
  /// @param nanos nanoseconds since the epoch
  public void timestampIfNone(long nanos) {
    if (firstTimestampNanos == NO_TIMESTAMP) {
      firstTimestampNanos = nanos;
      lastTimestampNanos = nanos;
    }
  }

  /// Makes this block what the buffer read back. The payload is the caller's to fill, through
  /// [#payload], with `payloadBytes` bytes; the array is large enough.
  public void restore(
      GenerationId generation,
      LogFormat format,
      Snapshot snapshot,
      long base,
      int records,
      long firstTimestampNanos,
      long lastTimestampNanos,
      int payloadBytes) {
    reset(generation, format, base);
    this.snapshot = snapshot;
    this.records = records;
    this.firstTimestampNanos = firstTimestampNanos;
    this.lastTimestampNanos = lastTimestampNanos;
    ensure(payloadBytes);
    this.payloadBytes = payloadBytes;
  }

  /// The generation in which its records start.
  public GenerationId generation() {
    return generation;
  }

  public LogFormat format() {
    return format;
  }

  /// What the documents share.
  ///
  /// @throws IllegalStateException when none was set yet
  public Snapshot snapshot() {
    if (snapshot == null) {
      throw new IllegalStateException("the block of " + generation + " has no snapshot yet");
    }
    return snapshot;
  }

  /// The offset from which the first record's start is counted.
  public long base() {
    return base;
  }

  /// How many records it holds.
  public int records() {
    return records;
  }

  /// The earliest of the runtime's timestamps in it, nanoseconds since the epoch, or
  /// [#NO_TIMESTAMP].
  public long firstTimestampNanos() {
    return firstTimestampNanos;
  }

  /// The latest of the runtime's timestamps in it, nanoseconds since the epoch, or [#NO_TIMESTAMP].
  public long lastTimestampNanos() {
    return lastTimestampNanos;
  }

  /// The positions it commits; never changed by the reader of the list.
  public List<Position> positions() {
    return positions;
  }

  /// The records' bytes; valid up to [#payloadBytes], until the block changes.
  public byte[] payload() {
    return payload;
  }

  /// Length of the payload.
  public int payloadBytes() {
    return payloadBytes;
  }

  public boolean isEmpty() {
    return records == 0;
  }
}
