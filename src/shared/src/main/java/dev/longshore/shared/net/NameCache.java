package dev.longshore.shared.net;

import java.security.Security;

/// How long the JVM believes what DNS said: pods and Services move. Three seconds for an address,
/// one for a name that is not known.
///
/// These are security properties. `-Dsun.net.inetaddr.negative.ttl` would say the same, but the
/// JDK's own `java.security` sets ten seconds, which goes before it.
public final class NameCache {
  private NameCache() {}

  /// Sets them; to be called before the first name is resolved, as they are read then.
  public static void configure() {
    Security.setProperty("networkaddress.cache.ttl", "3");
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
  }
}
