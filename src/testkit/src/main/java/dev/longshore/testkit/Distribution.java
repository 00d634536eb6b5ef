package dev.longshore.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/// Elastic's distribution of Elasticsearch for integration tests, from Maven Central: the real
/// server with fewer modules. It is fetched by Maven and unpacked when it is needed first, into a
/// cache that outlives the build.
final class Distribution {
  private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0";
  private static final String ARTIFACT =
      "org.elasticsearch.distribution.integ-test-zip:elasticsearch";

  private Distribution() {}

  /// The folder with `bin/elasticsearch` in it, and [AnalysisPlugin] installed.
  ///
  /// @throws IllegalStateException when Maven can't be found or can't fetch it
  static Path fetched(String version, Consumer<String> progress) {
    Path home = unpacked(version, progress);
    try {
      Path work = Files.createTempDirectory(cache(), "plugin");
      try {
        AnalysisPlugin.install(home, work);
      } finally {
        deleteAll(work);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("A plugin can't be installed into " + home, e);
    }
    return home;
  }

  private static Path unpacked(String version, Consumer<String> progress) {
    Path home = cache().resolve("elasticsearch-" + version);
    if (Files.isExecutable(home.resolve("bin/elasticsearch"))) {
      return home;
    }
    try {
      Path work = Files.createTempDirectory(Files.createDirectories(cache()), "fetch");
      try {
        progress.accept("fetching Elasticsearch " + version + " from Maven Central (once, 130 MB)");
        copy(version, work);
        progress.accept("unpacking Elasticsearch " + version);
        unpack(work.resolve("elasticsearch-" + version + ".zip"), work);
        readable(work.resolve("elasticsearch-" + version));
        move(work.resolve("elasticsearch-" + version), home, "bin/elasticsearch");
      } finally {
        deleteAll(work);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Elasticsearch can't be unpacked into " + home, e);
    }
    return home;
  }

  /// Root's home is closed to the user that the server runs as.
  private static Path cache() {
    return System.getProperty("user.name").equals("root")
        ? Path.of("/var/cache/longshore")
        : Path.of(System.getProperty("user.home"), ".cache", "longshore");
  }

  private static void copy(String version, Path into) throws IOException {
    Path log = into.resolve("maven.log");
    Process maven =
        new ProcessBuilder(
                maven(),
                "-q",
                "-B",
                PLUGIN + ":copy",
                "-Dartifact=" + ARTIFACT + ":" + version + ":zip",
                "-DoutputDirectory=" + into)
            .directory(into.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    maven.getOutputStream().close();
    try {
      if (maven.waitFor() != 0) {
        throw new IllegalStateException(
            "Maven could not fetch "
                + ARTIFACT
                + ":"
                + version
                + ":zip. Start a Docker engine, or set "
                + ElasticsearchServer.URL_VARIABLE
                + " to a running Elasticsearch. Maven said:\n"
                + Files.readString(log));
      }
    } catch (InterruptedException e) {
      maven.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Elasticsearch was being fetched", e);
    }
  }

  /// The wrapper of the nearest folder upwards, else the one on the path.
  private static String maven() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path wrapper = folder.resolve("mvnw");
      if (Files.isExecutable(wrapper)) {
        return wrapper.toString();
      }
    }
    @Nullable String path = System.getenv("PATH");
    return Stream.of(Objects.requireNonNullElse(path, "").split(":", -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "mvn"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no Elasticsearch for tests: there is no Docker engine, and neither ./mvnw nor"
                        + " mvn to fetch the distribution; or set "
                        + ElasticsearchServer.URL_VARIABLE));
  }

  private static void unpack(Path zip, Path into) throws IOException {
    try (InputStream file = Files.newInputStream(zip);
        ZipInputStream in = new ZipInputStream(file, StandardCharsets.UTF_8)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
          throw new IOException(zip + " holds " + entry.getName() + ", outside its folder");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(Objects.requireNonNull(target.getParent()));
          Files.copy(in, target);
        }
      }
    }
  }

  /// A zip carries no permissions here: everyone reads, programs run.
  static void readable(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.toList()) {
        boolean runs = Files.isDirectory(file) || file.startsWith(home.resolve("bin"));
        Files.setPosixFilePermissions(
            file, PosixFilePermissions.fromString(runs ? "rwxr-xr-x" : "rw-r--r--"));
      }
    }
  }

  /// Moves a folder in one step.
  ///
  /// @param file one that is there when another process was faster
  static void move(Path from, Path to, String file) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.exists(to.resolve(file))) {
        throw e;
      }
    }
  }

  static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : List.copyOf(files.toList()).reversed()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
