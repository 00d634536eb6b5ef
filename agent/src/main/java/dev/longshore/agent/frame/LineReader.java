package dev.longshore.agent.frame;

import dev.longshore.agent.event.LogFormat;

/// Reads a line as its format has it. Reused for all lines of a container; one thread.
final class LineReader {
  private final CriLine cri = new CriLine();
  private final DockerLine docker = new DockerLine();
  private final Line line = new Line();
  private long linesRead;

  /// Reads `[from, end)`, which has no line feed; the result holds until the next call.
  Line read(LogFormat format, byte[] bytes, int from, int end) {
    linesRead++;
    switch (format) {
      case CRI -> cri.parse(bytes, from, end, line);
      case DOCKER_JSON -> docker.parse(bytes, from, end, line);
      case PLAIN -> line.whole(bytes, from, end, true);
    }
    return line;
  }

  long linesRead() {
    return linesRead;
  }

  /// Lets go of the line that was read last: its array may be a record's, and one is kept for each
  /// container.
  void release() {
    line.release();
  }

  /// Reads the first part of a line of which the end is not there.
  Line readCut(LogFormat format, byte[] bytes, int end) {
    if (format == LogFormat.DOCKER_JSON) {
      // Stream and time follow the message.
      line.whole(bytes, 0, end, false);
      return line;
    }
    return read(format, bytes, 0, end);
  }
}
