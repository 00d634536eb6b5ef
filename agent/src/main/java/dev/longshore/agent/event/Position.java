package dev.longshore.agent.event;

/// How far a generation is in the queue: one offset for each stream, in bytes from the file's
/// start.
///
/// Everything of a stream that starts before its offset is in the queue. The two differ while a
/// record of one stream is open (a partial line, a stack trace) and lines of the other go past it.
/// Reading resumes at the lower, and skips lines of the stream that is further.
///
/// With it goes a checksum of what the file held when it was read: a file that was emptied,
/// rewritten or cut short while nobody watched is not resumed. The checksum has an offset of its
/// own, up to which the file was read; it may lie before or behind the streams' offsets.
///
/// @param generation whose position it is
/// @param stdout offset for stdout
/// @param stderr offset for stderr
/// @param tailOffset the offset at which `tailChecksum` was taken, or [#NO_TAIL]
/// @param tailChecksum of the bytes before `tailOffset`, as [TailChecksum] computes it; 0 without
public record Position(
    GenerationId generation, long stdout, long stderr, long tailOffset, int tailChecksum) {

  /// There is no checksum: nothing was read yet, or an earlier version committed the position.
  public static final long NO_TAIL = 0;

  /// A position without a checksum.
  public Position(GenerationId generation, long stdout, long stderr) {
    this(generation, stdout, stderr, NO_TAIL, 0);
  }

  /// Nothing of `generation` is in the queue.
  public static Position start(GenerationId generation) {
    return new Position(generation, 0, 0);
  }

  /// The same of a copy, which holds the same bytes.
  public Position inCopy(GenerationId copy) {
    return new Position(copy, stdout, stderr, tailOffset, tailChecksum);
  }

  /// Where reading resumes.
  public long resumeAt() {
    return Math.min(stdout, stderr);
  }

  /// The offset of one stream.
  ///
  /// @param stream 0 for stdout, 1 for stderr
  public long of(int stream) {
    return stream == Block.STDOUT ? stdout : stderr;
  }

  /// Whether the content of the file can be checked.
  public boolean hasTail() {
    return tailOffset != NO_TAIL;
  }

  /// The same position, with the checksum of what was read; unchanged where that is not complete.
  public Position withTail(TailChecksum tail) {
    return tail.isComplete()
        ? new Position(generation, stdout, stderr, tail.offset(), tail.value())
        : this;
  }

  /// Other offsets for the streams, the same checksum: it says something of the file, not of the
  /// streams.
  public Position withOffsets(long newStdout, long newStderr) {
    return new Position(generation, newStdout, newStderr, tailOffset, tailChecksum);
  }

  /// The same offsets for the streams, and of both checksums the one that was taken further on.
  public Position withTailOf(Position other) {
    return other.tailOffset >= tailOffset ? other.withOffsets(stdout, stderr) : this;
  }

  /// The further of both for each stream: positions never move back. The checksum is the one that
  /// was taken further on.
  ///
  /// @throws IllegalArgumentException when `other` is of another generation
  public Position max(Position other) {
    if (!generation.equals(other.generation)) {
      throw new IllegalArgumentException(generation + " is not " + other.generation);
    }
    return withTailOf(other)
        .withOffsets(Math.max(stdout, other.stdout), Math.max(stderr, other.stderr));
  }

  /// Whether both streams are as far as in `other`, whatever the checksums.
  public boolean sameOffsets(Position other) {
    return stdout == other.stdout && stderr == other.stderr;
  }
}
