package dev.longshore.agent.enrich;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads one kind of Kubernetes object.
interface ObjectReader<T> {

  /// An object as it was read.
  ///
  /// @param resourceVersion where a watch goes on after it, or empty
  /// @param value what is kept of it; null when it is none of ours, as in a bookmark
  record Item<T>(String resourceVersion, @Nullable T value) {}

  /// Reads the object that starts at the parser's current token, and stops at its end.
  ///
  /// @throws IOException when the JSON is broken or ends early
  Item<T> read(JsonParser json) throws IOException;
}
