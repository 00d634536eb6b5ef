package dev.longshore.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/// A registry on loopback that hands out the images of OCI archives, as the [distribution
/// specification](https://github.com/opencontainers/distribution-spec/blob/main/spec.md) has it:
/// the half that nodes use, manifests and blobs by digest, and nothing by tag.
final class RegistryStandIn implements AutoCloseable {
  private static final Pattern PATH =
      Pattern.compile("/v2/(.+)/(?:manifests|blobs)/(sha256:[0-9a-f]{64})");

  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, byte[]> blobs = new TreeMap<>();

  /// Of manifests and indexes, as they say themselves.
  private final Map<String, String> mediaTypes = new TreeMap<>();

  private final HttpServer server;

  RegistryStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v2/", this::answer);
    server.start();
  }

  /// Takes the images of an archive in.
  void add(Path archive) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
      for (@Nullable TarArchiveEntry entry = tar.getNextEntry();
          entry != null;
          entry = tar.getNextEntry()) {
        if (entry.getName().startsWith("blobs/sha256/")) {
          String digest = entry.getName().replace("blobs/sha256/", "sha256:");
          byte[] blob = tar.readAllBytes();
          blobs.put(digest, blob);
          if (blob[0] == '{') {
            mediaTypes.put(digest, json.readTree(blob).path("mediaType").asText());
          }
        }
      }
    }
  }

  /// Turns a byte of a blob around, as somebody would who puts another image in its place.
  void damage(String digest) {
    byte[] blob = Objects.requireNonNull(blobs.get(digest));
    blob[blob.length / 2] ^= 1;
  }

  /// An index or a manifest.
  JsonNode read(String digest) throws IOException {
    return json.readTree(Objects.requireNonNull(blobs.get(digest)));
  }

  /// Its name in front of an image's.
  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange http) throws IOException {
    try (http) {
      Matcher path = PATH.matcher(http.getRequestURI().getPath());
      byte[] blob = path.matches() ? blobs.get(path.group(2)) : null;
      if (blob == null) {
        boolean isBase = http.getRequestURI().getPath().equals("/v2/");
        http.sendResponseHeaders(isBase ? 200 : 404, -1);
        return;
      }
      boolean isManifest = http.getRequestURI().getPath().contains("/manifests/");
      String type = isManifest ? mediaTypes.get(path.group(2)) : null;
      http.getResponseHeaders()
          .add("Content-Type", type == null ? "application/octet-stream" : type);
      http.getResponseHeaders().add("Docker-Content-Digest", path.group(2));
      if (http.getRequestMethod().equals("HEAD")) {
        http.getResponseHeaders().add("Content-Length", Integer.toString(blob.length));
        http.sendResponseHeaders(200, -1);
      } else {
        http.sendResponseHeaders(200, blob.length);
        http.getResponseBody().write(blob);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
