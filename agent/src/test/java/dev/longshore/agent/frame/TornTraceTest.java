package dev.longshore.agent.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.LogFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A trace is one record though its writer pauses in the middle of it, the runtime's clock goes
/// back a little, its lines come in parts, or they end as terminals end them.
class TornTraceTest {
  private static final Instant START = Instant.parse("2026-11-28T12:00:01Z");
  private static final String EVENT = "2026-11-28 12:00:01 ERROR boom";
  private static final List<String> TRACE =
      List.of("java.lang.IllegalStateException: x", "\tat a.B.c(B.java:1)", "\tat a.B.d(B.java:2)");
  private static final String AFTER = "2026-11-28 12:00:02 INFO served";

  private final StringBuilder log = new StringBuilder();
  private Instant time = START;

  private void line(String tag, String text, Duration later) {
    time = time.plus(later);
    // The runtime writes the same number of digits each time.
    String stamp = time.plusNanos(1).toString();
    log.append(stamp).append(" stdout ").append(tag).append(' ').append(text).append('\n');
  }

  private List<String> messages() {
    line("F", AFTER, Duration.ofMillis(1));
    return Framed.auto().begin(LogFormat.CRI).feed(log.toString()).closeAll().messages();
  }

  private static String joined(String first) {
    return first + "\n" + String.join("\n", TRACE);
  }

  @Test
  void aPauseBetweenTheEventAndItsTrace() {
    line("F", EVENT, Duration.ZERO);
    for (String text : TRACE) {
      line("F", text, Duration.ofMillis(400));
    }

    assertThat(messages()).containsExactly(joined(EVENT), AFTER);
  }

  @Test
  void aPauseBetweenHeaderAndFrames() {
    line("F", TRACE.get(0), Duration.ZERO);
    line("F", TRACE.get(1), Duration.ofMillis(800));
    line("F", TRACE.get(2), Duration.ofMillis(1));

    assertThat(messages()).containsExactly(String.join("\n", TRACE), AFTER);
  }

  @Test
  void aClockThatGoesBackALittle() {
    line("F", EVENT, Duration.ZERO);
    line("F", TRACE.get(0), Duration.ofMillis(2));
    line("F", TRACE.get(1), Duration.ofMillis(-3));
    line("F", TRACE.get(2), Duration.ofMillis(2));

    assertThat(messages()).containsExactly(joined(EVENT), AFTER);
  }

  /// The runtime splits at 16 KiB, far behind what tells a line's kind.
  @Test
  void linesInParts() {
    String rest = "x".repeat(2 * Line.HEAD_BYTES);
    line("P", EVENT + rest, Duration.ZERO);
    line("F", rest, Duration.ofMillis(1));
    line("P", TRACE.get(0) + rest, Duration.ofMillis(1));
    line("P", rest, Duration.ofMillis(1));
    line("F", "", Duration.ofMillis(1));
    line("F", TRACE.get(1), Duration.ofMillis(1));

    assertThat(messages())
        .containsExactly(
            EVENT + rest + rest + "\n" + TRACE.get(0) + rest + rest + "\n" + TRACE.get(1), AFTER);
  }

  @Test
  void linesThatEndAsTerminalsEndThem() {
    line("F", EVENT + "\r", Duration.ZERO);
    for (String text : TRACE) {
      line("F", text + "\r", Duration.ofMillis(1));
    }

    assertThat(messages())
        .first()
        .satisfies(message -> assertThat(message.replace("\r", "")).isEqualTo(joined(EVENT)));
  }

  @Test
  void linesOfTheOtherStreamInBetween() {
    line("F", EVENT, Duration.ZERO);
    for (String text : TRACE) {
      line("F", text, Duration.ofMillis(1));
      log.append(time.plusNanos(2)).append(" stderr F on the other stream\n");
    }

    assertThat(messages()).contains(joined(EVENT), AFTER);
  }

  @Test
  void aPauseBetweenAWarningAndItsTrace() {
    String warning = "2026-11-28 12:00:01 WARN slow";
    line("F", warning, Duration.ZERO);
    line("F", TRACE.get(0), Duration.ofMillis(2));
    line("F", TRACE.get(1), Duration.ofMillis(2));

    assertThat(messages())
        .containsExactly(warning + "\n" + TRACE.get(0) + "\n" + TRACE.get(1), AFTER);
  }

  @Test
  void aTraceALittleBehindAnEventThatTellsOfNoErrorIsARecordOfItsOwn() {
    String served = "2026-11-28 12:00:01 INFO served";
    line("F", served, Duration.ZERO);
    line("F", TRACE.get(0), Duration.ofMillis(2));
    line("F", TRACE.get(1), Duration.ofMillis(2));

    assertThat(messages()).containsExactly(served, TRACE.get(0) + "\n" + TRACE.get(1), AFTER);
  }

  @Test
  void aHeaderWithoutFramesLaterThanItsWriteIsARecordOfItsOwn() {
    line("F", EVENT, Duration.ZERO);
    line("F", TRACE.get(0), Duration.ofMillis(300));
    line("F", EVENT, Duration.ofMillis(300));
    line("F", "Error: Address already in use", Duration.ofMillis(300));

    assertThat(messages())
        .containsExactly(EVENT, TRACE.get(0), EVENT, "Error: Address already in use", AFTER);
  }

  @Test
  void aCrashLaterThanAnErrorIsARecordOfItsOwn() {
    List<String> crashes =
        List.of(
            "panic: no stock",
            "thread 'main' panicked at src/main.rs:3:5:",
            "Exception in thread \"main\" java.lang.Error: x",
            "Unhandled exception. System.Exception: x",
            "/app/index.js:3");
    for (String crash : crashes) {
      line("F", EVENT, Duration.ofMillis(1_500));
      line("F", crash, Duration.ofMillis(300));
    }

    assertThat(messages())
        .containsExactly(
            Stream.concat(
                    crashes.stream().flatMap(crash -> Stream.of(EVENT, crash)), Stream.of(AFTER))
                .toArray(String[]::new));
  }

  @Test
  void aValueLaterThanALoggedStackIsARecordOfItsOwn() {
    List<String> stack =
        List.of(
            "2026-11-28 12:00:01,101 WARNING shop slow",
            "Stack (most recent call last):",
            "  File \"/app/a.py\", line 3, in f");
    for (String text : stack) {
      line("F", text, Duration.ZERO);
    }
    line("F", "Version: 3", Duration.ofMillis(300));

    assertThat(messages()).containsExactly(String.join("\n", stack), "Version: 3", AFTER);
  }

  @Test
  void aTraceLongAfterItsEventIsARecordOfItsOwn() {
    line("F", EVENT, Duration.ZERO);
    for (String text : TRACE) {
      line("F", text, Duration.ofMillis(1_200));
    }

    assertThat(messages()).startsWith(EVENT).endsWith(AFTER);
  }
}
