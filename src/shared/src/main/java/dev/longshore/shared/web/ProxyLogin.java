package dev.longshore.shared.web;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/// A proxy that logs people in and says who they are.
///
/// @param userHeader the header with the name, in lower case
/// @param from the proxy's addresses; from any other the header means nothing
public record ProxyLogin(String userHeader, List<Network> from) {

  public ProxyLogin {
    userHeader = userHeader.toLowerCase(Locale.ROOT);
    from = List.copyOf(from);
  }

  boolean believes(InetAddress peer) {
    return from.stream().anyMatch(network -> network.contains(peer));
  }
}
