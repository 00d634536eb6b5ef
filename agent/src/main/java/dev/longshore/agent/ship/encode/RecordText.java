package dev.longshore.agent.ship.encode;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.line.Bytes;

/// The record at hand without the runtime's wrapping: its message, its first line's time, and what
/// is to be marked. Reused for each record.
///
/// A record is whole physical lines. CRI parts (`P`) run together, lines are joined by a line feed.
/// A fragment may begin inside a line that is longer than a record may be; such a line has no
/// prefix and is taken as it stands.
final class RecordText {
  private final MessageBytes message = new MessageBytes();
  private final CriLine cri = new CriLine();
  private final DockerLine docker = new DockerLine();
  private final RecordCursor before = new RecordCursor();
  private int timeOffset;
  private int timeBytes;
  private int marks;

  void read(Block block, RecordCursor cursor) {
    timeBytes = 0;
    marks = 0;
    if (cursor.has(Block.FLAG_INCOMPLETE)) {
      marks |= Mark.PARTIAL.bit();
    }
    if (cursor.has(Block.FLAG_FRAGMENT)) {
      marks |= Mark.FRAGMENT.bit();
    }
    byte[] payload = block.payload();
    int from = cursor.rawOffset();
    int to = from + cursor.rawBytes();
    if (cursor.has(Block.FLAG_UNPARSED) || block.format() == LogFormat.PLAIN) {
      boolean inside = isInsideLine(block, cursor);
      if (cursor.has(Block.FLAG_UNPARSED) && !inside) {
        marks |= Mark.UNPARSED.bit();
      }
      if (inside) {
        timeOfRecordBefore(block, cursor);
      }
      asItStands(payload, from, to, cursor.has(Block.FLAG_JOINED));
    } else if (block.format() == LogFormat.CRI) {
      readCri(payload, from, to, cursor);
    } else {
      readDocker(payload, from, to, cursor);
    }
  }

  /// Whether it is a piece of a CRI line that is longer than a record may be, and not the first.
  private static boolean isInsideLine(Block block, RecordCursor cursor) {
    return block.format() == LogFormat.CRI
        && cursor.has(Block.FLAG_FRAGMENT)
        && cursor.has(Block.FLAG_UNPARSED)
        && cursor.ordinal() > 0;
  }

  private void timeOfRecordBefore(Block block, RecordCursor cursor) {
    before.over(block);
    byte[] payload = block.payload();
    while (before.advance() && before.rawOffset() < cursor.rawOffset()) {
      int from = before.rawOffset();
      if (before.stream() == cursor.stream()
          && !before.has(Block.FLAG_UNPARSED)
          && cri.read(payload, from, from + before.rawBytes())) {
        time(from, cri.timeBytes());
      }
    }
  }

  private void asItStands(byte[] payload, int from, int to, boolean joined) {
    message.view(payload, from, to - from);
    if (to > from && payload[to - 1] == '\n') {
      message.dropLast((byte) '\n');
      message.dropLast((byte) '\r');
    }
    if (joined) {
      message.dropLineFeeds();
      marks |= Mark.MULTILINE.bit();
    }
  }

  private void readCri(byte[] payload, int from, int to, RecordCursor cursor) {
    if (!cursor.has(Block.FLAG_JOINED | Block.FLAG_FRAGMENT)) {
      int end = to > from && payload[to - 1] == '\n' ? to - 1 : to;
      if (cri.read(payload, from, end)) {
        time(from, cri.timeBytes());
        message.view(payload, cri.content(), end - cri.content());
        message.dropLast((byte) '\r');
      } else {
        marks |= Mark.UNPARSED.bit();
        message.view(payload, from, end - from);
      }
      return;
    }
    message.clear();
    boolean goesOn = cursor.has(Block.FLAG_FRAGMENT) && cursor.ordinal() > 0;
    boolean breakDue = false;
    for (int line = from; line < to; ) {
      int feed = Bytes.indexOf(payload, line, to, (byte) '\n');
      int end = feed < 0 ? to : feed;
      if (breakDue) {
        message.append((byte) '\n');
        marks |= Mark.MULTILINE.bit();
      }
      if (cri.read(payload, line, end)) {
        if (timeBytes == 0) {
          time(line, cri.timeBytes());
        }
        message.append(payload, cri.content(), end - cri.content());
        breakDue = !cri.partial();
        if (breakDue) {
          message.dropLast((byte) '\r');
        }
      } else {
        if (!(goesOn && line == from)) {
          marks |= Mark.UNPARSED.bit();
        }
        message.append(payload, line, end - line);
        breakDue = true;
      }
      line = end + 1;
    }
    message.dropLineFeeds();
  }

  private void readDocker(byte[] payload, int from, int to, RecordCursor cursor) {
    message.clear();
    boolean goesOn = cursor.has(Block.FLAG_FRAGMENT) && cursor.ordinal() > 0;
    boolean many = false;
    for (int line = from; line < to; ) {
      int feed = Bytes.indexOf(payload, line, to, (byte) '\n');
      int end = feed < 0 ? to : feed;
      if (message.length() > 0 && message.bytes()[message.end() - 1] == '\n') {
        many = true;
      }
      if (docker.read(payload, line, end)) {
        if (timeBytes == 0 && docker.timeStart() >= 0) {
          time(docker.timeStart(), docker.timeEnd() - docker.timeStart());
        }
        message.appendUnescaped(payload, docker.logStart(), docker.logEnd());
        message.unifyLineEnd();
      } else {
        if (!(goesOn && line == from)) {
          marks |= Mark.UNPARSED.bit();
        }
        message.append(payload, line, end - line);
      }
      line = end + 1;
    }
    message.dropLineFeeds();
    if (many) {
      marks |= Mark.MULTILINE.bit();
    }
  }

  private void time(int offset, int length) {
    timeOffset = offset;
    timeBytes = length;
  }

  MessageBytes message() {
    return message;
  }

  /// Where the time of its first line stands in the payload; of [#timeBytes] bytes.
  int timeOffset() {
    return timeOffset;
  }

  /// Length of the time, or 0 when there is none.
  int timeBytes() {
    return timeBytes;
  }

  /// The bits of [Mark] that reading it set.
  int marks() {
    return marks;
  }
}
