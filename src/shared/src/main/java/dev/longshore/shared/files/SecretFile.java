package dev.longshore.shared.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file that holds one secret: a password, a key, a token, a URL with one in it. Space and line
/// feeds around it are no part of it.
public final class SecretFile {
  /// A secret is shorter.
  private static final int MAX_BYTES = 16 << 10;

  private SecretFile() {}

  /// @param key the configuration's key that names the file
  /// @throws IllegalArgumentException when it is missing, empty, too long or has several lines; the
  ///   message never holds its content
  /// @throws IOException when it can't be read
  public static String read(String key, Path file) throws IOException {
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
}
