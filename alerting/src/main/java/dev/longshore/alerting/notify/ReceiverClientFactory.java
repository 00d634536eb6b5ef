package dev.longshore.alerting.notify;

import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;

/// What puts integrations to work.
public interface ReceiverClientFactory {

  /// Opens one.
  ///
  /// @throws TemplateException when a text of its settings is no template; the message names it
  ReceiverClient open(
      String receiver, String integration, Integration settings, TemplateLibrary library)
      throws TemplateException;
}
