package dev.longshore.alerting.notify.slack;

import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.notify.ReceiverClientFactory;
import dev.longshore.alerting.notify.SlackSettings;
import dev.longshore.alerting.notify.WebhookClient;
import dev.longshore.alerting.notify.WebhookSettings;
import dev.longshore.alerting.template.TemplateException;
import dev.longshore.alerting.template.TemplateLibrary;

/// All kinds of integrations that there are.
///
/// @param externalUrl where people reach our API; empty when they can't
public record ReceiverClients(String externalUrl) implements ReceiverClientFactory {
  @Override
  public ReceiverClient open(
      String receiver, String integration, Integration settings, TemplateLibrary library)
      throws TemplateException {
    return switch (settings) {
      case SlackSettings slack ->
          new SlackClient(receiver, integration, slack, library, externalUrl);
      case WebhookSettings webhook ->
          new WebhookClient(receiver, integration, webhook, library, externalUrl);
    };
  }
}
