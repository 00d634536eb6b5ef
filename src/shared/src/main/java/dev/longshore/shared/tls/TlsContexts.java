package dev.longshore.shared.tls;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// TLS contexts of clients: whom they trust, and who they are.
public final class TlsContexts {
  private TlsContexts() {}

  /// A context that trusts the authorities of a PEM file instead of the JVM's own, as the file is
  /// at each handshake: see [FileTrust].
  ///
  /// @param key the configuration's key that names the file
  /// @throws IllegalArgumentException when the file can't be used now, with its name and the reason
  public static SSLContext trustingFile(String key, Path file, Clock clock) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new FileTrust(key, file, clock)}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JVM can't do TLS: " + e.getMessage(), e);
    }
  }

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
