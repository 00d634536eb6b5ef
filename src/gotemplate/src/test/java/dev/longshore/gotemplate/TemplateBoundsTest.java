package dev.longshore.gotemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.longshore.testkit.ManualClock;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Promise: whatever a template's text is, it parses or fails with its name and line, and it ends
/// soon, with a text that fits into memory.
final class TemplateBoundsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static Template compile(String text) throws TemplateException {
    return new TemplateLibrary(Functions.alertmanager(new ManualClock())).compile("t", text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}",
        "{{ define \"a\" }}{{ template \"b\" }}{{ template \"b\" }}{{ end }}"
            + "{{ define \"b\" }}{{ template \"a\" }}{{ end }}{{ template \"a\" }}",
        "{{ range 9000000000 }}x{{ end }}",
        "{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}",
        "{{ $x := \"aaaaaaaaaaaaaaaa\" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}{{ $x }}",
        "{{ $x := list 1 }}{{ range 100000 }}{{ $x = list $x $x }}{{ end }}{{ $x }}",
        "{{ $x := list 1 }}{{ range 100000 }}{{ $x = list $x }}{{ end }}{{ $x | toJson }}",
        "{{ $x := list 1 }}{{ range 100000 }}{{ $x = append $x $x }}{{ end }}{{ len $x }}",
        "{{ printf \"%1000000d%1000000d\" 1 2 }}",
        "{{ range 100 }}{{ printf \"%999999d\" 1 }}{{ end }}",
        "{{ $x := printf \"%1000000d\" 1 }}{{ range 100 }}{{ reReplaceAll \"\" $x $x }}{{ end }}",
        "{{ $x := printf \"%1000000d\" 1 }}{{ range 1000 }}{{ if match \"(a|b|ab)*c\" $x }}{{ end"
            + " }}{{ end }}",
        "{{ reReplaceAll \"((((a{50}){50}){50}){50})\" \"\" \"a\" }}",
        "{{ reReplaceAll \"(((a{500}[)]){500}[)]){500}[)]){500}\" \"\" \"a\" }}",
      })
  void endsWhatLoopsOrGrows(String text) throws TemplateException {
    Template template = compile(text);

    assertTimeoutPreemptively(
        SOON,
        () ->
            assertThatThrownBy(() -> template.execute(null))
                .isInstanceOf(TemplateException.class)
                .hasMessageStartingWith("template: t:1:"));
  }

  @Test
  void saysWhatIsWrongWhateverTheDataIs() throws TemplateException {
    assertThat(compile("{{ define \"a\" }}{{ template \"a\" }}{{ end }}{{ template \"a\" }}"))
        .returns(true, it -> it.problemWith(AlertData.empty()) != null);
    assertThat(compile("{{ .Lables.pod }}").problemWith(AlertData.empty()))
        .contains("can't evaluate field Lables");
    assertThat(compile("{{ .Labels.pod }}").problemWith(AlertData.empty())).isNull();
    assertThat(compile("{{ index (list) 0 }}").problemWith(AlertData.empty())).isNull();
  }

  @Test
  void refusesWhatIsNestedTooDeep() {
    for (String deep :
        new String[] {
          "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}",
          "{{ if 1 }}".repeat(50_000) + "{{ end }}".repeat(50_000),
          "{{ if 1 }}" + "{{ else if 1 }}".repeat(50_000) + "{{ end }}",
          "{{ block \"a\" 1 }}".repeat(50_000) + "{{ end }}".repeat(50_000),
          "x".repeat(2 << 20),
        }) {
      assertThatThrownBy(() -> compile(deep))
          .isInstanceOf(TemplateException.class)
          .hasMessageStartingWith("template: t:1:");
    }
  }

  @Test
  void parsesOrFailsWhateverTheTextIs() {
    String[] words = {
      "{{",
      "}}",
      "{{-",
      "-}}",
      " ",
      "\n",
      "(",
      ")",
      "|",
      ".",
      ".A",
      ".Labels",
      "$",
      "$x",
      ":=",
      "=",
      ",",
      "if",
      "else",
      "end",
      "range",
      "with",
      "define",
      "template",
      "block",
      "break",
      "continue",
      "nil",
      "true",
      "1",
      "-2.5e3",
      "0x",
      "'a'",
      "\"t\"",
      "\"",
      "`r`",
      "`",
      "printf",
      "index",
      "len",
      "and",
      "or",
      "eq",
      "print",
      "list",
      "dict",
      "append",
      "toJson",
      "reReplaceAll",
      "match",
      "slice",
      "title",
      "\"%d%s%v%[2]*.3f\"",
      "/*",
      "*/",
      "é",
      "\u0000",
      "\ud800",
      "💥",
      "text",
      "\\",
      "call",
      "html",
      "js",
      "tz",
      "date",
      "since",
      ".At",
      "\"%-+# 0100.5q\"",
      "\"a{2}\"",
      "join",
      "99999999999"
    };
    Random random = new Random(20260301);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int i = 0; i < 60_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "{{ " : "");
            int count = random.nextInt(1, 14);
            for (int j = 0; j < count; j++) {
              text.append(words[random.nextInt(words.length)]);
              text.append(random.nextInt(3) > 0 ? " " : "");
            }
            tryOut(text + (random.nextInt(3) > 0 ? " }}" : ""));
          }
        });
  }

  private static void tryOut(String text) {
    try {
      String made = compile(text).execute(AlertData.empty());
      assertThat(made.length()).isLessThanOrEqualTo(Bounds.MAX_LENGTH);
    } catch (TemplateException e) {
      assertThat(e).as(text).hasMessageMatching("(?s)template: t:\\d+:.*");
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError("not handled: " + text, e);
    }
  }
}
