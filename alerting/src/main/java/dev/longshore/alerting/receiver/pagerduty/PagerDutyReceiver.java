package dev.longshore.alerting.receiver.pagerduty;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.alerting.receiver.posted.TemplateTree;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.util.Map;

/// `pagerduty_configs`.
public final class PagerDutyReceiver implements ReceiverKind {
  private static final String EVENTS = "https://events.pagerduty.com/v2/enqueue";
  private static final String CLIENT = "{{ template \"pagerduty.default.client\" . }}";

  private static final Map<String, String> DETAILS =
      Map.of(
          "firing", "{{ .Alerts.Firing | toJson }}",
          "resolved", "{{ .Alerts.Resolved | toJson }}",
          "num_firing", "{{ .Alerts.Firing | len }}",
          "num_resolved", "{{ .Alerts.Resolved | len }}");

  @Override
  public String name() {
    return "pagerduty";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    String url = global.value("pagerduty_url", PrometheusTypes.URL, EVENTS, "");
    return entry -> read(entry, url, http, folder);
  }

  private PostedIntegration read(Section entry, String url, HttpSettings http, Path folder) {
    SecretSource routingKey = Secrets.textOrFile(entry, "routing_key", "routing_key_file", folder);
    SecretSource serviceKey = Secrets.textOrFile(entry, "service_key", "service_key_file", folder);
    if (routingKey == null && serviceKey == null) {
      entry.problem(
          "routing_key",
          "is missing; write routing_key or routing_key_file, of an integration of the Events API"
              + " v2");
      routingKey = SecretSource.given("");
    }
    EntryKeys keys =
        new EntryKeys(entry, folder)
            .template("client", CLIENT)
            .template("client_url", "{{ template \"pagerduty.default.clientURL\" . }}")
            .template("description", "{{ template \"pagerduty.default.description\" . }}")
            .template("severity", "error")
            .templates("class", "component", "group")
            .list("images", "src", "alt", "href")
            .list("links", "href", "text");
    keys.template("source", keys.text("client"));
    SecretSource key = serviceKey == null ? routingKey : serviceKey;
    if (key instanceof SecretSource.Given(String text) && text.contains("{{")) {
      keys.put(PagerDutyEvents.KEY, text);
    }
    TemplateTree details = keys.tree("details", DETAILS);
    boolean own = !entry.isAbsent("url");
    return keys.integration(
        name(),
        true,
        Guard.NONE,
        http,
        new PagerDutyEvents(
            own ? entry.value("url", PrometheusTypes.URL, url, "") : url,
            serviceKey == null ? routingKey : null, // of both, Alertmanager takes this one
            serviceKey,
            details));
  }
}
