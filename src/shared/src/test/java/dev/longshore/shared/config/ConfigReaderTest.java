package dev.longshore.shared.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the file says is what the code gets; what it doesn't say is the default; and the values in
/// force can be shown and read again.
class ConfigReaderTest {
  @TempDir private Path folder;

  /// Go and Helm write U+2028 and U+2029 so; a backslash that is no escape stays one.
  @Test
  void readsSeparatorsOfLinesAndParagraphsAsGoWritesThem() throws IOException {
    Section root =
        read(
                """
                text: "one\\L\\_two\\P🚢\\Lthree \\\\L"
                plain: C:\\Logs
                """,
                Map.of())
            .root();

    assertThat(root.string("text", "", "Text."))
        .isEqualTo("one\u2028\u00a0two\u2029🚢\u2028three \\L");
    assertThat(root.string("plain", "", "Text.")).isEqualTo("C:\\Logs");
  }

  /// As Helm and other templates leave them around what they make.
  @Test
  void emptyDocumentsBesideTheOneThatHoldsSomethingArePassedOver() throws IOException {
    for (String text :
        List.of(
            "text: a\n---\n", "---\n# none\n---\ntext: a\n---\n# end\n...\n", "text: a\n...\n")) {
      assertThat(read(text, Map.of()).root().string("text", "", "Text.")).as(text).isEqualTo("a");
    }
  }

  @Test
  void readsEveryType() throws IOException {
    Section root =
        read(
                """
                text: 5
                quoted: "a # b"
                flag: true
                count: 12
                wait: 1h30m
                limit: 256KiB
                word: java
                file: /etc/ca.pem
                many: [a, "b c"]
                one: single
                urls: "https://es-1:9200/, http://es-2:9200/base"
                nested: {deep: {key: value}}
                rules:
                  - name: errors
                  - name: latency
                """,
                Map.of())
            .root();

    assertThat(root.string("text", "", "Text.")).isEqualTo("5");
    assertThat(root.string("quoted", "", "Text.")).isEqualTo("a # b");
    assertThat(root.bool("flag", false, "A flag.")).isTrue();
    assertThat(root.integer("count", 1, 1, 100, "A number.")).isEqualTo(12);
    assertThat(root.duration("wait", Duration.ZERO, Duration.ZERO, Duration.ofDays(1), "A wait."))
        .isEqualTo(Duration.ofMinutes(90));
    assertThat(root.dataSize("limit", kib(1), kib(1), kib(1024), "A limit.")).isEqualTo(kib(256));
    assertThat(root.oneOf("word", "auto", List.of("auto", "java"), "A word.")).isEqualTo("java");
    assertThat(root.path("file", Path.of("/x"), "A file.")).isEqualTo(Path.of("/etc/ca.pem"));
    assertThat(root.strings("many", List.of(), "Texts.")).containsExactly("a", "b c");
    assertThat(root.strings("one", List.of(), "Texts.")).containsExactly("single");
    assertThat(root.uris("urls", List.of(), "Servers."))
        .containsExactly(URI.create("https://es-1:9200"), URI.create("http://es-2:9200/base"));
    Section deep = root.section("nested", "A section.").section("deep", "Another.");
    assertThat(deep.string("key", "", "A key.")).isEqualTo("value");
    assertThat(root.sections("rules", "Rules."))
        .extracting(rule -> rule.requiredString("name", "Its name."))
        .containsExactly("errors", "latency");
  }

  @Test
  void relativePathsBeginInTheFolderOfTheFile() throws IOException {
    ConfigReader reader =
        read("password: secrets/es\nca: ../ca.pem\nkey: /etc/key.pem\nopen: ${OPEN:}\n", Map.of());

    Section root = reader.root();
    Path here = folder.toAbsolutePath();
    assertThat(root.optionalPath("password", "A file.")).isEqualTo(here.resolve("secrets/es"));
    assertThat(root.path("ca", Path.of("/x"), "A file.")).isEqualTo(here.resolveSibling("ca.pem"));
    assertThat(root.optionalPath("key", "A file.")).isEqualTo(Path.of("/etc/key.pem"));
    assertThat(root.optionalPath("open", "A file.")).isNull();
    assertThat(root.path("absent", Path.of("/var/lib/x"), "A folder."))
        .isEqualTo(Path.of("/var/lib/x"));
    reader.finish();
    assertThat(reader.effective()).contains("password: " + here.resolve("secrets/es"));
  }

  @Test
  void takesTheDefaultWhereTheFileSaysNothing() throws IOException {
    Section root = read("empty:\nnothing: ~\nsection:\nother: 1", Map.of()).root();

    assertThat(root.string("absent", "standard", "Text.")).isEqualTo("standard");
    assertThat(root.string("empty", "standard", "Text.")).isEqualTo("standard");
    assertThat(root.optionalString("nothing", "Text.")).isNull();
    assertThat(root.secret("password", "A secret.")).isNull();
    assertThat(root.section("section", "A section.").bool("flag", true, "A flag.")).isTrue();
    assertThat(root.sections("rules", "Rules.")).isEmpty();
  }

  @Test
  void anIpv6AddressThatIsAUrlsHostIsPutIntoBrackets() throws IOException {
    Map<String, String> env = Map.of("IP", "fd00::10", "MAC", "aa:bb", "TEN", "10.0.0.1");
    Section root =
        read(
                """
            server: https://${IP}:${PORT:9200}
            alone: http://${IP}
            folder: http://${IP}/x
            four: http://${TEN}:9200
            other: http://${MAC}:9200
            user: http://${IP}x:9200
            plain: ${IP}
            bracketed: http://[${IP}]:9200
            """,
                env)
            .root();

    assertThat(root.string("server", "", "Text.")).isEqualTo("https://[fd00::10]:9200");
    assertThat(root.string("alone", "", "Text.")).isEqualTo("http://[fd00::10]");
    assertThat(root.string("folder", "", "Text.")).isEqualTo("http://[fd00::10]/x");
    assertThat(root.string("four", "", "Text.")).isEqualTo("http://10.0.0.1:9200");
    assertThat(root.string("other", "", "Text.")).isEqualTo("http://aa:bb:9200");
    assertThat(root.string("user", "", "Text.")).isEqualTo("http://fd00::10x:9200");
    assertThat(root.string("plain", "", "Text.")).isEqualTo("fd00::10");
    assertThat(root.string("bracketed", "", "Text.")).isEqualTo("http://[fd00::10]:9200");
  }

  @Test
  void putsEnvironmentVariablesIn() throws IOException {
    Map<String, String> env = Map.of("HOST", "es-1", "EMPTY", "", "TRICK", "${HOST}: [x]");
    Section root =
        read(
                """
                url: http://${HOST}:${PORT:9200}/
                unset: ${USER_NAME:}
                empty: ${EMPTY:not this}
                literal: $${HOST} costs 5$
                again: ${TRICK}
                list: ["${HOST}"]
                quoted: "${HOST:a}-${B:b:c}"
                """,
                env)
            .root();

    assertThat(root.string("url", "", "Text.")).isEqualTo("http://es-1:9200/");
    assertThat(root.optionalString("unset", "Text.")).isNull();
    assertThat(root.optionalString("empty", "Text.")).isNull();
    assertThat(root.string("literal", "", "Text.")).isEqualTo("${HOST} costs 5$");
    assertThat(root.string("again", "", "Text.")).isEqualTo("${HOST}: [x]");
    assertThat(root.strings("list", List.of(), "Texts.")).containsExactly("es-1");
    assertThat(root.string("quoted", "", "Text.")).isEqualTo("es-1-b:c");
  }

  @Test
  void showsWhatIsInForceWithoutSecretsAsYamlThatReadsBack() throws IOException {
    String yaml =
        """
        name: 'quote " backslash \\ ${X:$}{Y} ü'
        odd: 'null'
        password: geheim
        list: ["a, b", "- c", "*"]
        """;
    ConfigReader reader = read(yaml, Map.of());
    declare(reader.root());
    reader.finish();
    String effective = reader.effective();

    assertThat(effective)
        .doesNotContain("geheim")
        .contains("password: \"***\"", "wait: 30s", "rules: []", "nested:\n  limit: 1KiB");
    ConfigReader again = read(effective, Map.of());
    declare(again.root());
    again.finish();
    assertThat(again.effective()).isEqualTo(effective);
  }

  private static void declare(Section root) {
    var _ = root.string("name", "x", "Text.");
    var _ = root.string("odd", "x", "Text.");
    var _ = root.secret("password", "A secret.");
    var _ = root.strings("list", List.of(), "Texts.");
    var _ =
        root.duration(
            "wait", Duration.ofSeconds(30), Duration.ZERO, Duration.ofDays(1), "How long.");
    var _ = root.section("nested", "A section.").dataSize("limit", kib(1), kib(1), kib(2), "Size.");
    for (Section rule : root.sections("rules", "Rules.")) {
      var _ = rule.requiredString("name", "Its name.");
    }
  }

  @Test
  void makesAPageOfTheSameDeclarations() {
    String page = Reference.markdown("# Keys", ConfigReaderTest::declare);

    assertThat(page)
        .startsWith("# Keys\n")
        .contains(
            "| `wait` | `30s` | a duration from 0s to 1d | How long. |",
            "| `password` |  | a secret | A secret. |",
            "## `nested`",
            "## `rules[]`",
            "| `name` | required | text | Its name. |");
  }

  @Test
  void refusesToDeclareAKeyTwice() throws IOException {
    Section root = read("a: 1", Map.of()).root();
    var _ = root.string("a", "x", "Text.");

    assertThatThrownBy(() -> root.string("a", "x", "Text."))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("declared twice");
  }

  private ConfigReader read(String yaml, Map<String, String> env) throws IOException {
    return ConfigReader.read(Files.writeString(folder.resolve("longshore.yml"), yaml), env);
  }

  private static DataSize kib(long kibibytes) {
    return DataSize.ofKiB(kibibytes);
  }
}
