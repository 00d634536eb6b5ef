package dev.longshore.alerting.command;

import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.alerting.logs.ElasticLogSource;
import dev.longshore.alerting.logs.LogAnswer;
import dev.longshore.alerting.metrics.Answer;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.metrics.PrometheusConfig;
import dev.longshore.alerting.metrics.PrometheusSource;
import dev.longshore.alerting.metrics.Sources;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.MetricCondition;
import dev.longshore.alerting.rule.Rule;
import dev.longshore.alerting.rule.RuleGroup;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.shared.elastic.Privileges;
import dev.longshore.shared.elastic.Watermarks;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Asks the sources about rules: Prometheus evaluates each expression once, Elasticsearch validates
/// each query and knows each field. A source that does not answer is said, and not asked again;
/// what it would have said is not a problem.
final class SourceCheck {
  private final AlertingConfig config;
  private final Clock clock;
  private final PrintStream out;
  private final List<String> problems;
  private final List<String> refusals;

  /// Sources that did not answer, by their name.
  private final Set<String> silent = new HashSet<>();

  /// @param problems where is added what is wrong with how sources are reached
  /// @param refusals where what sources refuse is added
  SourceCheck(
      AlertingConfig config,
      Clock clock,
      PrintStream out,
      List<String> problems,
      List<String> refusals) {
    this.config = config;
    this.clock = clock;
    this.out = out;
    this.problems = problems;
    this.refusals = refusals;
  }

  void ask(List<RuleGroup> groups) {
    metricRules(groups);
    logRules(groups);
  }

  private void metricRules(List<RuleGroup> groups) {
    List<PrometheusSource> opened = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Sources.Assignment> choices = new ArrayList<>();
      Map<String, Integer> asked = new LinkedHashMap<>();
      for (PrometheusConfig source : config.prometheus()) {
        if (!source.tls().problems("", clock).isEmpty()) {
          continue; // that is said already
        }
        try {
          PrometheusSource prometheus = new PrometheusSource(source, clock, executor);
          opened.add(prometheus);
          choices.add(new Sources.Assignment(prometheus, source.groups()));
          asked.put(source.name(), 0);
        } catch (IllegalArgumentException e) {
          problems.add("prometheus " + source.name() + ": " + e.getMessage());
        }
      }
      Sources sources = new Sources(choices);
      for (RuleGroup group : groups) {
        MetricSource source = sources.of(group.name());
        for (AlertingRule rule : alerting(group)) {
          if (source != null
              && rule.condition() instanceof MetricCondition metric
              && metric(source, rule, metric)) {
            asked.merge(source.name(), 1, Integer::sum);
          }
        }
      }
      asked.forEach((name, rules) -> said("prometheus " + name, rules));
      opened.forEach(PrometheusSource::close);
    }
  }

  private static List<AlertingRule> alerting(RuleGroup group) {
    List<AlertingRule> rules = new ArrayList<>();
    for (Rule rule : group.rules()) {
      if (rule instanceof AlertingRule alerting) {
        rules.add(alerting);
      }
    }
    return rules;
  }

  /// @return whether the source has answered
  private boolean metric(MetricSource source, AlertingRule rule, MetricCondition condition) {
    String name = "prometheus " + source.name();
    if (silent.contains(name)) {
      return false;
    }
    return switch (source.query(condition.expression(), clock.now())) {
      case Answer.Samples(Answer.Kind kind, _, _) -> {
        if (kind == Answer.Kind.MATRIX) {
          refused(
              rule, name, "the expression gives a range of values; an alert wants one value each");
        }
        yield true;
      }
      case Answer.Refused refused -> {
        refused(rule, name, refused.cause());
        yield true;
      }
      case Answer.Unavailable unavailable -> {
        silent(name, unavailable.cause());
        yield false;
      }
    };
  }

  private void logRules(List<RuleGroup> groups) {
    ElasticConfig where = config.elasticsearch();
    if (where == null || !where.tlsProblems(clock).isEmpty()) {
      return;
    }
    String name = "elasticsearch";
    int asked = 0;
    try (Elastic elastic = new Elastic(where, clock)) {
      ElasticLogSource source = new ElasticLogSource(config.logs(), elastic, clock);
      Map<LogCondition, LogAnswer> answers = new HashMap<>();
      Map<String, Boolean> empty = new HashMap<>();
      for (RuleGroup group : groups) {
        for (AlertingRule rule : alerting(group)) {
          if (!(rule.condition() instanceof LogCondition condition) || silent.contains(name)) {
            continue;
          }
          switch (answers.computeIfAbsent(condition, source::sound)) {
            case LogAnswer.Unavailable unavailable -> silent(name, unavailable.cause());
            case LogAnswer.Refused refused -> {
              refused(rule, name, refused.cause());
              asked++;
            }
            case LogAnswer.Seen _ -> {
              asked++;
              if (empty.computeIfAbsent(condition.index(), _ -> !source.hasIndex(condition))) {
                out.printf(
                    "warning: %s: alert %s: its query was not looked at: no index matches %s yet%n",
                    rule.location(), rule.name(), condition.index());
              }
            }
          }
        }
      }
      if (!silent.contains(name) && !answers.isEmpty()) {
        privileges(elastic, answers.keySet());
      }
    } catch (IllegalArgumentException e) {
      problems.add(name + ": " + e.getMessage());
      return;
    }
    said(name, asked);
  }

  /// Says what the role `longshore_alerting` would grant and the user lacks.
  private void privileges(Elastic elastic, Set<LogCondition> conditions) {
    Map<String, List<String>> wanted = new LinkedHashMap<>();
    wanted.put(Watermarks.INDEX, List.of("read"));
    wanted.put(NodeReports.INDEX, List.of("read"));
    for (LogCondition condition : conditions) {
      for (String index : condition.index().split(",", -1)) {
        // Another cluster's user, what is left out, and a name by date are not asked about.
        if (index.matches("[a-z0-9._*][a-z0-9._*-]*")) {
          wanted.put(index, List.of("read", "view_index_metadata"));
        }
      }
    }
    try {
      List<String> missing = new Privileges(List.of(), wanted).missing(elastic).orElse(List.of());
      if (!missing.isEmpty()) {
        refusals.add("elasticsearch: the user lacks " + String.join(", ", missing));
      }
    } catch (IOException e) {
      silent("elasticsearch", FailureText.of(e));
    }
  }

  private void refused(AlertingRule rule, String source, String cause) {
    refusals.add(
        rule.location() + ": alert " + rule.name() + ": " + source + " refuses it: " + cause);
  }

  private void silent(String source, String cause) {
    silent.add(source);
    out.println("warning: " + source + " was not asked: " + cause);
  }

  private void said(String source, int rules) {
    if (!silent.contains(source) && rules > 0) {
      out.printf("%s: asked about %d %s%n", source, rules, rules == 1 ? "rule" : "rules");
    }
  }
}
