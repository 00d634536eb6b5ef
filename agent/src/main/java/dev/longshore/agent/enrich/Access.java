package dev.longshore.agent.enrich;

import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Where the API server is, whom it must prove to be, and who we are there.
///
/// @param master the server's URL
/// @param authority certificates in PEM of which one must have signed the server's; null for the
///   JVM's own
/// @param insecure whether any certificate of the server will do
/// @param tlsServerName the name in the server's certificate, where it is not the URL's
/// @param pair our certificate
/// @param identity what goes with each request
record Access(
    String master,
    byte @Nullable [] authority,
    boolean insecure,
    @Nullable String tlsServerName,
    @Nullable ClientPair pair,
    Identity identity) {

  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  /// What fabric8 gives key stores in memory.
  private static final String IN_MEMORY_PASSWORD = "changeit";

  /// A certificate and its key in PEM, each behind base64.
  record ClientPair(String certificate, String key) {}

  /// What the header `Authorization` says.
  sealed interface Identity {
    record Nobody() implements Identity {}

    record Token(String token) implements Identity {}

    /// The kubelet replaces the file long before the token in it ends, so it is read for each
    /// request; there are a few an hour.
    record TokenFile(Path file) implements Identity {}

    record Password(String user, String password) implements Identity {}

    /// @throws UncheckedIOException when the token's file can't be read
    default @Nullable String authorization() {
      return switch (this) {
        case Nobody _ -> null;
        case Token it -> "Bearer " + it.token();
        case TokenFile it -> "Bearer " + content(it.file());
        case Password it ->
            "Basic "
                + Base64.getEncoder()
                    .encodeToString(
                        (it.user() + ":" + it.password()).getBytes(StandardCharsets.UTF_8));
      };
    }

    private static String content(Path file) {
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new UncheckedIOException("the token cannot be read from " + file, e);
      }
    }
  }

  /// A client with all of it.
  ///
  /// @throws IOException when a certificate or a key can't be used
  HttpClient client(HttpClient.Factory factory) throws IOException {
    HttpClient.Builder builder = factory.newBuilder();
    builder
        .followAllRedirects()
        .preferHttp11()
        .connectTimeout(CONNECT_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .addOrReplaceInterceptor("identity", new Header(identity));
    if (master.startsWith("https:")) {
      try {
        builder.sslContext(keys(), trust());
      } catch (GeneralSecurityException e) {
        throw new IOException(e.getMessage(), e);
      }
      if (tlsServerName != null) {
        builder.tlsServerName(tlsServerName);
      }
    }
    // When to try again is not the client's to decide.
    var _ = builder.tag(new RequestConfig(null, null, null, null, null, 0, null, null));
    return builder.build();
  }

  private KeyManager @Nullable [] keys() throws GeneralSecurityException, IOException {
    if (pair == null) {
      return null;
    }
    try {
      return keys(pair, "RSA");
    } catch (GeneralSecurityException | IOException notRsa) {
      try {
        return keys(pair, "EC");
      } catch (GeneralSecurityException | IOException notEc) {
        notEc.addSuppressed(notRsa);
        throw notEc;
      }
    }
  }

  private static KeyManager[] keys(ClientPair pair, String algorithm)
      throws GeneralSecurityException, IOException {
    return SSLUtils.keyManagers(
        pair.certificate(), null, pair.key(), null, algorithm, IN_MEMORY_PASSWORD, null, null);
  }

  private TrustManager @Nullable [] trust() throws GeneralSecurityException, IOException {
    if (insecure) {
      return SSLUtils.trustManagers(null, null, true, null, null);
    }
    if (authority == null) {
      return null;
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int number = 0;
    for (Certificate each :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(authority))) {
      store.setCertificateEntry("ca-" + number++, each);
    }
    if (number == 0) {
      throw new IOException("the certificate authority of " + master + " holds no certificate");
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers.getTrustManagers();
  }

  /// Puts the identity into each request.
  private record Header(Identity identity) implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      String authorization = identity.authorization();
      if (authorization != null) {
        builder.setHeader("Authorization", authorization);
      }
      builder.setHeader("User-Agent", "longshore-agent");
    }
  }
}
