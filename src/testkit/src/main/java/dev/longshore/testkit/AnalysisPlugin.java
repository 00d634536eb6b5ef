package dev.longshore.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// The plugin of [dev.longshore.testkit.analysis]. Elasticsearch keeps API keys in an index whose
/// settings name filters of its module `analysis-common`; the distribution for integration tests
/// comes without, and where it is there, the plugin must not be.
final class AnalysisPlugin {
  /// The module in whose place it stands, in a folder of that name.
  static final String MODULE = "analysis-common";

  /// Name of the plugin and of its folder.
  static final String NAME = "longshore-analysis";

  private static final String PACKAGE = "dev.longshore.testkit.analysis.";
  private static final List<String> CLASSES =
      List.of("PatternCapture", "PatternCapture$Settings", "UniqueTokens", "UrlAndEmailTokenizer");

  private AnalysisPlugin() {}

  /// Its files by their names.
  static Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(NAME + ".jar", jar());
    files.put(
        "stable-plugin-descriptor.properties",
        """
        name=%s
        description=Filters that the index of API keys names
        version=1
        java.version=17
        elasticsearch.version=%s
        """
            .formatted(NAME, ElasticsearchServer.VERSION)
            .getBytes(StandardCharsets.UTF_8));
    files.put(
        "named_components.json",
        """
        {"org.elasticsearch.plugin.analysis.TokenFilterFactory":
          {"pattern_capture":"%1$sPatternCapture","unique":"%1$sUniqueTokens"},
         "org.elasticsearch.plugin.analysis.TokenizerFactory":
          {"uax_url_email":"%1$sUrlAndEmailTokenizer"}}
        """
            .formatted(PACKAGE)
            .getBytes(StandardCharsets.UTF_8));
    return files;
  }

  /// Installs it into a distribution, unless it or the module is there.
  ///
  /// @param home the distribution's folder
  /// @param scratch a folder on the same file system, for a moment
  static void install(Path home, Path scratch) throws IOException {
    Path target = home.resolve("plugins").resolve(NAME);
    if (Files.isDirectory(target) || Files.isDirectory(home.resolve("modules").resolve(MODULE))) {
      return;
    }
    Path folder = Files.createDirectories(scratch.resolve(NAME));
    for (Map.Entry<String, byte[]> file : files().entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    Distribution.readable(folder);
    Files.createDirectories(home.resolve("plugins"));
    Distribution.move(folder, target, "named_components.json");
  }

  private static byte[] jar() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream jar = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
      for (String name : CLASSES) {
        String entry = (PACKAGE + name).replace('.', '/') + ".class";
        jar.putNextEntry(new ZipEntry(entry));
        try (InputStream in = AnalysisPlugin.class.getResourceAsStream("/" + entry)) {
          Objects.requireNonNull(in, entry).transferTo(jar);
        }
        jar.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the plugin " + NAME + " can't be packed", e);
    }
    return bytes.toByteArray();
  }
}
