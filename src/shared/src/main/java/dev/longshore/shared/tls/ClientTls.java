package dev.longshore.shared.tls;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// The TLS of a client: whom it trusts, and who it is.
///
/// @param context for connections
/// @param trust what the context trusts, for clients that want it beside the context
public record ClientTls(SSLContext context, X509TrustManager trust) {

  /// @param authorities trusted instead of the JVM's own; null for those
  /// @param certificate our certificate and those between it and its authority; null for none
  /// @param key the certificate's private key; with `certificate` only
  /// @param insecureSkipVerify whether any server is taken for the right one, whatever its name
  /// @throws IllegalArgumentException when one of them can't be used, with its name and the reason
  public static ClientTls of(
      @Nullable Pem authorities,
      @Nullable Pem certificate,
      @Nullable Pem key,
      boolean insecureSkipVerify,
      Clock clock) {
    return of(authorities, certificate, key, insecureSkipVerify, null, clock);
  }

  /// @param serverName the name that a server's certificate must have; null for the URL's host
  /// @throws IllegalArgumentException when one of them can't be used, with its name and the reason
  public static ClientTls of(
      @Nullable Pem authorities,
      @Nullable Pem certificate,
      @Nullable Pem key,
      boolean insecureSkipVerify,
      @Nullable String serverName,
      Clock clock) {
    try {
      X509TrustManager trust =
          insecureSkipVerify
              ? new TrustAll()
              : x509(authorities == null ? machines() : Authorities.trust(authorities, clock));
      if (serverName != null && !insecureSkipVerify) {
        trust = new ServerNameTrust(trust, serverName);
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(certificate, key), new TrustManager[] {trust}, null);
      return new ClientTls(context, trust);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JVM can't do TLS: " + e.getMessage(), e);
    }
  }

  /// The name that a client asks a server for in its first words (SNI), where the URL has an
  /// address and says none. An address is not asked for.
  ///
  /// @throws IllegalArgumentException when it is neither a host name nor an address
  public static SSLParameters asking(String serverName) {
    SSLParameters parameters = new SSLParameters();
    if (!ServerNameTrust.isAddress(serverName)) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    return parameters;
  }

  static TrustManager[] machines() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return factory.getTrustManagers();
  }

  static X509TrustManager x509(TrustManager[] managers) throws GeneralSecurityException {
    for (TrustManager manager : managers) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("there is no trust manager for certificates");
  }

  /// Who the client is, for one that makes its context itself.
  ///
  /// @return null when it has no certificate
  /// @throws IllegalArgumentException when one of them can't be used, with its name and the reason
  public static KeyManager @Nullable [] keyManagers(@Nullable Pem certificate, @Nullable Pem key) {
    try {
      return keys(certificate, key);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JVM can't do TLS: " + e.getMessage(), e);
    }
  }

  private static KeyManager @Nullable [] keys(@Nullable Pem certificate, @Nullable Pem key)
      throws GeneralSecurityException, IOException {
    if (certificate == null || key == null) {
      if (certificate != key) {
        throw new IllegalArgumentException(
            (certificate == null ? key : certificate)
                + " is one of two that go together, a certificate and its private key");
      }
      return null;
    }
    List<? extends Certificate> chain = Certificates.read(certificate);
    PrivateKey privateKey = PrivateKeys.read(key, chain.getFirst().getPublicKey());
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("client", privateKey, new char[0], chain.toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }
}
