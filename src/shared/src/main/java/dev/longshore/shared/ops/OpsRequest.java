package dev.longshore.shared.ops;

import dev.longshore.shared.web.Caller;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request to a route of the ops server.
///
/// @param method `GET` or another that the route allows; a HEAD comes as GET
/// @param path the full path, percent-decoded
/// @param query as it was sent, without the question mark; empty when there is none
/// @param headers by their names in lower case; those that came twice joined by a comma
/// @param stream the body as it arrives. Reading beyond what the route allows throws
///   [BodyTooLargeException], and when the client is too slow an IOException.
/// @param caller who sent it
public record OpsRequest(
    String method,
    String path,
    String query,
    Map<String, String> headers,
    InputStream stream,
    Caller caller) {

  /// The whole body; no longer than its route allows.
  public byte[] body() throws IOException {
    return stream.readAllBytes();
  }

  /// A header, or null; in any case of letters.
  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }
}
