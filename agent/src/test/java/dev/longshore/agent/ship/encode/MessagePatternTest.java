package dev.longshore.agent.ship.encode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Lines that differ in numbers, ids, quoted text and the pod's name have one pattern.
class MessagePatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "GET /health 200 in 17 ms           | GET /health # in # ms",
        "user 'ann' of pod checkout-7d9f-x  | user # of pod #",
        "trace deadbeefcafe  done           | trace # done",
        "order was paid                     | order was paid",
      })
  void showsWhatChangesAsPlaceholders(String message, String pattern) {
    assertThat(MessagePattern.of(message, "checkout-7d9f-x")).isEqualTo(pattern);
  }
}
