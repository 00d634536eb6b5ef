package dev.longshore.release;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.maven.artifact.versioning.ComparableVersion;

/// A known vulnerability, in the format of [OSV](https://ossf.github.io/osv-schema/).
///
/// Versions are compared as Maven does.
record Advisory(String id, String summary, JsonNode affected) {
  static Advisory of(JsonNode advisory) {
    return new Advisory(
        advisory.path("id").asText(), advisory.path("summary").asText(), advisory.path("affected"));
  }

  boolean affects(Library library) {
    for (JsonNode one : affected) {
      if (one.at("/package/ecosystem").asText().equals("Maven")
          && one.at("/package/name").asText().equals(library.coordinates())
          && (isListed(one, library.version()) || isInRange(one, library.version()))) {
        return true;
      }
    }
    return false;
  }

  /// The versions of a library in which it is fixed.
  List<String> fixedIn(Library library) {
    return StreamSupport.stream(affected.spliterator(), false)
        .filter(it -> it.at("/package/name").asText().equals(library.coordinates()))
        .flatMap(it -> it.findValuesAsText("fixed").stream())
        .distinct()
        .toList();
  }

  private static boolean isListed(JsonNode one, String version) {
    for (JsonNode listed : one.path("versions")) {
      if (listed.asText().equals(version)) {
        return true;
      }
    }
    return false;
  }

  /// Events are in the order of versions: each `introduced` opens a range that the next `fixed`
  /// ends before, or `last_affected` with.
  private static boolean isInRange(JsonNode one, String version) {
    for (JsonNode range : one.path("ranges")) {
      boolean within = false;
      for (JsonNode event : range.path("events")) {
        if (event.has("introduced")) {
          within |= compare(version, event.get("introduced").asText()) >= 0;
        } else if (event.has("fixed")) {
          within &= compare(version, event.get("fixed").asText()) < 0;
        } else if (event.has("last_affected")) {
          within &= compare(version, event.get("last_affected").asText()) <= 0;
        }
      }
      if (within) {
        return true;
      }
    }
    return false;
  }

  private static int compare(String one, String other) {
    return new ComparableVersion(one).compareTo(new ComparableVersion(other));
  }
}
