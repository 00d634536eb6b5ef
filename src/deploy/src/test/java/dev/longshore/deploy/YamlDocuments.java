package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// YAML as trees. A key that is written twice is refused, as Helm 4 refuses it.
final class YamlDocuments {
  private static final ObjectMapper JSON = new ObjectMapper();

  private YamlDocuments() {}

  /// All documents of a text that are not empty.
  static List<JsonNode> parse(String text) {
    // CRDs are large: the limit for hostile input does not fit them.
    LoadSettings settings =
        LoadSettings.builder()
            .setAllowDuplicateKeys(false)
            .setCodePointLimit(16 << 20)
            // Ansible's word for a text whose braces are not its own.
            .setTagConstructors(Map.of(new Tag("!unsafe"), node -> ((ScalarNode) node).getValue()))
            .build();
    List<JsonNode> documents = new ArrayList<>();
    for (Object document : new Load(settings).loadAllFromString(text)) {
      if (document != null) {
        documents.add(JSON.valueToTree(document));
      }
    }
    return documents;
  }

  static List<JsonNode> parse(Path file) {
    return parse(text(file));
  }

  /// The one document of a file.
  static JsonNode one(Path file) {
    List<JsonNode> documents = parse(file);
    if (documents.size() != 1) {
      throw new IllegalArgumentException(file + " has " + documents.size() + " documents, not one");
    }
    return documents.getFirst();
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
