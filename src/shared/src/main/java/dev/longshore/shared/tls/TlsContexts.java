package dev.longshore.shared.tls;

import dev.longshore.shared.clock.Clock;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// TLS contexts of clients: whom they trust, and who they are.
public final class TlsContexts {
  private TlsContexts() {}

  /// A context for a client.
  ///
  /// @param authorities trusted instead of the JVM's own; null for those
  /// @param certificate our certificate and those between it and its authority; null for none
  /// @param key the certificate's private key; with `certificate` only
  /// @param insecureSkipVerify whether any server is taken for the right one, whatever its name
  /// @throws IllegalArgumentException when one of them can't be used, with its name and the reason
  public static SSLContext of(
      @Nullable Pem authorities,
      @Nullable Pem certificate,
      @Nullable Pem key,
      boolean insecureSkipVerify,
      Clock clock) {
    return ClientTls.of(authorities, certificate, key, insecureSkipVerify, clock).context();
  }
}
