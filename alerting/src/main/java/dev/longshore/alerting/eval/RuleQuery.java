package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.metrics.Answer;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.metrics.Sample;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.MetricCondition;
import dev.longshore.gotemplate.AlertData;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.QuerySample;
import dev.longshore.gotemplate.RuleContext;
import dev.longshore.gotemplate.Template;
import dev.longshore.gotemplate.TemplateException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One evaluation of a rule: the query, and the templates of each sample. It blocks and owns no
/// state: it runs on the executor.
final class RuleQuery {
  private static final String METRIC_NAME = "__name__";

  private final AlertingRule rule;
  private final MetricSource source;
  private final Instant at;
  private final String externalUrl;

  /// @param at the time that is asked about
  RuleQuery(AlertingRule rule, MetricSource source, Instant at, String externalUrl) {
    this.rule = rule;
    this.source = source;
    this.at = at;
    this.externalUrl = externalUrl;
  }

  EvaluationResult run() {
    return switch (rule.condition()) {
      case MetricCondition metric -> found(source.query(metric.expression(), at));
      case LogCondition _ -> new EvaluationResult.Refused("a source of metrics knows no logs");
    };
  }

  /// What the rule gives for a sample that is not its source's answer; the source is asked only by
  /// templates.
  MatchedSeries rehearse(Sample sample) {
    return candidate(sample, functions());
  }

  private Functions functions() {
    return Functions.prometheus(new RuleContext(this::queryOfATemplate, at, externalUrl));
  }

  private EvaluationResult found(Answer answer) {
    return switch (answer) {
      case Answer.Refused refused -> new EvaluationResult.Refused(refused.cause());
      case Answer.Unavailable unavailable -> new EvaluationResult.Unavailable(unavailable.cause());
      case Answer.Samples samples when samples.kind() == Answer.Kind.MATRIX ->
          new EvaluationResult.Refused(
              "the expression is a range of time; a rule needs a vector or a scalar");
      case Answer.Samples samples -> candidates(samples);
    };
  }

  private EvaluationResult candidates(Answer.Samples samples) {
    Functions functions = functions();
    List<MatchedSeries> candidates = new ArrayList<>(samples.samples().size());
    Set<Labels> seen = new HashSet<>();
    for (Sample sample : samples.samples()) {
      MatchedSeries matchedSeries = candidate(sample, functions);
      if (!seen.add(matchedSeries.labels())) {
        return new EvaluationResult.Refused(
            "vector contains metrics with the same labelset after applying alert labels: "
                + matchedSeries.labels());
      }
      candidates.add(matchedSeries);
    }
    return new EvaluationResult.Matched(candidates, samples.warnings(), Set.of());
  }

  private MatchedSeries candidate(Sample sample, Functions functions) {
    AlertData data =
        new AlertData(
            sample.labels().asMap(),
            sample.templateValue(),
            source.externalLabels().asMap(),
            externalUrl);
    Map<String, String> labels = new HashMap<>(sample.labels().asMap());
    labels.remove(METRIC_NAME);
    labels.putAll(expanded(rule.labels(), data, functions));
    labels.put(Labels.ALERT_NAME, rule.name());
    return new MatchedSeries(
        Labels.of(labels),
        Labels.of(expanded(rule.annotations(), data, functions)),
        sample.value());
  }

  private static Map<String, String> expanded(
      Map<String, Template> templates, AlertData data, Functions functions) {
    Map<String, String> texts = new HashMap<>();
    templates.forEach((name, template) -> texts.put(name, expanded(template, data, functions)));
    return texts;
  }

  /// A template that fails shows why; its alert goes on.
  private static String expanded(Template template, AlertData data, Functions functions) {
    try {
      return template.execute(data, functions);
    } catch (TemplateException e) {
      return "<error expanding template: " + e.getMessage() + ">";
    }
  }

  private List<QuerySample> queryOfATemplate(String expression) throws TemplateException {
    return switch (source.query(expression, at)) {
      case Answer.Samples samples ->
          samples.samples().stream()
              .map(it -> new QuerySample(it.labels().asMap(), it.templateValue()))
              .toList();
      case Answer.Refused refused ->
          throw new TemplateException("query " + expression + ": " + refused.cause());
      case Answer.Unavailable unavailable ->
          throw new TemplateException("query " + expression + ": " + unavailable.cause());
    };
  }
}
