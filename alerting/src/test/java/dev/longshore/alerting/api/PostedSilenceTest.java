package dev.longshore.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: a silence is made by who has logged in, and a body of the wrong shape makes none.
final class PostedSilenceTest {
  private static final String SILENCE =
      """
      {"matchers":[{"name":"alertname","value":"Slow","isRegex":false}],
       "startsAt":"2026-05-04T10:00:00Z","endsAt":"2026-05-04T12:00:00Z",
       "createdBy":"ann","comment":"deploy"}
      """;

  private static String createdBy(@Nullable String user) throws ApiException {
    return PostedSilence.read(SILENCE.getBytes(StandardCharsets.UTF_8), user).createdBy();
  }

  @Test
  void whoHasLoggedInMakesItWhateverTheBodySays() throws Exception {
    assertThat(createdBy("bob")).isEqualTo("bob");
    assertThat(createdBy(null)).isEqualTo("ann");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"matchers\" | [",
        "\"ann\" | 7",
        "\"deploy\" | {}",
        "\"2026-05-04T12:00:00Z\" | \"tomorrow\"",
        "\"name\":\"alertname\" | \"name\":null",
        "\"isRegex\":false | \"isRegex\":\"yes\""
      })
  void aBodyOfTheWrongShapeIsRefused(String text, String by) {
    byte[] body = SILENCE.replace(text, by).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> PostedSilence.read(body, null)).isInstanceOf(ApiException.class);
  }
}
