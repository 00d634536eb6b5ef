package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Where Slack is, and who we are to it.
///
/// @param isBot whether there is a token, or the secret is a webhook's URL
/// @param methods the folder of the Web API's methods, with a slash at its end
/// @param account identifies the credentials, without telling them
record Address(boolean isBot, SecretSource secret, String methods, String account) {
  private static final String METHOD = "chat.postMessage";
  private static final String SLACK = "https://slack.com/api/";

  static Address of(SlackSettings settings) {
    return switch (settings.access()) {
      case SlackAccess.Bot(SecretSource token, String appUrl) -> bot(token, appUrl);
      case SlackAccess.Url(SecretSource url) -> ofUrl(url, settings.http());
    };
  }

  private static Address ofUrl(SecretSource url, HttpSettings http) {
    HttpSettings.Authorization authorization = http.authorization();
    if (authorization != null) {
      try {
        if (url.value().endsWith("/" + METHOD)) {
          return bot(authorization.credentials(), url.value());
        }
      } catch (UncheckedIOException e) {
        // Told when something is to be sent.
        return new Address(false, url, SLACK, "slack webhook " + digest(url));
      }
    }
    return new Address(false, url, SLACK, "slack webhook " + digest(url));
  }

  private static Address bot(SecretSource token, String appUrl) {
    String folder =
        appUrl.endsWith(METHOD) ? appUrl.substring(0, appUrl.length() - METHOD.length()) : appUrl;
    String methods = folder.endsWith("/") ? folder : folder + "/";
    return new Address(true, token, methods, "slack " + methods + " " + digest(token));
  }

  private static String digest(SecretSource secret) {
    String identity =
        switch (secret) {
          case SecretSource.Given(String value) -> value;
          case SecretSource.InFile(var file) -> "file " + file;
        };
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
