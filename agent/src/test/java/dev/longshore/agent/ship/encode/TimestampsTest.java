package dev.longshore.agent.ship.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is let through is what Elasticsearch takes as `date_nanos`, seen by trying it on 8.19.
class TimestampsTest {

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T05:48:55.123456789Z, true",
    "2026-11-23T05:48:55.123456789+01:00, true",
    "2026-11-23T05:48:55Z, true",
    "2026-11-23T05:48:55.1Z, true",
    "2028-02-29T05:48:55Z, true",
    "2026-11-23T05:48:55+14:30, true",
    "1970-01-01T00:00:00.000000000Z, true",
    "1970-01-01T00:00:00+01:00, false",
    "2262-04-12T00:00:00Z, false",
    "2026-02-29T00:00:00Z, false",
    "2026-02-30T00:00:00Z, false",
    "2026-11-23T05:48:60Z, false",
    "2026-11-23T24:00:00Z, false",
    "2026-11-23T05:48:55.1234567891Z, false",
    "2026-11-23T05:48:55+19:00, false",
    "2026-11-23T05:48:55., false",
    "2026-11-23T05:48:55, false",
    "2026-11-23, false",
    "yesterday, false"
  })
  void takesWhatElasticsearchTakes(String text, boolean taken) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);

    assertThat(Timestamps.valid(bytes, 0, bytes.length)).isEqualTo(taken);
  }

  @Test
  void writesTheInstant() {
    Random random = new Random(5);
    byte[] text = new byte[Timestamps.BYTES];
    for (int round = 0; round < 10_000; round++) {
      long nanos = random.nextLong(Long.MAX_VALUE);

      Timestamps.write(nanos, text, 0);

      String written = new String(text, StandardCharsets.US_ASCII);
      Instant instant = Instant.parse(written);
      assertThat(instant.getEpochSecond() * 1_000_000_000L + instant.getNano()).isEqualTo(nanos);
    }
  }
}
