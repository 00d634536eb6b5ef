package dev.longshore.agent.redact;

import java.util.Arrays;

/// What was found in one message: places, and which pattern found each. Reused for each message.
final class Matches {
  /// The text is replaced as it stands.
  static final int UNQUOTED = -1;

  private int[] from = new int[16];
  private int[] to = new int[16];
  private int[] pattern = new int[16];
  private int[] quotes = new int[16];
  private int count;

  void clear() {
    count = 0;
  }

  /// @param backslashes how many stand before each quote that the replacement is put into, for a
  ///   JSON number that becomes a string; or [#UNQUOTED]
  void add(int start, int end, int foundBy, int backslashes) {
    if (count == from.length) {
      from = Arrays.copyOf(from, 2 * count);
      to = Arrays.copyOf(to, 2 * count);
      pattern = Arrays.copyOf(pattern, 2 * count);
      quotes = Arrays.copyOf(quotes, 2 * count);
    }
    int at = count;
    while (at > 0 && from[at - 1] > start) {
      move(at - 1, at);
      at--;
    }
    from[at] = start;
    to[at] = end;
    pattern[at] = foundBy;
    quotes[at] = backslashes;
    count++;
  }

  /// Makes one of those that overlap; the first gives its name.
  void merge() {
    int kept = 0;
    for (int i = 1; i < count; i++) {
      if (from[i] < to[kept]) {
        to[kept] = Math.max(to[kept], to[i]);
      } else {
        kept++;
        move(i, kept);
      }
    }
    count = Math.min(count, kept + 1);
  }

  private void move(int source, int target) {
    from[target] = from[source];
    to[target] = to[source];
    pattern[target] = pattern[source];
    quotes[target] = quotes[source];
  }

  int count() {
    return count;
  }

  int from(int i) {
    return from[i];
  }

  int to(int i) {
    return to[i];
  }

  int pattern(int i) {
    return pattern[i];
  }

  int quotes(int i) {
    return quotes[i];
  }

  /// Whether a place overlaps one that was found.
  boolean overlaps(int start, int end) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (from[middle] < end) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    // Of two that begin at one place, either may be the longer.
    return (low > 0 && to[low - 1] > start) || (low > 1 && to[low - 2] > start);
  }
}
