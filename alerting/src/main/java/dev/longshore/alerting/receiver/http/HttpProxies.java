package dev.longshore.alerting.receiver.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `proxy_url` and `no_proxy` at work, by the rules of Go (`golang.org/x/net/http/httpproxy`): an
/// entry of `no_proxy` is a domain with all below it, `.domain` for those below it alone, an
/// address, a network such as `10.0.0.0/8`, each but the last with a port if wanted, or `*`. With
/// `no_proxy`, this machine itself is never reached through a proxy.
public final class HttpProxies extends ProxySelector {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final Proxy proxy;
  private final List<String> direct;

  private HttpProxies(URI proxy, List<String> direct) {
    boolean secure = "https".equalsIgnoreCase(proxy.getScheme());
    int standard = secure ? HTTPS_PORT : HTTP_PORT;
    int port = proxy.getPort() < 0 ? standard : proxy.getPort();
    this.proxy =
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port));
    this.direct = direct.stream().map(it -> it.strip().toLowerCase(Locale.ROOT)).toList();
  }

  /// The proxies of a client; null when it has none.
  public static @Nullable ProxySelector of(HttpSettings settings) {
    URI proxy = settings.proxyUrl();
    return proxy == null ? null : new HttpProxies(proxy, settings.noProxy());
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(isDirect(uri) ? Proxy.NO_PROXY : proxy);
  }

  private boolean isDirect(URI uri) {
    String host = uri.getHost();
    if (host == null || direct.isEmpty()) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
    int standard = "https".equalsIgnoreCase(uri.getScheme()) ? HTTPS_PORT : HTTP_PORT;
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
