package dev.longshore.alerting.receiver;

import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.notify.ReceiverClientFactory;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;

/// Opens integrations as their settings say.
///
/// @param externalUrl where people reach our API; empty when they can't
public record ReceiverClients(String externalUrl) implements ReceiverClientFactory {
  @Override
  public ReceiverClient open(
      String receiver, String integration, Integration settings, TemplateLibrary library)
      throws TemplateException {
    return settings.open(receiver, integration, library, externalUrl);
  }
}
