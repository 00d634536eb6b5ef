package dev.longshore.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// `src/release/advisories.json`: the advisories that libraries are compared with, and those that
/// are accepted with a reason. No network is asked.
///
/// @param accepted the reason for each advisory that doesn't concern us, by id
record AdvisoryList(List<Advisory> advisories, Map<String, String> accepted) {
  static Path file(Path project) {
    return project.resolve("src/release/advisories.json");
  }

  static AdvisoryList read(Path file) throws IOException {
    JsonNode list = new ObjectMapper().readTree(file.toFile());
    List<Advisory> advisories = new ArrayList<>();
    list.path("advisories").forEach(it -> advisories.add(Advisory.of(it)));
    Map<String, String> accepted = new HashMap<>();
    for (JsonNode one : list.path("accepted")) {
      String reason = one.path("reason").asText();
      if (reason.isBlank()) {
        throw new IOException("%s: accepted %s has no reason".formatted(file, one.path("id")));
      }
      accepted.put(one.path("id").asText(), reason);
    }
    return new AdvisoryList(advisories, accepted);
  }

  /// A sentence for each advisory that affects a library, and for each that is accepted in vain.
  List<String> problems(Iterable<Library> libraries) {
    TreeSet<String> problems = new TreeSet<>();
    TreeSet<String> inVain = new TreeSet<>(accepted.keySet());
    for (Library library : libraries) {
      for (Advisory advisory : advisories) {
        if (advisory.affects(library)) {
          inVain.remove(advisory.id());
          if (!accepted.containsKey(advisory.id())) {
            problems.add(
                "%s %s: %s, %s; fixed in %s"
                    .formatted(
                        library.coordinates(),
                        library.version(),
                        advisory.id(),
                        advisory.summary(),
                        advisory.fixedIn(library)));
          }
        }
      }
    }
    inVain.forEach(it -> problems.add(it + " is accepted, but affects no library: take it out"));
    return List.copyOf(problems);
  }
}
