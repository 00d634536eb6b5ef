package dev.longshore.shared.net;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whom a URL names. Unlike [URI#getHost] it knows hosts with an underscore, as services of Docker
/// Compose have them.
///
/// @param port -1 when the URL has none
/// @param userInfo name and password, decoded; null when the URL has none
public record Authority(String host, int port, @Nullable String userInfo) {
  private static final Pattern WITH_UNDERSCORE =
      Pattern.compile("(?:([^@\\[\\]]*)@)?([A-Za-z0-9._-]+)(?::(\\d{0,5}))?");

  /// The authority of a URL; null when it has no host.
  public static @Nullable Authority of(URI uri) {
    String host = uri.getHost();
    if (host != null) {
      return new Authority(host, uri.getPort(), uri.getUserInfo());
    }
    String text = uri.getAuthority();
    Matcher matcher = WITH_UNDERSCORE.matcher(text == null ? "" : text);
    if (!matcher.matches() || matcher.group(2).indexOf('_') < 0) {
      return null;
    }
    String port = matcher.group(3);
    int number = port == null || port.isEmpty() ? -1 : Integer.parseInt(port);
    return number == 0 || number > 65_535
        ? null
        : new Authority(matcher.group(2), number, matcher.group(1));
  }

  /// Whether [java.net.http.HttpRequest] knows the host of a URL.
  static boolean isPlain(URI uri) {
    return uri.getHost() != null;
  }

  /// As the header `Host` has it.
  String hostHeader() {
    return port < 0 ? host : host + ":" + port;
  }
}
