package dev.longshore.alerting.receiver.victorops;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `victorops_configs`.
public final class VictorOpsReceiver implements ReceiverKind {
  private static final String API =
      "https://alert.victorops.com/integrations/generic/20131114/alert/";

  /// What the message is made of; custom fields may not have these names.
  private static final List<String> OURS =
      List.of(
          "routing_key",
          "message_type",
          "state_message",
          "entity_display_name",
          "monitoring_tool",
          "entity_id",
          "entity_state");

  @Override
  public String name() {
    return "victorops";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    String url = global.value("victorops_api_url", PrometheusTypes.URL, API, "");
    SecretSource key =
        Secrets.textOrFile(global, "victorops_api_key", "victorops_api_key_file", folder);
    return entry -> read(entry, url, key, http, folder);
  }

  private PostedIntegration read(
      Section entry, String url, @Nullable SecretSource key, HttpSettings http, Path folder) {
    EntryKeys keys =
        new EntryKeys(entry, folder)
            .required("routing_key")
            .template("message_type", "CRITICAL")
            .template("state_message", "{{ template \"victorops.default.state_message\" . }}")
            .template(
                "entity_display_name", "{{ template \"victorops.default.entity_display_name\" . }}")
            .template("monitoring_tool", "{{ template \"victorops.default.monitoring_tool\" . }}")
            .map("custom_fields", Map.of());
    for (String field : keys.names("custom_fields")) {
      if (OURS.contains(field)) {
        entry.problem("custom_fields", "'" + field + "' is a field of the message; rename it");
      }
    }
    return keys.integration(
        name(),
        true,
        Guard.NONE,
        http,
        new VictorOpsIncidents(
            entry.value("api_url", PrometheusTypes.URL, url, ""), keys.secret("api_key", key)));
  }
}
