package dev.longshore.shared.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever is wrong with a file is told in one go: line, path, value, what would be accepted; and
/// never a secret.
class ConfigProblemsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tail: {wait: soon}              | 1: tail.wait 'soon': is not a duration; write a duration from 10ms to 1m, such as 500ms, 30s or 1h30m
          tail: {wait: 5m}                | 1: tail.wait '5m': is too large; write a duration from 10ms to 1m, such as 500ms, 30s or 1h30m
          tail: {wait: 1ms}               | 1: tail.wait '1ms': is too small; write a duration from 10ms to 1m, such as 500ms, 30s or 1h30m
          tail: {limit: 1MB}              | 1: tail.limit '1MB': is too large; write a size from 1KiB to 64KiB, such as 256KiB or 64MB
          tail: {limit: much}             | 1: tail.limit 'much': is not a size; write a size from 1KiB to 64KiB, such as 256KiB or 64MB
          tail: {count: 1.5}              | 1: tail.count '1.5': is not a whole number; write a whole number from 1 to 9
          tail: {count: 10}               | 1: tail.count '10': is too large; write a whole number from 1 to 9
          tail: {flag: yes}               | 1: tail.flag 'yes': is not true or false; write true or false
          tail: {word: Java}              | 1: tail.word 'Java': is not one of auto, java; write one of auto, java
          tail: {name: ' '}               | 1: tail.name ' ': is blank; write text
          tail: {name: [a]}               | 1: tail.name: is a list where one value belongs; write text
          tail: {name: {a: b}}            | 1: tail.name: is a section with keys where one value belongs; write text
          tail: {names: [a, [b]]}         | 1: tail.names[1]: is a list where one value belongs; write text
          tail: {urls: []}                | 1: tail.urls: the list is empty; write http or https, a host and a port, without user, query and fragment, such as https://es-1:9200
          tail: {urls: 'es-1:9200'}       | 1: tail.urls 'es-1:9200': is not a server's URL; write http or https, a host and a port, without user, query and fragment, such as https://es-1:9200
          tail: {urls: ['http://u:p@es']} | 1: tail.urls[0] 'http://***@es': is not a server's URL; write http or https, a host and a port, without user, query and fragment, such as https://es-1:9200
          tail: {urls: ['http://a/?q']}   | 1: tail.urls[0] 'http://a/?q': is not a server's URL; write http or https, a host and a port, without user, query and fragment, such as https://es-1:9200
          tail: [a]                       | 1: tail: is a list; write keys below it, further to the right
          tail: text                      | 1: tail: is a single value; write keys below it, further to the right
          rules: {a: b}                   | 1: rules: is a section with keys; write a list, each element with `- ` before it
          rules: [{}]                     | 1: rules[0].name: is missing; write text
          rules: [text]                   | 1: rules[0]: is a single value; write keys and values
          tail: {wiat: 1s}                | 1: tail.wiat: unknown key; did you mean 'wait'?
          tail: {Wait: 1s}                | 1: tail.Wait: unknown key; did you mean 'wait'?
          tial: {}                        | 1: tial: unknown key; did you mean 'tail'?
          wait: 1s                        | 1: wait: unknown key here; did you mean 'tail.wait'?
          tail.wait: 1s                   | 1: tail.wait: unknown key; write 'tail:', and 'wait:' in a line below it, further to the right
          colour: red                     | 1: colour: unknown key; known here: tail, rules, top
          tail: {name: '${NOPE}'}         | 1: tail.name '${NOPE}': the environment variable NOPE is not set; set it, or write ${NOPE:default}
          tail: {name: '${A B}'}          | 1: tail.name '${A B}': 'A B' can't be an environment variable; write ${NAME} or ${NAME:default}, or $${ for the characters ${
          tail: {name: 'a ${B'}           | 1: tail.name 'a ${B': ${ without its }; write ${NAME} or ${NAME:default}, or $${ for the characters ${
          tail: {password: '${geheim}'}   | 1: tail.password '***': the environment variable geheim is not set; set it, or write ${geheim:default}
          tail: {password: [geheim]}      | 1: tail.password: is a list where one value belongs; write text
          tail: {<<: {name: geheim}}      | 1: tail.<<: merge keys are not supported here; write the keys out
          {[a]: b}                        | 1: a key is a list; write a word
          - a                             | 1: the file holds a list; write keys and values, such as `name: value`
          text                            | 1: the file holds a single value; write keys and values, such as `name: value`
          """)
  void tellsWhatIsWrong(String yaml, String problem) throws IOException {
    ConfigException told = problems(yaml);

    assertThat(told.problems()).hasSize(1);
    assertThat(told).hasMessage("longshore.yml:" + problem);
  }

  @Test
  void tellsAllProblemsInTheOrderOfTheirLines() throws IOException {
    ConfigException told =
        problems(
            """
            top: 1
            topp: 2
            tail:
              wait: never
              wait: 1s
              urls: [ftp://es, http://es:99999]
            top: 3
            """);

    assertThat(
            Objects.requireNonNull(told.getMessage())
                .lines()
                .map(line -> line.substring(0, line.indexOf(": "))))
        .containsExactly(
            "longshore.yml:2",
            "longshore.yml:4",
            "longshore.yml:5",
            "longshore.yml:6",
            "longshore.yml:6",
            "longshore.yml:7");
    assertThat(told.getMessage())
        .contains("7: top: the key is there already, in line 1; write it once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# only a comment\n", "---\n", "--- null"})
  void tellsThatNothingIsThere(String yaml) throws IOException {
    assertThat(problems(yaml).getMessage()).containsAnyOf("the file is empty", "a single value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tail:\\n\\tname: x             | 2: not YAML
          tail: {name: x                | not YAML
          a: 1\\n---\\nb: 2               | 3: a second document begins here
          top: *geheim                  | 1: not YAML: text that begins with * names an anchor
          top: 'geheim                  | not YAML
          tail: {name: @geheim}         | 1: not YAML: text that begins with @ or ` is no plain text; put it in quotes
          tail: {name: ${geheim}}       | 1: not YAML: { can't stand in a plain text within { }; put it in quotes, as in "${NAME}"
          a: b: geheim                  | 1: not YAML: mapping values are not allowed here
          top: 1\\nx: a\\u0000b           | 2: not YAML: the character U+0000 is not allowed
          """)
  void tellsTheLineThatIsNoYaml(String yaml, String expected) throws IOException {
    String text = yaml.replace("\\n", "\n").replace("\\t", "\t").replace("\\u0000", "\0");

    assertThat(problems(text).getMessage())
        .startsWith("longshore.yml:")
        .contains(expected)
        .doesNotContain("geheim");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "top: &all {a: *all}",
        "top: &all [a, *all]",
        "tail: &all\n  name: {x: [*all]}",
      })
  void refusesAnAliasWithinWhatItNames(String yaml) throws IOException {
    assertThat(problems(yaml).getMessage()).contains("an alias stands within what it names");
  }

  @Test
  void refusesAliasesOfAliasesThatWouldNeverEnd() throws IOException {
    StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String alias = "*a" + (i - 1) + ", ";
      text.append("a%d: &a%d [%s]\n".formatted(i, i, alias.repeat(9)));
    }
    assertThat(problems(text.toString()).getMessage()).contains("with its aliases written out");
  }

  @Test
  void refusesNestingThatWouldExhaustTheStack() throws IOException {
    assertThat(problems("a: " + "[".repeat(100_000)).getMessage())
        .contains("nested deeper than 64");
  }

  @Test
  void tellsTheLineThatIsNotUtf8() throws IOException {
    byte[] latin1 = "top: 1\ntail: {name: café}\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(problems(latin1))
        .hasMessage("longshore.yml:2: byte 0xe9 is not UTF-8; save the file as UTF-8");
  }

  @Test
  void tellsACharacterThatIsCutOffAtTheEnd() throws IOException {
    byte[] cut = {'t', 'o', 'p', ':', ' ', (byte) 0xc3};

    assertThat(problems(cut).getMessage()).contains("is not UTF-8");
  }

  @Test
  void readsAFileWithAByteOrderMark() throws IOException {
    Path file = Files.writeString(folder.resolve("longshore.yml"), "\uFEFFtop: 1\n");
    ConfigReader reader = ConfigReader.read(file, Map.of());

    assertThat(reader.root().string("top", "x", "Text.")).isEqualTo("1");
  }

  @Test
  void refusesAFileAboveOneMebibyte() throws IOException {
    assertThat(problems("#".repeat((1 << 20) + 1)).getMessage()).contains("above 1MiB");
  }

  @Test
  void tellsAMissingFileAndADirectory() {
    assertThat(refused(folder.resolve("absent.yml"))).contains("absent.yml: there is no such file");
    assertThat(refused(folder)).contains("is a directory");
  }

  @Test
  void shortensAndCleansWhatItShows() throws IOException {
    String message =
        problems("tail: {count: \"x\\u001b[31m" + "y".repeat(500) + "\"}").getMessage();

    assertThat(message).contains("x\uFFFD[31myyy", "…'").hasSizeLessThan(250);
  }

  @Test
  void takesProblemsThatOnlyTheCallerSees() throws IOException {
    ConfigReader reader =
        ConfigReader.read(Files.writeString(folder.resolve("longshore.yml"), "\ntop: 1"), Map.of());
    var _ = reader.root().string("top", "x", "Text.");
    reader.root().problem("top", "needs the other; write it too");
    Object built =
        reader.root().build(() -> Objects.requireNonNull(DataSize.parse("x")), DataSize.ofKiB(1));

    assertThat(built).isEqualTo(DataSize.ofKiB(1));
    assertThat(Objects.requireNonNull(catchThrowableOfType(ConfigException.class, reader::finish)))
        .hasMessageContaining(":2: top: needs the other; write it too")
        .hasMessageContaining("not a size: 'x'");
  }

  private static String refused(Path file) {
    return String.valueOf(
        Objects.requireNonNull(
                catchThrowableOfType(
                    ConfigException.class, () -> ConfigReader.read(file, Map.of())))
            .getMessage());
  }

  private ConfigException problems(String yaml) throws IOException {
    return problems(yaml.getBytes(StandardCharsets.UTF_8));
  }

  /// The problems as if the file were named by its last part alone.
  private ConfigException problems(byte[] yaml) throws IOException {
    Path file = Files.write(folder.resolve("longshore.yml"), yaml);
    ConfigException told =
        Objects.requireNonNull(
            catchThrowableOfType(ConfigException.class, () -> readAll(file)), "nothing is wrong");
    return new ConfigException(
        told.problems().stream()
            .map(p -> new Problem("longshore.yml", p.line(), p.path(), p.value(), p.message()))
            .toList());
  }

  private static void readAll(Path file) {
    ConfigReader reader = ConfigReader.read(file, Map.of());
    Section root = reader.root();
    Section tail = root.section("tail", "A section.");
    Duration ms = Duration.ofMillis(10);
    var _ = tail.duration("wait", ms, ms, Duration.ofMinutes(1), "A wait.");
    DataSize kib = DataSize.ofKiB(1);
    var _ = tail.dataSize("limit", kib, kib, DataSize.ofKiB(64), "A limit.");
    var _ = tail.integer("count", 1, 1, 9, "A number.");
    var _ = tail.bool("flag", false, "A flag.");
    var _ = tail.oneOf("word", "auto", List.of("auto", "java"), "A word.");
    var _ = tail.string("name", "x", "Text.");
    var _ = tail.strings("names", List.of(), "Texts.");
    var _ = tail.uris("urls", List.of(URI.create("http://es:9200")), "Servers.");
    var _ = tail.secret("password", "A secret.");
    for (Section rule : root.sections("rules", "Rules.")) {
      var _ = rule.requiredString("name", "Its name.");
    }
    var _ = root.string("top", "x", "Text.");
    reader.finish();
  }
}
