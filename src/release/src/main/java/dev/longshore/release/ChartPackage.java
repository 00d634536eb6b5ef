package dev.longshore.release;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// One of the charts, as `helm package` would pack it, with the version of the release and with the
/// image that the release has.
///
/// @param folder the chart
/// @param version of the release
record ChartPackage(Path folder, String version) {
  /// @param image where the image will be, without tag, and its digest; null for a chart without
  ///   one
  /// @return the archive, `NAME-VERSION.tgz`
  /// @throws IOException also where the chart has no place for what is to be set
  Path write(@Nullable Image image, Path to) throws IOException {
    String name = folder.getFileName().toString();
    Path archive = to.resolve(name + "-" + version + ".tgz");
    List<Path> files = files();
    try (TarFile tar = new TarFile(new GZIPOutputStream(Files.newOutputStream(archive)))) {
      for (Path file : files) {
        String inside = folder.relativize(file).toString();
        byte[] content = Files.readAllBytes(file);
        if (inside.equals("Chart.yaml")) {
          String chart = set(text(content), "version", version, file);
          content = bytes(set(chart, "appVersion", "\"" + version + "\"", file));
        } else if (inside.equals("values.yaml") && image != null) {
          String values = set(text(content), "  repository", image.repository(), file);
          content = bytes(set(values, "  digest", image.digest(), file));
        }
        tar.add(name + "/" + inside, content);
      }
    }
    return archive;
  }

  /// An image that a chart pulls.
  record Image(String repository, String digest) {}

  private static String set(String text, String key, String value, Path file) throws IOException {
    Pattern line = Pattern.compile("^" + key + ": .*$", Pattern.MULTILINE);
    if (line.matcher(text).results().count() != 1) {
      throw new IOException("%s has not one line '%s: …'".formatted(file, key));
    }
    return line.matcher(text).replaceFirst(Matcher.quoteReplacement(key + ": " + value));
  }

  /// In the order of their names, without what `.helmignore` names: `*.ENDING`, `FOLDER/` or a
  /// name.
  private List<Path> files() throws IOException {
    Path ignoring = folder.resolve(".helmignore");
    List<String> patterns =
        Files.readAllLines(ignoring).stream().filter(it -> !it.isBlank()).toList();
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(it -> patterns.stream().noneMatch(pattern -> matches(it, pattern)))
          .sorted()
          .toList();
    }
  }

  private boolean matches(Path file, String pattern) {
    String inside = folder.relativize(file).toString();
    if (pattern.startsWith("*")) {
      return inside.endsWith(pattern.substring(1));
    }
    return pattern.endsWith("/") ? inside.startsWith(pattern) : inside.equals(pattern);
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
