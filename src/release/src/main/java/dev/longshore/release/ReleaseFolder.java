package dev.longshore.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The folder of a release, made of images that were built: for each product an OCI archive, a
/// chart that names the archive's digest, and a bill of materials; LICENSE, NOTICE and checksums.
///
/// @param project the checkout
/// @param version of the release, such as `1.2.3`
/// @param prefix registry and prefix of where the images will be
record ReleaseFolder(Path project, String version, String prefix) {
  /// What the products' own version is in what Maven writes.
  private static final String SNAPSHOT = "0.1.0-SNAPSHOT";

  /// @param images for each product what `docker save` wrote, a file a platform
  /// @param to is there, and may hold what goes under checksums too
  void write(Map<String, List<Path>> images, Path to) throws IOException {
    for (String product : Library.PRODUCTS) {
      List<Path> saved = images.getOrDefault(product, List.of());
      if (saved.isEmpty()) {
        throw new IOException("there is no image of " + product);
      }
      String name = "longshore-" + product;
      Path work = Files.createTempDirectory("longshore-release");
      try {
        Path archive = to.resolve(name + "-" + version + ".oci.tar");
        String digest = new OciArchive(work).write(saved, version, archive);
        chart(name).write(new ChartPackage.Image(prefix + "/" + product, digest), to);
      } finally {
        delete(work);
      }
      String bill = Files.readString(Library.bill(project, product));
      Files.writeString(
          to.resolve(name + "-" + version + ".cdx.json"), bill.replace(SNAPSHOT, version));
    }
    chart("platform-resources").write(null, to);
    for (String text : List.of("LICENSE", "NOTICE")) {
      Files.copy(project.resolve(text), to.resolve(text));
    }
    Files.writeString(to.resolve("SHA256SUMS"), checksums(to));
  }

  private ChartPackage chart(String name) {
    return new ChartPackage(project.resolve("deploy/charts").resolve(name), version);
  }

  /// As `sha256sum` writes them and `sha256sum --check` reads them.
  private static String checksums(Path folder) throws IOException {
    StringBuilder sums = new StringBuilder();
    for (Path file : list(folder)) {
      String digest = Digests.of(file).substring("sha256:".length());
      sums.append("%s  %s\n".formatted(digest, file.getFileName()));
    }
    return sums.toString();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    for (Path file : list(folder)) {
      Files.delete(file);
    }
    Files.delete(folder);
  }

  /// `PRODUCT=FILE[,FILE…]`, as the script says it.
  static Map<String, List<Path>> images(List<String> arguments) {
    return arguments.stream()
        .map(it -> it.split("=", 2))
        .collect(
            Collectors.toMap(
                it -> it[0], it -> Stream.of(it[1].split(",", -1)).map(Path::of).toList()));
  }
}
