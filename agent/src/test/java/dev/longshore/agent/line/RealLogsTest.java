package dev.longshore.agent.line;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A person who looks at the log files of real programs sees each event as its program meant it: as
/// one document, with its level, its error's type and its trace.
///
/// Beside each `.log`, which is in the runtime's format, lies `.expect.json`, an entry for each
/// event: `line` and `lines` say where it stands in the file, `level` what `log.level` is
/// (alternatives separated by `|`, null for none), `type` is `error.type`, `trace` that
/// `error.stack_trace` is there, `msg` the message (trailing blank lines do not matter), and the
/// same letter as `fingerprint` means the same `error.fingerprint`, another letter another.
class RealLogsTest {
  private static final Path FOLDER = Path.of("src/test/resources/logs");
  private static final ObjectMapper JSON = new ObjectMapper();

  static List<String> logs() throws IOException {
    return Documents.logsIn(FOLDER);
  }

  @ParameterizedTest
  @MethodSource("logs")
  void isReadAsItsProgramMeantIt(String name) throws IOException {
    byte[] log = Files.readAllBytes(FOLDER.resolve(name + ".log"));
    JsonNode expected = JSON.readTree(FOLDER.resolve(name + ".expect.json").toFile());

    Map<Integer, JsonNode> found = Documents.of(log);

    assertThat(problems(expected, found)).isEmpty();
  }

  private static List<String> problems(JsonNode expected, Map<Integer, JsonNode> found) {
    List<String> problems = new ArrayList<>();
    Map<String, String> fingerprints = new HashMap<>();
    for (JsonNode event : expected) {
      int line = event.get("line").asInt();
      int end = line + event.get("lines").asInt();
      long records = found.keySet().stream().filter(at -> at >= line && at < end).count();
      JsonNode document = found.get(line);
      if (records != 1 || document == null) {
        problems.add("line %d: %d records for one event".formatted(line, records));
      }
      if (document == null) {
        continue;
      }
      String level = Documents.text(document, "/log/level");
      if (event.has("level") && !levels(event.get("level")).contains(String.valueOf(level))) {
        problems.add("line %d: level %s, not %s".formatted(line, level, event.get("level")));
      }
      String type = Documents.text(document, "/error/type");
      if (event.hasNonNull("type") && !event.get("type").asText().equals(type)) {
        problems.add("line %d: error.type %s, not %s".formatted(line, type, event.get("type")));
      }
      if (event.path("trace").asBoolean()
          && Documents.text(document, "/error/stack_trace") == null) {
        problems.add("line %d: no error.stack_trace".formatted(line));
      }
      String message = String.valueOf(Documents.text(document, "/message"));
      if (records == 1
          && !message.stripTrailing().equals(event.get("msg").asText().stripTrailing())) {
        problems.add("line %d: message %s".formatted(line, message));
      }
      if (event.has("fingerprint")) {
        compareFingerprints(
            event,
            line,
            String.valueOf(Documents.text(document, "/error/fingerprint")),
            fingerprints,
            problems);
      }
    }
    return problems;
  }

  private static void compareFingerprints(
      JsonNode event,
      int line,
      String fingerprint,
      Map<String, String> known,
      List<String> problems) {
    String letter = event.get("fingerprint").asText();
    known.forEach(
        (otherLetter, other) -> {
          if (letter.equals(otherLetter) != fingerprint.equals(other)) {
            problems.add("line %d: fingerprint %s against %s".formatted(line, fingerprint, other));
          }
        });
    known.put(letter, fingerprint);
  }

  private static List<String> levels(JsonNode level) {
    return level.isNull() ? List.of("null") : List.of(level.asText().split("\\|", -1));
  }
}
