package dev.longshore.release;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/// What `docker save` writes of an image with two layers, each with one file.
final class SavedImage {
  static final List<String> LAYERS = List.of("libraries", "product");

  private SavedImage() {}

  /// @param architecture such as `amd64`
  /// @param compressed whether the engine keeps layers compressed
  static Path write(Path file, String architecture, boolean compressed) throws IOException {
    List<String> digests = new ArrayList<>();
    try (TarFile tar = new TarFile(Files.newOutputStream(file))) {
      for (String name : LAYERS) {
        byte[] layer = layer(name);
        Path uncompressed = Files.write(file.resolveSibling(name + ".tar"), layer);
        digests.add("\"" + Digests.of(uncompressed) + "\"");
        tar.add(name + "/layer.tar", compressed ? gzip(layer) : layer);
      }
      tar.add(
          "config.json",
          bytes(
              "{\"architecture\":\"%s\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}"
                  .formatted(architecture, String.join(",", digests))));
      String layers =
          LAYERS.stream().map(it -> "\"" + it + "/layer.tar\"").collect(Collectors.joining(","));
      tar.add(
          "manifest.json",
          bytes(
              "[{\"Config\":\"config.json\",\"RepoTags\":[\"registry.example.com/agent:1.2.3\"],\"Layers\":[%s]}]"
                  .formatted(layers)));
    }
    return file;
  }

  static byte[] layer(String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarFile tar = new TarFile(out)) {
      tar.add("build/" + name + ".jar", bytes("content of " + name));
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
