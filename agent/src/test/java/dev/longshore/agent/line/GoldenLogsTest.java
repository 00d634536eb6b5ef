package dev.longshore.agent.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What real programs print becomes the events that the `.events.json` beside each file names: the
/// first and the last of its lines, `log.level`, `error.type`, and whether there is an
/// `error.stack_trace`. The files are in the runtime's format, with the time and stream of each
/// line. `resources/golden/README.md` says which program of which version wrote each.
///
/// `-Dgolden.write=true` writes what is found now; read the difference before it is committed.
class GoldenLogsTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_CHARACTERS = 100;

  static List<String> logs() throws IOException {
    return Documents.logsIn(FOLDER);
  }

  @ParameterizedTest
  @MethodSource("logs")
  void isReadAsItsProgramMeantIt(String name) throws IOException {
    byte[] log = Files.readAllBytes(FOLDER.resolve(name + ".log"));

    String events = describe(new String(log, UTF_8).split("\n", -1), Documents.of(log));

    Path expected = FOLDER.resolve(name + ".events.json");
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(expected, events);
    }
    assertThat(events).isEqualTo(Files.readString(expected));
  }

  private static String describe(String[] lines, SortedMap<Integer, JsonNode> documents)
      throws IOException {
    List<String> events = new ArrayList<>();
    for (Map.Entry<Integer, JsonNode> found : documents.entrySet()) {
      JsonNode document = found.getValue();
      events.add(
          "{\"line\":%d,\"begins\":%s,\"ends\":%s,\"level\":%s,\"type\":%s,\"trace\":%b}"
              .formatted(
                  found.getKey(),
                  JSON.writeValueAsString(text(lines[found.getKey()])),
                  lastLine(document),
                  JSON.writeValueAsString(Documents.text(document, "/log/level")),
                  JSON.writeValueAsString(Documents.text(document, "/error/type")),
                  Documents.text(document, "/error/stack_trace") != null));
    }
    return String.join(",\n", events).transform(text -> "[\n" + text + "\n]\n");
  }

  private static String lastLine(JsonNode document) throws IOException {
    String message = String.valueOf(Documents.text(document, "/message"));
    int feed = message.lastIndexOf('\n');
    return feed < 0 ? "null" : JSON.writeValueAsString(shortened(message.substring(feed + 1)));
  }

  /// A CRI line without its prefix.
  private static String text(String line) {
    String[] fields = line.split(" ", 4);
    return fields.length < 4 ? "" : shortened(fields[3]);
  }

  private static String shortened(String text) {
    return text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text;
  }
}
