package dev.longshore.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/// An image as an [OCI
/// layout](https://github.com/opencontainers/image-spec/blob/main/image-layout.md) in a tar, made
/// of what `docker save` writes, which any Docker engine can, with BuildKit or without.
///
/// The same images make the same archive, byte by byte. Each layer is compared with the digest that
/// the image's configuration states.
final class OciArchive {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

  private final ObjectMapper json = new ObjectMapper();
  private final Path work;

  /// Blobs by digest, such as `sha256:…`; the files are in [#work].
  private final Map<String, Path> blobs = new HashMap<>();

  /// @param work an empty folder for what is between reading and writing
  OciArchive(Path work) {
    this.work = work;
  }

  /// @param saved what `docker save` wrote of the image for each platform, one image a file
  /// @param tag what the image is called in the layout
  /// @return the image's digest: of its manifest, or of the index of all platforms
  /// @throws IOException also where a file is no image, or a layer is damaged
  String write(List<Path> saved, String tag, Path archive) throws IOException {
    ArrayNode manifests = json.createArrayNode();
    for (Path image : saved) {
      manifests.add(readImage(image));
    }
    JsonNode described = manifests.get(0);
    if (manifests.size() > 1) {
      ObjectNode index = json.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
      index.set("manifests", manifests);
      described = descriptor(INDEX, store(json.writeValueAsBytes(index)));
    }
    ObjectNode named = described.deepCopy();
    named.putObject("annotations").put("org.opencontainers.image.ref.name", tag);
    ObjectNode index = json.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
    index.putArray("manifests").add(named);
    try (TarFile tar = new TarFile(Files.newOutputStream(archive))) {
      tar.add("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
      tar.add("index.json", json.writeValueAsBytes(index));
      for (String digest : blobs.keySet().stream().sorted().toList()) {
        tar.add("blobs/" + digest.replace(':', '/'), blob(digest));
      }
    }
    return described.path("digest").asText();
  }

  /// @return the manifest's descriptor
  private ObjectNode readImage(Path saved) throws IOException {
    Map<String, Path> files = unpack(saved);
    JsonNode images = json.readTree(find(files, "manifest.json", saved).toFile());
    if (images.size() != 1) {
      throw new IOException("%s has %d images, not one".formatted(saved, images.size()));
    }
    JsonNode image = images.get(0);
    byte[] configuration = Files.readAllBytes(find(files, image.path("Config").asText(), saved));
    JsonNode configured = json.readTree(configuration);
    JsonNode expected = configured.at("/rootfs/diff_ids");
    if (expected.size() != image.path("Layers").size()) {
      throw new IOException(
          "%s has %d layers where its configuration states %d"
              .formatted(saved, image.path("Layers").size(), expected.size()));
    }
    ObjectNode manifest =
        json.createObjectNode().put("schemaVersion", 2).put("mediaType", MANIFEST);
    manifest.set("config", descriptor(CONFIG, store(configuration)));
    ArrayNode layers = manifest.putArray("layers");
    for (int i = 0; i < expected.size(); i++) {
      Path layer = find(files, image.path("Layers").get(i).asText(), saved);
      layers.add(descriptor(LAYER, storeLayer(layer, expected.get(i).asText())));
    }
    ObjectNode described = descriptor(MANIFEST, store(json.writeValueAsBytes(manifest)));
    described
        .putObject("platform")
        .put("architecture", configured.path("architecture").asText())
        .put("os", configured.path("os").asText());
    return described;
  }

  /// The files of a tar, by name; where a layer is there twice, Docker saves a link.
  private Map<String, Path> unpack(Path saved) throws IOException {
    Map<String, Path> files = new HashMap<>();
    Map<String, String> links = new HashMap<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(saved)))) {
      for (@Nullable TarArchiveEntry entry = tar.getNextEntry();
          entry != null;
          entry = tar.getNextEntry()) {
        if (entry.isSymbolicLink() || entry.isLink()) {
          Path target =
              entry.isLink()
                  ? Path.of(entry.getLinkName())
                  : Path.of(entry.getName()).resolveSibling(entry.getLinkName());
          links.put(entry.getName(), target.normalize().toString());
        } else if (entry.isFile()) {
          Path file = Files.createTempFile(work, "file", "");
          try (OutputStream out = Files.newOutputStream(file)) {
            tar.transferTo(out);
          }
          files.put(entry.getName(), file);
        }
      }
    }
    links.forEach(
        (name, target) -> {
          if (files.containsKey(target)) {
            files.put(name, files.get(target));
          }
        });
    return files;
  }

  private static Path find(Map<String, Path> files, String name, Path saved) throws IOException {
    Path file = files.get(name);
    if (file == null) {
      throw new IOException(
          "%s has no file '%s'; is it what docker save wrote?".formatted(saved, name));
    }
    return file;
  }

  /// @return the digest of the compressed layer
  private String storeLayer(Path layer, String expected) throws IOException {
    Path compressed = Files.createTempFile(work, "layer", "");
    Digests uncompressed = new Digests(OutputStream.nullOutputStream());
    try (InputStream in = plain(layer);
        OutputStream gzip =
            new GZIPOutputStream(
                new BufferedOutputStream(Files.newOutputStream(compressed)), 1 << 16)) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        uncompressed.write(buffer, 0, read);
        gzip.write(buffer, 0, read);
      }
    }
    if (!uncompressed.digest().equals(expected)) {
      throw new IOException(
          "a layer's digest is %s where the image states %s; the file is damaged"
              .formatted(uncompressed.digest(), expected));
    }
    return keep(compressed);
  }

  /// The layer's tar. Engines that keep images compressed save them so.
  private static InputStream plain(Path layer) throws IOException {
    BufferedInputStream in = new BufferedInputStream(Files.newInputStream(layer));
    in.mark(2);
    boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return gzip ? new GZIPInputStream(in) : in;
  }

  private String store(byte[] bytes) throws IOException {
    return keep(Files.write(Files.createTempFile(work, "blob", ""), bytes));
  }

  private String keep(Path file) throws IOException {
    String digest = Digests.of(file);
    blobs.put(digest, file);
    return digest;
  }

  private Path blob(String digest) {
    Path file = blobs.get(digest);
    if (file == null) {
      throw new IllegalStateException("no blob " + digest);
    }
    return file;
  }

  private ObjectNode descriptor(String mediaType, String digest) throws IOException {
    return json.createObjectNode()
        .put("mediaType", mediaType)
        .put("digest", digest)
        .put("size", Files.size(blob(digest)));
  }
}
