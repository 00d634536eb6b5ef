package dev.longshore.agent;

import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Which seeds the tests with random input try.
///
/// `-Dlongshore.seeds=N` tries more than the usual few; `-Dlongshore.seed=N` one alone.
public final class Seeds {
  private Seeds() {}

  /// The first few seeds.
  ///
  /// @param usual how many, where nobody asks for more
  public static Stream<Long> first(int usual) {
    Long one = Long.getLong("longshore.seed");
    return one != null
        ? Stream.of(one)
        : LongStream.rangeClosed(1, Long.getLong("longshore.seeds", usual)).boxed();
  }

  /// The first few seeds, and those that have found something before.
  public static Stream<Long> first(int usual, long... notable) {
    Stream<Long> first = first(usual);
    return Long.getLong("longshore.seed") != null
        ? first
        : Stream.concat(first, LongStream.of(notable).boxed()).distinct();
  }
}
