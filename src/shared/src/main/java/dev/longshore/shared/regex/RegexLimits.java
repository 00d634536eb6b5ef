package dev.longshore.shared.regex;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

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

  /// Instructions in a row that take no character, as in `(.?){300}`, each a frame of the stack at
  /// a match: a stack of 512 KiB has room for some 2,700.
  private static final long MAX_EMPTY = 1500;

  /// A class of Unicode such as `\pL` is hundreds of ranges.
  private static final long CLASS_SIZE = 100;

  /// What stands before a group that is open.
  private record Outer(@Nullable RegexPart alternatives, RegexPart before, boolean captures) {}

  private final String expression;
  private int at;

  private final Deque<Outer> outer = new ArrayDeque<>();

  /// The alternatives before the last `|` in the innermost group.
  private @Nullable RegexPart alternatives;

  /// What stands before the last part in this alternative.
  private RegexPart before = RegexPart.NOTHING;

  /// What a repetition that follows would repeat.
  private RegexPart last = RegexPart.NOTHING;

  private RegexLimits(String expression) {
    this.expression = expression;
  }

  /// @return the instructions of its program, about: a match takes at most so many steps for each
  ///   character
  /// @throws IllegalArgumentException when the expression is too large, with the bound
  public static long check(String expression) {
    return new RegexLimits(expression).check();
  }

  private long check() {
    while (at < expression.length()) {
      char c = expression.charAt(at);
      switch (c) {
        case '\\' -> escape();
        case '[' -> next(RegexPart.character(charactersOfClass()));
        case '(' -> open();
        case ')' -> close();
        case '|' -> {
          at++;
          alternatives = whole();
          before = RegexPart.NOTHING;
          last = RegexPart.NOTHING;
        }
        case '?', '*', '+', '{' -> repeat(c);
        default -> {
          at++;
          next(c == '^' || c == '$' ? RegexPart.PLACE : RegexPart.character(1));
        }
      }
      RegexPart whole = whole();
      if (whole.size() > MAX_SIZE || whole.longest() > MAX_EMPTY) {
        throw new IllegalArgumentException(
            "expression too large: at most %d instructions are accepted, %d of them in a row without a character"
                .formatted(MAX_SIZE, MAX_EMPTY));
      }
    }
    return whole().size();
  }

  /// The innermost group up to here.
  private RegexPart whole() {
    RegexPart alternative = before.then(last);
    return alternatives == null ? alternative : alternatives.or(alternative);
  }

  private void next(RegexPart part) {
    before = before.then(last);
    last = part;
  }

  private void open() {
    at++;
    boolean captures = true;
    if (expression.startsWith("?", at)) {
      int end = at + 1;
      captures = expression.startsWith("P<", end) || expression.startsWith("<", end);
      while (end < expression.length()
          && (captures ? expression.charAt(end) != '>' : isFlag(expression.charAt(end)))) {
        end++;
      }
      boolean flagsAlone = !captures && expression.startsWith(")", end);
      at = Math.min(end + 1, expression.length());
      if (flagsAlone) {
        return;
      }
    }
    outer.push(new Outer(alternatives, before.then(last), captures));
    alternatives = null;
    before = RegexPart.NOTHING;
    last = RegexPart.NOTHING;
    if (outer.size() > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "expression nests too deeply: at most %d groups are accepted".formatted(MAX_DEPTH));
    }
  }

  private static boolean isFlag(char c) {
    return c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private void close() {
    at++;
    if (!outer.isEmpty()) {
      RegexPart group = whole();
      Outer around = outer.pop();
      last = around.captures ? group.group() : group;
      before = around.before;
      alternatives = around.alternatives;
    }
  }

  private void escape() {
    at++;
    if (expression.startsWith("Q", at)) {
      int end = expression.indexOf("\\E", at);
      int from = at + 1;
      at = end < 0 ? expression.length() : end + 2;
      next(RegexPart.character(Math.max(1, (end < 0 ? at : end) - from)));
      return;
    }
    boolean isPlace = at < expression.length() && "AzbB".indexOf(expression.charAt(at)) >= 0;
    long size = escapedSize();
    next(isPlace ? RegexPart.PLACE : RegexPart.character(size));
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

  private void repeat(char c) {
    at++;
    switch (c) {
      case '?' -> last = last.optional();
      case '*' -> last = last.again().optional();
      case '+' -> last = last.again();
      default -> {
        int end = expression.indexOf('}', at);
        String counts = end < 0 ? "" : expression.substring(at, end);
        long count = count(counts);
        if (count < 0) {
          // No repetition, but the character itself.
          next(RegexPart.character(1));
          return;
        }
        at = end + 1;
        last = last.times(Math.max(1, count));
        if (counts.startsWith("0")) {
          last = last.optional();
        }
        if (last.repeats() > MAX_REPEATS) {
          throw new IllegalArgumentException(
              "invalid repeat count: at most %d repetitions are accepted, those within each other multiplied"
                  .formatted(MAX_REPEATS));
        }
      }
    }
    // As few as do.
    if (expression.startsWith("?", at)) {
      at++;
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
