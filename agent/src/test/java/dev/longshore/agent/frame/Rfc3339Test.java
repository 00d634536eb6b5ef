package dev.longshore.agent.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Timestamps are read like `java.time` reads them, to the nanosecond.
class Rfc3339Test {
  private final Rfc3339 time = new Rfc3339();

  private long parse(String text) {
    byte[] bytes = (text + " stdout").getBytes(StandardCharsets.UTF_8);
    return time.parse(bytes, 0, text.getBytes(StandardCharsets.UTF_8).length);
  }

  private static long nanos(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
  }

  @Test
  void readsWhatJavaTimeReads() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      Instant instant =
          Instant.ofEpochSecond(random.nextLong(9_000_000_000L), random.nextInt(1_000_000_000));
      ZoneOffset zone = ZoneOffset.ofTotalSeconds((random.nextInt(36 * 60) - 18 * 60) * 60);
      String text =
          random.nextBoolean()
              ? instant.toString()
              : OffsetDateTime.ofInstant(instant, zone).toString();
      if (text.indexOf(':', text.indexOf(':') + 1) == 16) {
        assertThat(parse(text)).as(text).isEqualTo(nanos(instant));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-23T05:48:55Z",
        "2026-11-23T05:48:55.1Z",
        "2026-11-23T05:48:55.12345678Z",
        "2026-11-23T05:48:55.123456789+02:00",
        "1970-01-01T00:00:00.000000001Z"
      })
  void readsFractionsOfAnyLength(String text) {
    assertThat(parse(text)).isEqualTo(nanos(OffsetDateTime.parse(text).toInstant()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-11-23",
        "2026-11-23T05:48:55",
        "2026-11-23T05:48:55.Z",
        "2026-13-23T05:48:55Z",
        "2026-02-30T05:48:55Z",
        "2026-11-23T25:48:55Z",
        "2026-11-23T05:48:55.1+0200",
        "0001-01-01T00:00:00Z",
        "2026-11-23 05:48:55Z",
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0:05Z"
      })
  void refusesWhatIsNoTimestamp(String text) {
    assertThat(parse(text)).isEqualTo(Rfc3339.INVALID);
  }
}
