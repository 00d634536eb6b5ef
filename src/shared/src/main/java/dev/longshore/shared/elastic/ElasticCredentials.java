package dev.longshore.shared.elastic;

import dev.longshore.shared.files.WatchedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What Elasticsearch is told of who asks: the value of the header `Authorization`, from the
/// configuration or from a file as it is at each request.
final class ElasticCredentials {

  /// A password or a key is shorter.
  private static final int MAX_BYTES = 16 << 10;

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
    return new WatchedFiles<>(key, file, _ -> header.of(secret(key, file)));
  }

  private static String secret(String key, Path file) throws IOException {
    String text;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException(key + " " + file + " is above 16KiB: is it the file?");
      }
      text = Files.readString(file, StandardCharsets.UTF_8).strip();
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(key + " " + file + " does not exist", e);
    }
    if (text.isEmpty() || text.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException(
          key
              + " "
              + file
              + " is empty or has several lines; one line with the secret is accepted");
    }
    return text;
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
