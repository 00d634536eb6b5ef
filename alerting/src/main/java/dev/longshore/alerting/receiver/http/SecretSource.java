package dev.longshore.alerting.receiver.http;

import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a secret is from: the configuration itself, or a file that is read each time, so that a
/// rotated secret is used without a reload. Never prints the secret.
public sealed interface SecretSource {

  /// The secret now.
  ///
  /// @throws UncheckedIOException when its file can't be read; the message names the file
  String value();

  /// A secret in the configuration.
  static SecretSource given(String secret) {
    return new Given(secret);
  }

  /// A secret in a file; blanks around it are left out.
  static SecretSource file(Path file) {
    return new InFile(file);
  }

  /// A secret that was given.
  record Given(String value) implements SecretSource {
    @Override
    public String toString() {
      return "<secret>";
    }
  }

  /// A secret in a file.
  record InFile(Path file) implements SecretSource {
    @Override
    public String value() {
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new UncheckedIOException(
            "the file " + file + " with a secret can't be read: " + FailureText.ofFile(file, e), e);
      }
    }
  }
}
