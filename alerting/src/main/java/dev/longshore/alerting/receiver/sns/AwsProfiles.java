package dev.longshore.alerting.receiver.sns;

import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The profiles of AWS' two shared files, `credentials` and `config` (docs.aws.amazon.com,
/// "Configuration and credential file settings"), read at each use: keys in them are rotated.
final class AwsProfiles {
  private final Path credentials;
  private final Path config;

  private AwsProfiles(Path credentials, Path config) {
    this.credentials = credentials;
    this.config = config;
  }

  /// Where the environment says they are, else in `~/.aws`.
  static AwsProfiles of(Map<String, String> environment) {
    Path home = Path.of(environment.getOrDefault("HOME", "/"), ".aws");
    return new AwsProfiles(
        Path.of(
            environment.getOrDefault(
                "AWS_SHARED_CREDENTIALS_FILE", home.resolve("credentials").toString())),
        Path.of(environment.getOrDefault("AWS_CONFIG_FILE", home.resolve("config").toString())));
  }

  /// The settings of a profile, those of `credentials` before those of `config`, by their names in
  /// lower case; null when neither file has it.
  ///
  /// @throws UncheckedIOException when a file can't be read; the message names it
  @Nullable Map<String, String> settings(String profile) {
    Map<String, String> settings = new HashMap<>();
    String inConfig = profile.equals("default") ? profile : "profile " + profile;
    boolean known = read(config, inConfig, settings);
    known |= read(credentials, profile, settings);
    return known ? settings : null;
  }

  /// @return whether the file has the section
  private static boolean read(Path file, String section, Map<String, String> settings) {
    boolean known = false;
    boolean within = false;
    try {
      for (String line : Files.readAllLines(file)) {
        String text = line.strip();
        if (text.startsWith("[") && text.endsWith("]")) {
          within = text.substring(1, text.length() - 1).strip().equals(section);
          known |= within;
        }
        int equals = text.indexOf('=');
        // An indented line belongs to the setting above it.
        boolean setting =
            within
                && equals > 0
                && "#;".indexOf(text.charAt(0)) < 0
                && !Character.isWhitespace(line.charAt(0));
        if (setting) {
          settings.put(
              text.substring(0, equals).strip().toLowerCase(Locale.ROOT),
              text.substring(equals + 1).strip());
        }
      }
      return known;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The file " + file + " of AWS can't be read: " + FailureText.ofFile(file, e), e);
    }
  }

  /// Where they were looked for.
  @Override
  public String toString() {
    return credentials + " and " + config;
  }
}
