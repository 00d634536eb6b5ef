package dev.longshore.alerting.receiver.http;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.Pem;
import dev.longshore.shared.tls.TlsFileCheck;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How a server is connected to, and who we are to it: `http_config`.
///
/// @param authorization sent as `Authorization`; excludes `basicAuth` and `oauth2`
/// @param proxy how it is reached
/// @param headers sent beside ours, by their names
public record HttpSettings(
    @Nullable Authorization authorization,
    @Nullable BasicAuth basicAuth,
    @Nullable OAuth2 oauth2,
    Proxy proxy,
    Map<String, List<SecretSource>> headers,
    Tls tls) {

  /// Nothing configured.
  public static final HttpSettings NONE =
      new HttpSettings(null, null, null, Proxy.NONE, Map.of(), Tls.DEFAULT);

  public HttpSettings {
    headers = Map.copyOf(headers);
  }

  /// Nothing configured but who we are.
  public static HttpSettings as(Authorization authorization) {
    return new HttpSettings(authorization, null, null, Proxy.NONE, Map.of(), Tls.DEFAULT);
  }

  /// Nothing configured but TLS.
  public static HttpSettings by(Tls tls) {
    return new HttpSettings(null, null, null, Proxy.NONE, Map.of(), tls);
  }

  /// What is wrong with the certificates and keys; a text each, none when all is well.
  public List<String> tlsProblems(Clock clock) {
    List<String> problems = new ArrayList<>(tls.problems("tls_config.", clock));
    if (oauth2 != null) {
      problems.addAll(oauth2.tls.problems("oauth2.tls_config.", clock));
    }
    return problems;
  }

  /// Proxies.
  ///
  /// @param url the proxy; null for none
  /// @param direct hosts, domains and networks that are reached without it: `no_proxy`
  /// @param fromEnvironment whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say it
  /// @param headers sent to the proxy alone: `proxy_connect_header`
  public record Proxy(
      @Nullable URI url,
      List<String> direct,
      boolean fromEnvironment,
      Map<String, List<SecretSource>> headers) {
    public static final Proxy NONE = new Proxy(null, List.of(), false);

    public Proxy {
      direct = List.copyOf(direct);
      headers = Map.copyOf(headers);
    }

    /// Without headers of its own.
    public Proxy(@Nullable URI url, List<String> direct, boolean fromEnvironment) {
      this(url, direct, fromEnvironment, Map.of());
    }
  }

  /// A token is fetched from a server: OAuth 2.0, client credentials.
  ///
  /// @param parameters sent with each request for a token
  /// @param tls with the token's server
  public record OAuth2(
      String clientId,
      SecretSource clientSecret,
      String tokenUrl,
      List<String> scopes,
      Map<String, String> parameters,
      Proxy proxy,
      Tls tls) {
    public OAuth2 {
      scopes = List.copyOf(scopes);
      parameters = Map.copyOf(parameters);
    }
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
  /// @param serverName the name that the server's certificate must have; null for the URL's host
  /// @param versions of TLS that are spoken; empty for the runtime's
  public record Tls(
      @Nullable SecretSource ca,
      @Nullable SecretSource certificate,
      @Nullable SecretSource key,
      boolean insecureSkipVerify,
      @Nullable String serverName,
      List<String> versions) {
    /// The machine's trust, and no certificate of ours.
    public static final Tls DEFAULT = new Tls(null, null, null, false, null, List.of());

    public Tls {
      versions = List.copyOf(versions);
    }

    private List<String> problems(String prefix, Clock clock) {
      return TlsFileCheck.problems(
          pem(prefix + "ca", ca),
          pem(prefix + "cert", certificate),
          pem(prefix + "key", key),
          clock);
    }

    private static @Nullable Supplier<Pem> pem(String key, @Nullable SecretSource source) {
      return switch (source) {
        case null -> null;
        case SecretSource.Given(String text) -> () -> new Pem(key, text);
        case SecretSource.InFile(Path file) -> () -> Pem.ofFile(key + "_file", file);
      };
    }

    /// Certificates and keys from files.
    public static Tls ofFiles(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
      return new Tls(source(ca), source(certificate), source(key), false, null, List.of());
    }

    private static @Nullable SecretSource source(@Nullable Path file) {
      return file == null ? null : SecretSource.file(file);
    }
  }
}
