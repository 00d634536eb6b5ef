package dev.longshore.shared.elastic;

import dev.longshore.shared.files.SecretFile;
import dev.longshore.shared.files.WatchedFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What Elasticsearch is told of who asks: the value of the header `Authorization`, from the
/// configuration or from a file as it is at each request.
final class ElasticCredentials {

  private final @Nullable String fixed;
  private final @Nullable WatchedFiles<String> watched;

  /// @throws IllegalArgumentException when a file can't be used now, with its key and the reason
  ElasticCredentials(ElasticConfig config) {
    Path passwordFile = config.passwordFile();
    Path apiKeyFile = config.apiKeyFile();
    String username = config.username();
    String password = config.password();
    if (apiKeyFile != null) {
      fixed = null;
      watched = watch("elasticsearch.apiKeyFile", apiKeyFile, key -> "ApiKey " + key);
    } else if (passwordFile != null && username != null) {
      fixed = null;
      watched =
          watch("elasticsearch.passwordFile", passwordFile, secret -> basic(username, secret));
    } else {
      watched = null;
      fixed =
          config.apiKey() != null
              ? "ApiKey " + config.apiKey()
              : username != null && password != null ? basic(username, password) : null;
    }
  }

  private interface Header {
    String of(String secret);
  }

  private static WatchedFiles<String> watch(String key, Path file, Header header) {
    return new WatchedFiles<>(key, file, _ -> header.of(SecretFile.read(key, file)));
  }

  private static String basic(String username, String password) {
    byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  /// The header's value; null when there are no credentials.
  @Nullable String authorization() {
    return watched != null ? watched.current() : fixed;
  }
}
