package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A name may hold any bytes but `/` and NUL: such a file or folder is followed, or ignored with
/// one warning, whatever the locale; the others are read. The environment is empty, as in an image
/// without `LANG`, so the tail runs in a process of its own.
class FileNameTest {
  @TempDir Path folder;

  @BeforeEach
  void write() throws Exception {
    // By a shell, which takes names as bytes.
    String script =
        """
        mkdir -p logs/plain "logs/straße" "$(printf 'logs/\\377dir')"
        line() { printf '2026-11-23T05:48:55.00000000%sZ stdout F %s\\n' "$1" "$2" > "$3"; }
        line 1 plain logs/plain/app.log
        line 2 umlaut "logs/plain/größe.log"
        line 3 folder "logs/straße/app.log"
        line 4 invalid "$(printf 'logs/plain/\\377\\376.log')"
        line 5 newline "$(printf 'logs/plain/a\\nb.log')"
        line 6 invalidfolder "$(printf 'logs/\\377dir')/app.log"
        """;
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", script).directory(folder.toFile());
    assertThat(shell.redirectErrorStream(true).start().waitFor()).isZero();
  }

  @Test
  void theImagesLocaleReadsEveryNameThatIsUtf8() throws Exception {
    assertThat(ProjectFolder.find().resolve("Dockerfile")).content().contains("ENV LANG=C.UTF-8");

    String output = run(List.of("LANG=C.UTF-8"));

    assertThat(output).contains("read: [folder, plain, umlaut] ignored: 3");
    assertThat(lines(output, "file ignored")).hasSize(3);
  }

  @Test
  void whatTheLocaleCannotNameIsIgnored() throws Exception {
    String output = run(List.of());

    assertThat(output).contains("read: [plain] ignored: 5");
    assertThat(lines(output, "file ignored"))
        .hasSize(5)
        .allMatch(line -> line.contains("LANG=C.UTF-8"));
  }

  private static List<String> lines(String output, String text) {
    return output.lines().filter(line -> line.contains(text)).toList();
  }

  private String run(List<String> environment) throws Exception {
    List<String> command = new ArrayList<>(List.of("env", "-i"));
    command.addAll(environment);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            folder.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /// What runs with an empty environment.
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      try (TailFixture fixture =
          new TailFixture(
              Path.of(arguments[0]), List.of("logs/**/*.log"), DataSize.ofMiB(1), false)) {
        fixture.start();
        fixture.look();
        // Longer than a warning is left out for.
        fixture.clock.advance(Duration.ofSeconds(15));
        fixture.look();
        System.out.println(
            "read: "
                + fixture.reader.messages().stream().sorted().toList()
                + " ignored: "
                + fixture.ignored().size());
      }
    }
  }
}
