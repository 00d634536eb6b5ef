package dev.longshore.shared.web;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Who sent a request.
///
/// @param name of the login; null where nobody has logged in
/// @param login how the name was proved
/// @param role null when there is none
/// @param from the peer's address, a proxy's where there is one
/// @param forwardedFor what a believed proxy says of where the request came from; null when nothing
public record Caller(
    @Nullable String name,
    Login login,
    @Nullable Role role,
    InetAddress from,
    @Nullable String forwardedFor) {

  /// How a name was proved.
  public enum Login {
    ANONYMOUS,
    PASSWORD,
    TOKEN,
    CERTIFICATE,
    PROXY
  }

  /// Whether it has a role that includes the given one.
  public boolean may(Role needed) {
    return role != null && role.includes(needed);
  }
}
