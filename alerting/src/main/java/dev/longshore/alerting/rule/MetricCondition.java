package dev.longshore.alerting.rule;

/// True for each sample that a PromQL expression answers with.
public record MetricCondition(String expression) implements Condition {

  @Override
  public String text() {
    return expression;
  }
}
