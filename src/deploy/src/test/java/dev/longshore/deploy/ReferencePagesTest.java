package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The pages that list fields, flags and annotations list all that there are, and no other.
class ReferencePagesTest {
  private static final Path ROOT = ProjectFolder.find();
  private static final Path TEMPLATES =
      ROOT.resolve("src/shared/src/main/resources/dev/longshore/shared/elastic");
  private static final Path AGENT = ROOT.resolve("agent/src/main/java/dev/longshore/agent");

  @Test
  void eachFieldOfADocumentIsListedWithItsType() throws IOException {
    Map<String, String> fields = new TreeMap<>();
    leaves("", mappings("logs-template.json"), fields);
    fields.put("numbers", "object of doubles");

    assertThat(table("documents.md", "Fields")).isEqualTo(fields);
  }

  @Test
  void eachFieldOfADeadLetterIsListedWithItsType() throws IOException {
    Map<String, String> fields = new TreeMap<>();
    leaves("", mappings("dead-letters-template.json"), fields);
    fields.keySet().removeIf(it -> it.startsWith("kubernetes.") || it.startsWith("log."));

    assertThat(table("documents.md", "Dead letter documents")).isEqualTo(fields);
  }

  @Test
  void eachFlagIsListed() throws IOException {
    Matcher marks =
        Pattern.compile("(?m)^  ([A-Z][A-Z0-9_]+)[,;]$")
            .matcher(Files.readString(AGENT.resolve("ship/encode/Mark.java")));
    List<String> flags = marks.results().map(it -> it.group(1).toLowerCase(Locale.ROOT)).toList();

    assertThat(table("documents.md", "Flags").keySet()).isNotEmpty().hasSameElementsAs(flags);
  }

  @Test
  void eachAnnotationIsListed() throws IOException {
    String source = Files.readString(AGENT.resolve("enrich/ControlAnnotations.java"));
    int from = source.indexOf("Set<String> NAMES");
    String names = source.substring(from, source.indexOf(';', from));
    var annotations = new TreeSet<String>();
    Pattern.compile("\"([a-z-]+)\"")
        .matcher(names)
        .results()
        .forEach(it -> annotations.add("longshore.dev/" + it.group(1)));

    assertThat(table("annotations.md", "Annotations").keySet())
        .hasSizeGreaterThan(5)
        .hasSameElementsAs(annotations);
  }

  @Test
  void theExampleDocumentHasFieldsOfTheMapping() throws IOException {
    String example = Markdown.read(ROOT.resolve("docs/documents.md")).snippets().getFirst().text();

    JsonNode mapping = mappings("logs-template.json");
    assertThat(unknown("", new ObjectMapper().readTree(example), mapping)).isEmpty();
  }

  private static List<String> unknown(String path, JsonNode node, JsonNode mapping) {
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String name = path + member.getKey();
      JsonNode field = mapping.path("properties").path(member.getKey());
      if (field.isMissingNode()) {
        unknown.add(name);
      } else if (field.has("properties")) {
        unknown.addAll(unknown(name + ".", member.getValue(), field));
      }
    }
    return unknown;
  }

  private static JsonNode mappings(String template) throws IOException {
    return new ObjectMapper().readTree(TEMPLATES.resolve(template).toFile()).get("mappings");
  }

  private static void leaves(String path, JsonNode node, Map<String, String> fields) {
    for (Map.Entry<String, JsonNode> member : node.path("properties").properties()) {
      String name = path + member.getKey();
      if (member.getValue().has("properties")) {
        leaves(name + ".", member.getValue(), fields);
      } else {
        fields.put(name, member.getValue().path("type").asText("object"));
      }
    }
  }

  /// First and second column of the tables under a heading; the first without its backticks.
  private static Map<String, String> table(String page, String heading) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    boolean under = false;
    for (String line : Files.readAllLines(ROOT.resolve("docs").resolve(page))) {
      if (line.startsWith("#")) {
        under = line.replaceFirst("#+ ", "").equals(heading);
      } else if (under && line.startsWith("| `")) {
        String[] cells = line.split(" \\| ", -1);
        rows.put(cells[0].substring(2).replace("`", "").strip(), cells[1].strip());
      }
    }
    return rows;
  }
}
