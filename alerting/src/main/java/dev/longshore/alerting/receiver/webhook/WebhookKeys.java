package dev.longshore.alerting.receiver.webhook;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpKeys;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.TemplateTree;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The keys of `webhook_configs`.
///
/// @param http of `global`
record WebhookKeys(HttpSettings http, Path folder) implements ReceiverKind.Reader {

  @Override
  public WebhookSettings read(Section webhook) {
    SecretSource url = Secrets.urlTemplateOrFile(webhook, "url", "url_file", folder);
    if (url == null) {
      webhook.problem("url", "is missing; write url or url_file");
    }
    return new WebhookSettings(
        webhook.bool("send_resolved", WebhookSettings.DEFAULT_SEND_RESOLVED, ""),
        url == null ? SecretSource.given("http://localhost") : url,
        HttpKeys.read(webhook, folder, http),
        webhook.integer("max_alerts", 0, 0, Integer.MAX_VALUE, ""),
        HttpKeys.timeout(webhook),
        payload(webhook));
  }

  private static @Nullable TemplateTree payload(Section webhook) {
    if (webhook.isAbsent("payload")) {
      return null;
    }
    if (!webhook.isSection("payload")) {
      webhook.refuse(
          "payload", "is no mapping; write the names and values of the payload below it");
      return null;
    }
    return new TemplateTree("payload", JsonFields.of(webhook.json("payload")));
  }
}
