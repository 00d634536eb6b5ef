package dev.longshore.alerting.receiver.http;

import dev.longshore.shared.config.ConfigReader;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Secrets that stand in the file or in a file of their own.
public final class Secrets {
  private Secrets() {}

  /// A text or the file that holds it; null when neither is given.
  public static @Nullable SecretSource textOrFile(
      Section section, String key, String fileKey, Path folder) {
    String text = section.secret(key, "");
    Path file = file(section, fileKey, folder);
    if (text != null && file != null) {
      section.problem(key, "excludes " + fileKey + "; write one of them");
    }
    return text != null ? SecretSource.given(text) : file != null ? SecretSource.file(file) : null;
  }

  /// The same for a URL, of which it is checked that it is one; templates may be in it.
  public static @Nullable SecretSource urlOrFile(
      Section section, String key, String fileKey, Path folder) {
    SecretSource source = textOrFile(section, key, fileKey, folder);
    if (source instanceof SecretSource.Given given
        && !given.value().equals(ConfigReader.HIDDEN)
        && !given.value().strip().matches("(?s)https?://.+|.*\\{\\{.*")) {
      section.problem(key, "is not a URL; write one that begins with http:// or https://");
    }
    return source;
  }

  /// A file's path, relative ones from the configuration's folder; null when absent.
  public static @Nullable Path file(Section section, String key, Path folder) {
    Path file = section.optionalPath(key, "");
    return file == null ? null : folder.resolve(file);
  }
}
