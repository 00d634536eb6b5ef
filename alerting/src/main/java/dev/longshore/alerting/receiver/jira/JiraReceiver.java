package dev.longshore.alerting.receiver.jira;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.alerting.receiver.posted.TemplateTree;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.net.Authority;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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
            .template("priority", "{{ template \"jira.default.priority\" . }}");
    TemplateTree fields = keys.tree("fields", Map.of());
    Set<String> fixed = new TreeSet<>();
    for (String field : List.of("summary", "description")) {
      if (!isUpdated(entry, keys, field)) {
        fixed.add(field);
      }
    }
    keys.templates("labels", entry.strings("labels", List.of(), ""));
    if (url.isEmpty() && entry.isAbsent("api_url")) {
      entry.problem("api_url", "is missing; write it here, or jira_api_url under global");
    }
    String own =
        entry.isAbsent("api_url") ? url : entry.value("api_url", PrometheusTypes.URL, url, "");
    String type = entry.oneOf("api_type", "auto", List.of("auto", "cloud", "datacenter"), "");
    return keys.integration(
        name(),
        true,
        Guard.NONE,
        http,
        new JiraIssues(
            own,
            type.equals("cloud") || (type.equals("auto") && isCloud(own)),
            fields,
            fixed,
            orEmpty(entry, "resolve_transition"),
            orEmpty(entry, "reopen_transition"),
            orEmpty(entry, "wont_fix_resolution"),
            entry.isAbsent("reopen_duration")
                ? Duration.ZERO
                : entry.value("reopen_duration", PrometheusTypes.DURATION, Duration.ZERO, "")));
  }

  /// Reads a text of an issue: a template, or a mapping with one.
  ///
  /// @return whether an issue that is there already gets it too
  private static boolean isUpdated(Section entry, EntryKeys keys, String key) {
    String standard = "{{ template \"jira.default." + key + "\" . }}";
    if (!entry.isSection(key)) {
      keys.template(key, standard);
      return true;
    }
    Section field = entry.section(key, "");
    String template = field.optionalText("template");
    keys.put(key, template == null ? standard : template);
    return field.bool("enable_update", true, "");
  }

  /// Atlassian's own servers.
  private static boolean isCloud(String url) {
    Authority authority = url.isEmpty() ? null : Authority.of(URI.create(url));
    return authority != null && authority.host().endsWith("atlassian.net");
  }

  private static String orEmpty(Section entry, String key) {
    String text = entry.optionalText(key);
    return text == null ? "" : text;
  }
}
