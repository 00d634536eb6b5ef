package dev.longshore.alerting.receiver.jira;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// `jira_configs`.
public final class JiraReceiver implements ReceiverKind {
  @Override
  public String name() {
    return "jira";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    String url =
        global.isAbsent("jira_api_url")
            ? ""
            : global.value("jira_api_url", PrometheusTypes.URL, "", "");
    return entry -> read(entry, url, http, folder);
  }

  private PostedIntegration read(Section entry, String url, HttpSettings http, Path folder) {
    EntryKeys keys =
        new EntryKeys(entry, folder)
            .required("project", "issue_type")
            .template("priority", "{{ template \"jira.default.priority\" . }}")
            .template("summary", "{{ template \"jira.default.summary\" . }}")
            .template("description", "{{ template \"jira.default.description\" . }}")
            .map("fields", Map.of());
    keys.templates("labels", entry.strings("labels", List.of(), ""));
    if (url.isEmpty() && entry.isAbsent("api_url")) {
      entry.problem("api_url", "is missing; write it here, or jira_api_url under global");
    }
    String own =
        entry.isAbsent("api_url") ? url : entry.value("api_url", PrometheusTypes.URL, url, "");
    entry.oneOf("api_type", "auto", List.of("auto", "cloud", "datacenter"), "");
    return keys.integration(
        name(),
        true,
        Guard.NONE,
        http,
        new JiraIssues(
            own,
            orEmpty(entry, "resolve_transition"),
            orEmpty(entry, "reopen_transition"),
            orEmpty(entry, "wont_fix_resolution"),
            entry.isAbsent("reopen_duration")
                ? Duration.ZERO
                : entry.value("reopen_duration", PrometheusTypes.DURATION, Duration.ZERO, "")));
  }

  private static String orEmpty(Section entry, String key) {
    String text = entry.optionalText(key);
    return text == null ? "" : text;
  }
}
