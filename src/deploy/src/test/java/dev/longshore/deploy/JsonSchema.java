package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// A schema as Kubernetes' OpenAPI, CustomResourceDefinitions and charts' `values.schema.json`
/// write it, and what is wrong with a value by it.
///
/// It is stricter than an API server in two ways. A key that the schema does not know is wrong, as
/// a typing error else goes unseen. And the items of a list that is a map by some of its items'
/// keys must differ in these, as server-side apply, which Helm 4 uses, refuses them else. Rules in
/// CEL are not evaluated.
final class JsonSchema {
  private final JsonNode root;
  private final JsonNode schema;

  /// @param root where `$ref` begins
  JsonSchema(JsonNode root, JsonNode schema) {
    this.root = root;
    this.schema = schema;
  }

  /// What is wrong with a value, each with its path; empty when nothing is.
  List<String> problems(JsonNode value) {
    List<String> problems = new ArrayList<>();
    check(schema, value, "", true, problems);
    return problems;
  }

  private void check(
      JsonNode schema, JsonNode value, String path, boolean whole, List<String> problems) {
    if (schema.isBoolean()) {
      if (!schema.asBoolean()) {
        problems.add(path + " is not wanted");
      }
      return;
    }
    JsonNode reference = schema.get("$ref");
    if (reference != null) {
      check(root.at(reference.asText().substring(1)), value, path, whole, problems);
      return;
    }
    if (value.isNull()) {
      // As if it were absent; the API server drops it.
      return;
    }
    if (!hasType(schema, value)) {
      problems.add(path + " is " + shown(value) + ", where " + schema.get("type") + " is accepted");
      return;
    }
    checkScalar(schema, value, path, problems);
    if (value.isObject()) {
      checkObject(schema, value, path, whole, problems);
    }
    if (value.isArray()) {
      checkArray(schema, value, path, problems);
    }
    for (JsonNode part : schema.path("allOf")) {
      check(part, value, path, false, problems);
    }
    checkAlternatives(schema, value, path, problems);
  }

  private static boolean hasType(JsonNode schema, JsonNode value) {
    if (schema.path("x-kubernetes-int-or-string").asBoolean()
        || schema.path("format").asText().equals("int-or-string")) {
      return value.isTextual() || value.isIntegralNumber();
    }
    JsonNode type = schema.get("type");
    if (type == null) {
      return true;
    }
    if (type.isArray()) {
      for (JsonNode one : type) {
        if (isA(one.asText(), value)) {
          return true;
        }
      }
      return false;
    }
    // Quantities are strings in the schema, and numbers are taken for them.
    return isA(type.asText(), value)
        || (type.asText().equals("string")
            && value.isNumber()
            && schema.path("description").asText().startsWith("Quantity is"));
  }

  private static boolean isA(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new IllegalArgumentException("unknown type " + type);
    };
  }

  private static void checkScalar(
      JsonNode schema, JsonNode value, String path, List<String> problems) {
    if (schema.has("enum") && !contains(schema.get("enum"), value)) {
      problems.add(path + " is " + shown(value) + "; accepted are " + schema.get("enum"));
    }
    if (schema.has("const") && !schema.get("const").equals(value)) {
      problems.add(path + " is " + shown(value) + "; accepted is " + schema.get("const"));
    }
    if (value.isTextual()) {
      String text = value.asText();
      if (schema.has("pattern")
          && !Pattern.compile(schema.get("pattern").asText()).matcher(text).find()) {
        problems.add(path + " is " + shown(value) + ", which is not like " + schema.get("pattern"));
      }
      if (text.length() < schema.path("minLength").asInt(0)
          || text.length() > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
        problems.add(path + " has " + text.length() + " characters");
      }
    }
    if (value.isNumber()
        && (value.asDouble() < schema.path("minimum").asDouble(Double.NEGATIVE_INFINITY)
            || value.asDouble() > schema.path("maximum").asDouble(Double.POSITIVE_INFINITY))) {
      problems.add(path + " is " + value + ", which is out of range");
    }
  }

  private static boolean contains(JsonNode accepted, JsonNode value) {
    for (JsonNode one : accepted) {
      if (one.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private void checkObject(
      JsonNode schema, JsonNode value, String path, boolean whole, List<String> problems) {
    for (JsonNode required : schema.path("required")) {
      if (!value.has(required.asText())) {
        problems.add(path + "/" + required.asText() + " is missing");
      }
    }
    JsonNode properties = schema.path("properties");
    JsonNode additional = schema.get("additionalProperties");
    boolean open =
        !whole
            || schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()
            || (properties.isEmpty() && additional == null);
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String place = path + "/" + field.getKey();
      JsonNode known = properties.get(field.getKey());
      if (known != null) {
        check(known, field.getValue(), place, whole, problems);
      } else if (additional != null && additional.isObject()) {
        check(additional, field.getValue(), place, whole, problems);
      } else if (!open && (additional == null || !additional.asBoolean())) {
        problems.add(place + " is unknown");
      }
    }
  }

  private void checkArray(JsonNode schema, JsonNode value, String path, List<String> problems) {
    int items = value.size();
    if (items < schema.path("minItems").asInt(0)
        || items > schema.path("maxItems").asInt(Integer.MAX_VALUE)) {
      problems.add(path + " has " + items + " items");
    }
    if (schema.has("items")) {
      for (int i = 0; i < items; i++) {
        check(schema.get("items"), value.get(i), path + "/" + i, true, problems);
      }
    }
    checkUnique(schema, value, path, problems);
  }

  private static void checkUnique(
      JsonNode schema, JsonNode value, String path, List<String> problems) {
    List<String> keys = new ArrayList<>();
    schema.path("x-kubernetes-list-map-keys").forEach(it -> keys.add(it.asText()));
    if (keys.isEmpty() && schema.has("x-kubernetes-patch-merge-key")) {
      keys.add(schema.get("x-kubernetes-patch-merge-key").asText());
    }
    boolean isSet = schema.path("x-kubernetes-list-type").asText().equals("set");
    if (keys.isEmpty() && !isSet) {
      return;
    }
    Set<String> seen = new HashSet<>();
    for (JsonNode item : value) {
      StringBuilder identity = new StringBuilder();
      keys.forEach(it -> identity.append(it).append('=').append(item.path(it)).append(' '));
      String named = isSet ? item.toString() : identity.toString().strip();
      if (!seen.add(named)) {
        problems.add(path + " has " + named + " twice");
      }
    }
  }

  private void checkAlternatives(
      JsonNode schema, JsonNode value, String path, List<String> problems) {
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      // Its anyOf says integer or string, which was looked at already.
      return;
    }
    int any = matching(schema.path("anyOf"), value);
    if (schema.has("anyOf") && any == 0) {
      problems.add(path + " is none of the forms that are accepted");
    }
    int one = matching(schema.path("oneOf"), value);
    if (schema.has("oneOf") && one != 1) {
      problems.add(path + " is " + one + " of the forms of which exactly one is accepted");
    }
    if (schema.has("not")) {
      List<String> none = new ArrayList<>();
      check(schema.get("not"), value, path, false, none);
      if (none.isEmpty()) {
        problems.add(path + " is what is not accepted: " + schema.get("not"));
      }
    }
  }

  private int matching(JsonNode forms, JsonNode value) {
    int matching = 0;
    for (JsonNode form : forms) {
      List<String> found = new ArrayList<>();
      check(form, value, "", false, found);
      if (found.isEmpty()) {
        matching++;
      }
    }
    return matching;
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
