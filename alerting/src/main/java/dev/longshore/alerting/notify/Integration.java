package dev.longshore.alerting.notify;

/// One way in which a receiver is told.
public sealed interface Integration permits SlackSettings, WebhookSettings {

  /// Whether the end of alerts is posted too. What is edited is edited all the same.
  boolean sendResolved();

  /// How it is connected to: `http_config`.
  HttpSettings http();

  /// The word in metrics and keys: `slack`, `webhook`.
  default String kind() {
    return switch (this) {
      case SlackSettings slack -> "slack";
      case WebhookSettings webhook -> "webhook";
    };
  }
}
