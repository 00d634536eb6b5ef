package dev.longshore.agent.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.frame.Framed.Found;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What real runtimes print is framed as the `.json` beside each `.log` says: a record a line. The
/// first word of a file's name is its format. `-Dgolden.write=true` writes what is found now; read
/// the difference before it is committed.
class FramingGoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/frame");

  static List<String> logs() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".log"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("logs")
  void framesLikeTheGoldenFile(String log) throws IOException {
    byte[] bytes = Files.readAllBytes(FOLDER.resolve(log));
    LogFormat format =
        switch (log.substring(0, log.indexOf('-'))) {
          case "cri" -> LogFormat.CRI;
          case "docker" -> LogFormat.DOCKER_JSON;
          default -> LogFormat.PLAIN;
        };

    Framed framed = Framed.auto().begin(format).feed(bytes, true, Duration.ZERO).closeAll();

    String found =
        framed.records().stream()
            .map(FramingGoldenTest::json)
            .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    Path golden = FOLDER.resolve(log.replace(".log", ".json"));
    if (Boolean.getBoolean("golden.write")) {
      write(golden, found);
    }
    assertThat(found).isEqualTo(Files.readString(golden));
  }

  private static void write(Path golden, String text) {
    try {
      Files.writeString(golden, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String json(Found found) {
    String raw =
        new String(found.raw().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    String lines =
        raw.lines()
            .map(FramingGoldenTest::message)
            .map(
                line ->
                    "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(line)) + "\"")
            .collect(Collectors.joining(",\n    "));
    return "{\"stream\":\"%s\",\"start\":%d,\"span\":%d,\"flags\":%s,\"lines\":[\n    %s]}"
        .formatted(
            found.stream(),
            found.start(),
            found.span(),
            found.flags().stream()
                .map(flag -> "\"" + flag + "\"")
                .collect(Collectors.joining(",", "[", "]")),
            lines);
  }

  /// The line without a CRI prefix, which would only hide what matters.
  private static String message(String line) {
    return line.replaceFirst("^\\d{4}-\\d\\d-\\d\\dT[^ ]+ std(out|err) ", "");
  }
}
