package dev.longshore.alerting.receiver.msteams;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.posted.EntryKeys;
import dev.longshore.alerting.receiver.posted.Guard;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;

/// `msteamsv2_configs`: a webhook of a workflow ("Post to a channel when a webhook request is
/// received"), which takes adaptive cards.
public final class TeamsReceiver implements ReceiverKind {
  @Override
  public String name() {
    return "msteamsv2";
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    return entry -> {
      EntryKeys keys =
          new EntryKeys(entry, folder)
              .template("title", "{{ template \"msteamsv2.default.title\" . }}")
              .template("text", "{{ template \"msteamsv2.default.text\" . }}");
      return keys.integration(
          name(), true, Guard.NONE, http, new AdaptiveCards(keys.url("webhook_url", null)));
    };
  }
}
