package dev.longshore.alerting.receiver.msteams;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;

/// `msteams_configs`: an Office 365 connector. Microsoft has announced their end; what is
/// configured goes on as long as they do.
public final class ConnectorReceiver implements ReceiverKind {
  @Override
  public String name() {
    return "msteams";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    return entry -> {
      EntryKeys keys =
          new EntryKeys(entry, folder)
              .template("title", "{{ template \"msteams.default.title\" . }}")
              .template("summary", "{{ template \"msteams.default.summary\" . }}")
              .template("text", "{{ template \"msteams.default.text\" . }}");
      return keys.integration(
          name(), true, Guard.NONE, http, new MessageCards(keys.url("webhook_url", null)));
    };
  }
}
