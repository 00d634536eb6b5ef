package dev.longshore.shared.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The key that was meant is the one that is nearest, and begins alike.
final class NearestKeyTest {
  @Test
  void ofTwoThatAreAsNearTheOneThatBeginsAlikeIsMeant() {
    assertThat(NearestKey.of("matcher", List.of("match", "match_re", "matchers")))
        .isEqualTo("matchers");
  }

  @Test
  void aWordThatIsNearNothingMeansNothing() {
    assertThat(NearestKey.of("volume", List.of("buffer", "tail"))).isNull();
  }
}
