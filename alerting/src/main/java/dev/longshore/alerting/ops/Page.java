package dev.longshore.alerting.ops;

import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// The page that links in messages lead to: what fires, why, and silences. It is three files beside
/// this class that ask the API from the browser.
final class Page {
  private Page() {}

  /// @param prefix empty, or begins with a slash and does not end with one
  static void addTo(OpsServer server, String prefix) {
    String root = prefix + "/";
    OpsReply page = file("page.html", "text/html; charset=utf-8");
    server.get(
        root,
        request ->
            request.path().equals(root)
                ? page
                : OpsReply.text(404, "there is no " + request.path()));
    OpsReply script = file("page.js", "text/javascript; charset=utf-8");
    server.get(root + "page.js", _ -> script);
    OpsReply style = file("page.css", "text/css; charset=utf-8");
    server.get(root + "page.css", _ -> style);
  }

  private static OpsReply file(String name, String type) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new OpsReply(200, type, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
