package dev.longshore.agent.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the usual loggers and servers print becomes one document an event, with its level and its
/// error, whether its events come at once or apart.
///
/// `events/*.txt` hold examples. `=== name` begins one; `>> level type trace` begins an event,
/// whose lines follow: `log.level` and `error.type`, `-` for none, and `trace` where there is an
/// `error.stack_trace`. `␛`, `␍` and `␀` stand for ESC, CR and NUL, and `·` for a blank in a type.
class FrameworkEventsTest {
  private static final Path FOLDER = Path.of("src/test/resources/events");
  private static final String NONE = "-";

  /// What is expected of an event.
  record Event(String level, String type, boolean trace, List<String> lines) {}

  /// Several events of one program.
  record Example(String name, List<Event> events) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.sorted().toList()) {
        String text = Files.readString(file);
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
          if (line.startsWith("=== ")) {
            examples.add(
                new Example(
                    file.getFileName() + ": " + line.substring("=== ".length()),
                    new ArrayList<>()));
          } else if (line.startsWith(">> ")) {
            String[] words = line.split(" ", -1);
            examples
                .getLast()
                .events()
                .add(
                    new Event(
                        words[1], words[2].replace('·', ' '), words.length > 3, new ArrayList<>()));
          } else {
            examples
                .getLast()
                .events()
                .getLast()
                .lines()
                .add(line.replace('␛', '\u001b').replace('␍', '\r').replace('␀', '\0'));
          }
        }
      }
    }
    return examples;
  }

  @ParameterizedTest
  @MethodSource("examples")
  void areReadWhenTheyComeAtOnce(Example example) {
    assertThat(problems(example, Duration.ofNanos(20_000))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void areReadWhenTheyComeApart(Example example) {
    assertThat(problems(example, Duration.ofMillis(300))).isEmpty();
  }

  private static List<String> problems(Example example, Duration betweenEvents) {
    StringBuilder log = new StringBuilder();
    Instant time = Instant.parse("2026-11-28T12:00:00.000000001Z");
    for (Event event : example.events()) {
      for (String line : event.lines()) {
        log.append(time).append(" stdout F ").append(line).append('\n');
        time = time.plusNanos(20_000);
      }
      time = time.plus(betweenEvents);
    }
    SortedMap<Integer, JsonNode> documents = Documents.of(log.toString().getBytes(UTF_8));
    List<String> problems = new ArrayList<>();
    int line = 0;
    for (Event event : example.events()) {
      SortedMap<Integer, JsonNode> found = documents.subMap(line, line + event.lines().size());
      JsonNode document = documents.get(line);
      String first = "\"" + event.lines().getFirst() + "\"";
      if (document == null || found.size() != 1) {
        problems.add(first + " begins " + found.size() + " records: " + found.keySet());
      }
      if (document != null) {
        String description = describe(document);
        String wanted = event.level() + " " + event.type() + (event.trace() ? " trace" : "");
        if (!description.equals(wanted)) {
          problems.add(first + " is " + description + " and not " + wanted);
        }
      }
      line += event.lines().size();
    }
    return problems;
  }

  private static String describe(JsonNode document) {
    String level = Documents.text(document, "/log/level");
    String type = Documents.text(document, "/error/type");
    boolean trace = Documents.text(document, "/error/stack_trace") != null;
    return (level == null ? NONE : level)
        + " "
        + (type == null ? NONE : type)
        + (trace ? " trace" : "");
  }
}
