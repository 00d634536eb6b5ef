package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Backing indices are ordered as they were written to, whatever was done to them since.
class ElasticGenerationsTest {

  @Test
  void readsTheNumberOfABackingIndex() {
    assertThat(ElasticGenerations.number(".ds-logs-shop-default-2026.11.23-000012")).isEqualTo(12);
    assertThat(ElasticGenerations.number("shrink-x1y2-.ds-logs-shop-default-2026.11.01-000003"))
        .isEqualTo(3);
    assertThat(ElasticGenerations.number(".ds-logs-shop-default-2029.01.01-1000000"))
        .isEqualTo(1_000_000);
    assertThat(ElasticGenerations.number("restored")).isZero();
    assertThat(ElasticGenerations.number("9".repeat(40))).isPositive();
  }
}
