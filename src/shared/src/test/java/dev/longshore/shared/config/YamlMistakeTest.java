package dev.longshore.shared.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A slip of the pen in YAML is told in words that its writer knows, with the line in which it is,
/// and nothing of the file is in them.
class YamlMistakeTest {
  private static final String INDENTED =
      "not YAML: the line is indented as none above it; keys of one section";
  private static final String NEITHER =
      "not YAML: neither 'key: value' nor '- value'; a blank belongs behind ':' and '-'";

  @TempDir private Path folder;

  /// @param line in which it is
  record Slip(String yaml, int line, String expected) {}

  static List<Slip> slips() {
    return List.of(
        new Slip("a:\n\tb: secret7\n", 2, "not YAML: a tab; indent with blanks"),
        new Slip("a: {b: 1}\n  c: secret7\n", 2, INDENTED),
        new Slip("a:\n    b: 1\n  c: secret7\n", 3, INDENTED),
        new Slip("a:\n- b: 1\n c: secret7\n", 3, INDENTED),
        new Slip("a:\n  - b\n - secret7\n", 3, INDENTED),
        new Slip(
            "a: 1\n  b: secret7\n", 2, "not YAML: mapping values are not allowed here: a line"),
        new Slip("a: 1\nsecret7\nb: 2\n", 2, NEITHER),
        new Slip("a:\n  - b\n  -secret7\nc: 1\n", 3, NEITHER),
        new Slip("a: 1\n---\nb: secret7\n", 3, "a second document begins here"),
        new Slip("a: 1\nb: [secret7, x\nc: 1\n", 2, "not YAML: a [ that opens here is not closed"),
        new Slip("a: 1\nb: {c: secret7\n", 2, "not YAML: a { that opens here is not closed"),
        new Slip("a: 1\nb: [x]\n}\n", 3, "not YAML: } closes or divides nothing that was opened"),
        new Slip(
            "a: 1\nb: \"secret7\nc: 1\n", 2, "not YAML: a quote that opens here is not closed"),
        new Slip("b: 'it's secret7'\n", 1, "not YAML: text follows a quote that closes"),
        new Slip("a: \"C:\\certs\\secret7\"\n", 1, "escape character c behind \\; write \\\\"),
        new Slip("a:\n- */secret7.log\n", 2, "not YAML: text can't begin with *; put it in quotes"),
        new Slip("a: %secret7\n", 1, "not YAML: text can't begin with %; put it in quotes"),
        new Slip("a: &\n", 1, "not YAML: text can't begin with &; put it in quotes"),
        new Slip("a: |secret7\n", 1, "not YAML: | and > stand at the end of a line"),
        new Slip("a: 1\nb: x\0secret7\n", 2, "U+0000 is not allowed; save the file as UTF-8"),
        new Slip("a: &secret7\n", 1, "text that begins with & is an anchor; put it in quotes"),
        new Slip("a: !secret db\n", 1, "the tag !secret is not known here; write the value"),
        new Slip("a:\n- !reference [b, secret7]\n", 2, "the tag !reference is not known here"),
        new Slip("a: !include secret7.yaml\n", 1, "the tag !include is not known here"),
        new Slip("b: 1\na: !vault |\n  secret7\n", 2, "the tag !vault is not known here"),
        new Slip("a: !!binary c2VjcmV0Nw==\n", 1, "the tag !!binary is not known here"),
        new Slip("a: !!set {secret7}\n", 1, "the tag !!set is not known here"),
        new Slip("!Config\na: 1\n", 1, "the tag !Config is not known here"));
  }

  @ParameterizedTest
  @MethodSource("slips")
  void isToldInPlainWords(Slip slip) throws IOException {
    Path file = write(slip.yaml);

    assertThatThrownBy(() -> ConfigReader.read(file, Map.of()))
        .hasMessageStartingWith(file + ":" + slip.line + ": ")
        .hasMessageContaining(slip.expected)
        .hasMessageNotContaining("secret7");
  }

  @Test
  void tagsOfTheCoreSchemaAreKnown() throws IOException {
    ConfigReader reader =
        ConfigReader.read(
            write("text: !!str 7\ncount: !!int \"7\"\nlist: !!seq [a]\nplain: ! 7\n"), Map.of());

    assertThat(reader.root().value("text", Type.TEXT, "", "Text.")).isEqualTo("7");
    assertThat(reader.root().value("count", Type.integer(1, 9), 1, "Text.")).isEqualTo(7);
  }

  @Test
  void tagsOfFilesForOtherReadersAreLeft() {
    ConfigReader reader = ConfigReader.ofText("rules.yaml", "summary: !unsafe '{{ $labels.pod }}'");

    assertThat(reader.root().value("summary", Type.TEXT, "", "Text."))
        .isEqualTo("{{ $labels.pod }}");
  }

  @Test
  void refusesNumbersThatSomeReadAsOctal() throws IOException {
    ConfigReader reader = ConfigReader.read(write("count: 010\nnone: 0\n"), Map.of());
    reader.root().value("count", Type.integer(1, 64), 1, "Text.");
    reader.root().value("none", Type.integer(0, 64), 1, "Text.");

    assertThatThrownBy(reader::finish)
        .hasMessageEndingWith(
            ":1: count '010': begins with a zero, which some read as octal; write a whole number"
                + " from 1 to 64");
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("agent.yaml"), yaml, StandardCharsets.UTF_8);
  }
}
