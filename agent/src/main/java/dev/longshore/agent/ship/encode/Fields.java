package dev.longshore.agent.ship.encode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The names under which programs log level, message and errors, by where they stand in a body.
///
/// Sources: ECS logging, logback, log4j2 and Spring Boot layouts, zap, logrus, slog, pino, bunyan,
/// winston, python-json-logger, structlog, Serilog's compact format, .NET's JSON console, GELF,
/// Google Cloud's `severity`.
final class Fields {
  static final int NOTHING = 0;
  static final int MESSAGE = 1;
  static final int LEVEL = 2;
  static final int ERROR_TYPE = 3;
  static final int STACK = 4;
  static final int IN_LOG = 5;
  static final int IN_ERROR = 6;

  private static final Fields TOP =
      new Fields()
          .put(MESSAGE, "message", "msg", "short_message", "Message", "@m", "@mt")
          .put(LEVEL, "level", "log.level", "severity", "lvl", "loglevel", "log_level")
          .put(LEVEL, "@l", "levelname", "logLevel", "LogLevel", "Level", "severity_text")
          .put(ERROR_TYPE, "error.type", "exception.type", "exception_class", "error_type")
          .put(STACK, "error.stack_trace", "stack_trace", "stacktrace", "stackTrace", "stack")
          .put(STACK, "exception.stacktrace", "err.stack", "error.stack", "exc_info", "exception")
          .put(STACK, "Exception", "@x", "errorVerbose")
          .putObject(IN_LOG, "log")
          .putObject(IN_ERROR, "error", "err", "exception");
  private static final Fields LOG = new Fields().put(LEVEL, "level");
  private static final Fields ERROR =
      new Fields()
          .put(ERROR_TYPE, "type", "name", "class", "exception_class")
          .put(STACK, "stack_trace", "stack", "stacktrace", "stackTrace", "backtrace", "trace");
  private static final List<byte[]> LOGFMT_LEVELS =
      ascii("level", "lvl", "severity", "loglevel", "log.level");
  private static final List<byte[]> LOGFMT_MESSAGES = ascii("msg", "message");

  private static final int SLOTS = 128;

  /// The slot of a name that was not looked at: never of one that means something.
  static final int UNKNOWN = SLOTS;

  private final byte[][] names = new byte[SLOTS][];
  private final int[] meanings = new int[SLOTS + 1];
  private final int[] objectMeanings = new int[SLOTS + 1];
  private final int[] ranks = new int[SLOTS + 1];
  private int rank;

  private Fields() {
    Arrays.fill(names, new byte[0]);
  }

  private Fields put(int meaning, String... texts) {
    for (String text : texts) {
      int slot = claim(text);
      meanings[slot] = meaning;
      ranks[slot] = rank++;
    }
    return this;
  }

  private Fields putObject(int meaning, String... texts) {
    for (String text : texts) {
      objectMeanings[claim(text)] = meaning;
    }
    return this;
  }

  private int claim(String text) {
    byte[] name = text.getBytes(StandardCharsets.UTF_8);
    int slot = slot(name, 0, name.length, hash(name, 0, name.length));
    names[slot] = name;
    return slot;
  }

  /// The names that mean something among the members of the body itself, of its `log`, or of its
  /// `error`.
  ///
  /// @param place NOTHING for the body itself, IN_LOG or IN_ERROR
  static Fields among(int place) {
    return place == IN_LOG ? LOG : place == IN_ERROR ? ERROR : TOP;
  }

  /// Where a name is kept, or the empty slot where it would be.
  int slot(byte[] bytes, int from, int length, long hash) {
    int slot = (int) (hash >>> 57);
    while (names[slot].length != 0 && !same(names[slot], bytes, from, length)) {
      slot = (slot + 1) & (SLOTS - 1);
    }
    return slot;
  }

  /// What the name in a slot means when its value is a string or a number.
  int meaning(int slot) {
    return meanings[slot];
  }

  /// What it means when its value is an object.
  int objectMeaning(int slot) {
    return objectMeanings[slot];
  }

  /// Which of several names wins: the lower.
  int rank(int slot) {
    return ranks[slot];
  }

  /// A hash of a name, of which the high bits are the best.
  static long hash(byte[] bytes, int from, int length) {
    long hash = length;
    for (int i = from; i < from + length; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * 0x9e3779b97f4a7c15L;
    }
    return hash ^ (hash >>> 29);
  }

  static boolean isLogfmtLevel(byte[] bytes, int from, int to) {
    return isOneOf(LOGFMT_LEVELS, bytes, from, to);
  }

  static boolean isLogfmtMessage(byte[] bytes, int from, int to) {
    return isOneOf(LOGFMT_MESSAGES, bytes, from, to);
  }

  private static boolean isOneOf(List<byte[]> wanted, byte[] bytes, int from, int to) {
    for (int i = 0; i < wanted.size(); i++) {
      if (same(wanted.get(i), bytes, from, to - from)) {
        return true;
      }
    }
    return false;
  }

  private static boolean same(byte[] name, byte[] bytes, int from, int length) {
    return name.length == length && Words.startsWith(bytes, from, from + length, name);
  }

  private static List<byte[]> ascii(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.US_ASCII)).toList();
  }
}
