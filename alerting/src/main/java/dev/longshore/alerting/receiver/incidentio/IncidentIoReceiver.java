package dev.longshore.alerting.receiver.incidentio;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;

/// `incidentio_configs`.
public final class IncidentIoReceiver implements ReceiverKind {
  @Override
  public String name() {
    return "incidentio";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    return entry -> read(entry, http, folder);
  }

  private PostedIntegration read(Section entry, HttpSettings http, Path folder) {
    EntryKeys keys = new EntryKeys(entry, folder);
    SecretSource token =
        Secrets.textOrFile(entry, "alert_source_token", "alert_source_token_file", folder);
    if (token == null && entry.isAbsent("http_config")) {
      entry.problem(
          "alert_source_token",
          "is missing; write alert_source_token or alert_source_token_file, or http_config with"
              + " an authorization");
    }
    return keys.integration(
        name(),
        true,
        Guard.NONE,
        http,
        new IncidentIoEvents(
            keys.url("url", null),
            token,
            entry.integer("max_alerts", 0, 0, Integer.MAX_VALUE, "")));
  }
}
