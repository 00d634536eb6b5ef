package dev.longshore.shared.ops;

import dev.longshore.shared.log.Limited;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The routes as HTTP: which path, which method, how large a body, HEAD, and what a failure looks
/// like.
final class Routes {

  /// @param methods that it allows; GET brings HEAD
  /// @param probe whether it is answered on the listener's own thread, at once
  record Route(Set<String> methods, int maxBodyBytes, boolean probe, OpsRoute answers) {}

  private final Map<String, Route> routeByPath;
  private final Limited warnings;

  Routes(Map<String, Route> routeByPath, Limited warnings) {
    this.routeByPath = Map.copyOf(routeByPath);
    this.warnings = warnings;
  }

  /// The answer to a request, whatever it is.
  OpsReply answer(RequestHead head, RequestBody body) {
    Route route = find(head.path());
    if (route == null) {
      return OpsReply.text(404, "not found; there is " + String.join(", ", paths()));
    }
    String asked = head.method().equals("HEAD") ? "GET" : head.method();
    if (!route.methods().contains(asked)) {
      return OpsReply.text(405, head.method() + " is not allowed here; use " + allowed(route))
          .with("Allow", allowed(route));
    }
    OpsRequest request = new OpsRequest(asked, head.path(), head.query(), head.headers(), body);
    try {
      return route.answers().answer(request);
    } catch (BodyTooLargeException e) {
      return OpsReply.text(413, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OpsReply.text(503, "shutting down");
    } catch (Exception | StackOverflowError e) {
      return failed(head.path(), e);
    }
  }

  /// A failing route is a bug or a fault of what it shows; either way it stays within this request.
  OpsReply failed(String path, Throwable e) {
    warnings.warn(
        path,
        event -> {
          var _ = event.setMessage("an ops request failed").addKeyValue("path", path).setCause(e);
        });
    return OpsReply.text(500, "failed: " + e);
  }

  /// The exact path, else the longest route that ends with `/` and is above it.
  @Nullable Route find(String path) {
    Route exact = routeByPath.get(path);
    for (int slash = path.lastIndexOf('/');
        exact == null && slash >= 0;
        slash = path.lastIndexOf('/', slash - 1)) {
      exact = routeByPath.get(path.substring(0, slash + 1));
    }
    return exact;
  }

  private static String allowed(Route route) {
    TreeSet<String> methods = new TreeSet<>(route.methods());
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return String.join(", ", methods);
  }

  private Set<String> paths() {
    return new TreeSet<>(routeByPath.keySet());
  }
}
