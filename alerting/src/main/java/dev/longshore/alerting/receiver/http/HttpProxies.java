package dev.longshore.alerting.receiver.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `proxy_url`, `no_proxy` and `proxy_from_environment` at work, by the rules of Go
/// (`golang.org/x/net/http/httpproxy`): an entry of `no_proxy` is a domain with all below it,
/// `.domain` for those below it alone, an address, a network such as `10.0.0.0/8`, each but the
/// last with a port if wanted, or `*`. With `no_proxy`, this machine itself is never reached
/// through a proxy.
final class HttpProxies extends ProxySelector {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final @Nullable URI forHttp;
  private final @Nullable URI forHttps;
  private final List<String> direct;

  private HttpProxies(@Nullable URI forHttp, @Nullable URI forHttps, List<String> direct) {
    this.forHttp = forHttp;
    this.forHttps = forHttps;
    this.direct = direct.stream().map(it -> it.strip().toLowerCase(Locale.ROOT)).toList();
  }

  /// The proxies of a client; null when it has none.
  ///
  /// @param environment the variables of the environment
  /// @throws IllegalArgumentException when one of the environment is no URL
  static @Nullable HttpProxies of(HttpSettings.Proxy settings, Map<String, String> environment) {
    if (!settings.fromEnvironment()) {
      URI url = settings.url();
      return url == null ? null : new HttpProxies(url, url, settings.direct());
    }
    URI http = url(environment, "HTTP_PROXY");
    URI https = url(environment, "HTTPS_PROXY");
    String direct = variable(environment, "NO_PROXY");
    return http == null && https == null
        ? null
        : new HttpProxies(http, https, List.of(direct.split(",", -1)));
  }

  private static @Nullable URI url(Map<String, String> environment, String name) {
    String text = variable(environment, name).strip();
    if (text.isEmpty()) {
      return null;
    }
    try {
      URI url = new URI(text.contains("://") ? text : "http://" + text);
      if (url.getHost() != null && isUsable(url)) {
        return url;
      }
    } catch (URISyntaxException e) {
      // It may hold a password: its name is all that is said.
    }
    throw new IllegalArgumentException(
        name + " of the environment is no URL of a proxy that is reached by http");
  }

  static boolean isUsable(URI proxy) {
    return "http".equalsIgnoreCase(proxy.getScheme());
  }

  /// In capitals, or else in small letters.
  private static String variable(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
  }

  /// What the proxy of a URL is told about who we are; null for nothing. The client sends it to the
  /// proxy alone.
  @Nullable String authorization(URI uri) {
    URI proxy = proxy(uri);
    return proxy == null || proxy.getUserInfo() == null
        ? null
        : HttpSender.basic(proxy.getUserInfo());
  }

  private @Nullable URI proxy(URI uri) {
    return isSecure(uri) ? forHttps : forHttp;
  }

  private static boolean isSecure(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme()) || "wss".equalsIgnoreCase(uri.getScheme());
  }

  @Override
  public List<Proxy> select(URI uri) {
    URI proxy = proxy(uri);
    if (proxy == null || isDirect(uri)) {
      return List.of(Proxy.NO_PROXY);
    }
    int port = proxy.getPort() < 0 ? HTTP_PORT : proxy.getPort();
    return List.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
  }

  private boolean isDirect(URI uri) {
    String host = uri.getHost();
    if (host == null || direct.isEmpty()) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
    int standard = isSecure(uri) ? HTTPS_PORT : HTTP_PORT;
    int port = uri.getPort() < 0 ? standard : uri.getPort();
    InetAddress address = address(name);
    if (name.equals("localhost") || (address != null && address.isLoopbackAddress())) {
      return true;
    }
    return direct.stream().anyMatch(entry -> matches(entry, name, port, address));
  }

  private static boolean matches(
      String entry, String name, int port, @Nullable InetAddress address) {
    if (entry.isEmpty()) {
      return false;
    }
    if (entry.equals("*")) {
      return true;
    }
    int slash = entry.indexOf('/');
    if (slash > 0) {
      InetAddress network = address(entry.substring(0, slash));
      return address != null
          && network != null
          && isIn(address, network, entry.substring(slash + 1));
    }
    String host = entry;
    int colon = entry.lastIndexOf(':');
    boolean hasPort = (colon > 0 && entry.indexOf(':') == colon) || entry.contains("]:");
    if (hasPort) {
      if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      host = entry.substring(0, colon);
    }
    host = host.replaceAll("^\\[|]$", "");
    InetAddress exact = address(host);
    if (exact != null) {
      return exact.equals(address);
    }
    String domain = host.startsWith("*.") ? host.substring(1) : host;
    return domain.startsWith(".")
        ? name.endsWith(domain)
        : name.equals(domain) || name.endsWith("." + domain);
  }

  private static boolean isIn(InetAddress address, InetAddress network, String length) {
    byte[] one = address.getAddress();
    byte[] other = network.getAddress();
    if (one.length != other.length || !length.matches("\\d{1,3}")) {
      return false;
    }
    int bits = Integer.parseInt(length);
    if (bits > one.length * Byte.SIZE) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> (i % Byte.SIZE);
      if ((one[i / Byte.SIZE] & mask) != (other[i / Byte.SIZE] & mask)) {
        return false;
      }
    }
    return true;
  }

  /// An address that is written as one; null for a name. Asks nobody.
  private static @Nullable InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // Whoever sends is told by the failure itself.
  }
}
