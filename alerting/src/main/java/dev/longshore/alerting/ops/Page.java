package dev.longshore.alerting.ops;

import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRoute;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.Surface;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The page for people, which links in messages lead to: what fires and why, silences, rules and
/// notifications. It is static files in the folder `ui` beside this class, modules of JavaScript
/// that ask the API from the browser; nothing comes from another host, and no script is in the
/// markup. Its one library, [Uplot], comes from this server as well.
final class Page {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
          + " data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final List<String> FILES =
      List.of(
          "page.css",
          "start.js",
          "main.js",
          "api.js",
          "router.js",
          "dom.js",
          "matchers.js",
          "groups.js",
          "time.js",
          "texts.js",
          "header.js",
          "alerts.js",
          "actions.js",
          "acknowledge.js",
          "silences.js",
          "silence-form.js",
          "silence-rules.js",
          "why.js",
          "timeline.js",
          "rules.js",
          "fleet.js",
          "notifications.js",
          "status.js");

  private Page() {}

  /// @param prefix empty, or begins with a slash and does not end with one
  static void addTo(OpsServer server, String prefix) {
    String root = prefix + "/";
    OpsReply page = file("index.html");
    get(
        server,
        root,
        request ->
            request.path().equals(root)
                ? page
                : OpsReply.text(404, "there is no " + request.path()));
    if (!prefix.isEmpty()) {
      OpsReply redirect = OpsReply.text(302, "the page is at " + root).with("Location", root);
      get(server, prefix, _ -> redirect);
      get(
          server,
          "/",
          request ->
              request.path().equals("/")
                  ? redirect
                  : OpsReply.text(404, "not found; the page is at " + root));
    }
    String folder = root + "ui/";
    Map<String, OpsReply> files = new HashMap<>();
    FILES.forEach(name -> files.put(folder + name, file(name)));
    files.put(folder + "uplot.js", reply("uplot.js", Uplot.module()));
    files.put(folder + "uplot.css", reply("uplot.css", Uplot.style()));
    get(
        server,
        folder,
        request -> {
          OpsReply found = files.get(request.path());
          return found == null ? OpsReply.text(404, "there is no " + request.path()) : found;
        });
  }

  private static void get(OpsServer server, String path, OpsRoute route) {
    server.route(path, Set.of("GET"), 0, Need.read(Surface.PAGE), route);
  }

  private static OpsReply file(String name) {
    try (InputStream in = Page.class.getResourceAsStream("ui/" + name)) {
      if (in == null) {
        throw new IllegalStateException("ui/" + name + " is not in the jar");
      }
      return reply(name, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OpsReply reply(String name, byte[] content) {
    return new OpsReply(200, type(name), content).with("Content-Security-Policy", POLICY);
  }

  private static String type(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      default -> "text/javascript; charset=utf-8";
    };
  }
}
