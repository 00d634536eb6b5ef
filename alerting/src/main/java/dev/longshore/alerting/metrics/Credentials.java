package dev.longshore.alerting.metrics;

import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Who we are to a source: nobody, a user with a password, or the bearer of a token. What is in a
/// file is read for each query, so that it can be replaced.
///
/// @param password with `username`, or else `passwordFile`
/// @param bearerToken excludes `username`, as `bearerTokenFile` does
public record Credentials(
    @Nullable String username,
    @Nullable String password,
    @Nullable Path passwordFile,
    @Nullable String bearerToken,
    @Nullable Path bearerTokenFile) {

  public static final Credentials NONE = new Credentials(null, null, null, null, null);

  /// @throws IllegalArgumentException when they contradict each other
  public Credentials {
    if (password != null && passwordFile != null) {
      throw new IllegalArgumentException("password and passwordFile exclude each other");
    }
    if (bearerToken != null && bearerTokenFile != null) {
      throw new IllegalArgumentException("bearerToken and bearerTokenFile exclude each other");
    }
    boolean hasPassword = password != null || passwordFile != null;
    if ((username != null) != hasPassword) {
      throw new IllegalArgumentException(
          "username goes together with password or passwordFile; one is missing");
    }
    if (username != null && (bearerToken != null || bearerTokenFile != null)) {
      throw new IllegalArgumentException("username and a bearer token exclude each other");
    }
    if (username != null && username.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "username holds a colon, which basic authentication can't carry");
    }
  }

  /// Basic authentication.
  public static Credentials basic(String username, String password) {
    return new Credentials(username, password, null, null, null);
  }

  /// A token that is in a file.
  public static Credentials bearerFile(Path file) {
    return new Credentials(null, null, null, null, file);
  }

  /// Adds the header `Authorization`, if there is anything to say.
  ///
  /// @throws IOException when a file can't be read
  void apply(HttpRequest.Builder request) throws IOException {
    String token = bearerTokenFile == null ? bearerToken : read("bearerTokenFile", bearerTokenFile);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    } else if (username != null) {
      String secret = passwordFile == null ? password : read("passwordFile", passwordFile);
      byte[] pair = (username + ":" + secret).getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    }
  }

  private static String read(String key, Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file).strip();
    } catch (IOException e) {
      throw new IOException(key + " " + file + " can't be read: " + FailureText.ofFile(file, e), e);
    }
    if (text.isEmpty() || text.chars().anyMatch(c -> c < ' ')) {
      throw new IOException(key + " " + file + " holds no single line of text");
    }
    return text;
  }

  /// Everything but the secrets.
  @Override
  public String toString() {
    return username != null
        ? "basic authentication of " + username
        : bearerToken != null || bearerTokenFile != null ? "a bearer token" : "none";
  }
}
