package dev.longshore.alerting.receiver.opsgenie;

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
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `opsgenie_configs`.
public final class OpsgenieReceiver implements ReceiverKind {
  private static final String API = "https://api.opsgenie.com/";

  /// What a responder may be.
  private static final List<String> RESPONDERS =
      List.of("team", "teams", "user", "escalation", "schedule");

  private static final List<String> WHO = List.of("id", "name", "username");

  @Override
  public String name() {
    return "opsgenie";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    String url = global.value("opsgenie_api_url", PrometheusTypes.URL, API, "");
    SecretSource key =
        Secrets.textOrFile(global, "opsgenie_api_key", "opsgenie_api_key_file", folder);
    return entry -> read(entry, url, key, http, folder);
  }

  private PostedIntegration read(
      Section entry, String url, @Nullable SecretSource key, HttpSettings http, Path folder) {
    EntryKeys keys =
        new EntryKeys(entry, folder)
            .template("message", "{{ template \"opsgenie.default.message\" . }}")
            .template("description", "{{ template \"opsgenie.default.description\" . }}")
            .template("source", "{{ template \"opsgenie.default.source\" . }}")
            .templates("entity", "actions", "tags", "note", "priority")
            .map("details", Map.of())
            .list("responders", "id", "name", "username", "type");
    check(entry, keys);
    return keys.integration(
        name(),
        true,
        Guard.NONE,
        http,
        new OpsgenieAlerts(
            entry.value("api_url", PrometheusTypes.URL, url, ""),
            keys.secret("api_key", key),
            entry.bool("update_alerts", false, "")));
  }

  /// Opsgenie refuses the whole alert for a responder that it can't tell.
  private static void check(Section entry, EntryKeys keys) {
    for (int i = 0; ; i++) {
      String at = "responders[" + i + "].";
      String type = keys.text(at + "type");
      boolean isNamed = WHO.stream().anyMatch(it -> !keys.text(at + it).isEmpty());
      if (type.isEmpty() && !isNamed) {
        return;
      }
      if (!isNamed) {
        entry.problem("responders", "has one without id, name and username; write one of them");
      }
      if (!type.contains("{{") && !RESPONDERS.contains(type.toLowerCase(Locale.ROOT))) {
        entry.problem(
            "responders",
            "has the type '" + type + "'; write one of " + String.join(", ", RESPONDERS));
      }
    }
  }
}
