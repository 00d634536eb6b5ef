package dev.longshore.agent.redact;

import java.util.Arrays;

/// What was found in one message: places, and which pattern found each. Reused for each message.
///
/// A search finds its places in order, or nearly so, but searches follow one another: what one
/// finds is a run of its own until [#settle] merges it into what was there, so that many places of
/// several patterns cost no more than their number.
final class Matches {
  /// The text is replaced as it stands.
  static final int UNQUOTED = -1;

  private Places places = new Places();
  private Places spare = new Places();

  /// Where the run of the current search begins; everything before it is in order.
  private int run;

  /// Parallel arrays, by place.
  private static final class Places {
    private int[] from = new int[16];
    private int[] to = new int[16];
    private int[] pattern = new int[16];
    private int[] quotes = new int[16];
    private int count;

    private void room() {
      if (count == from.length) {
        from = Arrays.copyOf(from, 2 * count);
        to = Arrays.copyOf(to, 2 * count);
        pattern = Arrays.copyOf(pattern, 2 * count);
        quotes = Arrays.copyOf(quotes, 2 * count);
      }
    }

    private void append(Places source, int at) {
      room();
      copy(source, at, count++);
    }

    private void copy(Places source, int at, int target) {
      from[target] = source.from[at];
      to[target] = source.to[at];
      pattern[target] = source.pattern[at];
      quotes[target] = source.quotes[at];
    }
  }

  void clear() {
    places.count = 0;
    run = 0;
  }

  /// @param backslashes how many stand before each quote that the replacement is put into, for a
  ///   JSON number that becomes a string; or [#UNQUOTED]
  void add(int start, int end, int foundBy, int backslashes) {
    places.room();
    int at = places.count++;
    while (at > run && places.from[at - 1] > start) {
      places.copy(places, at - 1, at);
      at--;
    }
    places.from[at] = start;
    places.to[at] = end;
    places.pattern[at] = foundBy;
    places.quotes[at] = backslashes;
  }

  /// Ends a search: the next one finds places from the message's start again.
  void settle() {
    if (run == 0 || run == places.count) {
      run = places.count;
      return;
    }
    spare.count = 0;
    int old = 0;
    int added = run;
    while (old < run || added < places.count) {
      boolean takeOld =
          added == places.count || (old < run && places.from[old] <= places.from[added]);
      spare.append(places, takeOld ? old++ : added++);
    }
    Places merged = spare;
    spare = places;
    places = merged;
    run = places.count;
  }

  /// Makes one of those that overlap; the first gives its name.
  void merge() {
    settle();
    int kept = 0;
    for (int i = 1; i < places.count; i++) {
      if (places.from[i] < places.to[kept]) {
        places.to[kept] = Math.max(places.to[kept], places.to[i]);
      } else {
        kept++;
        places.copy(places, i, kept);
      }
    }
    places.count = Math.min(places.count, kept + 1);
  }

  int count() {
    return places.count;
  }

  int from(int i) {
    return places.from[i];
  }

  int to(int i) {
    return places.to[i];
  }

  int pattern(int i) {
    return places.pattern[i];
  }

  int quotes(int i) {
    return places.quotes[i];
  }

  /// Whether a place overlaps one that was found.
  boolean overlaps(int start, int end) {
    return overlaps(start, end, 0, run) || overlaps(start, end, run, places.count);
  }

  private boolean overlaps(int start, int end, int first, int last) {
    int low = first;
    int high = last;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (places.from[middle] < end) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    // Of two that begin at one place, either may be the longer.
    return (low > first && places.to[low - 1] > start)
        || (low > first + 1 && places.to[low - 2] > start);
  }
}
