package dev.longshore.alerting.receiver.http;

import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The section `http_config`.
public final class HttpKeys {
  private HttpKeys() {}

  /// @param standard where the section is absent
  public static HttpSettings read(Section parent, Path folder, HttpSettings standard) {
    boolean absent = parent.isAbsent("http_config");
    Section http = parent.section("http_config", "");
    HttpSettings.Authorization authorization = authorization(http, folder);
    HttpSettings.BasicAuth basic = basicAuth(http, folder);
    if (authorization != null && basic != null) {
      http.problem("basic_auth", "excludes authorization and bearer_token; write one of them");
    }
    String proxy =
        http.isAbsent("proxy_url") ? null : http.value("proxy_url", PrometheusTypes.URL, "", "");
    String noProxy = http.optionalText("no_proxy");
    http.bool("follow_redirects", true, "");
    http.bool("enable_http2", true, "");
    if (noProxy != null && (proxy == null || proxy.isEmpty())) {
      http.problem("no_proxy", "goes together with proxy_url; write that too, or remove it");
    }
    http.refuse(
        "proxy_from_environment",
        "is not supported: variables of the environment change nothing here; write proxy_url and"
            + " no_proxy");
    for (String other : List.of("oauth2", "proxy_connect_header", "http_headers")) {
      http.refuse(other, "is not supported; remove it");
    }
    HttpSettings settings =
        new HttpSettings(
            authorization,
            basic,
            proxy == null || proxy.isEmpty() ? null : URI.create(proxy),
            noProxy == null
                ? List.of()
                : Arrays.stream(noProxy.split(",")).map(String::strip).toList(),
            tls(http, folder));
    return absent ? standard : settings;
  }

  private static HttpSettings.@Nullable Authorization authorization(Section http, Path folder) {
    boolean absent = http.isAbsent("authorization");
    Section section = http.section("authorization", "");
    String type = section.string("type", "Bearer", "");
    SecretSource credentials =
        Secrets.textOrFile(section, "credentials", "credentials_file", folder);
    SecretSource bearer = Secrets.textOrFile(http, "bearer_token", "bearer_token_file", folder);
    if (!absent && credentials == null) {
      section.problem("credentials", "is missing; write credentials or credentials_file");
    }
    if (credentials != null && bearer != null) {
      http.problem("bearer_token", "excludes authorization; write one of them");
    }
    if (credentials != null) {
      return new HttpSettings.Authorization(type, credentials);
    }
    return bearer == null ? null : new HttpSettings.Authorization("Bearer", bearer);
  }

  private static HttpSettings.@Nullable BasicAuth basicAuth(Section http, Path folder) {
    boolean absent = http.isAbsent("basic_auth");
    Section section = http.section("basic_auth", "");
    String name = section.optionalText("username");
    Path nameFile = Secrets.file(section, "username_file", folder);
    SecretSource password = Secrets.textOrFile(section, "password", "password_file", folder);
    SecretSource username =
        name != null
            ? SecretSource.given(name)
            : nameFile != null ? SecretSource.file(nameFile) : null;
    if (absent) {
      return null;
    }
    if (username == null) {
      section.problem("username", "is missing; write username or username_file");
      return null;
    }
    return new HttpSettings.BasicAuth(
        username, password == null ? SecretSource.given("") : password);
  }

  private static HttpSettings.Tls tls(Section http, Path folder) {
    Section tls = http.section("tls_config", "");
    SecretSource ca = Secrets.textOrFile(tls, "ca", "ca_file", folder);
    SecretSource certificate = Secrets.textOrFile(tls, "cert", "cert_file", folder);
    SecretSource key = Secrets.textOrFile(tls, "key", "key_file", folder);
    if ((certificate == null) != (key == null)) {
      tls.problem(
          certificate == null ? "key_file" : "cert_file",
          "a certificate and its key go together; one is missing");
    }
    tls.refuse(
        "server_name",
        "is not supported: the server's certificate must have the name that stands in the URL;"
            + " write that name there, or remove it");
    boolean insecure = tls.bool("insecure_skip_verify", false, "");
    for (String other : List.of("min_version", "max_version")) {
      tls.refuse(
          other, "is not supported: the runtime's versions are used, TLS 1.2 and 1.3; remove it");
    }
    return new HttpSettings.Tls(ca, certificate, key, insecure);
  }

  /// `timeout` of an entry; null where it has none.
  public static @Nullable Duration timeout(Section section) {
    boolean absent = section.isAbsent("timeout");
    Duration timeout = section.value("timeout", PrometheusTypes.DURATION, Duration.ZERO, "");
    return absent || timeout.isZero() ? null : timeout;
  }
}
