package dev.longshore.alerting.notify.slack;

import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.Messenger;
import dev.longshore.alerting.notify.Messengers;
import dev.longshore.alerting.notify.SlackSettings;
import dev.longshore.alerting.notify.WebhookMessenger;
import dev.longshore.alerting.notify.WebhookSettings;
import dev.longshore.alerting.template.TemplateException;
import dev.longshore.alerting.template.TemplateLibrary;

/// All kinds of integrations that there are.
///
/// @param externalUrl where people reach our API; empty when they can't
public record StandardMessengers(String externalUrl) implements Messengers {
  @Override
  public Messenger open(
      String receiver, String integration, Integration settings, TemplateLibrary library)
      throws TemplateException {
    return switch (settings) {
      case SlackSettings slack ->
          new SlackMessenger(receiver, integration, slack, library, externalUrl);
      case WebhookSettings webhook ->
          new WebhookMessenger(receiver, integration, webhook, library, externalUrl);
    };
  }
}
