package dev.longshore.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A library that a product runs with.
///
/// @param licences those that it is offered under, any of which may be chosen: SPDX ids, or names
///   where there is none
record Library(String group, String name, String version, List<String> licences) {
  static final List<String> PRODUCTS = List.of("agent", "alerting");

  private static final String OURS = "dev.longshore";

  /// As advisories name it, such as `org.slf4j:slf4j-api`.
  String coordinates() {
    return group + ":" + name;
  }

  /// Whether a file is the library's, with a classifier or without.
  boolean isIn(String jar) {
    String stem = name + "-" + version;
    return jar.equals(stem + ".jar") || (jar.startsWith(stem + "-") && jar.endsWith(".jar"));
  }

  /// The bill of materials of a product, which the build writes.
  static Path bill(Path project, String product) {
    return project.resolve(product).resolve("target/bom.json");
  }

  /// The libraries of a product, without modules of this project.
  ///
  /// @throws IOException when the product was not built
  static List<Library> of(Path project, String product) throws IOException {
    Path bill = bill(project, product);
    if (!Files.exists(bill)) {
      throw new IOException(
          bill
              + " is missing; ./longshore build writes it, and Maven only where it is not offline");
    }
    List<Library> libraries = new ArrayList<>();
    for (JsonNode component : new ObjectMapper().readTree(bill.toFile()).path("components")) {
      String group = component.path("group").asText();
      Library library =
          new Library(
              group,
              component.path("name").asText(),
              component.path("version").asText(),
              licences(component));
      // One with a classifier is a component of its own.
      if (!group.equals(OURS) && !libraries.contains(library)) {
        libraries.add(library);
      }
    }
    return libraries;
  }

  private static List<String> licences(JsonNode component) {
    List<String> licences = new ArrayList<>();
    for (JsonNode choice : component.path("licenses")) {
      JsonNode licence = choice.path("license");
      String id = licence.path("id").asText(licence.path("name").asText());
      licences.add(choice.path("expression").asText(id));
    }
    return List.copyOf(licences);
  }
}
