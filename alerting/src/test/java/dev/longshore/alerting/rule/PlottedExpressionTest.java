package dev.longshore.alerting.rule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Promise: of a comparison the side that varies is plotted, with the labels of the rule's samples;
/// an expression of another form is plotted as it is.
final class PlottedExpressionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          up == 0                                   | up                          | == 0
          a / b > 0.05                              | a / b                       | > 0.05
          ( a / b > 0.05 )                          | a / b                       | > 0.05
          (a) / (b) >= 1e-3                         | (a) / (b)                   | >= 1e-3
          0.05 < a                                  | a                           | > 0.05
          5 * 60 >= time() - done                   | time() - done               | <= 5 * 60
          free < 1024^3                             | free                        | < 1024^3
          -1 * a != -2                              | -1 * a                      | != -2
          rate(a{code=~"5..",path!="/x>1"}[5m]) > 1 | rate(a{code=~"5..",path!="/x>1"}[5m]) | > 1
          a > 1 and on (pod) b == 0                 | a                           | > 1
          a > 1 unless b AND c                      | a                           | > 1
          (a > 1) and b                             | a                           | > 1
          a > on (pod) b                            | a                           | ''
          a > on (pod) group_left b                 | a                           | ''
          a > 0x1f                                  | a                           | > 0x1f
          1_000 < a                                 | a                           | > 1_000
          a - b > 1h30m                             | a - b                       | > 1h30m
          5m*2 <= time() - a                        | time() - a                  | >= 5m*2
          a < +Inf                                  | a                           | < +Inf
          a > (.5 + 1.)                             | a                           | > (.5 + 1.)
          a > infra                                 | a                           | ''
          android_count > 1                         | android_count               | > 1
          sum by (and) (a) > 1                      | sum by (and) (a)            | > 1
          (a > 1) == (b > 2)                        | (a > 1)                     | ''
          """)
  void plotsTheSideThatVaries(String promql, String expression, String condition) {
    PlottedExpression plotted = PlottedExpression.of(promql);
    assertThat(plotted.expression()).isEqualTo(expression);
    assertThat(plotted.condition()).isEqualTo(condition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "absent(up{job=\"checkout\"})",
        "a > 1 or b > 2",
        "a > 1 or b and c",
        "a > 1 > 2",
        "a > bool 1",
        "1 < bool a",
        "a > on (pod) group_right b",
        "vector(1)",
        "{__name__=\"a > 1\"}",
        "a:b:c"
      })
  void plotsWhatItDoesNotKnowAsItIs(String promql) {
    assertThat(PlottedExpression.of(promql)).isEqualTo(new PlottedExpression(promql, ""));
  }

  @Test
  void stringsAndCommentsAreNoOperators() {
    assertThat(PlottedExpression.of("a{x='or', y=\"\\\"or\"} # or > 1\n > 2"))
        .isEqualTo(new PlottedExpression("a{x='or', y=\"\\\"or\"} # or > 1", "> 2"));
    assertThat(PlottedExpression.of("a{x=\"unclosed > 1"))
        .isEqualTo(new PlottedExpression("a{x=\"unclosed > 1", ""));
  }
}
