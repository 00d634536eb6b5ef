package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.line.LineHeader;

/// What framing needs to know of one line. Reused for each line; one thread.
final class Line {
  /// How much of a message tells its kind; more is never looked at, so that a line that comes in
  /// pieces is judged like one that comes whole.
  static final int HEAD_BYTES = 512;

  private static final byte[] NOTHING = {};
  private static final int UNKNOWN = -1;

  /// [Block#STDOUT] or [Block#STDERR].
  int stream;

  /// The runtime split the application's line here; the next line of the stream goes on.
  boolean partial;

  /// Not in the runtime's format; all of it is the message.
  boolean unparsed;

  /// The runtime's, or [Block#NO_TIMESTAMP].
  long timestampNanos;

  /// The message's first bytes are `head[headStart .. headEnd)`, without line end.
  byte[] head = NOTHING;

  int headStart;
  int headEnd;

  /// The head is the whole message.
  boolean headIsAll;

  /// What [TraceStart] found, for these presets; it is asked several times.
  int start;

  int startPresets = UNKNOWN;

  private final LineHeader header = new LineHeader();
  private boolean headerIsRead;

  /// For formats whose messages must be decoded.
  final byte[] decoded = new byte[HEAD_BYTES + 4];

  /// Makes it a line of stdout whose message is all of `[from, end)`.
  void whole(byte[] bytes, int from, int end, boolean parsed) {
    stream = Block.STDOUT;
    partial = false;
    unparsed = !parsed;
    timestampNanos = Block.NO_TIMESTAMP;
    message(bytes, from, end);
  }

  /// Lets go of the message's array.
  void release() {
    head = NOTHING;
    headStart = 0;
    headEnd = 0;
    header.release();
    forget();
  }

  private void forget() {
    headerIsRead = false;
    startPresets = UNKNOWN;
  }

  /// What stands before the message's words, read once.
  LineHeader header() {
    if (!headerIsRead) {
      header.read(head, headStart, headEnd);
      headerIsRead = true;
    }
    return header;
  }

  /// Leaves out the message's first bytes, or takes as many back.
  void skip(int count) {
    headStart += count;
    forget();
  }

  /// States where the message lies.
  void message(byte[] bytes, int from, int end) {
    forget();
    head = bytes;
    headStart = from;
    headIsAll = end - from <= HEAD_BYTES;
    headEnd = headIsAll ? end : from + HEAD_BYTES;
    if (headIsAll && headEnd > from && bytes[headEnd - 1] == '\r') {
      headEnd--;
    }
  }
}
