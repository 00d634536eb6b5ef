package dev.longshore.shared.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Text in PEM, and what problems call it.
///
/// @param name the configuration's key, with the file when it is from one; never the text
/// @param text certificates or a key
public record Pem(String name, String text) {

  /// Reads a file.
  ///
  /// @param key the configuration's key that names it
  /// @throws IllegalArgumentException when it is not there or can't be read
  public static Pem ofFile(String key, Path file) {
    String name = key + " " + file;
    try {
      return new Pem(name, Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(name + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new IllegalArgumentException(name + " can't be read: permission denied", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(name + " can't be read: " + e.getMessage(), e);
    }
  }

  /// The name alone: the text may be a private key.
  @Override
  public String toString() {
    return name;
  }
}
