package dev.longshore.shared.web;

import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.config.ConfigReader;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A web configuration file as Prometheus' exporter-toolkit reads it:
/// https://prometheus.io/docs/prometheus/latest/configuration/https/.
///
/// @param tls null for plain HTTP
/// @param hashByUser bcrypt hashes of passwords
/// @param headers put on every answer
/// @param rate of requests that are answered, probes aside
public record WebFile(
    @Nullable TlsSettings tls,
    Map<String, String> hashByUser,
    Map<String, String> headers,
    RequestRate rate) {

  /// Nothing is asked of anybody.
  static final WebFile NONE = new WebFile(null, Map.of(), Map.of(), RequestRate.UNLIMITED);

  private static final Pattern BCRYPT =
      Pattern.compile("\\$2[abxy]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");

  /// Each step doubles the time of a check; 15 takes some seconds, in which nobody else logs in.
  private static final int MAX_COST = 15;

  private static final Duration HOUR = Duration.ofHours(1);
  private static final int MAX_BURST = 1_000_000;

  private static final List<String> VERSIONS = List.of("TLS12", "TLS13");

  private static final Map<String, String> CURVES =
      Map.of(
          "CurveP256", "secp256r1",
          "CurveP384", "secp384r1",
          "CurveP521", "secp521r1",
          "X25519", "x25519");

  /// Those that exporter-toolkit takes, as they are written.
  private static final List<String> HEADERS =
      List.of(
          "Content-Security-Policy",
          "Strict-Transport-Security",
          "X-Content-Type-Options",
          "X-Frame-Options",
          "X-XSS-Protection");

  public WebFile {
    hashByUser = Map.copyOf(hashByUser);
    headers = Map.copyOf(headers);
  }

  /// Whether there is a connection or an answer only for those who prove who they are.
  boolean asksForLogin() {
    return !hashByUser.isEmpty() || (tls != null && tls.clientAuth().requires());
  }

  /// Never the hashes.
  @Override
  public String toString() {
    return "WebFile[tls=" + tls + ", users=" + hashByUser.keySet() + "]";
  }

  /// Reads a file.
  ///
  /// @throws IllegalArgumentException with all its problems, each with its line
  static WebFile read(Path file) {
    try {
      ConfigReader reader = ConfigReader.readVerbatim(file);
      Section root = reader.root();
      TlsSettings tls = null;
      if (root.isAbsent("tls_server_config")) {
        root.ignore("tls_server_config");
      } else {
        tls = tls(root.section("tls_server_config", ""), file);
      }
      Map<String, String> hashByUser = users(root);
      Map<String, String> headers = headers(root);
      Section limit = root.section("rate_limit", "");
      Duration interval = limit.duration("interval", Duration.ZERO, Duration.ZERO, HOUR, "");
      int burst = limit.integer("burst", 1, 1, MAX_BURST, "");
      reader.finish();
      return new WebFile(tls, hashByUser, headers, new RequestRate(interval, burst));
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Map<String, String> users(Section root) {
    Map<String, String> hashByUser = new LinkedHashMap<>();
    Section users = root.section("basic_auth_users", "");
    users
        .texts()
        .forEach(
            (user, hash) -> {
              hashByUser.put(user, hash);
              Matcher bcrypt = BCRYPT.matcher(hash);
              if (!bcrypt.matches()) {
                users.problem(
                    user,
                    "is not a bcrypt hash; passwords are not stored in plain text: write what"
                        + " `htpasswd -nBC 10 \"\"` prints behind the colon, which begins with $2y$");
              } else if (Integer.parseInt(bcrypt.group(1)) > MAX_COST) {
                users.problem(
                    user,
                    "has bcrypt cost "
                        + bcrypt.group(1)
                        + ", which keeps the server busy for many seconds with each login; up to "
                        + MAX_COST
                        + " is accepted");
              }
              if (user.indexOf(':') >= 0) {
                users.problem(user, "holds a colon, which basic authentication can't carry");
              }
            });
    return hashByUser;
  }

  private static Map<String, String> headers(Section root) {
    Section http = root.section("http_server_config", "");
    // HTTP/1.1 is spoken here whatever it says.
    http.ignore("http2");
    Map<String, String> headers = new HashMap<>();
    Section given = http.section("headers", "");
    for (String name : HEADERS) {
      String value = given.optionalString(name, "");
      if (value != null && value.chars().anyMatch(c -> c < ' ' || c > '~')) {
        given.problem(name, "is not a header's value");
      } else if (value != null) {
        headers.put(name, value);
      }
    }
    return headers;
  }

  private static @Nullable TlsSettings tls(Section tls, Path file) {
    TlsSettings.PemSource certificate = pem(tls, "cert", "cert_file", file);
    TlsSettings.PemSource key = pem(tls, "key", "key_file", file);
    TlsSettings.PemSource authorities = pem(tls, "client_ca", "client_ca_file", file);
    ClientAuth clientAuth =
        ClientAuth.of(
            tls.oneOf("client_auth_type", ClientAuth.NO_CLIENT_CERT.word(), ClientAuth.WORDS, ""));
    List<String> sans = tls.strings("client_allowed_sans", List.of(), "");
    String min = tls.oneOf("min_version", "TLS12", VERSIONS, "");
    String max = tls.oneOf("max_version", "TLS13", VERSIONS, "");
    List<String> suites = tls.strings("cipher_suites", List.of(), "");
    tls.ignore("prefer_server_cipher_suites");
    List<String> curves = tls.strings("curve_preferences", List.of(), "");
    for (String curve : curves) {
      if (!CURVES.containsKey(curve)) {
        tls.problem("curve_preferences", "knows CurveP256, CurveP384, CurveP521 and X25519");
      }
    }
    if (certificate == null) {
      tls.problem("cert_file is missing: the file with the server's certificate");
    }
    if (key == null) {
      tls.problem("key_file is missing: the file with the certificate's private key");
    }
    if (clientAuth.verifies() && authorities == null) {
      tls.problem(
          "client_auth_type",
          "is " + clientAuth.word() + ", which needs client_ca_file with the authorities");
    }
    if (!clientAuth.verifies() && (authorities != null || !sans.isEmpty())) {
      tls.problem(
          "client_auth_type",
          "is "
              + clientAuth.word()
              + ", which looks at no authority; with client_ca_file write"
              + " RequireAndVerifyClientCert or VerifyClientCertIfGiven");
    }
    if (!sans.isEmpty() && clientAuth.verifies() && !clientAuth.requires()) {
      tls.problem(
          "client_allowed_sans",
          "needs client_auth_type RequireAndVerifyClientCert; with "
              + clientAuth.word()
              + " a client without a certificate has no name that could be asked for, and gets in");
    }
    if (min.compareTo(max) > 0) {
      tls.problem("min_version", "is above max_version");
    }
    if (certificate == null || key == null) {
      return null;
    }
    return new TlsSettings(
        certificate,
        key,
        authorities,
        clientAuth,
        sans,
        protocols(min, max),
        suites,
        curves.stream().map(it -> CURVES.getOrDefault(it, it)).toList());
  }

  private static List<String> protocols(String min, String max) {
    return VERSIONS.stream()
        .filter(it -> it.compareTo(min) >= 0 && it.compareTo(max) <= 0)
        .map(it -> it.equals("TLS12") ? "TLSv1.2" : "TLSv1.3")
        .toList();
  }

  private static TlsSettings.@Nullable PemSource pem(
      Section tls, String inline, String inFile, Path webFile) {
    String text = tls.secret(inline, "");
    Path path = tls.optionalPath(inFile, "");
    if (text != null && path != null) {
      tls.problem(inline, "and " + inFile + " exclude each other");
    }
    if (path != null) {
      return new TlsSettings.PemSource(
          "tls_server_config." + inFile, webFile.toAbsolutePath().resolveSibling(path), null);
    }
    return text == null
        ? null
        : new TlsSettings.PemSource("tls_server_config." + inline, null, text);
  }
}
