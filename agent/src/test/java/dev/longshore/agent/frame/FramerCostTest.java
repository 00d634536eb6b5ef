package dev.longshore.agent.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.frame.Framed.Found;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Joining lines costs in proportion to their bytes, whatever stands in them: no line is read more
/// than a fixed number of times. Counted in lines, not in time.
class FramerCostTest {
  private static final int LINES = 4_000;

  /// Once when it comes, and again each time when it turns out not to belong to the record before.
  private static final int MOST_LOOKS_PER_LINE = 3;

  /// What may stand in a line: beginnings of events, of traces, of parts of them, and nothing
  /// known.
  private static final List<String> PIECES =
      List.of(
          "2026-11-28 12:00:01 ERROR boom",
          "INFO served",
          "java.lang.IllegalStateException: x",
          "\tat a.B.c(B.java:1)",
          "Caused by: java.io.IOException: y",
          "Traceback (most recent call last):",
          "  File \"a.py\", line 3, in f",
          "ValueError: x",
          "During handling of the above exception, another exception occurred:",
          "panic: boom",
          "goroutine 1 [running]:",
          "main.main()",
          "\t/src/a.go:1 +0x1",
          "thread 'main' panicked at src/a.rs:1:1:",
          "a.rb:1:in `f': x (RuntimeError)",
          "/app/a.js:3",
          "PHP Fatal error:  Uncaught Exception: x in /a.php:1",
          "#0 /a.php(1): f()",
          "=ERROR REPORT==== 28-Nov-2026::12:00:01 ===",
          "==1==ERROR: AddressSanitizer: x",
          "OutOfStock: x",
          "cart: no stock",
          "CallStack (from HasCallStack):",
          "Error in take(3) : no stock",
          "Stacktrace:",
          "thread 7 panic: x",
          "*** Program crashed: x at 0x4 ***",
          "[2026-11-28T12:00:01.101+0000] [INFO] [levelValue: 800] [[",
          "(Core pid=1) ERROR 05-01 12:00:01 [a.py:1] x",
          "2026-11-28 12:00:01.101000+00:00 [error] <0.1.0> x",
          "words that nobody knows",
          "  indented words",
          "\"\"\"",
          "{\"a\":1}",
          "}",
          "");

  static List<Long> seeds() {
    List<Long> seeds = new ArrayList<>();
    for (long seed = 0; seed < 40; seed++) {
      seeds.add(seed);
    }
    return seeds;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsEachLineAFewTimesAtMost(long seed) {
    Random random = new Random(seed);
    List<String> few = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      few.add(PIECES.get(random.nextInt(PIECES.size())));
    }
    StringBuilder log = new StringBuilder();
    Instant time = Instant.parse("2026-11-28T12:00:00.000000001Z");
    for (int i = 0; i < LINES; i++) {
      log.append(time)
          .append(" stdout F ")
          .append(few.get(random.nextInt(few.size())))
          .append('\n');
      time = time.plusNanos(1_000);
    }
    Framed framed = Framed.auto().begin(LogFormat.CRI);

    framed.feed(log.toString().getBytes(StandardCharsets.UTF_8), true, Duration.ZERO).closeAll();

    assertThat(framed.framer.linesRead()).isLessThan((long) LINES * MOST_LOOKS_PER_LINE);
    assertThat(framed.records().stream().mapToLong(Found::span).sum())
        .isEqualTo(log.toString().getBytes(StandardCharsets.UTF_8).length);
  }
}
