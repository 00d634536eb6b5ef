package dev.longshore.agent.enrich;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.ClientTls;
import dev.longshore.shared.tls.Pem;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;
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
    @Nullable Pem authority,
    boolean insecure,
    @Nullable String tlsServerName,
    @Nullable ClientPair pair,
    Identity identity) {

  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  /// A certificate and its key.
  record ClientPair(Pem certificate, Pem key) {}

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
  /// @throws IllegalArgumentException when a certificate or a key can't be used, with what it is
  HttpClient client(HttpClient.Factory factory, Clock clock) {
    HttpClient.Builder builder = factory.newBuilder();
    builder
        .followAllRedirects()
        .preferHttp11()
        .connectTimeout(CONNECT_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .addOrReplaceInterceptor("identity", new Header(identity));
    if (master.startsWith("https:")) {
      builder.sslContext(
          ClientTls.keyManagers(
              pair == null ? null : pair.certificate(), pair == null ? null : pair.key()),
          new TrustManager[] {ClientTls.of(authority, null, null, insecure, clock).trust()});
      if (tlsServerName != null) {
        builder.tlsServerName(tlsServerName);
      }
    }
    // When to try again is not the client's to decide.
    var _ = builder.tag(new RequestConfig(null, null, null, null, null, 0, null, null));
    return builder.build();
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
