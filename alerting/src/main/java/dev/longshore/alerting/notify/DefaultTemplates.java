package dev.longshore.alerting.notify;

import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;

/// The templates that configurations call without defining them: Alertmanager's names, our text.
public final class DefaultTemplates {
  private static final String TEXT =
      """
      {{ define "__alertmanager" }}Longshore{{ end }}
      {{ define "__alertmanagerURL" }}{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver | urlquery }}{{ end }}
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
      {{ define "__alerts" }}{{ if .Alerts.Firing }}Alerts Firing:
      {{ template "__text_alert_list" .Alerts.Firing }}{{ end }}{{ if .Alerts.Resolved }}Alerts Resolved:
      {{ template "__text_alert_list" .Alerts.Resolved }}{{ end }}{{ end }}
      {{ define "__summary_and_alerts" }}{{ .CommonAnnotations.SortedPairs.Values | join " " }}
      {{ template "__alerts" . }}{{ end }}
      {{ define "__markdown_alert_list" }}{{ range . }}
      {{ range .Labels.SortedPairs }}- **{{ .Name }}**: {{ .Value }}
      {{ end }}{{ range .Annotations.SortedPairs }}- {{ .Name }}: {{ .Value }}
      {{ end }}[Source]({{ .GeneratorURL }})
      {{ end }}{{ end }}
      {{ define "__markdown_alerts" }}{{ if .Alerts.Firing }}**Alerts Firing:**
      {{ template "__markdown_alert_list" .Alerts.Firing }}{{ end }}{{ if .Alerts.Resolved }}**Alerts Resolved:**
      {{ template "__markdown_alert_list" .Alerts.Resolved }}{{ end }}{{ end }}
      {{ define "pagerduty.default.description" }}{{ template "__subject" . }}{{ end }}
      {{ define "pagerduty.default.client" }}{{ template "__alertmanager" . }}{{ end }}
      {{ define "pagerduty.default.clientURL" }}{{ template "__alertmanagerURL" . }}{{ end }}
      {{ define "pagerduty.default.instances" }}{{ template "__text_alert_list" . }}{{ end }}
      {{ define "opsgenie.default.message" }}{{ template "__subject" . }}{{ end }}
      {{ define "opsgenie.default.description" }}{{ template "__summary_and_alerts" . }}{{ end }}
      {{ define "opsgenie.default.source" }}{{ template "__alertmanagerURL" . }}{{ end }}
      {{ define "victorops.default.state_message" }}{{ template "__summary_and_alerts" . }}{{ end }}
      {{ define "victorops.default.entity_display_name" }}{{ template "__subject" . }}{{ end }}
      {{ define "victorops.default.monitoring_tool" }}{{ template "__alertmanager" . }}{{ end }}
      {{ define "pushover.default.title" }}{{ template "__subject" . }}{{ end }}
      {{ define "pushover.default.message" }}{{ template "__summary_and_alerts" . }}{{ end }}
      {{ define "pushover.default.url" }}{{ template "__alertmanagerURL" . }}{{ end }}
      {{ define "telegram.default.message" }}{{ template "__alerts" . }}{{ end }}
      {{ define "discord.default.title" }}{{ template "__subject" . }}{{ end }}
      {{ define "discord.default.message" }}{{ template "__alerts" . }}{{ end }}
      {{ define "webex.default.message" }}{{ template "__markdown_alerts" . }}{{ end }}
      {{ define "msteams.default.title" }}{{ template "__subject" . }}{{ end }}
      {{ define "msteams.default.summary" }}{{ template "__subject" . }}{{ end }}
      {{ define "msteams.default.text" }}{{ template "__markdown_alerts" . }}{{ end }}
      {{ define "msteamsv2.default.title" }}{{ template "__subject" . }}{{ end }}
      {{ define "msteamsv2.default.text" }}{{ template "__markdown_alerts" . }}{{ end }}
      {{ define "mattermost.default.username" }}{{ template "__alertmanager" . }}{{ end }}
      {{ define "mattermost.default.text" }}**{{ template "__subject" . }}**
      {{ template "__markdown_alerts" . }}{{ end }}
      {{ define "rocketchat.default.title" }}{{ template "__subject" . }}{{ end }}
      {{ define "rocketchat.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
      {{ define "rocketchat.default.text" }}{{ range .Alerts }}{{ with .Annotations.summary }}{{ . }}
      {{ end }}{{ end }}{{ end }}
      {{ define "rocketchat.default.emoji" }}{{ end }}
      {{ define "rocketchat.default.iconurl" }}{{ end }}
      {{ define "wechat.default.message" }}{{ template "__subject" . }}
      {{ template "__summary_and_alerts" . }}{{ template "__alertmanagerURL" . }}{{ end }}
      {{ define "wechat.default.to_user" }}{{ end }}
      {{ define "wechat.default.to_party" }}{{ end }}
      {{ define "wechat.default.to_tag" }}{{ end }}
      {{ define "wechat.default.agent_id" }}{{ end }}
      {{ define "sns.default.subject" }}{{ template "__subject" . }}{{ end }}
      {{ define "sns.default.message" }}{{ template "__summary_and_alerts" . }}{{ end }}
      {{ define "jira.default.summary" }}{{ template "__subject" . }}{{ end }}
      {{ define "jira.default.description" }}{{ template "__summary_and_alerts" . }}{{ end }}
      {{ define "jira.default.priority" }}{{ $priority := "" }}{{ range .Alerts.Firing }}{{ $severity := .Labels.severity }}{{ if eq $severity "critical" }}{{ $priority = "High" }}{{ else if and (eq $severity "warning") (ne $priority "High") }}{{ $priority = "Medium" }}{{ else if and (eq $severity "info") (eq $priority "") }}{{ $priority = "Low" }}{{ end }}{{ end }}{{ $priority }}{{ end }}
      {{ define "email.default.subject" }}{{ template "__subject" . }}{{ end }}
      {{ define "email.default.text" }}{{ template "__summary_and_alerts" . }}{{ template "__alertmanagerURL" . }}
      {{ end }}
      {{ define "__email_alerts" }}{{ range . }}<table cellpadding="2" style="margin:0 0 12px 0;border-left:3px solid {{ if eq .Status "firing" }}#b3261e{{ else }}#2e7d32{{ end }};padding-left:8px">
      {{ range .Labels.SortedPairs }}<tr><td style="color:#666">{{ .Name }}</td><td>{{ .Value }}</td></tr>
      {{ end }}{{ range .Annotations.SortedPairs }}<tr><td style="color:#666">{{ .Name }}</td><td><b>{{ .Value }}</b></td></tr>
      {{ end }}<tr><td></td><td><a href="{{ .GeneratorURL }}">Source</a></td></tr></table>
      {{ end }}{{ end }}
      {{ define "email.default.html" }}<!DOCTYPE html>
      <html><head><meta charset="utf-8"><title>{{ template "__subject" . }}</title></head>
      <body style="font-family:sans-serif;font-size:14px;color:#222">
      <h2 style="font-size:16px">{{ template "__subject" . }}</h2>
      {{ if .Alerts.Firing }}<h3 style="font-size:14px">{{ .Alerts.Firing | len }} firing</h3>
      {{ template "__email_alerts" .Alerts.Firing }}{{ end }}{{ if .Alerts.Resolved }}<h3 style="font-size:14px">{{ .Alerts.Resolved | len }} resolved</h3>
      {{ template "__email_alerts" .Alerts.Resolved }}{{ end }}<p><a href="{{ template "__alertmanagerURL" . }}">View in {{ template "__alertmanager" . }}</a></p>
      </body></html>{{ end }}
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
