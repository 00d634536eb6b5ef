package dev.longshore.shared.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/// Writes the product's state as JSON.
@FunctionalInterface
public interface StatusSource {

  /// Writes the members of one object, whose braces are the caller's; from any thread.
  void writeMembers(JsonGenerator json) throws IOException;
}
