package dev.longshore.agent.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.line.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The first rule that matches decides, and nothing is left out without one.
class PodFiltersTest {
  private static final byte[] FIELDS =
      """
      "kubernetes":{"namespace":"shop","deployment":{"name":"storefront"},\
      "labels":{"app":"storefront","app.kubernetes.io/part-of":"shop"}}\
      """
          .getBytes(StandardCharsets.UTF_8);

  private static FilterRule rule(
      String name, String namespace, Map<String, String> labels, String contains, int keepOneIn) {
    return new FilterRule(
        name,
        List.of(namespace),
        List.of(),
        List.of(),
        labels,
        "",
        List.of(),
        contains,
        "",
        keepOneIn);
  }

  private static PodFilters filters(FilterRule... rules) {
    return new PodFilters(new Filters(List.of(rules)), "shop", "nginx", FIELDS);
  }

  private static int filteredBy(PodFilters filters, String message, long hash) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    return filters.filteredBy(false, Level.INFO, bytes, 0, bytes.length, hash);
  }

  @Test
  void theFirstRuleThatMatchesDecides() {
    PodFilters filters =
        filters(
            rule("slow", "*", Map.of(), "took 9", FilterRule.KEEP),
            rule("health", "*", Map.of(), "GET /healthz", FilterRule.DROP));

    assertThat(filteredBy(filters, "GET /healthz took 1ms", 7)).isEqualTo(1);
    assertThat(filteredBy(filters, "GET /healthz took 9s", 7)).isEqualTo(PodFilters.SHIPPED);
    assertThat(filteredBy(filters, "GET /cart took 1ms", 7)).isEqualTo(PodFilters.SHIPPED);
  }

  @Test
  void aSampleIsAFunctionOfTheIdAndOfItsSize() {
    PodFilters filters = filters(rule("some", "*", Map.of(), "", 10));
    int shipped = 0;
    for (long start = 0; start < 100_000; start++) {
      long hash = PodFilters.hash(42, start * 137, 137);
      int first = filteredBy(filters, "x", hash);
      assertThat(filteredBy(filters, "y", hash)).isEqualTo(first);
      shipped += first == PodFilters.SHIPPED ? 1 : 0;
    }

    assertThat(shipped).isBetween(9_700, 10_300);
  }

  @ParameterizedTest
  @CsvSource({
    "shop, app, storefront, true",
    "sh*, app, store*, true",
    "*, app.kubernetes.io/part-of, shop, true",
    "team-*, app, storefront, false",
    "shop, app, checkout, false",
    "shop, tier, '*', false"
  })
  void rulesForOtherPodsAreNotAsked(String namespace, String label, String value, boolean applies) {
    PodFilters filters = filters(rule("r", namespace, Map.of(label, value), "", FilterRule.DROP));

    assertThat(filters.isEmpty()).isEqualTo(!applies);
  }

  @Test
  void allThatARuleSaysMustHold() {
    FilterRule all =
        new FilterRule(
            "all",
            List.of("shop"),
            List.of("storefront"),
            List.of("nginx"),
            Map.of("app", "storefront"),
            "stderr",
            List.of("debug", "none"),
            "healthz",
            "/health[a-z]+ 20\\d",
            FilterRule.DROP);
    PodFilters filters = filters(all);
    byte[] match = "GET /healthz 200".getBytes(StandardCharsets.UTF_8);
    byte[] other = "GET /healthz 500".getBytes(StandardCharsets.UTF_8);

    assertThat(filters.filteredBy(true, Level.DEBUG, match, 0, match.length, 1)).isZero();
    assertThat(filters.filteredBy(true, Level.NONE, match, 0, match.length, 1)).isZero();
    assertThat(filters.filteredBy(false, Level.DEBUG, match, 0, match.length, 1)).isNegative();
    assertThat(filters.filteredBy(true, Level.INFO, match, 0, match.length, 1)).isNegative();
    assertThat(filters.filteredBy(true, Level.DEBUG, other, 0, other.length, 1)).isNegative();
    assertThat(new PodFilters(new Filters(List.of(all)), "shop", "app", FIELDS).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sample", "sample 1/1", "sample 1/x", "sample 2/10", "Drop", "sample 1/1000001"})
  void anActionThatCannotBeMeantIsRefused(String action) {
    assertThatThrownBy(() -> FilterRule.keepOneIn(action))
        .hasMessageContaining("action is '" + action + "'; accepted are drop, keep and sample 1/N");
  }

  @Test
  void saysAllThatIsWrongAtOnce() {
    assertThatThrownBy(
            () ->
                new FilterRule(
                    "Health Checks",
                    List.of(),
                    List.of(),
                    List.of(),
                    Map.of(),
                    "",
                    List.of("warning"),
                    "",
                    "a(?=b)",
                    FilterRule.DROP))
        .hasMessageContaining("name is 'Health Checks'")
        .hasMessageContaining("levels has 'warning'")
        .hasMessageContaining("regex 'a(?=b)'");
    assertThatThrownBy(
            () ->
                new FilterRule(
                    "all", List.of(), List.of(), List.of(), Map.of(), "", List.of(), "", "", 0))
        .hasMessageContaining("it says nothing of what it matches");
    assertThatThrownBy(
            () ->
                new Filters(
                    List.of(rule("a", "*", Map.of(), "", 0), rule("a", "*", Map.of(), "", 1))))
        .hasMessageContaining("two rules called 'a'");
  }
}
