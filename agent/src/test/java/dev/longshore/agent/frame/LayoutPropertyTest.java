package dev.longshore.agent.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.LogFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// No event is swallowed: whatever trace or message of several lines stands before it, and however
/// soon after it the runtime stamped it, a line that its layout marks as an event is a record of
/// its own.
class LayoutPropertyTest {
  private static final int EVENTS = 40;
  private static final List<String> LEVELS = List.of("INFO", "WARN", "ERROR", "DEBUG");

  /// How programs lay their lines out: a level and a message become a line.
  enum Layout {
    LOGBACK(
        (level, text) ->
            "2026-11-28 12:00:01,101 [main] %-5s c.e.Cart - %s".formatted(level, text)),
    SPRING_BOOT(
        (level, text) ->
            "2026-11-28T12:00:01.101Z %5s 1 --- [shop] [nio-8080-exec-1] c.e.Orders : %s"
                .formatted(level, text)),
    PADDED((level, text) -> "%5s | %s".formatted(level, text)),
    WIDELY_PADDED((level, text) -> "%8s %s".formatted(level, text)),
    COLOURED((level, text) -> "\u001b[31m%5s\u001b[0;39m %s".formatted(level, text)),
    BRACKETS((level, text) -> "[%s] %s".formatted(level, text)),
    SERILOG((level, text) -> "[12:00:01 %s] %s".formatted(level.substring(0, 3), text)),
    PYTHON((level, text) -> "%s:root:%s".formatted(level, text)),
    UVICORN((level, text) -> "%-9s %s".formatted(level + ":", text)),
    LOGURU(
        (level, text) ->
            "2026-11-28 12:00:01.101 | %-8s | shop:take:3 - %s".formatted(level, text)),
    ZAP((level, text) -> "2026-11-28T12:00:01Z\t%s\tshop\t%s".formatted(level, text)),
    KLOG(
        (level, text) ->
            "%s1128 12:00:01.101000       1 main.go:3] %s".formatted(level.charAt(0), text)),
    LOGFMT((level, text) -> "time=2026-11-28T12:00:01Z level=%s msg=\"%s\"".formatted(level, text)),
    MONOLOG((level, text) -> "[2026-11-28 12:00:01] production.%s: %s".formatted(level, text)),
    RUBY(
        (level, text) ->
            "%s, [2026-11-28T12:00:01.123456 #1] %5s -- : %s"
                .formatted(level.charAt(0), level, text)),
    JSON((level, text) -> "{\"level\":\"%s\",\"msg\":\"%s\"}".formatted(level, text)),
    INDENTED((level, text) -> "  12:00:01.101 %s %s".formatted(level, text));

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final BinaryOperator<String> line;

    Layout(BinaryOperator<String> line) {
      this.line = line;
    }

    String line(String level, String text) {
      return line.apply(level, text);
    }
  }

  private static final List<List<String>> BEFORE =
      List.of(
          List.of("java.lang.IllegalStateException: x", "\tat a.B.c(B.java:1)"),
          List.of("java.lang.IllegalStateException: x"),
          List.of("", "java.lang.IllegalStateException: x", "\tat a.B.c(B.java:1)", ""),
          List.of(
              "Traceback (most recent call last):",
              "  File \"a.py\", line 3, in f",
              "    f()",
              "E: x"),
          List.of(
              "System.Exception: x",
              "   at A.B() in /a.cs:line 3",
              " ---> System.IO.IOException: y"),
          List.of("Error: x", "    at f (/app/a.js:1:2) {", "  code: 'X'", "}"),
          List.of("shop.example/cart.take", "\t/src/cart.go:12"),
          List.of("\tacks = -1", "\tlinger.ms = 0"),
          List.of("      a message below its level"),
          List.of("words that nobody knows", "and more of them"),
          List.of(
              "  + Exception Group Traceback (most recent call last):",
              "  |   File \"/a.py\", line 1, in <module>",
              "  | ExceptionGroup: two (1 sub-exception)",
              "  +-+---------------- 1 ----------------",
              "    | ValueError: 1",
              "    +------------------------------------"),
          List.of("{", "  \"a\": 1"),
          List.of("server {", "  listen 80;", "}"),
          List.of("Full thread dump OpenJDK 64-Bit Server VM (17):", "", "\"main\" #1 prio=5"),
          List.of("==================", "WARNING: DATA RACE", "Write at 0x1 by goroutine 7:"),
          List.of("-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"),
          List.of("╷", "│ Error: x"),
          List.of(
              "/app/a.js:3", "  x.y.z;", "    ^", "", "TypeError: x", "    at f (/app/a.js:3:5)"),
          List.of("/app/a.js:3", "  x.y.z;"),
          List.of("app/a.rb:3:in `take': x (E)", "\tfrom app/a.rb:9:in `<main>'"),
          List.of("PHP Fatal error:  Uncaught Exception: x in /a.php:3", "#0 {main}"),
          List.of("panic: x", "", "goroutine 1 [running]:", "main.main()", "\t/app/a.go:4 +0x1d"),
          List.of("thread 'main' panicked at src/a.rs:1:1:", "x", "   0: a::b"),
          List.of("Execution error (ExceptionInfo) at shop/take (cart.clj:2).", "no stock", ""),
          List.of("1 | take()", "2 | f()", "    ^", "TypeError: x", "      at f (/app/a.js:1:2)"),
          List.of("order failed 1 | take()", "2 | f()"),
          List.of("[8de7b515]   ", "[8de7b515] OutOfStock (x):", "[8de7b515] a.rb:1:in `f'"),
          List.of("actionpack (7.0.4) lib/a.rb:12:in `dispatch'", "/usr/bin/puma:3:in `load'"),
          List.of("Error: x", "", "Caused by:", "    0: y", "", "Location:", "    src/a.rs:1:1"),
          List.of(
              "12:00:01 ERROR x",
              "12:00:01 ERROR /app/a.rb:3:in `take'",
              "12:00:01 ERROR #0: f [0x1]"),
          List.of("=ERROR REPORT==== 28-Nov-2026::12:00:01 ===", "x"),
          List.of(""));

  @ParameterizedTest
  @EnumSource(Layout.class)
  void noEventDisappearsInWhatStandsBeforeItInOneWrite(Layout layout) {
    assertThatEachEventIsARecord(layout, 20_000);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void norWhenItCameALittleLater(Layout layout) {
    assertThatEachEventIsARecord(layout, 20_000_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void linesThatAreAllIndentedAlikeAreRecordsOfTheirOwn(int blanks) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      lines.add(" ".repeat(blanks) + "request " + i + " served");
    }

    assertThat(messages(lines, 20_000)).containsExactlyElementsOf(lines);
  }

  /// Each line belongs to no event of a layout, and comes long after the one before.
  @ParameterizedTest
  @EnumSource(Layout.class)
  void norDoesALineWithoutALayoutThatComesALittleLater(Layout layout) {
    for (List<String> before : BEFORE) {
      List<String> lines = new ArrayList<>();
      lines.add(layout.line("INFO", "going on"));
      lines.addAll(before);
      lines.add(layout.line("INFO", "went on"));
      List<String> plain = List.of("listening on 3000", "ready", "connected to db", "bye");
      lines.addAll(plain);

      List<String> messages = messages(lines, 20_000_000);

      assertThat(messages.subList(messages.size() - plain.size(), messages.size()))
          .as("behind %s", before)
          .containsExactlyElementsOf(plain);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"JSON", "LOGFMT"},
      mode = EnumSource.Mode.EXCLUDE)
  void anExceptionBelowAnEventThatTellsOfNoErrorIsOfItsOwnUnlessItCameAtOnce(Layout layout) {
    String event = layout.line("INFO", "served");
    String trace = "java.io.IOException: x\n\tat a.B.c(B.java:1)";
    List<String> lines = List.of(event, "java.io.IOException: x", "\tat a.B.c(B.java:1)");

    assertThat(messages(lines, 20_000_000)).containsExactly(event, trace);
    assertThat(messages(lines, 1_000_000)).containsExactly(event, trace);
    assertThat(messages(lines, 20_000)).containsExactly(event + "\n" + trace);
  }

  /// Nothing else tells what they are of.
  @ParameterizedTest
  @ValueSource(
      strings = {"2026-11-28 12:00:01 +0000 order 7 failed", "12:00:01 INFO order 7 failed"})
  void framesWithoutAHeaderBelongToTheEventThatIsNear(String event) {
    List<String> lines =
        List.of(event, "/app/orders.rb:3:in `take'", "/usr/lib/ruby/puma.rb:9:in `run'");

    assertThat(messages(lines, 20_000_000)).first().isEqualTo(event);
    assertThat(messages(lines, 1_000_000)).containsExactly(String.join("\n", lines));
  }

  @Test
  void furtherLinesOfAMessageBelongToItIfTheyCameAtOnceAndAreFew() {
    String event = Layout.LOGBACK.line("ERROR", "query failed: select *");
    List<String> few = List.of(event, "from cart", "where id = 3");
    List<String> many = new ArrayList<>();
    many.add(event);
    for (int i = 0; i < 3 * OpenRecord.MAX_TAIL_LINES; i++) {
      many.add("request " + i + " served");
    }

    assertThat(messages(few, 20_000)).containsExactly(String.join("\n", few));
    assertThat(messages(few, 20_000_000)).containsExactlyElementsOf(few);
    assertThat(messages(many, 20_000)).containsExactlyElementsOf(many);
  }

  @Test
  void aKeyInPemIsOneRecord() {
    List<String> lines = new ArrayList<>();
    lines.add(Layout.LOGBACK.line("INFO", "key: -----BEGIN PRIVATE KEY-----"));
    for (int i = 0; i < 50; i++) {
      lines.add("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj");
    }
    lines.add("MzEfYyjiWA4R4==");
    lines.add("-----END PRIVATE KEY-----");

    List<String> messages = messages(lines, 20_000_000);

    assertThat(messages).containsExactly(String.join("\n", lines));
  }

  @Test
  void aTraceBehindALineOfPairsIsARecordOfItsOwn() {
    String pairs = Layout.LOGFMT.line("INFO", "served");

    assertThat(messages(List.of(pairs, "java.io.IOException: x", "\tat a.B.c(B.java:1)"), 20_000))
        .containsExactly(pairs, "java.io.IOException: x\n\tat a.B.c(B.java:1)");
  }

  private static void assertThatEachEventIsARecord(Layout layout, long gapNanos) {
    for (List<String> before : BEFORE) {
      List<String> lines = new ArrayList<>();
      lines.add(layout.line("ERROR", "boom"));
      lines.addAll(before);
      List<String> events = new ArrayList<>();
      for (int i = 0; i < EVENTS; i++) {
        events.add(layout.line(LEVELS.get(i % LEVELS.size()), "event " + i));
      }
      lines.addAll(events);

      List<String> messages = messages(lines, gapNanos);

      assertThat(messages.subList(messages.size() - EVENTS, messages.size()))
          .as("behind %s", before)
          .containsExactlyElementsOf(events);
    }
  }

  private static List<String> messages(List<String> lines, long gapNanos) {
    StringBuilder log = new StringBuilder();
    Instant time = Instant.parse("2026-11-28T12:00:00.000000001Z");
    for (String line : lines) {
      log.append(time).append(" stdout F ").append(line).append('\n');
      time = time.plusNanos(gapNanos);
    }
    return Framed.auto().begin(LogFormat.CRI).feed(log.toString()).closeAll().messages();
  }
}
