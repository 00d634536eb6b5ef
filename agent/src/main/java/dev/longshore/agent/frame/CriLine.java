package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.line.Bytes;

/// Reads lines as containerd and CRI-O write them: `<timestamp> <stdout|stderr> <P|F[:tag…]>
/// <message>`, see `KubeletCRILogs` in the Kubernetes design proposals. One thread.
final class CriLine {
  private static final long STDOUT = word(" stdout ");
  private static final long STDERR = word(" stderr ");

  private final Rfc3339 time = new Rfc3339();

  private static long word(String eight) {
    long word = 0;
    for (int i = 7; i >= 0; i--) {
      word = word << 8 | eight.charAt(i);
    }
    return word;
  }

  /// Reads `[from, end)`, which has no line feed.
  void parse(byte[] bytes, int from, int end, Line line) {
    long timestampNanos = time.parse(bytes, from, end);
    int at = time.end();
    if (timestampNanos == Rfc3339.INVALID || end - at < 9) {
      line.whole(bytes, from, end, false);
      return;
    }
    long name = Bytes.get(bytes, at);
    byte tag = bytes[at + 8];
    if ((name != STDOUT && name != STDERR) || (tag != 'F' && tag != 'P')) {
      line.whole(bytes, from, end, false);
      return;
    }
    at += 9;
    if (at < end && bytes[at] == ':') {
      int space = Bytes.indexOf(bytes, at, end, (byte) ' ');
      at = space < 0 ? end : space;
    }
    if (at < end && bytes[at++] != ' ') {
      line.whole(bytes, from, end, false);
      return;
    }
    line.stream = name == STDOUT ? Block.STDOUT : Block.STDERR;
    line.partial = tag == 'P';
    line.unparsed = false;
    line.timestampNanos = timestampNanos;
    line.message(bytes, at, end);
  }
}
