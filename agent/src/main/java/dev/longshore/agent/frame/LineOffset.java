package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import org.jspecify.annotations.Nullable;

/// Where framing is in a chain of generations, for each stream, and so what a block may state: up
/// to the start of a record that is open, else up to what was consumed. One thread.
final class LineOffset {
  private final OpenRecord stdout;
  private final OpenRecord stderr;

  private GenerationId generation = new GenerationId(0, 0);
  private LogFormat format = LogFormat.PLAIN;
  private long resumeStdout;
  private long resumeStderr;
  private @Nullable Position previousEnd;
  private LogFormat previousFormat = LogFormat.PLAIN;

  private long consumed;

  LineOffset(OpenRecord stdout, OpenRecord stderr) {
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /// Starts in a generation, and forgets any other.
  void begin(Position resume, LogFormat newFormat) {
    previousEnd = null;
    enter(resume, newFormat);
  }

  /// Goes on in the next generation, with what is open.
  void continueIn(Position resume, LogFormat newFormat) {
    previousEnd =
        new Position(
            generation, Math.max(consumed, resumeStdout), Math.max(consumed, resumeStderr));
    previousFormat = format;
    enter(resume, newFormat);
  }

  private void enter(Position resume, LogFormat newFormat) {
    generation = resume.generation();
    format = newFormat;
    resumeStdout = resume.stdout();
    resumeStderr = resume.stderr();
    consumed = resume.resumeAt();
  }

  /// Up to where lines of the generation were taken.
  long consumed() {
    return consumed;
  }

  /// A line that ends there was taken.
  void consumedTo(long end) {
    consumed = Math.max(consumed, end);
  }

  GenerationId generation() {
    return generation;
  }

  LogFormat format() {
    return format;
  }

  /// Whether the line of a stream that begins at `start` is in the queue already.
  boolean isQueued(int stream, long start) {
    return start < (stream == Block.STDOUT ? resumeStdout : resumeStderr);
  }

  /// How far the generation is, once all that was put out is in the queue.
  Position position() {
    return new Position(generation, offset(stdout, resumeStdout), offset(stderr, resumeStderr));
  }

  private long offset(OpenRecord open, long resume) {
    long offset = Math.max(consumed, resume);
    if (open.active) {
      offset = open.startsInPrevious ? resume : open.start;
    }
    return open.replayFrom == OpenRecord.NOTHING ? offset : Math.min(offset, open.replayFrom);
  }

  /// The generation before, null when there is none.
  @Nullable GenerationId previous() {
    Position end = previousEnd;
    return end == null ? null : end.generation();
  }

  LogFormat previousFormat() {
    return previousFormat;
  }

  /// Whether an open record starts in the generation before.
  boolean reachesBack() {
    return stdout.startsInPrevious || stderr.startsInPrevious;
  }

  /// How far the generation before is, null when there is none.
  @Nullable Position positionInPrevious() {
    Position end = previousEnd;
    if (end == null) {
      return null;
    }
    return new Position(
        end.generation(),
        stdout.active && stdout.startsInPrevious ? stdout.start : end.stdout(),
        stderr.active && stderr.startsInPrevious ? stderr.start : end.stderr());
  }
}
