package dev.longshore.agent.line;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockOutput;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.frame.FrameRules;
import dev.longshore.agent.frame.Framer;
import dev.longshore.agent.ship.encode.Encoder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".log"))
          .map(name -> name.substring(0, name.length() - ".log".length()))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("logs")
  void isReadAsItsProgramMeantIt(String name) throws IOException {
    byte[] log = Files.readAllBytes(FOLDER.resolve(name + ".log"));
    JsonNode expected = JSON.readTree(FOLDER.resolve(name + ".expect.json").toFile());

    Map<Integer, JsonNode> found = documents(log);

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
      String level = text(document, "/log/level");
      if (event.has("level") && !levels(event.get("level")).contains(String.valueOf(level))) {
        problems.add("line %d: level %s, not %s".formatted(line, level, event.get("level")));
      }
      String type = text(document, "/error/type");
      if (event.hasNonNull("type") && !event.get("type").asText().equals(type)) {
        problems.add("line %d: error.type %s, not %s".formatted(line, type, event.get("type")));
      }
      if (event.path("trace").asBoolean() && text(document, "/error/stack_trace") == null) {
        problems.add("line %d: no error.stack_trace".formatted(line));
      }
      String message = String.valueOf(text(document, "/message"));
      if (records == 1
          && !message.stripTrailing().equals(event.get("msg").asText().stripTrailing())) {
        problems.add("line %d: message %s".formatted(line, message));
      }
      if (event.has("fingerprint")) {
        compareFingerprints(
            event,
            line,
            String.valueOf(text(document, "/error/fingerprint")),
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
    return level.isNull() ? List.of("null") : List.of(level.asText().split("\\|"));
  }

  private static @Nullable String text(JsonNode document, String pointer) {
    JsonNode at = document.at(pointer);
    return at.isMissingNode() || at.isNull() ? null : at.asText();
  }

  /// The documents of a log, by the number of the line with which each begins.
  private static Map<Integer, JsonNode> documents(byte[] log) {
    int begin = 0;
    while (log[begin] == 0) {
      begin++;
    }
    Framer framer =
        new Framer(
            FrameConfig.defaults(),
            FrameRules.of(FrameConfig.defaults()),
            new FrameMetrics(new SimpleMeterRegistry()));
    framer.begin(new Position(new GenerationId(1, 1), begin, begin), LogFormat.CRI);
    Encoder encoder = new Encoder();
    BulkBody body = new BulkBody(1024);
    Map<Integer, JsonNode> documents = new HashMap<>();
    Block scratch = new Block(1024);
    BlockOutput out =
        block -> {
          block.snapshot(
              new Snapshot(
                  new ContainerRef("shop", "checkout-7d9f", "4f7c", "checkout"),
                  "logs-kubernetes.container_logs-default",
                  "\"kubernetes\":{\"namespace\":\"shop\"}".getBytes(StandardCharsets.UTF_8),
                  "/var/log/pods/shop_checkout-7d9f_4f7c/checkout/0.log",
                  true,
                  List.of()));
          RecordCursor cursor = new RecordCursor();
          cursor.over(block);
          for (int ordinal = 0; cursor.advance(); ordinal++) {
            body.clear();
            encoder.encode(block, cursor, 1, ordinal, false, body);
            String[] item =
                new String(body.bytes(), 0, body.length(), StandardCharsets.UTF_8).split("\n", 3);
            try {
              documents.put(lineNumber(log, cursor.start()), JSON.readTree(item[1]));
            } catch (IOException e) {
              throw new UncheckedIOException(item[1], e);
            }
          }
        };
    framer.feed(log, begin, log.length - begin, begin, true, 0, scratch, out);
    framer.closeAll(scratch, out);
    return documents;
  }

  private static int lineNumber(byte[] log, long offset) {
    int lines = 0;
    for (int i = 0; i < offset; i++) {
      lines += log[i] == '\n' ? 1 : 0;
    }
    return lines;
  }
}
