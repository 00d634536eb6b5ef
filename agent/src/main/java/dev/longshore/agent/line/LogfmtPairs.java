package dev.longshore.agent.line;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The `key=value` pairs of a logfmt line: its level and its message. Reused for each line.
///
/// Among the pairs a level may stand by itself, as Sidekiq and Elixir write it: `pid=1 tid=abc
/// WARN: …`, `request_id=F1 [info] …`.
final class LogfmtPairs {
  private static final List<byte[]> LEVEL_KEYS =
      list("level", "lvl", "severity", "loglevel", "log.level", "Level", "LEVEL", "@level");
  private static final List<byte[]> MESSAGE_KEYS = list("msg", "message");
  private static final int ABSENT = -1;

  private Level level = Level.NONE;
  private boolean timeFirst;
  private int messageFrom;
  private int messageTo;
  private int loneLevelFrom;
  private int loneLevelTo;

  /// Reads the pairs of `[from, to)`, where the first key begins at `from`.
  void read(byte[] bytes, int from, int to) {
    level = Level.NONE;
    timeFirst = false;
    messageFrom = ABSENT;
    loneLevelFrom = ABSENT;
    int i = from;
    while (i < to && !(messageFrom >= 0 && level != Level.NONE)) {
      i = blanks(bytes, i, to);
      int key = i;
      while (i < to && bytes[i] > ' ' && bytes[i] != '=' && bytes[i] != '"') {
        i++;
      }
      int keyEnd = i;
      i = Ansi.skip(bytes, i, to);
      if (i < to && bytes[i] == '=') {
        i = value(bytes, from, key, keyEnd, Ansi.skip(bytes, i + 1, to), to);
      } else {
        if (isLoneLevel(bytes, key, keyEnd)) {
          return;
        }
        i = Math.max(i, keyEnd + 1);
      }
    }
  }

  /// Takes the value that begins at `at`; returns what is behind it.
  private int value(byte[] bytes, int from, int key, int keyEnd, int at, int to) {
    int start = at;
    int stop;
    int next;
    if (at < to && bytes[at] == '"') {
      start = at + 1;
      int i = start;
      while (i < to && bytes[i] != '"') {
        i += bytes[i] == '\\' ? 2 : 1;
      }
      stop = Math.min(i, to);
      next = i + 1;
    } else {
      stop = at;
      while (stop < to && bytes[stop] > ' ') {
        stop++;
      }
      next = stop;
    }
    if (level == Level.NONE && isOneOf(LEVEL_KEYS, bytes, key, keyEnd)) {
      level = Level.ofText(bytes, start, stop);
    } else if (messageFrom < 0 && isOneOf(MESSAGE_KEYS, bytes, key, keyEnd)) {
      messageFrom = start;
      messageTo = stop;
    } else if (key == from) {
      timeFirst = LineTime.is(bytes, start, stop);
    }
    return next;
  }

  /// `WARN:`, or Elixir's `[warn]`.
  private boolean isLoneLevel(byte[] bytes, int from, int to) {
    if (messageFrom >= 0 || to <= from) {
      return false;
    }
    boolean bracket = bytes[from] == '[' && bytes[to - 1] == ']';
    int start = bracket ? from + 1 : from;
    boolean stands = bracket || (bytes[to - 1] == ':' && areCapitals(bytes, from, to - 1));
    if (!stands || Level.of(bytes, start, to - 1) == Level.NONE) {
      return false;
    }
    loneLevelFrom = start;
    loneLevelTo = to - 1;
    return true;
  }

  private static boolean areCapitals(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < 'A' || bytes[i] > 'Z') {
        return false;
      }
    }
    return true;
  }

  private static int blanks(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && bytes[i] >= 0 && bytes[i] <= ' ') {
      i = bytes[i] == Ansi.ESCAPE ? Ansi.end(bytes, i, to) : i + 1;
    }
    return i;
  }

  private static boolean isOneOf(List<byte[]> wanted, byte[] bytes, int from, int to) {
    for (int i = 0; i < wanted.size(); i++) {
      byte[] name = wanted.get(i);
      if (name.length == to - from && Bytes.startsWith(bytes, from, to, name)) {
        return true;
      }
    }
    return false;
  }

  private static List<byte[]> list(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.US_ASCII)).toList();
  }

  Level level() {
    return level;
  }

  /// Whether the first pair's value is a time.
  boolean beginsWithTime() {
    return timeFirst;
  }

  boolean hasMessage() {
    return messageFrom >= 0;
  }

  int messageFrom() {
    return messageFrom;
  }

  int messageTo() {
    return messageTo;
  }

  boolean hasLoneLevel() {
    return loneLevelFrom >= 0;
  }

  int loneLevelFrom() {
    return loneLevelFrom;
  }

  int loneLevelTo() {
    return loneLevelTo;
  }
}
