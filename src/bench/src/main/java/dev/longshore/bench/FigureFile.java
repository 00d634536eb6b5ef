package dev.longshore.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A JSON file with the figures of several rows, each under its key. What else is in it stays.
record FigureFile(Path file) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// @throws IOException when the file holds no JSON object, or can't be written
  void put(String key, ObjectNode figures) throws IOException {
    ObjectNode whole = JSON.createObjectNode();
    if (Files.exists(file) && Files.size(file) > 0) {
      JsonNode there = JSON.readTree(Files.readString(file));
      if (!(there instanceof ObjectNode object)) {
        throw new IOException(file + " holds no JSON object, to which figures could be added");
      }
      whole = object;
    }
    whole.set(key, figures);
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(whole) + "\n");
  }
}
