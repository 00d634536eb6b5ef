package dev.longshore.alerting.receiver.webhook;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;

/// `webhook_configs`.
public final class WebhookReceiver implements ReceiverKind {
  @Override
  public String name() {
    return WebhookSettings.KIND;
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    return new WebhookKeys(http, folder);
  }
}
