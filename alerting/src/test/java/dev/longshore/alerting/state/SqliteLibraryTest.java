package dev.longshore.alerting.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed leaves no library of SQLite behind: the next one finds it beside the
/// database, and it is the one that its driver has.
final class SqliteLibraryTest {
  @TempDir Path dir;

  /// What [Opened] does with the folders of this test.
  private Process open() throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + Files.createDirectories(dir.resolve("tmp")),
            "-cp",
            System.getProperty("java.class.path"),
            Opened.class.getName(),
            dir.resolve("state").toString())
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("output").toFile())
        .start();
  }

  /// Opens a database and ends as if it were killed: without what a JVM does at its end.
  static final class Opened {
    private Opened() {}

    public static void main(String[] arguments) {
      Database database = Database.open(Path.of(arguments[0]), List.of(), Clock.system());
      System.out.println(database.problemAtStart());
      Runtime.getRuntime().halt(0);
    }
  }

  private void openAndKill() throws IOException, InterruptedException {
    assertThat(open().waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(dir.resolve("output")).content().endsWith("null\n");
  }

  private List<Path> libraries() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("state"))) {
      return files.filter(it -> it.getFileName().toString().contains("sqlitejdbc")).toList();
    }
  }

  @Test
  void killedProcessesLeaveOneLibraryWhateverWasThere() throws Exception {
    openAndKill();
    Path library = libraries().getFirst();
    byte[] content = Files.readAllBytes(library);

    openAndKill();
    Files.writeString(library, "of another version");
    Files.writeString(library.resolveSibling(library.getFileName() + ".new"), "half wri");
    openAndKill();

    assertThat(libraries()).containsExactly(library);
    assertThat(library).hasBinaryContent(content);
    assertThat(dir.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void aFolderInWhichItCanNotBeKeptIsUsedAllTheSame() throws Exception {
    openAndKill();
    Path library = libraries().getFirst();
    Files.delete(library);
    Files.createDirectories(library.resolve("in the way"));

    openAndKill();

    assertThat(dir.resolve("output"))
        .content()
        .contains("SQLite's library is not kept in state.dir");
  }
}
