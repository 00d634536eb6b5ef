package dev.longshore.shared.elastic;

import dev.longshore.shared.config.Section;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The keys that say which Elasticsearch is spoken to and as whom. The section `elasticsearch` of
/// the agent and that of alerting begin with them; what else a section has is read between [#read]
/// and [#config], so that the reference page lists the keys in their order.
public final class ElasticKeys {
  private final Section section;
  private final List<URI> urls;
  private final @Nullable String username;
  private final @Nullable String password;
  private final @Nullable Path passwordFile;
  private final @Nullable String apiKey;
  private final @Nullable Path apiKeyFile;
  private final @Nullable Path caFile;
  private final @Nullable Path certFile;
  private final @Nullable Path keyFile;

  private ElasticKeys(Section section) {
    this.section = section;
    urls =
        section.uris(
            "urls",
            List.of(ElasticConfig.DEFAULT_URL),
            "Servers of one cluster; requests go round them and pass over those that fail. Without"
                + " a port it is 80 or 443.");
    username =
        section.optionalString("username", "For basic authentication, together with `password`.");
    password = section.secret("password", "For basic authentication.");
    passwordFile =
        section.optionalPath(
            "passwordFile",
            "A file with the password, in place of `password`; read again when it has changed.");
    apiKey =
        section.secret(
            "apiKey",
            "In the encoded form that Elasticsearch shows; excludes `username` and `password`.");
    apiKeyFile =
        section.optionalPath(
            "apiKeyFile",
            "A file with the key, in place of `apiKey`; read again when it has changed.");
    caFile =
        section.optionalPath(
            "caFile",
            "PEM file with the authorities to trust, in place of the JVM's own; read again when it"
                + " has changed.");
    certFile =
        section.optionalPath(
            "certFile",
            "PEM file with the certificate to show to servers that ask for one, those between it and"
                + " its authority behind it; read again when it has changed.");
    keyFile = section.optionalPath("keyFile", "PEM file with the private key of `certFile`.");
  }

  public static ElasticKeys read(Section section) {
    return new ElasticKeys(section);
  }

  /// The file with the authorities to trust, where one is named and a server is spoken to by TLS.
  public @Nullable Path trusted() {
    boolean tls = urls.stream().anyMatch(url -> "https".equalsIgnoreCase(url.getScheme()));
    return tls ? caFile : null;
  }

  /// What the keys say; the defaults where they do not fit together, which the section then knows
  /// as its problems.
  public ElasticConfig config(boolean compression, Duration requestTimeout) {
    ElasticConfig standard = ElasticConfig.defaults();
    if (passwordFile == null && apiKeyFile == null && !credentialsFit()) {
      return standard;
    }
    return section.build(
        () ->
            new ElasticConfig(
                    urls,
                    username,
                    password,
                    passwordFile,
                    apiKey,
                    apiKeyFile,
                    caFile,
                    certFile,
                    keyFile,
                    compression,
                    requestTimeout)
                .readable(),
        standard);
  }

  private boolean credentialsFit() {
    if (apiKey != null && (username != null || password != null)) {
      section.problem(
          "apiKey", "excludes username and password; write either the key or those two");
      return false;
    }
    if (username != null && password == null) {
      if (section.isAbsent("password")) {
        section.problem("username", "needs a password too; write elasticsearch.password");
      } else {
        section.problem("password", "is empty or refused, and username needs it");
      }
      return false;
    }
    if (password != null && username == null) {
      section.problem("password", "needs a user name too; write elasticsearch.username");
      return false;
    }
    return true;
  }
}
