package dev.longshore.alerting.notify;

import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import java.util.List;

/// One way in which a receiver is told: the settings of one entry of its `…_configs`.
public interface Integration {

  /// Whether the end of alerts is posted too. What is edited is edited all the same.
  boolean sendResolved();

  /// The word in metrics and keys: `slack`, `webhook`.
  String kind();

  /// What is wrong with the certificates and keys that it names; a text each, none when all is
  /// well.
  default List<String> tlsProblems(Clock clock) {
    return List.of();
  }

  /// Puts it to work.
  ///
  /// @param receiver the receiver's name
  /// @param integration its kind and its place among its kind: `slack[0]`
  /// @param externalUrl where people reach our API; empty when they can't
  /// @throws TemplateException when a text of the settings is no template; the message names it
  ReceiverClient open(
      String receiver, String integration, TemplateLibrary library, String externalUrl)
      throws TemplateException;
}
