package dev.longshore.agent.ship.encode;

/// Where message, level and error stand in a JSON body: slices of it, between the quotes. Of
/// several members with the same meaning the outer wins, then the one that [Fields] names first.
final class Found {
  private static final int MEANINGS = Fields.STACK + 1;
  private static final int DEPTH_WEIGHT = 1_000;

  private final int[] from = new int[MEANINGS];
  private final int[] to = new int[MEANINGS];
  private final int[] rank = new int[MEANINGS];
  private final boolean[] string = new boolean[MEANINGS];

  void clear() {
    for (int meaning = 0; meaning < MEANINGS; meaning++) {
      rank[meaning] = Integer.MAX_VALUE;
    }
  }

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
    }
  }

  boolean has(int meaning) {
    return rank[meaning] != Integer.MAX_VALUE;
  }

  int from(int meaning) {
    return from[meaning];
  }

  int to(int meaning) {
    return to[meaning];
  }

  /// The level that the body states, or NONE.
  Level level(byte[] bytes) {
    if (!has(Fields.LEVEL)) {
      return Level.NONE;
    }
    int start = from[Fields.LEVEL];
    int end = to[Fields.LEVEL];
    Level word = string[Fields.LEVEL] ? Level.of(bytes, start, end) : Level.NONE;
    return word != Level.NONE || end - start > 2 ? word : number(bytes, start, end);
  }

  private static Level number(byte[] bytes, int start, int end) {
    int value = 0;
    for (int i = start; i < end; i++) {
      if (!Words.isDigit(bytes[i])) {
        return Level.NONE;
      }
      value = value * 10 + bytes[i] - '0';
    }
    return Level.ofNumber(value);
  }
}
