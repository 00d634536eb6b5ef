package dev.longshore.alerting.receiver.posted;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: texts and names of a tree are templates, whatever they become keeps the tree sound
/// JSON, and what looks like a number, a list or an object of JSON is that.
final class TemplateTreeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static TemplateTree tree(String json) throws IOException {
    return new TemplateTree("payload", JSON.readTree(json));
  }

  @Test
  void knowsEachTemplateByItsPlace() throws Exception {
    assertThat(
            tree("""
                    {"a": "{{ 1 }}", "b": {"c/d": ["x", 3, {"e": "y"}]}, "{{ .Status }}": "z"}""")
                .templates())
        .isEqualTo(
            Map.of(
                "payload/a", "{{ 1 }}",
                "payload/b/c~1d/0", "x",
                "payload/b/c~1d/2/e", "y",
                "payload/{{ .Status }}/", "{{ .Status }}",
                "payload/{{ .Status }}", "z"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          3                  | 3
          -0.5               | -0.5
          true               | true
          [1, 2]             | [1,2]
          {"value": "red"}   | {"value":"red"}
          Error: disk full   | "Error: disk full"
          {value: red}       | "{value: red}"
          null               | "null"
          3 pods             | "3 pods"
          1 2                | "1 2"
          007                | "007"
          "quoted"           | "\\"quoted\\""
          """)
  void aTextThatIsAValueOfJsonIsThatValue(String said, String json) throws Exception {
    assertThat(tree("{\"a\": \"{{ .x }}\"}").filled(_ -> said).path("a").toString())
        .isEqualTo(json);
  }

  @Test
  void whatIsNoTextStaysAsItIs() throws Exception {
    String json = "{\"a\":1.50,\"b\":[true,null,{}],\"c\":{\"d\":[]}}";
    assertThat(tree(json).filled(_ -> "never").toString()).isEqualTo(json.replace("1.50", "1.5"));
  }

  @Test
  void aNameIsATemplateToo() throws Exception {
    assertThat(
            tree("{\"{{ .Status }}\": \"x\"}")
                .filled(where -> where.endsWith("/") ? "firing" : "x")
                .toString())
        .isEqualTo("{\"firing\":\"x\"}");
  }
}
