package dev.longshore.shared.web;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether a request is answered.
public sealed interface Decision {

  /// It is.
  record Allowed(Caller caller) implements Decision {}

  /// It is not.
  ///
  /// @param status of HTTP
  /// @param reason for the client; holds no secret
  /// @param headers of the answer
  /// @param caller as far as it is known who asks
  record Refused(int status, String reason, Map<String, String> headers, @Nullable Caller caller)
      implements Decision {

    static Refused of(int status, String reason) {
      return new Refused(status, reason, Map.of(), null);
    }
  }
}
