package dev.longshore.alerting.notify;

import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;

/// The templates that configurations call without defining them: Alertmanager's names, our text.
public final class DefaultTemplates {
  private static final String TEXT =
      """
      {{ define "__alertmanager" }}Longshore{{ end }}
      {{ define "__alertmanagerURL" }}{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver }}{{ end }}
      {{ define "__subject" }}[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] {{ .GroupLabels.Values | join " " }}{{ with .CommonLabels.Remove .GroupLabels.Names }} ({{ .Values | join " " }}){{ end }}{{ end }}
      {{ define "__description" }}{{ end }}
      {{ define "__text_alert_list" }}{{ range . }}Labels:
      {{ range .Labels.SortedPairs }} - {{ .Name }} = {{ .Value }}
      {{ end }}Annotations:
      {{ range .Annotations.SortedPairs }} - {{ .Name }} = {{ .Value }}
      {{ end }}Source: {{ .GeneratorURL }}
      {{ end }}{{ end }}
      {{ define "slack.default.title" }}{{ template "__subject" . }}{{ end }}
      {{ define "slack.default.username" }}{{ template "__alertmanager" . }}{{ end }}
      {{ define "slack.default.fallback" }}{{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}{{ end }}
      {{ define "slack.default.callbackid" }}{{ end }}
      {{ define "slack.default.pretext" }}{{ end }}
      {{ define "slack.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
      {{ define "slack.default.iconemoji" }}{{ end }}
      {{ define "slack.default.iconurl" }}{{ end }}
      {{ define "slack.default.text" }}{{ range .Alerts.Firing }}{{ with .Annotations.summary }}{{ . }}
      {{ end }}{{ end }}{{ end }}
      {{ define "slack.default.footer" }}{{ end }}
      {{ define "slack.default.color" }}{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}{{ end }}
      """;

  private DefaultTemplates() {}

  /// Adds them to a library; before the files of the configuration, which may define them anew.
  public static void addTo(TemplateLibrary library) {
    try {
      library.add("default.tmpl", TEXT);
    } catch (TemplateException e) {
      throw new IllegalStateException("our own templates are wrong: " + e.getMessage(), e);
    }
  }
}
