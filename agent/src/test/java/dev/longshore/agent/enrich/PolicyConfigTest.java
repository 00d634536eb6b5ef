package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.longshore.agent.enrich.PolicyConfig.NamespacePolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The first policy whose pattern matches a namespace holds there, and what can't be meant is
/// refused, all at once.
class PolicyConfigTest {
  private static final PodPolicy STRICT =
      new PodPolicy(List.of("longshore.dev/*"), List.of(), List.of(), false, false);

  @Test
  void theFirstThatMatchesANamespaceHoldsThere() {
    PolicyConfig policy =
        new PolicyConfig(
            PodPolicy.DEFAULT,
            10,
            List.of(
                new NamespacePolicy(List.of("team-a"), PodPolicy.DEFAULT),
                new NamespacePolicy(List.of("kube-system", "team-*"), STRICT)));

    assertThat(policy.of("team-a")).isEqualTo(PodPolicy.DEFAULT);
    assertThat(policy.of("team-b")).isEqualTo(STRICT);
    assertThat(policy.of("kube-system")).isEqualTo(STRICT);
    assertThat(policy.of("shop")).isEqualTo(PodPolicy.DEFAULT);
  }

  @Test
  void allThatCannotBeMeantIsSaidAtOnce() {
    assertThatThrownBy(
            () ->
                new PodPolicy(
                    List.of("longshore.dev/exlude", "*"),
                    List.of("example.org/*"),
                    List.of("team-a.*", "longshore.dead_letter", "payments.*"),
                    true,
                    true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("annotations has 'longshore.dev/exlude', which matches no annotation")
        .hasMessageContaining("longshore.dev/exclude, ")
        .hasMessageContaining("denyAnnotations has 'example.org/*'")
        .hasMessageContaining("datasets has 'team-a.*', which no dataset matches")
        .hasMessageContaining("datasets has 'longshore.dead_letter'; datasets of the agent's own");
    assertThatThrownBy(() -> new NamespacePolicy(List.of(), STRICT))
        .hasMessageContaining("match is empty");
    assertThatThrownBy(() -> new NamespacePolicy(List.of("Team A", "b"), STRICT))
        .hasMessageContaining("match has 'Team A', which no namespace matches");
    assertThatThrownBy(() -> new PolicyConfig(STRICT, 1_001, List.of()))
        .hasMessageContaining("maxDataStreams is 1001; it must be between 0 and 1000");
  }

  @ParameterizedTest
  @CsvSource({
    "*, anything, true",
    "*, '', true",
    "web, web, true",
    "web, webs, false",
    "web*, web, true",
    "*.card, payments.card, true",
    "*.card, payments.cards, false",
    "a*b*c, aXbYbZc, true",
    "a*b*c, aXbY, false",
    "a**, a, true",
    "'', a, false",
  })
  void aStarStandsForAnyCharacters(String pattern, String name, boolean matches) {
    assertThat(NamePattern.matches(pattern, name)).isEqualTo(matches);
  }

  @Test
  void aPatternOfManyStarsIsAnsweredAtOnce() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> assertThat(NamePattern.matches("*a".repeat(50) + "b", "a".repeat(10_000))).isFalse());
  }
}
