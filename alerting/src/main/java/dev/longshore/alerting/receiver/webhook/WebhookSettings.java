package dev.longshore.alerting.receiver.webhook;

import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.TemplateTree;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An entry of `webhook_configs`: Alertmanager's payload to a URL.
///
/// @param url `url` or `url_file`; a template, as in Alertmanager
/// @param maxAlerts how many alerts a payload has at most; 0 for no limit
/// @param timeout of a request; null for [#DEFAULT_TIMEOUT]
/// @param payload what is posted; null for Alertmanager's own payload
public record WebhookSettings(
    boolean sendResolved,
    SecretSource url,
    HttpSettings http,
    int maxAlerts,
    @Nullable Duration timeout,
    @Nullable TemplateTree payload)
    implements Integration {

  /// The word for it in metrics, keys and names of integrations.
  static final String KIND = "webhook";

  /// Alertmanager sends the end of alerts to webhooks unless told otherwise.
  public static final boolean DEFAULT_SEND_RESOLVED = true;

  /// Alertmanager's limit is the group's interval; a webhook that hangs should not hold up the next
  /// payload for that long.
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<String> tlsProblems(Clock clock) {
    return http.tlsProblems(clock);
  }

  @Override
  public ReceiverClient open(
      String receiver, String integration, TemplateLibrary library, String externalUrl)
      throws TemplateException {
    return new WebhookClient(receiver, integration, this, library, externalUrl);
  }

  /// What Alertmanager does where nothing is configured but the URL.
  public static WebhookSettings of(SecretSource url) {
    return new WebhookSettings(DEFAULT_SEND_RESOLVED, url, HttpSettings.NONE, 0, null, null);
  }
}
