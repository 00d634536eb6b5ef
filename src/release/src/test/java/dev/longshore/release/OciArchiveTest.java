package dev.longshore.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An archive of a release is an OCI layout with the layers of the image that was built, and each
/// of its blobs is what its name says.
class OciArchiveTest {
  @TempDir Path folder;

  private final ObjectMapper json = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hasTheLayersOfTheImageWhetherTheEngineCompressesThemOrNot(boolean compressed)
      throws Exception {
    Path saved = SavedImage.write(folder.resolve("saved.tar"), "amd64", compressed);

    String digest = write(List.of(saved), "one.oci.tar");

    Map<String, byte[]> files = read("one.oci.tar");
    JsonNode named = json.readTree(files.get("index.json")).at("/manifests/0");
    assertThat(named.path("digest").asText()).isEqualTo(digest);
    assertThat(named.at("/annotations/org.opencontainers.image.ref.name").asText())
        .isEqualTo("1.2.3");
    JsonNode layers = blob(files, digest).path("layers");
    for (int i = 0; i < SavedImage.LAYERS.size(); i++) {
      byte[] layer = file(files, layers.get(i).path("digest").asText());
      assertThat(layers.get(i).path("size").asInt()).isEqualTo(layer.length);
      assertThat(new GZIPInputStream(new ByteArrayInputStream(layer)).readAllBytes())
          .isEqualTo(SavedImage.layer(SavedImage.LAYERS.get(i)));
    }
  }

  @Test
  void everyBlobIsWhatItsNameSays() throws Exception {
    write(List.of(SavedImage.write(folder.resolve("saved.tar"), "amd64", false)), "one.oci.tar");

    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    Map<String, byte[]> files = read("one.oci.tar");
    assertThat(files).containsKey("oci-layout").hasSize(2 + 4);
    files.forEach(
        (name, content) -> {
          if (name.startsWith("blobs/")) {
            assertThat(name)
                .isEqualTo("blobs/sha256/" + HexFormat.of().formatHex(sha256.digest(content)));
          }
        });
  }

  @Test
  void theSameImageMakesTheSameArchive() throws Exception {
    Path saved = SavedImage.write(folder.resolve("saved.tar"), "amd64", false);

    assertThat(write(List.of(saved), "one.oci.tar"))
        .isEqualTo(write(List.of(saved), "two.oci.tar"));
    assertThat(folder.resolve("one.oci.tar")).hasSameBinaryContentAs(folder.resolve("two.oci.tar"));
  }

  @Test
  void severalPlatformsAreOneImage() throws Exception {
    Path amd64 = SavedImage.write(folder.resolve("amd64.tar"), "amd64", false);
    Path arm64 = SavedImage.write(folder.resolve("arm64.tar"), "arm64", false);

    String digest = write(List.of(amd64, arm64), "both.oci.tar");

    JsonNode index = blob(read("both.oci.tar"), digest);
    assertThat(index.path("manifests").findValuesAsText("architecture"))
        .containsExactly("amd64", "arm64");
  }

  @Test
  void aDamagedLayerIsNotPacked() throws Exception {
    Path saved = SavedImage.write(folder.resolve("saved.tar"), "amd64", false);
    byte[] bytes = Files.readAllBytes(saved);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("content of product");
    bytes[at] = 'C';
    Files.write(saved, bytes);

    assertThatThrownBy(() -> write(List.of(saved), "one.oci.tar"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the file is damaged");
  }

  @Test
  void anotherFileIsNoImage() throws Exception {
    Path other = folder.resolve("other.tar");
    try (TarFile tar = new TarFile(Files.newOutputStream(other))) {
      tar.add("readme", new byte[0]);
    }

    assertThatThrownBy(() -> write(List.of(other), "one.oci.tar"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is it what docker save wrote?");
  }

  private String write(List<Path> saved, String archive) throws IOException {
    Path work = Files.createTempDirectory(folder, "work");
    return new OciArchive(work).write(saved, "1.2.3", folder.resolve(archive));
  }

  private Map<String, byte[]> read(String archive) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(Files.newInputStream(folder.resolve(archive)))) {
      for (@Nullable TarArchiveEntry entry = tar.getNextEntry();
          entry != null;
          entry = tar.getNextEntry()) {
        files.put(entry.getName(), tar.readAllBytes());
      }
    }
    return files;
  }

  private JsonNode blob(Map<String, byte[]> files, String digest) throws IOException {
    return json.readTree(file(files, digest));
  }

  private static byte[] file(Map<String, byte[]> files, String digest) {
    String path = "blobs/" + digest.replace(':', '/');
    assertThat(files).containsKey(path);
    return Objects.requireNonNull(files.get(path));
  }
}
