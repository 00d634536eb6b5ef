package dev.longshore.shared.ops;

import java.time.Duration;

/// What the ops port takes at a time. Probes are answered beyond all of it.
///
/// @param connections that are open; beyond it a new one takes the place of an idle one
/// @param requests that are answered at a time, but for probes; a further one is a 503
/// @param bytesPerRequest reserved of the memory budget while one is answered
/// @param head how long a client may take for the head of a request, from the first look at the
///   connection on
/// @param idle how long a connection is kept after an answer
/// @param body how long a client may take to send a body
/// @param answer how long an answer may take from there until its last byte is taken
public record OpsLimits(
    int connections,
    int requests,
    int bytesPerRequest,
    Duration head,
    Duration idle,
    Duration body,
    Duration answer) {

  public OpsLimits {
    if (requests < 1 || connections <= requests) {
      throw new IllegalArgumentException(
          "more connections than requests at a time, and those at least 1: "
              + connections
              + ", "
              + requests);
    }
  }

  /// A few people, one or two Prometheus servers, and strangers.
  public static OpsLimits defaults() {
    return new OpsLimits(
        64,
        8,
        64 << 10,
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60));
  }
}
