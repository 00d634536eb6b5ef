package dev.longshore.agent.line;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.redact.RedactConfig;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a line costs is in proportion to its bytes, whatever stands in it: four times the bytes
/// take about four times the CPU time, from framing to the finished document, with every redaction
/// there is. Quadratic work would take sixteen times as much.
///
/// CPU time of this thread is measured, the best of several runs, so that a busy machine changes
/// little.
class LinearCostTest {
  private static final int SMALL_BYTES = 96 << 10;
  private static final int TIMES = 4;
  private static final double MOST_TIMES_AS_LONG = 9;
  private static final int RUNS = 7;
  private static final String TIME = "2026-11-28T12:00:00.000000001Z stderr F ";
  private static final RedactConfig ALL = new RedactConfig(List.of("all"), List.of());

  /// A log: what begins it, what is repeated up to its length, and whether each piece is a line of
  /// its own.
  record Shape(String name, String begin, String piece, boolean lines) {
    byte[] log(int bytes) {
      StringBuilder log = new StringBuilder(TIME).append(begin);
      while (log.length() < bytes) {
        if (lines) {
          log.append('\n').append(TIME);
        }
        log.append(piece);
      }
      return log.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Shape> shapes() {
    return List.of(
        new Shape("blanks", "ERROR ", "          ", false),
        new Shape("digits", "ERROR ", "1234567890", false),
        new Shape("letters", "ERROR ", "abcdefghij", false),
        new Shape("backslashes", "ERROR \"", "\\\\\\\\\\\\\\\\\\\\", false),
        new Shape("quotes", "ERROR ", "\"\"'`\" \" ", false),
        new Shape("open brackets", "ERROR ", "[({<", false),
        new Shape("deep JSON", "", "{\"a\":", false),
        new Shape("deep arrays", "{\"a\":", "[", false),
        new Shape(
            "many members", "{\"level\":\"error\",\"a\":1", ",\"password\":\"aB3$xy9Z\"", false),
        new Shape("JSON that never ends", "{\"message\":\"", "x=\\\"y\\\" ", false),
        new Shape("keys", "ERROR ", "password=\"", false),
        new Shape("empty pairs", "a=1 ", "level= ", false),
        new Shape("colons", "ERROR ", "a:b=c:", false),
        new Shape("URLs", "ERROR ", "http://a:b", false),
        new Shape("names of errors", "ERROR ", "AError:BException:", false),
        new Shape("addresses", "ERROR ", "a@b.c 4111 1111 1111 1111 10.0.0.1 ", false),
        new Shape("signs", "ERROR ", "@a.b", false),
        new Shape("tokens", "ERROR ", "eyJhbGciOiJIUzI1NiJ9.eyJ", false),
        new Shape("dashes", "ERROR ", "-----BEGIN PRIVATE KEY-----", false),
        new Shape("escapes", "ERROR ", "\u001b[31m\u001b[", false),
        new Shape("bytes that are no UTF-8", "ERROR ", "\u00e9\u20ac", false),
        new Shape("frames", "java.lang.Error: x", "\tat a.B.c(B.java:1)", true),
        new Shape("causes", "java.lang.Error: x", "Caused by: java.lang.Error: y", true),
        new Shape("frames of Go", "panic: x", "main.f(0x1)", true),
        new Shape("frames of Python", "Traceback (most recent call last):", "  File \"a\"", true),
        new Shape("rows of base64", "-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkq", true),
        new Shape("foreign lines", "2026-11-28 12:00:01 ERROR x", "select 1", true),
        new Shape("foreign lines and events", "2026-11-28 12:00:01 ERROR x", "a\r", true),
        new Shape("indented lines", "2026-11-28 12:00:01 ERROR x", "  a: {", true),
        new Shape("open objects", "{", "{", true),
        new Shape("numbered lines", "1 | x", "2 | x", true),
        new Shape("tags", "[a]", "[a] [b]", true),
        new Shape("fields", "12:00:01,", "\"a\",", false),
        new Shape("frames behind headers", "12:00:01 ERROR x", "12:00:01 ERROR #0: f [0x1]", true),
        new Shape("lines below a panic", "panic: x", "a.b words", true),
        new Shape("rules", "==========", "==========", true));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void fourTimesTheBytesTakeAboutFourTimesTheTime(Shape shape) {
    byte[] small = shape.log(SMALL_BYTES);
    byte[] large = shape.log(TIMES * SMALL_BYTES);
    long least = Long.MAX_VALUE;
    long most = Long.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      least = Math.min(least, cpuNanos(small));
      most = Math.min(most, cpuNanos(large));
    }

    assertThat((double) most / least).isLessThan(MOST_TIMES_AS_LONG);
  }

  private static long cpuNanos(byte[] log) {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long bytes = Documents.bytesOf(log, ALL);
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    assertThat(bytes).isPositive();
    return nanos;
  }
}
