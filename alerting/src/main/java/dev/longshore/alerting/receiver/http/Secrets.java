package dev.longshore.alerting.receiver.http;

import dev.longshore.shared.config.ConfigReader;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.net.Authority;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Secrets that stand in the file or in a file of their own.
public final class Secrets {
  private static final Pattern URL = Pattern.compile("(?si)(https?://[^/?#]+)([/?#].*)?");

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

  /// The same for a URL, of which it is checked that it is one and has a host.
  public static @Nullable SecretSource urlOrFile(
      Section section, String key, String fileKey, Path folder) {
    SecretSource source = textOrFile(section, key, fileKey, folder);
    if (source instanceof SecretSource.Given(String text)) {
      checkUrl(section, key, text);
    }
    return source;
  }

  /// The same for a URL that may be a template.
  public static @Nullable SecretSource urlTemplateOrFile(
      Section section, String key, String fileKey, Path folder) {
    SecretSource source = textOrFile(section, key, fileKey, folder);
    if (source instanceof SecretSource.Given(String text) && !text.contains("{{")) {
      checkUrl(section, key, text);
    }
    return source;
  }

  private static void checkUrl(Section section, String key, String text) {
    Matcher url = URL.matcher(text.strip());
    if (text.equals(ConfigReader.HIDDEN)) {
      return;
    }
    if (!url.matches()) {
      section.problem(key, "is not a URL; write one that begins with http:// or https://");
      return;
    }
    try {
      if (Authority.of(HttpSender.uri(url.group(1))) != null) {
        return;
      }
    } catch (URISyntaxException e) {
      // Its message would show the URL, which is secret.
    }
    section.problem(
        key, "is not a URL that can be called: there is no host between :// and the path");
  }

  /// A file's path, relative ones from the configuration's folder; null when absent.
  public static @Nullable Path file(Section section, String key, Path folder) {
    Path file = section.optionalPath(key, "");
    return file == null ? null : folder.resolve(file);
  }
}
