package dev.longshore.alerting.receiver.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.shared.clock.Clock;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `oauth2` at work: a token by client credentials (RFC 6749, 4.4), used until it expires. Who we
/// are goes in the header, or in the form for servers that refuse that. Safe for use by any thread.
final class OAuth2Tokens implements AutoCloseable {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final JsonMapper JSON = new JsonMapper();

  /// So long before its end a token is no longer used.
  private static final Duration MARGIN = Duration.ofSeconds(10);

  /// For how long a token is used whose answer doesn't say.
  private static final Duration UNSAID = Duration.ofMinutes(5);

  private final HttpSettings.OAuth2 settings;
  private final HttpSender sender;
  private final Clock clock;

  // Guarded by this.
  private @Nullable String token;
  private Instant until = Instant.EPOCH;
  private boolean inForm;

  OAuth2Tokens(HttpSettings.OAuth2 settings, Duration timeout, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.sender =
        new HttpSender(
            new HttpSettings(null, null, null, settings.proxy(), Map.of(), settings.tls()),
            timeout);
  }

  /// What to send as `Authorization`, or why there is nothing to send.
  ///
  /// @param failure what that means for a message
  record Token(@Nullable String authorization, @Nullable DeliveryResult failure) {}

  synchronized Token token() {
    String known = token;
    if (known != null && clock.now().isBefore(until)) {
      return new Token(known, null);
    }
    HttpReply reply = ask();
    if (reply instanceof HttpReply.Answer(int status, _, _) && (status == 400 || status == 401)) {
      inForm = !inForm;
      reply = ask();
    }
    return switch (reply) {
      case HttpReply.Failed failed -> new Token(null, failed.result());
      case HttpReply.Answer answer -> taken(answer);
    };
  }

  private HttpReply ask() {
    List<String> form = new ArrayList<>();
    form.add("grant_type=client_credentials");
    if (!settings.scopes().isEmpty()) {
      form.add("scope=" + encoded(String.join(" ", settings.scopes())));
    }
    settings.parameters().forEach((name, it) -> form.add(encoded(name) + "=" + encoded(it)));
    String secret = settings.clientSecret().value();
    String authorization = null;
    if (inForm) {
      form.add("client_id=" + encoded(settings.clientId()));
      form.add("client_secret=" + encoded(secret));
    } else {
      authorization = HttpSender.basic(encoded(settings.clientId()) + ":" + encoded(secret));
    }
    return sender.post(
        settings.tokenUrl(),
        FORM,
        String.join("&", form),
        authorization,
        HttpSender.SHORT_ANSWER_BYTES);
  }

  private Token taken(HttpReply.Answer answer) {
    JsonNode content;
    try {
      content = JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      content = JSON.createObjectNode();
    }
    String access = content.path("access_token").asText("");
    if (!answer.isOk() || access.isEmpty()) {
      String error = content.path("error").asText("");
      return new Token(
          null,
          answer.status() >= 500 || answer.status() == 429
              ? new DeliveryResult.Retry(
                  "other",
                  "the server of tokens answers " + answer.status(),
                  answer.retryAfter(),
                  false)
              : new DeliveryResult.Misconfigured(
                  "oauth2",
                  "The server of tokens gives none: it answers "
                      + answer.status()
                      + (error.isEmpty() ? "." : ", " + error + ".")));
    }
    String type = content.path("token_type").asText("Bearer");
    String authorization = (type.equalsIgnoreCase("bearer") ? "Bearer" : type) + " " + access;
    long seconds = content.path("expires_in").asLong(UNSAID.toSeconds());
    token = authorization;
    until = clock.now().plusSeconds(seconds).minus(MARGIN);
    return new Token(authorization, null);
  }

  /// The token was refused.
  synchronized void forget() {
    token = null;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    sender.close();
  }
}
