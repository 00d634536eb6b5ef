package dev.longshore.alerting.receiver.slack.socket;

import org.jspecify.annotations.Nullable;

/// How the connections of an app fare.
///
/// @param connected how many there are
/// @param problem why there is none, or why the last attempt failed; null when nothing is wrong
/// @param lasting whether somebody has to repair something before it can work
public record SocketStatus(int connected, @Nullable String problem, boolean lasting) {

  /// Whether people's answers arrive.
  public boolean isConnected() {
    return connected > 0;
  }
}
