package dev.longshore.alerting.receiver.http;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.ClientTls;
import dev.longshore.shared.tls.Pem;
import java.io.UncheckedIOException;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// `tls_config` at work: whom we trust and who we are.
///
/// @param trust for clients that want it beside the context
public record HttpTrust(SSLContext context, X509TrustManager trust) {

  /// A certificate or a key can't be used; the message says which.
  public static final class UnusableException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    UnusableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// What holds now: certificates and keys are read for each use, and what is made of them is made
  /// anew when they have changed. Safe for use by any thread.
  public static final class Current {
    private final HttpSettings.Tls tls;

    // Guarded by this.
    private @Nullable PemTexts texts;
    private @Nullable HttpTrust made;

    public Current(HttpSettings.Tls tls) {
      this.tls = tls;
    }

    private record PemTexts(
        @Nullable String ca, @Nullable String certificate, @Nullable String key) {}

    /// The same object as before when nothing has changed; null when nothing is configured, and the
    /// machine's trust holds.
    ///
    /// @throws UnusableException when a certificate or a key can't be read or used
    public synchronized @Nullable HttpTrust get() {
      if (tls.equals(HttpSettings.Tls.DEFAULT)) {
        return null;
      }
      try {
        PemTexts now = new PemTexts(text(tls.ca()), text(tls.certificate()), text(tls.key()));
        HttpTrust known = made;
        if (known == null || !Objects.equals(now, texts)) {
          ClientTls client =
              ClientTls.of(
                  pem("ca_file", now.ca),
                  pem("cert_file", now.certificate),
                  pem("key_file", now.key),
                  tls.insecureSkipVerify(),
                  tls.serverName(),
                  Clock.system());
          known = new HttpTrust(client.context(), client.trust());
          made = known;
          texts = now;
        }
        return known;
      } catch (IllegalArgumentException | UncheckedIOException e) {
        throw new UnusableException("tls_config can't be used: " + e.getMessage(), e);
      }
    }

    private static @Nullable String text(@Nullable SecretSource source) {
      return source == null ? null : source.value();
    }

    private static @Nullable Pem pem(String name, @Nullable String text) {
      return text == null ? null : new Pem(name, text);
    }
  }
}
