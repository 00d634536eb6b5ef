package dev.longshore.alerting.receiver.http;

import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The section `http_config`.
public final class HttpKeys {
  private static final List<String> VERSIONS = List.of("TLS10", "TLS11", "TLS12", "TLS13");

  private static final Set<String> OURS =
      Set.of(
          "authorization",
          "connection",
          "content-length",
          "content-type",
          "expect",
          "host",
          "proxy-authorization",
          "transfer-encoding",
          "upgrade",
          "user-agent");

  /// What the JVM's client can speak with: it begins no TLS with a proxy, and knows no SOCKS.
  private static final Type<String> PROXY_URL =
      new Type<>(
          "a proxy that is reached by http",
          "http and a host; no proxies of SOCKS, nor TLS to a proxy",
          "http://proxy.example.com:3128",
          HttpKeys::proxyUrl,
          it -> it);

  /// Its keys for a certificate in place of a secret, beside `grant_type`.
  private static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

  private static final List<String> KEYS_OF_JWT_BEARER =
      List.of(
          "client_certificate_key_id",
          "client_certificate_key",
          "client_certificate_key_file",
          "client_certificate_key_ref",
          "signature_algorithm",
          "iss",
          "audience",
          "claims");

  private HttpKeys() {}

  private static String proxyUrl(String text) {
    String url = PrometheusTypes.URL.parse().apply(text);
    if (!HttpProxies.isUsable(URI.create(url))) {
      throw new IllegalArgumentException("not an http URL");
    }
    return url;
  }

  /// @param standard where the section is absent
  public static HttpSettings read(Section parent, Path folder, HttpSettings standard) {
    boolean absent = parent.isAbsent("http_config");
    Section http = parent.section("http_config", "");
    HttpSettings.Authorization authorization = authorization(http, folder);
    HttpSettings.BasicAuth basic = basicAuth(http, folder);
    if (authorization != null && basic != null) {
      http.problem("basic_auth", "excludes authorization and bearer_token; write one of them");
    }
    HttpSettings.OAuth2 oauth2 = oauth2(http, folder);
    if (oauth2 != null && (authorization != null || basic != null)) {
      http.problem("oauth2", "excludes authorization and basic_auth; write one of them");
    }
    HttpSettings.Proxy proxy = proxy(http);
    http.bool("follow_redirects", true, "");
    http.bool("enable_http2", true, "");
    HttpSettings settings =
        new HttpSettings(
            authorization, basic, oauth2, proxy, headers(http, folder), tls(http, folder));
    return absent ? standard : settings;
  }

  private static HttpSettings.Proxy proxy(Section section) {
    String url = section.isAbsent("proxy_url") ? "" : section.value("proxy_url", PROXY_URL, "", "");
    if (url.indexOf('@') >= 0) {
      section.show("proxy_url", url.replaceFirst("://([^/:@]*):[^/@]*@", "://$1:xxxxx@"));
    }
    String direct = section.optionalText("no_proxy");
    boolean fromEnvironment = section.bool("proxy_from_environment", false, "");
    if (fromEnvironment && (!url.isEmpty() || direct != null)) {
      section.problem(
          "proxy_from_environment", "excludes proxy_url and no_proxy; write one or the other");
    }
    if (!fromEnvironment && direct != null && url.isEmpty()) {
      section.problem("no_proxy", "goes together with proxy_url; write that too, or remove it");
    }
    return new HttpSettings.Proxy(
        url.isEmpty() ? null : URI.create(url),
        direct == null
            ? List.of()
            : Arrays.stream(direct.split(",", -1)).map(String::strip).toList(),
        fromEnvironment,
        connectHeaders(section));
  }

  /// The JVM's client sends a proxy the headers whose names begin with `Proxy-`, and no others.
  private static Map<String, List<SecretSource>> connectHeaders(Section http) {
    Map<String, List<SecretSource>> headers = new LinkedHashMap<>();
    Section section = http.section("proxy_connect_header", "");
    for (String name : section.names()) {
      List<SecretSource> values = section.secrets(name).stream().map(SecretSource::given).toList();
      if (name.toLowerCase(Locale.ROOT).startsWith("proxy-")) {
        headers.put(name, values);
      } else {
        section.problem(
            name, "can't be sent to a proxy; a header can whose name begins with Proxy-");
      }
    }
    return headers;
  }

  private static HttpSettings.@Nullable OAuth2 oauth2(Section http, Path folder) {
    boolean absent = http.isAbsent("oauth2");
    Section section = http.section("oauth2", "");
    String id = section.optionalText("client_id");
    SecretSource secret =
        Secrets.textOrFile(section, "client_secret", "client_secret_file", folder);
    String url =
        section.isAbsent("token_url")
            ? ""
            : section.value("token_url", PrometheusTypes.URL, "", "");
    HttpSettings.OAuth2 oauth2 =
        new HttpSettings.OAuth2(
            id == null ? "" : id,
            secret == null ? SecretSource.given("") : secret,
            url,
            section.strings("scopes", List.of(), ""),
            section.texts("endpoint_params", ""),
            proxy(section),
            tls(section, folder));
    boolean byCertificate = JWT_BEARER.equals(section.optionalText("grant_type"));
    KEYS_OF_JWT_BEARER.forEach(section::ignore);
    if (absent) {
      return null;
    }
    if (byCertificate) {
      section.problem(
          "grant_type",
          "jwt-bearer is not supported; tokens are fetched by client_credentials, with client_id and"
              + " client_secret or client_secret_file");
    }
    if (oauth2.clientId().isEmpty()) {
      section.problem("client_id", "is missing; write the client's name");
    }
    if (url.isEmpty()) {
      section.problem("token_url", "is missing; write the URL that gives tokens");
    }
    return oauth2;
  }

  private static Map<String, List<SecretSource>> headers(Section http, Path folder) {
    Map<String, List<SecretSource>> headers = new LinkedHashMap<>();
    for (Map.Entry<String, Section> header : http.sectionsByName("http_headers").entrySet()) {
      Section section = header.getValue();
      List<SecretSource> values = new ArrayList<>();
      section.strings("values", List.of(), "").forEach(it -> values.add(SecretSource.given(it)));
      section.secrets("secrets").forEach(it -> values.add(SecretSource.given(it)));
      section
          .strings("files", List.of(), "")
          .forEach(it -> values.add(SecretSource.file(folder.resolve(it))));
      if (OURS.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        section.problem("the header " + header.getKey() + " is set by us; leave it out");
      } else {
        headers.put(header.getKey(), values);
      }
    }
    return headers;
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
    if (name != null && nameFile != null) {
      section.problem("username", "excludes username_file; write one of them");
    }
    if (username == null) {
      section.problem("username", "is missing; write username or username_file");
      return null;
    }
    return new HttpSettings.BasicAuth(
        username, password == null ? SecretSource.given("") : password);
  }

  private static HttpSettings.Tls tls(Section http, Path folder) {
    return tls(http, "tls_config", folder);
  }

  /// A section with the keys of `tls_config`.
  public static HttpSettings.Tls tls(Section parent, String section, Path folder) {
    Section tls = parent.section(section, "");
    SecretSource ca = Secrets.textOrFile(tls, "ca", "ca_file", folder);
    SecretSource certificate = Secrets.textOrFile(tls, "cert", "cert_file", folder);
    SecretSource key = Secrets.textOrFile(tls, "key", "key_file", folder);
    if ((certificate == null) != (key == null)) {
      tls.problem(
          certificate == null ? "key_file" : "cert_file",
          "a certificate and its key go together; one is missing");
    }
    String name = tls.optionalText("server_name");
    String serverName = name == null || name.isBlank() ? null : name;
    if (serverName != null && !serverName.matches("[A-Za-z0-9.:-]+")) {
      tls.problem(
          "server_name",
          "is not a host name or an address; write the name that the server's certificate has");
    }
    boolean insecure = tls.bool("insecure_skip_verify", false, "");
    return new HttpSettings.Tls(ca, certificate, key, insecure, serverName, versions(tls));
  }

  /// `timeout` of an entry; null where it has none.
  public static @Nullable Duration timeout(Section section) {
    boolean absent = section.isAbsent("timeout");
    Duration timeout = section.value("timeout", PrometheusTypes.DURATION, Duration.ZERO, "");
    return absent || timeout.isZero() ? null : timeout;
  }

  /// The versions from `min_version` to `max_version` that the runtime speaks.
  private static List<String> versions(Section tls) {
    boolean stated = !tls.isAbsent("min_version") || !tls.isAbsent("max_version");
    int from = VERSIONS.indexOf(tls.oneOf("min_version", "TLS12", VERSIONS, ""));
    int to = VERSIONS.indexOf(tls.oneOf("max_version", "TLS13", VERSIONS, ""));
    List<String> spoken = new ArrayList<>();
    for (int i = Math.max(from, 2); i <= to; i++) {
      spoken.add(VERSIONS.get(i).equals("TLS12") ? "TLSv1.2" : "TLSv1.3");
    }
    if (spoken.isEmpty()) {
      tls.problem(
          "max_version",
          "leaves no version: the runtime speaks TLS 1.2 and 1.3; write TLS12 or TLS13");
    }
    return stated ? spoken : List.of();
  }
}
