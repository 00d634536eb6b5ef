package dev.longshore.shared.web;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.config.ConfigReader;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.files.SecretFile;
import dev.longshore.shared.tls.ClientTls;
import dev.longshore.shared.tls.Pem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Who a command is to the port of a running product, and whom it trusts there: the file of the
/// option [#OPTION], in the format of amtool's option of that name, which is Prometheus'
/// [http_config](https://prometheus.io/docs/alerting/latest/configuration/#http_config). Of it
/// `authorization`, `basic_auth` and `tls_config` are known.
///
/// Secrets are never arguments, which every process of a machine may read. Redirects are not
/// followed.
public final class HttpConfigFile {
  public static final String OPTION = "--http.config.file";

  /// Nobody, who trusts the JVM's authorities.
  public static final HttpConfigFile NONE = new HttpConfigFile(null, null);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final @Nullable String authorization;
  private final @Nullable SSLContext tls;

  private HttpConfigFile(@Nullable String authorization, @Nullable SSLContext tls) {
    this.authorization = authorization;
    this.tls = tls;
  }

  /// @param file the option's value; null when it was not given
  /// @throws IllegalArgumentException with all problems of the file
  public static HttpConfigFile of(@Nullable String file) {
    return file == null ? NONE : read(Path.of(file), Clock.system());
  }

  /// @throws IllegalArgumentException with all its problems
  static HttpConfigFile read(Path file, Clock clock) {
    try {
      ConfigReader reader = ConfigReader.readVerbatim(file);
      Section root = reader.root();
      String basic = basic(root.section("basic_auth", ""), file);
      String bearer = bearer(root.section("authorization", ""), file);
      if (basic != null && bearer != null) {
        root.problem("authorization", "excludes basic_auth; leave one of them out");
      }
      SSLContext tls = tls(root, file, clock);
      reader.finish();
      return new HttpConfigFile(basic == null ? bearer : basic, tls);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static @Nullable String basic(Section basic, Path file) {
    String user = basic.optionalString("username", "");
    String password = secret(basic, "password", "password_file", file);
    if (user == null) {
      if (password != null) {
        basic.problem("username", "is missing beside a password");
      }
      return null;
    }
    byte[] pair =
        (user + ":" + (password == null ? "" : password)).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private static @Nullable String bearer(Section authorization, Path file) {
    String type = authorization.string("type", "Bearer", "");
    String credentials = secret(authorization, "credentials", "credentials_file", file);
    return credentials == null ? null : type + " " + credentials;
  }

  private static @Nullable String secret(
      Section section, String key, String fileKey, Path relativeTo) {
    String secret = section.secret(key, "");
    Path file = path(section, fileKey, relativeTo);
    if (secret != null && file != null) {
      section.problem(fileKey, "goes in place of " + key + "; leave one of them out");
    }
    if (file == null) {
      return secret;
    }
    try {
      return SecretFile.read(fileKey, file);
    } catch (IllegalArgumentException | IOException e) {
      section.problem(fileKey, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static @Nullable SSLContext tls(Section root, Path file, Clock clock) {
    Section tls = root.section("tls_config", "");
    Path ca = path(tls, "ca_file", file);
    Path cert = path(tls, "cert_file", file);
    Path key = path(tls, "key_file", file);
    String name = tls.optionalText("server_name");
    String serverName = name == null || name.isBlank() ? null : name;
    boolean insecure = tls.bool("insecure_skip_verify", false, "");
    if (ca == null && cert == null && key == null && serverName == null && !insecure) {
      return null;
    }
    try {
      return ClientTls.of(
              ca == null ? null : Pem.ofFile("ca_file", ca),
              cert == null ? null : Pem.ofFile("cert_file", cert),
              key == null ? null : Pem.ofFile("key_file", key),
              insecure,
              serverName,
              clock)
          .context();
    } catch (IllegalArgumentException e) {
      tls.problem(String.valueOf(e.getMessage()));
      return null;
    }
  }

  /// Relative paths begin in the folder of the file, as Prometheus has it.
  private static @Nullable Path path(Section section, String key, Path relativeTo) {
    Path path = section.optionalPath(key, "");
    return path == null ? null : relativeTo.toAbsolutePath().resolveSibling(path);
  }

  /// A client that trusts whom the file says.
  public HttpClient client() {
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT);
    if (tls != null) {
      client.sslContext(tls);
    }
    return client.build();
  }

  /// A request of whom the file says.
  public HttpRequest.Builder request(URI uri) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (authorization != null) {
      request.setHeader("Authorization", authorization);
    }
    return request;
  }

  /// What may help against an answer, behind it: nothing, or how to say who one is.
  public static String hint(int status) {
    return status == 401 || status == 403
        ? "; say who you are with " + OPTION + " FILE, as amtool does"
        : "";
  }

  /// Never the secrets.
  @Override
  public String toString() {
    return "HttpConfigFile[" + (authorization == null ? "nobody" : "somebody") + "]";
  }
}
