package dev.longshore.shared.net;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;

/// Requests to any `http` or `https` URL, also to one whose host has an underscore: `HttpRequest`
/// refuses those. Such a request goes to the host's address with the name in the header `Host`,
/// which the JVM lets us set by the property `jdk.httpclient.allowRestrictedHeaders`; without TLS
/// only, as a certificate is for a name without underscores.
public final class HttpTargets {
  /// Asks for the address of a host.
  interface Resolver {
    InetAddress address(String host) throws UnknownHostException;
  }

  private HttpTargets() {}

  /// Begins a request. Asks DNS where the host has an underscore.
  ///
  /// @throws UnknownHostException when DNS does not know such a host
  /// @throws IllegalArgumentException when this is no URL that can be asked; the message does not
  ///   hold it
  public static HttpRequest.Builder request(URI uri) throws IOException {
    return request(uri, InetAddress::getByName);
  }

  static HttpRequest.Builder request(URI uri, Resolver resolver) throws IOException {
    String scheme = uri.getScheme();
    if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
      throw new IllegalArgumentException("it does not begin with http:// or https://");
    }
    if (Authority.isPlain(uri)) {
      return HttpRequest.newBuilder(uri);
    }
    Authority authority = Authority.of(uri);
    if (authority == null) {
      throw new IllegalArgumentException("it has no host");
    }
    if ("https".equalsIgnoreCase(scheme)) {
      throw new IllegalArgumentException(
          "its host has an underscore, which no certificate is for; use http, or another name");
    }
    InetAddress address = resolver.address(authority.host());
    String literal =
        address instanceof Inet6Address
            ? "[" + address.getHostAddress().replaceFirst("%.*", "") + "]"
            : address.getHostAddress();
    try {
      URI target =
          new URI(
              scheme
                  + "://"
                  + literal
                  + (authority.port() < 0 ? "" : ":" + authority.port())
                  + (uri.getRawPath() == null ? "" : uri.getRawPath())
                  + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
      return HttpRequest.newBuilder(target).header("Host", authority.hostHeader());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("its path is none", e);
    }
  }
}
