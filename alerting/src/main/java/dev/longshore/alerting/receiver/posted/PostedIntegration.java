package dev.longshore.alerting.receiver.posted;

import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.gotemplate.Template;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An entry of a kind whose messages are posted once.
///
/// @param kind the word in metrics and keys
/// @param templates the entry's texts, by the keys that they stand under: `title`,
///   `details.firing`, `fields[0].value`
/// @param guard what texts from outside may not say to the service
/// @param timeout of a request; null for [#DEFAULT_TIMEOUT]
public record PostedIntegration(
    String kind,
    boolean sendResolved,
    Map<String, String> templates,
    Guard guard,
    HttpSettings http,
    @Nullable Duration timeout,
    MessageKind messages)
    implements Integration {

  static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  public PostedIntegration {
    templates = Collections.unmodifiableMap(new LinkedHashMap<>(templates));
  }

  @Override
  public List<String> tlsProblems(Clock clock) {
    return http.tlsProblems(clock);
  }

  @Override
  public ReceiverClient open(
      String receiver, String integration, TemplateLibrary library, String externalUrl)
      throws TemplateException {
    Map<String, Template> compiled = new LinkedHashMap<>();
    for (Map.Entry<String, String> text : templates.entrySet()) {
      String name = receiver + "." + integration + "." + text.getKey();
      compiled.put(text.getKey(), library.compile(name, text.getValue()));
    }
    String account = kind + " of " + receiver + " " + integration;
    return new PostingClient(this, account, compiled, externalUrl);
  }
}
