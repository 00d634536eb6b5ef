package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The names under which programs log level, message and errors, by where they stand in a body.
///
/// Sources: ECS logging, logback, log4j2 and Spring Boot layouts, zap, logrus, slog, pino, bunyan,
/// winston, python-json-logger, structlog, Serilog's compact format, .NET's JSON console, GELF,
/// Google Cloud's `severity`, OpenTelemetry's logs, klog, journald, Falco.
final class Fields {
  static final int NOTHING = 0;
  static final int MESSAGE = 1;
  static final int LEVEL = 2;
  static final int ERROR_TYPE = 3;
  static final int STACK = 4;

  /// What an error is about where no message is: only its fingerprint is made of it.
  static final int SUMMARY = 5;

  /// MongoDB's level, one letter, under a name that means nothing elsewhere.
  static final int LETTER = 6;

  /// What shows that a body is MongoDB's.
  static final int MONGO_TIME = 7;

  /// Words about the event, of which one is its level in logs of Kibana's first layout and of
  /// OpenSearch Dashboards.
  static final int TAG = 8;

  /// What shows that a body is of that layout.
  static final int KIND = 9;

  /// Falco's level, whose name means the urgency of anything elsewhere, and what shows that a body
  /// is Falco's.
  static final int PRIORITY = 10;

  static final int RULE = 11;

  /// OpenTelemetry's number of a level: 1 to 24. It and those below are numbers, all above strings.
  static final int SEVERITY = 12;

  /// klog's level of verbosity, and the time that shows a body to be klog's. It states no level.
  static final int VERBOSITY = 13;

  static final int KLOG_TIME = 14;

  /// How many meanings of values there are.
  static final int MEANINGS = 15;

  // Places: which names count among the members of an object.
  static final int IN_BODY = 15;
  static final int IN_LOG = 16;
  static final int IN_ERROR = 17;
  static final int IN_FIELDS = 18;
  static final int IN_LEVEL = 19;
  static final int IN_RECORD = 20;
  static final int IN_TIME = 21;
  static final int IN_CONTEXT = 22;
  static final int IN_TAGS = 23;
  private static final int PLACES = 24;

  private static final Fields[] AMONG = new Fields[PLACES];

  static {
    AMONG[IN_BODY] =
        new Fields()
            .put(
                MESSAGE, "message", "msg", "short_message", "Message", "@m", "@mt", "@message", "M")
            .put(LEVEL, "level", "log.level", "severity", "lvl", "loglevel", "log_level")
            .put(LEVEL, "@l", "levelname", "logLevel", "LogLevel", "Level", "severity_text")
            .put(LEVEL, "@level", "severityText", "Severity", "SeverityText", "L", "level.name")
            .put(LEVEL, "level_name", "LEVEL", "SEVERITY", "log_severity", "levelName")
            .put(LEVEL, "error_severity", "PRIORITY")
            .put(SEVERITY, "severity_number", "severityNumber", "SeverityNumber")
            .put(PRIORITY, "priority")
            .put(RULE, "rule")
            .put(VERBOSITY, "v")
            .put(KLOG_TIME, "ts")
            .put(MESSAGE, "RenderedMessage", "MessageTemplate", "body", "Body")
            .put(LETTER, "s")
            .put(KIND, "type")
            .putTexts(IN_TAGS, "tags")
            .put(ERROR_TYPE, "error.type", "exception.type", "exception_class", "error_type")
            .put(ERROR_TYPE, "exceptionType", "error.class", "exc_type", "error.kind", "err.type")
            .put(ERROR_TYPE, "error_class", "errorType", "exception.class")
            .put(STACK, "error.stack_trace", "stack_trace", "stacktrace", "stackTrace", "stack")
            .put(STACK, "exception.stacktrace", "err.stack", "error.stack", "exc_info", "exception")
            .put(STACK, "Exception", "@x", "errorVerbose", "S", "traceback", "backtrace")
            .put(STACK, "exception.backtrace", "error_backtrace", "throwable", "exc_text")
            .put(SUMMARY, "event", "error", "err", "error.message", "err.message", "text", "reason")
            .put(SUMMARY, "detail", "title", "description", "errorMessage", "exception.message")
            .putObject(IN_LOG, "log")
            .putObject(IN_ERROR, "error", "err", "exception", "thrown", "throwable", "Exception")
            .putList(IN_ERROR, "exception", "exceptions", "Exceptions", "error_detail")
            .putObject(IN_FIELDS, "fields")
            .putObject(IN_LEVEL, "level")
            .putObject(IN_RECORD, "record", "_meta")
            .putObject(IN_CONTEXT, "context", "meta")
            .putObject(IN_TIME, "t");
    AMONG[IN_TAGS] = new Fields();
    AMONG[IN_LOG] = new Fields().put(LEVEL, "level");
    AMONG[IN_ERROR] =
        new Fields()
            .put(ERROR_TYPE, "type", "name", "class", "exception_class", "className", "exc_type")
            .put(ERROR_TYPE, "exceptionType", "kind", "Exception", "ClassName", "Type")
            .put(STACK, "stack_trace", "stack", "stacktrace", "stackTrace", "backtrace", "trace")
            .put(STACK, "extendedStackTrace", "stepArray", "frames", "Trace")
            .put(STACK, "StackTraceString", "StackTrace")
            .put(SUMMARY, "message", "value", "exc_value")
            .putObject(IN_ERROR, "stacktrace")
            .putList(IN_ERROR, "values");
    AMONG[IN_FIELDS] =
        new Fields()
            .put(MESSAGE, "message", "msg")
            .put(LEVEL, "level")
            .put(STACK, "backtrace", "stacktrace")
            .put(SUMMARY, "error", "err")
            .putObject(IN_ERROR, "error", "err", "exception");
    AMONG[IN_LEVEL] = new Fields().put(LEVEL, "name", "value");
    AMONG[IN_RECORD] =
        new Fields()
            .put(MESSAGE, "message")
            .put(LEVEL, "level.name", "logLevelName")
            .putObject(IN_LEVEL, "level")
            .putObject(IN_ERROR, "exception");
    AMONG[IN_CONTEXT] = new Fields().putObject(IN_ERROR, "exception", "error", "err");
    AMONG[IN_TIME] = new Fields().put(MONGO_TIME, "$date");
  }

  private static final int SLOTS = 256;

  /// The hash of an empty slot, and of no name that means something.
  private static final long EMPTY = 0;

  /// The slot of a name that was not looked at: never of one that means something.
  static final int UNKNOWN = SLOTS;

  private final byte[][] names = new byte[SLOTS][];
  private final long[] hashes = new long[SLOTS];
  private final int[] meanings = new int[SLOTS + 1];
  private final int[] objectMeanings = new int[SLOTS + 1];
  private final int[] listMeanings = new int[SLOTS + 1];
  private final int[] textsMeanings = new int[SLOTS + 1];
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

  private Fields putList(int meaning, String... texts) {
    for (String text : texts) {
      listMeanings[claim(text)] = meaning;
    }
    return this;
  }

  private Fields putTexts(int meaning, String text) {
    textsMeanings[claim(text)] = meaning;
    return this;
  }

  private int claim(String text) {
    byte[] name = text.getBytes(StandardCharsets.UTF_8);
    long hash = hash(name, 0, name.length);
    int slot = slot(name, 0, name.length, hash);
    names[slot] = name;
    hashes[slot] = hash;
    return slot;
  }

  /// The names that mean something at a place.
  ///
  /// @param place [#IN_BODY] or another, never [#NOTHING]
  static Fields among(int place) {
    return AMONG[place];
  }

  /// Where a name is kept, or the empty slot where it would be.
  int slot(byte[] bytes, int from, int length, long hash) {
    int slot = (int) (hash >>> 56);
    // Hardly a name that is looked for is kept: its hash says so without a look at the kept one.
    while (hashes[slot] != EMPTY
        && (hashes[slot] != hash || !same(names[slot], bytes, from, length))) {
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

  /// What the name means for the elements when its value is an array of objects.
  int listMeaning(int slot) {
    return listMeanings[slot];
  }

  /// What it means for the elements when its value is an array of strings.
  int textsMeaning(int slot) {
    return textsMeanings[slot];
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

  private static boolean same(byte[] name, byte[] bytes, int from, int length) {
    return name.length == length && Bytes.startsWith(bytes, from, from + length, name);
  }
}
