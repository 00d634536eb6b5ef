package dev.longshore.shared.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.longshore.shared.log.Limited;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The routes as HTTP: which path, which method, how large a body, HEAD, and what a failure looks
/// like.
final class Routes implements HttpHandler {

  /// @param methods that it allows; GET brings HEAD
  record Route(Set<String> methods, int maxBodyBytes, OpsRoute answers) {}

  private final Map<String, Route> routeByPath;
  private final Limited warnings;

  Routes(Map<String, Route> routeByPath, Limited warnings) {
    this.routeByPath = Map.copyOf(routeByPath);
    this.warnings = warnings;
  }

  @Override
  public void handle(HttpExchange http) throws IOException {
    try (http) {
      OpsReply reply = reply(http);
      boolean head = http.getRequestMethod().equals("HEAD");
      http.getResponseHeaders().set("Content-Type", reply.contentType());
      http.getResponseHeaders().set("Cache-Control", "no-store");
      if (head) {
        http.getResponseHeaders().set("Content-Length", Integer.toString(reply.body().length));
      }
      // The JDK's server says −1 for "no body" and 0 for "of unknown length".
      int length = reply.body().length;
      http.sendResponseHeaders(reply.status(), head || length == 0 ? -1 : length);
      if (!head && length > 0) {
        http.getResponseBody().write(reply.body());
      }
    }
  }

  private OpsReply reply(HttpExchange http) throws IOException {
    String path = http.getRequestURI().getPath();
    Route route = path == null ? null : find(path);
    if (route == null) {
      return OpsReply.text(404, "not found; there is " + String.join(", ", paths()));
    }
    String method = http.getRequestMethod();
    String asked = method.equals("HEAD") ? "GET" : method;
    if (!route.methods().contains(asked)) {
      http.getResponseHeaders().set("Allow", allowed(route));
      return OpsReply.text(405, method + " is not allowed here; use " + allowed(route));
    }
    byte[] body = http.getRequestBody().readNBytes(route.maxBodyBytes() + 1);
    if (body.length > route.maxBodyBytes()) {
      http.getResponseHeaders().set("Connection", "close");
      return OpsReply.text(413, "the body is above " + route.maxBodyBytes() + " bytes");
    }
    String query = http.getRequestURI().getRawQuery();
    return answer(route, new OpsRequest(asked, path, query == null ? "" : query, body));
  }

  /// A failing route is a bug or a fault of what it shows; either way it stays within this request.
  private OpsReply answer(Route route, OpsRequest request) {
    try {
      return route.answers().answer(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OpsReply.text(503, "shutting down");
    } catch (Exception e) {
      warnings.warn(
          request.path(),
          event -> {
            var _ =
                event
                    .setMessage("an ops request failed")
                    .addKeyValue("path", request.path())
                    .setCause(e);
          });
      return OpsReply.text(500, "failed: " + e);
    }
  }

  /// The exact path, else the longest route that ends with `/` and is above it.
  private @Nullable Route find(String path) {
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
