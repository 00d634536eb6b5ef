package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The schemas that Kubernetes and the platform's components publish, as files beside the project.
/// A test that needs them and finds none fails and says what to do.
final class PublishedSchemas {
  private static @Nullable PublishedSchemas found;

  private final ObjectMapper json = new ObjectMapper();
  private final Path folder;
  // Classes of integration tests that run side by side share it.
  private final Map<Path, JsonNode> documents = new ConcurrentHashMap<>();
  private @Nullable Map<String, JsonSchema> customResources;

  private PublishedSchemas(Path folder) {
    this.folder = folder;
  }

  /// The folder that the system property `longshore.schemas` names, or `../shared/upstream`.
  ///
  /// @throws IllegalStateException when it is not there
  static synchronized PublishedSchemas find() {
    if (found == null) {
      String stated = System.getProperty("longshore.schemas", "");
      Path folder =
          stated.isEmpty()
              ? ProjectFolder.find().resolve("../shared/upstream").normalize()
              : Path.of(stated);
      if (!Files.isDirectory(folder.resolve("kubernetes"))) {
        throw new IllegalStateException(
            "the published schemas are not in "
                + folder
                + ": give the folder with -Dlongshore.schemas=FOLDER (CONTRIBUTING.md says what is"
                + " in it), or leave out what needs them: ./longshore test --without schemas");
      }
      found = new PublishedSchemas(folder);
    }
    return found;
  }

  /// The minors of Kubernetes whose API is there, oldest first, such as 1.33.0.
  List<String> kubernetesVersions() {
    return files("kubernetes", ".json").stream()
        .map(it -> it.getFileName().toString().replaceAll("openapi-|\\.json", ""))
        .sorted()
        .toList();
  }

  /// The schema of a kind of Kubernetes' own; empty when that version does not serve it.
  Optional<JsonSchema> kubernetes(String version, String apiVersion, String kind) {
    JsonNode api = document(folder.resolve("kubernetes/openapi-" + version + ".json"));
    for (JsonNode definition : api.get("definitions")) {
      for (JsonNode known : definition.path("x-kubernetes-group-version-kind")) {
        String group = known.path("group").asText();
        String full = group.isEmpty() ? "" : group + "/";
        if (known.path("kind").asText().equals(kind)
            && apiVersion.equals(full + known.path("version").asText())) {
          return Optional.of(new JsonSchema(api, definition));
        }
      }
    }
    return Optional.empty();
  }

  /// The schema of a custom resource; empty when no component serves it.
  Optional<JsonSchema> customResource(String apiVersion, String kind) {
    if (customResources == null) {
      customResources = readCustomResources();
    }
    return Optional.ofNullable(customResources.get(apiVersion + " " + kind));
  }

  private Map<String, JsonSchema> readCustomResources() {
    Map<String, JsonSchema> schemas = new HashMap<>();
    for (Path file : files("", ".yaml")) {
      if (!file.toString().contains("/crds/")) {
        continue;
      }
      for (JsonNode document : YamlDocuments.parse(file)) {
        JsonNode spec = document.path("spec");
        for (JsonNode version : spec.path("versions")) {
          if (version.path("served").asBoolean()) {
            String apiVersion = spec.path("group").asText() + "/" + version.path("name").asText();
            JsonNode schema = version.at("/schema/openAPIV3Schema");
            schemas.put(
                apiVersion + " " + spec.at("/names/kind").asText(), new JsonSchema(schema, schema));
          }
        }
      }
    }
    return schemas;
  }

  /// A component's file, such as `values.yaml` of `external-dns-0.22.0`.
  Path file(String component, String name) {
    Path file = folder.resolve(component).resolve(name);
    if (!Files.exists(file)) {
      throw new IllegalStateException("the published schemas lack " + file);
    }
    return file;
  }

  boolean has(String component, String name) {
    return Files.exists(folder.resolve(component).resolve(name));
  }

  /// The folders of components, such as `cert-manager-1.21.1`.
  List<String> components() {
    try (Stream<Path> folders = Files.list(folder)) {
      return folders
          .filter(Files::isDirectory)
          .map(it -> it.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode document(Path file) {
    return documents.computeIfAbsent(
        file,
        it -> {
          try {
            return it.toString().endsWith(".json")
                ? json.readTree(it.toFile())
                : YamlDocuments.one(it);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private List<Path> files(String below, String ending) {
    try (Stream<Path> files = Files.walk(folder.resolve(below))) {
      return new ArrayList<>(files.filter(it -> it.toString().endsWith(ending)).sorted().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
