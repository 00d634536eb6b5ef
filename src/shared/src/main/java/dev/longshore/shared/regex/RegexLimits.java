package dev.longshore.shared.regex;

import java.util.ArrayDeque;
import java.util.Deque;

/// Refuses regular expressions in RE2's syntax that are small to write and large to compile or to
/// run, such as `((a{100}){100}){100}`: the library that compiles them has no bound of its own, and
/// takes all memory and the stack.
///
/// Nested repetitions are bounded as in Go, so what Prometheus and Alertmanager take is taken. The
/// syntax itself is left to who compiles it.
public final class RegexLimits {

  /// Repetitions within each other, multiplied; Go's own bound.
  private static final int MAX_REPEATS = 1000;

  /// Groups within each other: each takes some frames of the stack.
  private static final int MAX_DEPTH = 250;

  /// Instructions of the program, about; 100,000 take some 10 MB while they are made.
  private static final long MAX_SIZE = 100_000;

  /// A class of Unicode such as `\pL` is hundreds of ranges.
  private static final long CLASS_SIZE = 100;

  /// What a part of an expression compiles to.
  ///
  /// @param size in instructions, about
  /// @param repeats the most repetitions within each other, multiplied
  private record Part(long size, long repeats) {
    static final Part NONE = new Part(0, 1);

    Part and(Part next) {
      return new Part(size + next.size, Math.max(repeats, next.repeats));
    }
  }

  private final String expression;
  private int at;

  private final Deque<Part> outer = new ArrayDeque<>();

  /// What stands before the last part in the innermost group.
  private Part before = Part.NONE;

  /// What a repetition that follows would repeat.
  private Part last = Part.NONE;

  private RegexLimits(String expression) {
    this.expression = expression;
  }

  /// @throws IllegalArgumentException when the expression is too large, with the bound
  public static void check(String expression) {
    new RegexLimits(expression).check();
  }

  private void check() {
    while (at < expression.length()) {
      char c = expression.charAt(at);
      switch (c) {
        case '\\' -> escape();
        case '[' -> next(charactersOfClass());
        case '(' -> open();
        case ')' -> close();
        case '{' -> repeat();
        default -> {
          at++;
          next(1);
        }
      }
      if (before.and(last).size > MAX_SIZE) {
        throw new IllegalArgumentException(
            "expression too large: at most %d instructions are accepted".formatted(MAX_SIZE));
      }
    }
  }

  private void next(long size) {
    before = before.and(last);
    last = new Part(size, 1);
  }

  private void open() {
    at++;
    outer.push(before.and(last));
    before = Part.NONE;
    last = Part.NONE;
    if (outer.size() > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "expression nests too deeply: at most %d groups are accepted".formatted(MAX_DEPTH));
    }
  }

  private void close() {
    at++;
    if (!outer.isEmpty()) {
      Part group = before.and(last);
      // A group that is captured has an instruction at each end.
      last = new Part(group.size + 2, group.repeats);
      before = outer.pop();
    }
  }

  private void escape() {
    at++;
    if (expression.startsWith("Q", at)) {
      int end = expression.indexOf("\\E", at);
      int from = at + 1;
      at = end < 0 ? expression.length() : end + 2;
      next(Math.max(1, (end < 0 ? at : end) - from));
      return;
    }
    next(escapedSize());
  }

  /// Passes over what follows a backslash.
  private long escapedSize() {
    if (at >= expression.length()) {
      return 1;
    }
    char c = expression.charAt(at++);
    boolean braces = expression.startsWith("{", at);
    if (braces && (c == 'x' || c == 'p' || c == 'P')) {
      int end = expression.indexOf('}', at);
      at = end < 0 ? expression.length() : end + 1;
    }
    return c == 'p' || c == 'P' ? CLASS_SIZE : 1;
  }

  /// Passes over `[…]`, in which no character groups or repeats.
  private long charactersOfClass() {
    int start = at++;
    long size = 1;
    if (expression.startsWith("^", at)) {
      at++;
    }
    // A bracket that comes first is one of the characters.
    if (expression.startsWith("]", at)) {
      at++;
    }
    while (at < expression.length() && expression.charAt(at) != ']') {
      int named = expression.startsWith("[:", at) ? expression.indexOf(":]", at + 2) : -1;
      if (named >= 0) {
        at = named + 2;
      } else if (expression.charAt(at) == '\\') {
        at++;
        size += escapedSize();
      } else {
        at++;
      }
    }
    at = Math.min(at + 1, expression.length());
    // Each character may be a range of its own, of two numbers.
    return size + (at - start) / 4;
  }

  private void repeat() {
    int end = expression.indexOf('}', at);
    long count = end < 0 ? -1 : count(expression.substring(at + 1, end));
    if (count < 0) {
      // No repetition, but the character itself.
      at++;
      next(1);
      return;
    }
    at = end + 1;
    last = new Part(last.size * Math.max(1, count), last.repeats * Math.max(1, count));
    if (last.repeats > MAX_REPEATS) {
      throw new IllegalArgumentException(
          "invalid repeat count: at most %d repetitions are accepted, those within each other multiplied"
              .formatted(MAX_REPEATS));
    }
  }

  /// How often `3,100` repeats at most; negative when it is no repetition.
  private static long count(String text) {
    String[] numbers = text.split(",", 2);
    long most = 0;
    for (int i = 0; i < numbers.length; i++) {
      String number = numbers[i];
      if (i == 1 && number.isEmpty()) {
        continue;
      }
      if (number.isEmpty() || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return -1;
      }
      // Whatever is longer is refused in any case.
      most = Math.max(most, number.length() > 8 ? Integer.MAX_VALUE : Long.parseLong(number));
    }
    return most;
  }
}
