package dev.longshore.alerting.rule;

import dev.longshore.gotemplate.AlertData;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.RuleContext;
import dev.longshore.gotemplate.Template;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.config.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One rule on its way from the file's keys to a [Rule]; what is wrong is told to its section.
final class RuleParser {
  private static final Functions FUNCTIONS = Functions.prometheus(RuleContext.empty());

  private final String file;
  private final String group;
  private final int number;
  private final Section section;
  private final Map<String, String> groupLabels;
  private final boolean hasLines;
  private final String alert;
  private final String record;
  private final List<RuleProblem> warnings = new ArrayList<>();

  RuleParser(
      String file,
      String group,
      int number,
      Section section,
      Map<String, String> groupLabels,
      boolean hasLines) {
    this.file = file;
    this.group = group;
    this.number = number;
    this.section = section;
    this.groupLabels = groupLabels;
    this.hasLines = hasLines;
    this.alert = RuleFields.text(section, "alert", "The alert's name.");
    this.record = RuleFields.text(section, "record", "The metric that is recorded.");
  }

  /// Its name; empty when it has none, or two.
  String name() {
    return alert.isEmpty() ? record : record.isEmpty() ? alert : "";
  }

  List<RuleProblem> warnings() {
    return warnings;
  }

  /// The rule, as far as it can be made; whether it is sound is known when the file is read.
  Rule read() {
    if (!alert.isEmpty() && !record.isEmpty()) {
      section.problem("only one of 'record' and 'alert' must be set");
    } else if (alert.isEmpty() && record.isEmpty()) {
      section.problem("one of 'record' or 'alert' must be set");
    }
    Condition condition = condition();
    section.ignore("debug"); // vmalert's, as the next
    section.ignore("update_entries_limit");
    Duration holdFor = duration("for", "How long it must hold.");
    Duration keepFiringFor = duration("keep_firing_for", "How long it goes on firing.");
    Map<String, String> own = RuleFields.labels(section, "Added to each sample's labels.");
    Map<String, String> annotations = RuleFields.annotations(section);
    Map<String, String> labels = new LinkedHashMap<>(groupLabels);
    labels.putAll(own);
    RuleLocation location = new RuleLocation(file, hasLines ? section.line() : 0);
    if (alert.isEmpty()) {
      checkRecording(holdFor, keepFiringFor, annotations);
      return new RecordingRule(
          record, condition.text(), Collections.unmodifiableMap(labels), location);
    }
    return new AlertingRule(
        alert,
        condition,
        holdFor,
        keepFiringFor,
        templates("labels", "label", labels),
        templates("annotations", "annotation", annotations),
        Collections.unmodifiableMap(labels),
        Collections.unmodifiableMap(annotations),
        location);
  }

  /// What makes it true: `expr`, or `logs` in its place.
  private Condition condition() {
    String expression = RuleFields.text(section, "expr", "PromQL.");
    boolean logs = !section.isAbsent("logs");
    if (logs && !expression.isEmpty()) {
      section.problem("logs", "only one of 'expr' and 'logs' must be set");
    }
    Section below = section.section("logs", "Lines of logs, in place of `expr`.");
    if (logs) {
      if (alert.isEmpty()) {
        section.problem("logs", "invalid field 'logs' in recording rule; only alerts have it");
      }
      return LogReader.read(below);
    }
    if (expression.isEmpty()) {
      section.problem("field 'expr' must be set in rule, or 'logs'");
      return new MetricCondition("");
    }
    String problem = PromqlText.problemWith(expression);
    if (problem != null) {
      section.problem("expr", "could not parse expression: " + problem);
    }
    return new MetricCondition(expression);
  }

  private Duration duration(String key, String description) {
    Duration duration = RuleFields.duration(section, key, description);
    return duration == null ? Duration.ZERO : duration;
  }

  private void checkRecording(
      Duration holdFor, Duration keepFiringFor, Map<String, String> annotations) {
    if (!holdFor.isZero()) {
      section.problem("for", "invalid field 'for' in recording rule");
    }
    if (!keepFiringFor.isZero()) {
      section.problem("keep_firing_for", "invalid field 'keep_firing_for' in recording rule");
    }
    if (!annotations.isEmpty()) {
      section.problem("annotations", "invalid field 'annotations' in recording rule");
    }
    if (record.indexOf('{') >= 0 || record.indexOf('}') >= 0) {
      section.problem(
          "record", "braces present in the recording rule name; should it be in expr?: " + record);
    }
  }

  private Map<String, Template> templates(String key, String what, Map<String, String> texts) {
    Map<String, Template> templates = new LinkedHashMap<>();
    TemplateLibrary library = new TemplateLibrary(FUNCTIONS);
    texts.forEach(
        (name, text) -> {
          Template template = compile(library, key, what + " \"" + name + "\": ", text);
          if (template != null) {
            templates.put(name, template);
          }
        });
    return Collections.unmodifiableMap(templates);
  }

  private @Nullable Template compile(
      TemplateLibrary library, String key, String what, String text) {
    try {
      Template template = library.compile("__alert_" + alert, text);
      String problem = template.problemWith(AlertData.empty());
      if (problem != null) {
        int line = hasLines ? section.line(key) : 0;
        warnings.add(new RuleProblem(file, line, group, number, alert, what + problem));
      }
      return template;
    } catch (TemplateException e) {
      section.problem(key, what + e.getMessage());
      return null;
    }
  }
}
