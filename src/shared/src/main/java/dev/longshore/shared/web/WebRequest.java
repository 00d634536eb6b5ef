package dev.longshore.shared.web;

import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request as the access rules see it.
///
/// @param method in capitals; a HEAD is a GET
/// @param headers by their names in lower case
/// @param hasBody whether a body comes with it
/// @param from the peer's address
/// @param certificate the name in the peer's certificate, where TLS asked for one and checked it
public record WebRequest(
    String method,
    Map<String, String> headers,
    boolean hasBody,
    InetAddress from,
    @Nullable String certificate) {

  /// Whether it may change something.
  public boolean isChange() {
    return !method.equals("GET");
  }

  @Nullable String header(String name) {
    return headers.get(name);
  }
}
