package dev.longshore.agent.event;

/// How far a generation is in the queue: one offset for each stream, in bytes from the file's
/// start.
///
/// Everything of a stream that starts before its offset is in the queue. The two differ while a
/// record of one stream is open (a partial line, a stack trace) and lines of the other go past it.
/// Reading resumes at the lower, and skips lines of the stream that is further.
///
/// @param generation whose position it is
/// @param stdout offset for stdout
/// @param stderr offset for stderr
public record Position(GenerationId generation, long stdout, long stderr) {

  /// Nothing of `generation` is in the queue.
  public static Position start(GenerationId generation) {
    return new Position(generation, 0, 0);
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

  /// The further of both for each stream: positions never move back.
  ///
  /// @throws IllegalArgumentException when `other` is of another generation
  public Position max(Position other) {
    if (!generation.equals(other.generation)) {
      throw new IllegalArgumentException(generation + " is not " + other.generation);
    }
    return new Position(generation, Math.max(stdout, other.stdout), Math.max(stderr, other.stderr));
  }
}
