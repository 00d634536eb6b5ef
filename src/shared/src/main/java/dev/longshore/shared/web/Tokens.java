package dev.longshore.shared.web;

import dev.longshore.shared.files.WatchedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Bearer tokens, each from a file that is read again when it changes. Only their digests are kept.
final class Tokens {

  /// As many characters are not guessed over the network.
  private static final int MIN_CHARACTERS = 16;

  private static final int MAX_BYTES = 4096;

  private final Map<String, WatchedFiles<byte[]>> digestByName = new LinkedHashMap<>();

  /// @throws IllegalArgumentException when a file can't be used
  Tokens(List<WebConfig.TokenFile> files) {
    for (WebConfig.TokenFile token : files) {
      digestByName.put(
          token.name(),
          new WatchedFiles<>("token of " + token.name(), token.file(), _ -> read(token.file())));
    }
  }

  boolean isEmpty() {
    return digestByName.isEmpty();
  }

  /// Whose token it is; null when it is nobody's.
  @Nullable String owner(String token) {
    byte[] digest = digest(token);
    String owner = null;
    for (Map.Entry<String, WatchedFiles<byte[]>> known : digestByName.entrySet()) {
      if (MessageDigest.isEqual(digest, known.getValue().current())) {
        owner = known.getKey();
      }
    }
    return owner;
  }

  private static byte[] read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IllegalArgumentException(file + " is above " + MAX_BYTES + " bytes");
    }
    String token = Files.readString(file, StandardCharsets.UTF_8).strip();
    if (token.length() < MIN_CHARACTERS || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException(
          file
              + " holds no token; at least "
              + MIN_CHARACTERS
              + " printable characters without spaces are accepted, such as those of `openssl rand"
              + " -hex 32`");
    }
    return digest(token);
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM can't do SHA-256", e);
    }
  }
}
