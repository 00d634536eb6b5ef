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
  /// levels count, and arrays for stack traces.
  void take(int meaning, int rankThere, int depth, int start, int end, boolean isString) {
    if (meaning == Fields.NOTHING || end == start || (!isString && meaning != Fields.LEVEL)) {
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
          : Level.NONE;
    }
    int start = from[Fields.LEVEL];
    int end = to[Fields.LEVEL];
    Level word = string[Fields.LEVEL] ? Level.ofText(bytes, start, end) : Level.NONE;
    return word != Level.NONE || end - start > 3 ? word : number(bytes, start, end);
  }

  private boolean is(int meaning, byte[] bytes, byte[] value) {
    return has(meaning) && Arrays.equals(bytes, from[meaning], to[meaning], value, 0, value.length);
  }

  private static Level number(byte[] bytes, int start, int end) {
    int value = 0;
    for (int i = start; i < end; i++) {
      if (!Bytes.isDigit(bytes[i])) {
        return Level.NONE;
      }
      value = value * 10 + bytes[i] - '0';
    }
    return Level.ofNumber(value);
  }
}
