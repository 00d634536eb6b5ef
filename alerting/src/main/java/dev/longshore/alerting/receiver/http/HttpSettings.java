package dev.longshore.alerting.receiver.http;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a server is connected to, and who we are to it: `http_config`.
///
/// @param authorization sent as `Authorization`; not together with `basicAuth`
/// @param proxyUrl the proxy; null for none
/// @param noProxy hosts, domains and networks that are reached without the proxy
public record HttpSettings(
    @Nullable Authorization authorization,
    @Nullable BasicAuth basicAuth,
    @Nullable URI proxyUrl,
    List<String> noProxy,
    Tls tls) {

  /// Nothing configured.
  public static final HttpSettings NONE =
      new HttpSettings(null, null, null, List.of(), Tls.DEFAULT);

  public HttpSettings {
    noProxy = List.copyOf(noProxy);
  }

  /// What is sent as `Authorization: <type> <credentials>`; `bearer_token` is type `Bearer`.
  public record Authorization(String type, SecretSource credentials) {}

  /// A name and a password.
  public record BasicAuth(SecretSource username, SecretSource password) {}

  /// Whom we trust, and our own certificate.
  ///
  /// @param ca PEM certificates that are trusted in place of the machine's
  /// @param certificate our certificate, PEM; with `key`
  /// @param insecureSkipVerify whether any certificate is taken
  public record Tls(
      @Nullable SecretSource ca,
      @Nullable SecretSource certificate,
      @Nullable SecretSource key,
      boolean insecureSkipVerify) {
    /// The machine's trust, and no certificate of ours.
    public static final Tls DEFAULT = new Tls(null, null, null, false);

    /// Certificates and keys from files.
    public static Tls ofFiles(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
      return new Tls(source(ca), source(certificate), source(key), false);
    }

    private static @Nullable SecretSource source(@Nullable Path file) {
      return file == null ? null : SecretSource.file(file);
    }
  }
}
