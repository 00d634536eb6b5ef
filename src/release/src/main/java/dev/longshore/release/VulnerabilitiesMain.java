package dev.longshore.release;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `./longshore vulnerabilities [--refresh]`: compares both products' libraries with the advisories
/// that the repository has; 1 is the exit code where one affects them.
public final class VulnerabilitiesMain {
  private static final URI OSV = URI.create("https://api.osv.dev");

  private VulnerabilitiesMain() {}

  /// @param args the project's folder, and what the user said
  public static void main(String[] args) throws InterruptedException {
    Path project = Path.of(args[0]);
    List<String> options = List.of(args).subList(1, args.length);
    try {
      if (options.equals(List.of("--refresh"))) {
        refresh(project, new OsvClient(OSV));
      } else if (!options.isEmpty()) {
        throw new IOException(
            "there is one option, --refresh; not '" + String.join(" ", options) + "'");
      }
      List<String> problems = AdvisoryList.read(AdvisoryList.file(project)).problems(all(project));
      problems.forEach(System.out::println);
      if (!problems.isEmpty()) {
        System.exit(1);
      }
      System.out.println("no advisory of src/release/advisories.json affects a library");
    } catch (IOException e) {
      String message = e.getMessage();
      System.err.println(
          "longshore vulnerabilities: " + (message == null ? "OSV can't be reached" : message));
      System.exit(2);
    }
  }

  /// The libraries of both products.
  static List<Library> all(Path project) throws IOException {
    List<Library> all = new ArrayList<>();
    for (String product : Library.PRODUCTS) {
      all.addAll(Library.of(project, product));
    }
    return all;
  }

  /// Takes what OSV knows now into the list; what is accepted stays.
  static void refresh(Path project, OsvClient osv) throws IOException, InterruptedException {
    Path file = AdvisoryList.file(project);
    ObjectMapper json = new ObjectMapper();
    ObjectNode list = (ObjectNode) json.readTree(file.toFile());
    list.put("source", "api.osv.dev, by ./longshore vulnerabilities --refresh");
    list.set(
        "advisories", osv.advisories(all(project).stream().map(Library::coordinates).toList()));
    Files.writeString(file, json.writerWithDefaultPrettyPrinter().writeValueAsString(list) + "\n");
  }
}
