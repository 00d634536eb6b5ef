package dev.longshore.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.ProjectFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// ARCHITECTURE.md says of each library that a product runs with what it is for, and of no other.
class LibraryTableTest {
  private static final Path PROJECT = ProjectFolder.find();

  @Test
  void everyLibraryThatAProductRunsWithHasItsReason() throws Exception {
    Map<String, String> resolved = new TreeMap<>();
    for (String product : Library.PRODUCTS) {
      for (Library library : Library.of(PROJECT, product)) {
        resolved.merge(library.name(), product, (one, other) -> "both");
      }
    }

    assertThat(stated())
        .as("the table 'What the products are built on', against both bills of materials")
        .isEqualTo(resolved);
  }

  @Test
  void noLibraryIsThereInTwoVersions() throws Exception {
    for (String product : Library.PRODUCTS) {
      assertThat(Library.of(PROJECT, product)).extracting(Library::name).doesNotHaveDuplicates();
    }
  }

  @Test
  void anImageHasTheLibrariesOfItsBillAndNoOther() throws Exception {
    for (String product : Library.PRODUCTS) {
      TreeSet<String> unknown = new TreeSet<>();
      for (Path jar : jars(product)) {
        String name = jar.getFileName().toString();
        if (!name.startsWith("longshore-")
            && Library.of(PROJECT, product).stream().noneMatch(it -> it.isIn(name))) {
          unknown.add(name);
        }
      }
      assertThat(unknown).as("%s/target/lib; ./mvnw clean takes old ones away", product).isEmpty();
    }
  }

  private static Iterable<Path> jars(String product) throws Exception {
    try (var files = Files.list(PROJECT.resolve(product).resolve("target/lib"))) {
      return files.sorted().toList();
    }
  }

  /// Where each library is, as the table has it: a product, or both.
  private static Map<String, String> stated() throws Exception {
    String page = Files.readString(PROJECT.resolve("ARCHITECTURE.md"));
    String table = page.substring(page.indexOf("## What the products are built on"));
    table = table.substring(0, table.indexOf("\n## ", 1));
    Map<String, String> stated = new TreeMap<>();
    Pattern.compile("^\\| (`.*`) \\| (agent|alerting|both) \\| .+ \\|$", Pattern.MULTILINE)
        .matcher(table)
        .results()
        .forEach(
            line ->
                Arrays.stream(line.group(1).replace("`", "").split(", ", -1))
                    .forEach(name -> stated.put(name, line.group(2))));
    return stated;
  }
}
