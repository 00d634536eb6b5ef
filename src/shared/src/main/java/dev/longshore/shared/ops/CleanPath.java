package dev.longshore.shared.ops;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Paths with one slash where there are several, and without `.` and `..`, as Go's servers clean
/// them: clients that join an address and a path with a slash too many are used to that.
final class CleanPath {
  private CleanPath() {}

  /// The path without what says nothing. A slash at its end stays.
  ///
  /// @param path begins with a slash
  static String of(String path) {
    if (!path.contains("//") && !path.contains("/.")) {
      return path;
    }
    Deque<String> parts = new ArrayDeque<>();
    String last = "";
    for (String part : path.split("/", -1)) {
      last = part;
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    String clean = "/" + String.join("/", parts);
    return last.isEmpty() && !parts.isEmpty() ? clean + "/" : clean;
  }

  /// Where a client is sent that asked for another path.
  ///
  /// @param clean begins with one slash
  /// @param query as it was sent
  static String location(String clean, String query) {
    try {
      // Encodes whatever could end the header, or the path in it.
      String path = new URI(null, null, clean, null).toASCIIString();
      return query.isEmpty() ? path : path + "?" + query;
    } catch (URISyntaxException e) {
      return "/";
    }
  }
}
