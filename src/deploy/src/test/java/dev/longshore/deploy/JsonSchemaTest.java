package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/// The validator finds what it is there for.
class JsonSchemaTest {
  private static final String SCHEMA =
      """
      type: object
      required: [name]
      properties:
        name: {type: string, pattern: "^[a-z]+$"}
        port: {x-kubernetes-int-or-string: true}
        env:
          type: array
          x-kubernetes-list-type: map
          x-kubernetes-list-map-keys: [name]
          items:
            type: object
            properties: {name: {type: string}, value: {type: string}}
        labels: {type: object, additionalProperties: {type: string}}
      """;

  @Test
  void aValueThatFitsHasNoProblem() {
    assertThat(problems("{name: web, port: http, env: [{name: A}, {name: B}], labels: {a: b}}"))
        .isEmpty();
  }

  @Test
  void anUnknownKeyIsAProblem() {
    assertThat(problems("{name: web, prot: 80}")).containsExactly("/prot is unknown");
  }

  @Test
  void aMissingKeyIsAProblem() {
    assertThat(problems("{port: 80}")).containsExactly("/name is missing");
  }

  @Test
  void aNameThatIsTwiceInAListIsAProblem() {
    assertThat(problems("{name: web, env: [{name: A}, {name: A}]}"))
        .containsExactly("/env has name=\"A\" twice");
  }

  @Test
  void aWrongTypeIsAProblem() {
    assertThat(problems("{name: web, labels: {a: 1}}"))
        .containsExactly("/labels/a is 1, where \"string\" is accepted");
  }

  private static java.util.List<String> problems(String value) {
    JsonNode schema = YamlDocuments.parse(SCHEMA).getFirst();
    return new JsonSchema(schema, schema).problems(YamlDocuments.parse(value).getFirst());
  }
}
