package dev.longshore.agent.ship.encode;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.Level;
import dev.longshore.agent.line.LevelNames;
import java.util.Arrays;

/// Where message, level and error stand in a JSON body: slices of it, between the quotes. Of
/// several members with the same meaning the outer wins, then the one that [Fields] names first.
final class Found {
  private static final byte[] LOG = ascii("log");
  private static final int MEANINGS = Fields.MEANINGS;
  private static final byte[] KLOG_ERROR = ascii("\"err\":\"");

  /// From where on Kubernetes' conventions call a verbosity one for debugging.
  private static final int KLOG_DEBUG = 4;

  private static final int MOST_DIGITS = 8;
  private static final int DEPTH_WEIGHT = 1_000;

  /// The rank of a name that goes behind all of [Fields] at its depth.
  static final int LAST_RANK = DEPTH_WEIGHT - 1;

  private final int[] from = new int[MEANINGS];
  private final int[] to = new int[MEANINGS];
  private final int[] rank = new int[MEANINGS];
  private boolean stackIsArray;
  private final boolean[] string = new boolean[MEANINGS];

  void clear() {
    for (int meaning = 0; meaning < MEANINGS; meaning++) {
      rank[meaning] = Integer.MAX_VALUE;
    }
  }

  /// Takes the slice, unless one that goes before it was taken. Of values that are no strings only
  /// levels and what says so by its meaning count, and arrays for stack traces.
  void take(int meaning, int rankThere, int depth, int start, int end, boolean isString) {
    if (meaning == Fields.NOTHING
        || end == start
        || (meaning != Fields.LEVEL && isString == isNumber(meaning))) {
      return;
    }
    int weight = depth * DEPTH_WEIGHT + rankThere;
    if (weight < rank[meaning]) {
      rank[meaning] = weight;
      from[meaning] = start;
      to[meaning] = end;
      string[meaning] = isString;
      stackIsArray &= meaning != Fields.STACK;
    }
  }

  /// Whether no string has the meaning.
  private static boolean isNumber(int meaning) {
    return meaning >= Fields.SEVERITY;
  }

  boolean has(int meaning) {
    return rank[meaning] != Integer.MAX_VALUE;
  }

  /// Whether the stack trace is an array, brackets included, and no string.
  boolean stackIsArray() {
    return stackIsArray;
  }

  int from(int meaning) {
    return from[meaning];
  }

  int to(int meaning) {
    return to[meaning];
  }

  /// Takes an array, its brackets included, as a stack trace.
  void takeArray(int rankThere, int depth, int start, int end) {
    int weight = depth * DEPTH_WEIGHT + rankThere;
    if (weight < rank[Fields.STACK] && end - start > 2) {
      rank[Fields.STACK] = weight;
      from[Fields.STACK] = start;
      to[Fields.STACK] = end;
      stackIsArray = true;
    }
  }

  /// The level that the body states, or NONE.
  ///
  /// @param names what values mean, besides the known ones
  Level level(byte[] bytes, LevelNames names) {
    if (has(Fields.LEVEL)) {
      Level named = names.of(bytes, from[Fields.LEVEL], to[Fields.LEVEL]);
      if (named != Level.NONE) {
        return named;
      }
    } else {
      if (has(Fields.TAG) && is(Fields.KIND, bytes, LOG)) {
        return Level.of(bytes, from[Fields.TAG], to[Fields.TAG]);
      }
      return has(Fields.LETTER) && has(Fields.MONGO_TIME)
          ? Level.ofLetter(bytes[from[Fields.LETTER]])
          : byOthers(bytes);
    }
    int start = from[Fields.LEVEL];
    int end = to[Fields.LEVEL];
    Level word = string[Fields.LEVEL] ? Level.ofText(bytes, start, end) : Level.NONE;
    return word != Level.NONE || end - start > 3 ? word : number(bytes, start, end);
  }

  /// OpenTelemetry's number alone; Falco's priority; and klog's lines, which have a verbosity if
  /// they inform and an error if they tell of one.
  private Level byOthers(byte[] bytes) {
    if (has(Fields.SEVERITY)) {
      return Level.ofOpenTelemetry(value(bytes, from[Fields.SEVERITY], to[Fields.SEVERITY]));
    }
    if (has(Fields.PRIORITY) && has(Fields.RULE)) {
      return Level.ofText(bytes, from[Fields.PRIORITY], to[Fields.PRIORITY]);
    }
    if (!has(Fields.KLOG_TIME)) {
      return Level.NONE;
    }
    if (has(Fields.VERBOSITY)) {
      int verbosity = value(bytes, from[Fields.VERBOSITY], to[Fields.VERBOSITY]);
      return verbosity < KLOG_DEBUG ? Level.INFO : Level.DEBUG;
    }
    int key = has(Fields.SUMMARY) ? from[Fields.SUMMARY] - KLOG_ERROR.length : -1;
    return key > 0 && Bytes.startsWith(bytes, key, to[Fields.SUMMARY], KLOG_ERROR)
        ? Level.ERROR
        : Level.NONE;
  }

  private boolean is(int meaning, byte[] bytes, byte[] value) {
    return has(meaning) && Arrays.equals(bytes, from[meaning], to[meaning], value, 0, value.length);
  }

  private static Level number(byte[] bytes, int start, int end) {
    return Level.ofNumber(value(bytes, start, end));
  }

  /// A whole number of few digits, or -1.
  private static int value(byte[] bytes, int start, int end) {
    int value = 0;
    for (int i = start; i < end; i++) {
      if (!Bytes.isDigit(bytes[i]) || i - start == MOST_DIGITS) {
        return -1;
      }
      value = value * 10 + bytes[i] - '0';
    }
    return value;
  }
}
