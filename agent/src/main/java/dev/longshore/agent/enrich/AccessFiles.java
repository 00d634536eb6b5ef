package dev.longshore.agent.enrich;

import dev.longshore.shared.tls.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads how the API server is reached, for what most clusters have: a kubeconfig with a token, a
/// password or a client certificate, or a pod's service account.
///
/// Whatever is not known here (plugins, several files, proxies, settings of fabric8's own) gives no
/// [Access], and fabric8 is asked. Reading it here spares fabric8's model of a kubeconfig, a
/// thousand classes.
///
/// @param environment the process's
/// @param home the user's folder, in which `.kube/config` may lie
/// @param serviceAccount folder with the pod's token and certificate authority
record AccessFiles(Map<String, String> environment, Path home, Path serviceAccount) {
  private static final Set<String> CLUSTER_KEYS =
      Set.of(
          "server",
          "certificate-authority",
          "certificate-authority-data",
          "insecure-skip-tls-verify",
          "tls-server-name",
          "disable-compression",
          "extensions");

  private static final Set<String> USER_KEYS =
      Set.of(
          "token",
          "tokenFile",
          "username",
          "password",
          "client-certificate",
          "client-certificate-data",
          "client-key",
          "client-key-data",
          "extensions");

  /// fabric8 reads settings from variables named like these.
  private static final Set<String> OTHER_SETTINGS =
      Set.of(
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "ALL_PROXY",
          "NO_PROXY",
          "PROXY_USERNAME",
          "PROXY_PASSWORD",
          "TLS_VERSIONS");

  static AccessFiles ofThisProcess() {
    return new AccessFiles(
        System.getenv(),
        Path.of(System.getProperty("user.home", "/")),
        Path.of("/var/run/secrets/kubernetes.io/serviceaccount"));
  }

  /// The access that applies, or null when it is not of the common kinds.
  ///
  /// @param kubeconfig the file that is configured, or null
  /// @throws IOException when a file can't be read, or is no kubeconfig
  @Nullable Access find(@Nullable Path kubeconfig) throws IOException {
    if (environment.keySet().stream().anyMatch(AccessFiles::isForFabric8)) {
      return null;
    }
    if (kubeconfig != null) {
      return read(kubeconfig);
    }
    String named = environment.getOrDefault("KUBECONFIG", "");
    if (named.contains(":")) {
      return null;
    }
    Path file = named.isEmpty() ? home.resolve(".kube/config") : Path.of(named);
    return Files.isRegularFile(file) ? read(file) : ofServiceAccount();
  }

  private static boolean isForFabric8(String variable) {
    return OTHER_SETTINGS.contains(variable)
        || (variable.startsWith("KUBERNETES_")
            && !variable.startsWith("KUBERNETES_SERVICE_")
            && !variable.startsWith("KUBERNETES_PORT"));
  }

  private @Nullable Access ofServiceAccount() throws IOException {
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    String port = environment.get("KUBERNETES_SERVICE_PORT");
    Path token = serviceAccount.resolve("token");
    Path authority = serviceAccount.resolve("ca.crt");
    if (host == null || port == null || !Files.exists(token) || !Files.exists(authority)) {
      return null;
    }
    return new Access(
        "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port,
        Pem.ofFile("the service account's", authority),
        false,
        null,
        null,
        new Access.Identity.TokenFile(token));
  }

  private static @Nullable Access read(Path file) throws IOException {
    Object root;
    try (InputStream in = Files.newInputStream(file)) {
      root =
          new Load(LoadSettings.builder().setLabel(file.toString()).build())
              .loadFromInputStream(in);
    } catch (YamlEngineException e) {
      throw new IOException(file + " is no kubeconfig: " + e.getMessage(), e);
    }
    Object context = named(root, "contexts", "context", text(root, "current-context"));
    Object cluster = named(root, "clusters", "cluster", text(context, "cluster"));
    String user = text(context, "user");
    Object who = user == null ? Map.of() : named(root, "users", "user", user);
    String server = text(cluster, "server");
    boolean known =
        server != null
            && (server.startsWith("https://") || server.startsWith("http://"))
            && onlyKnown(cluster, CLUSTER_KEYS)
            && onlyKnown(who, USER_KEYS);
    return known ? access(Objects.requireNonNull(server), cluster, who, file) : null;
  }

  private static Access access(
      String server, @Nullable Object cluster, @Nullable Object who, Path file) throws IOException {
    return new Access(
        server,
        data(cluster, "certificate-authority", file),
        Boolean.parseBoolean(text(cluster, "insecure-skip-tls-verify")),
        text(cluster, "tls-server-name"),
        pair(who, file),
        identity(who, file));
  }

  private static Access.Identity identity(@Nullable Object who, Path file) {
    String user = text(who, "username");
    String password = text(who, "password");
    String tokenFile = text(who, "tokenFile");
    String token = text(who, "token");
    if (user != null && password != null) {
      return new Access.Identity.Password(user, password);
    }
    if (tokenFile != null) {
      return new Access.Identity.TokenFile(file.resolveSibling(tokenFile));
    }
    return token == null ? new Access.Identity.Nobody() : new Access.Identity.Token(token);
  }

  private static Access.@Nullable ClientPair pair(@Nullable Object who, Path file)
      throws IOException {
    Pem certificate = data(who, "client-certificate", file);
    Pem key = data(who, "client-key", file);
    return certificate == null || key == null ? null : new Access.ClientPair(certificate, key);
  }

  /// What stands in `<key>-data`, or in the file that `key` names, seen from the kubeconfig.
  private static @Nullable Pem data(@Nullable Object from, String key, Path file)
      throws IOException {
    String encoded = text(from, key + "-data");
    if (encoded != null) {
      try {
        byte[] decoded = Base64.getMimeDecoder().decode(encoded);
        return new Pem(
            file + ": " + key + "-data", new String(decoded, StandardCharsets.ISO_8859_1));
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ": " + key + "-data is not base64", e);
      }
    }
    String named = text(from, key);
    return named == null ? null : Pem.ofFile(file + ": " + key, file.resolveSibling(named));
  }

  /// The object of that name in one of the lists of named objects; null when there is none.
  private static @Nullable Object named(
      @Nullable Object root, String list, String kind, @Nullable String name) {
    if (name != null && member(root, list) instanceof List<?> all) {
      for (Object each : all) {
        if (name.equals(text(each, "name"))) {
          return member(each, kind);
        }
      }
    }
    return null;
  }

  private static boolean onlyKnown(@Nullable Object object, Set<String> keys) {
    return object instanceof Map<?, ?> map && keys.containsAll(map.keySet());
  }

  private static @Nullable Object member(@Nullable Object object, String key) {
    return object instanceof Map<?, ?> map ? map.get(key) : null;
  }

  private static @Nullable String text(@Nullable Object object, String key) {
    Object value = member(object, key);
    return value == null || value.toString().isEmpty() ? null : value.toString();
  }
}
