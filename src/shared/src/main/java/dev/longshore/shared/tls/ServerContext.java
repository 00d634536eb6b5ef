package dev.longshore.shared.tls;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// TLS contexts of servers: who they are, and whose clients they believe.
public final class ServerContext {
  private ServerContext() {}

  /// @param certificate ours and those between it and its authority
  /// @param key its private key
  /// @param clientAuthorities of clients' certificates; null where these are not verified
  /// @throws IllegalArgumentException when one of them can't be used, with its name and the reason
  public static SSLContext of(
      Pem certificate, Pem key, @Nullable Pem clientAuthorities, Clock clock) {
    Certificates.requirePair(certificate, key);
    try {
      KeyManager[] keys = ClientTls.keyManagers(certificate, key);
      TrustManager[] trust =
          clientAuthorities == null
              ? new TrustManager[] {new TrustAll()}
              : Authorities.trust(clientAuthorities, clock);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JVM can't do TLS: " + e.getMessage(), e);
    }
  }
}
