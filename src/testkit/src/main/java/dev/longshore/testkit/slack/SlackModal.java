package dev.longshore.testkit.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A modal that a person has before them, and what stands in its fields. Guarded by its workspace.
public final class SlackModal {
  private final SlackWorkspace workspace;
  final String id;
  final SlackUser user;
  boolean closed;
  private JsonNode view;
  private int version;

  /// By the action's id.
  private final Map<String, ObjectNode> fields = new LinkedHashMap<>();

  SlackModal(SlackWorkspace workspace, String id, SlackUser user, JsonNode view) {
    this.workspace = workspace;
    this.id = id;
    this.user = user;
    this.view = view;
    fill();
  }

  void update(JsonNode other) {
    view = other;
    version++;
    fill();
  }

  /// A field whose block and action have the same ids as before keeps what the person wrote.
  private void fill() {
    Map<String, ObjectNode> before = new LinkedHashMap<>(fields);
    fields.clear();
    for (JsonNode block : view.path("blocks")) {
      JsonNode element = block.path("element");
      if (block.path("type").asText().equals("input")) {
        String action = element.path("action_id").asText();
        ObjectNode field = SlackReply.JSON.createObjectNode();
        field.put("type", element.path("type").asText());
        if (element.has("initial_options")) {
          field.set("selected_options", element.path("initial_options"));
        }
        if (element.has("initial_option")) {
          field.set("selected_option", element.path("initial_option"));
        }
        if (element.path("type").asText().equals("plain_text_input")) {
          String initial = element.path("initial_value").asText("");
          if (initial.isEmpty()) {
            field.putNull("value");
          } else {
            field.put("value", initial);
          }
        }
        fields.put(action, before.getOrDefault(action, field));
      }
    }
  }

  String hash() {
    return id + "." + version;
  }

  ObjectNode describe() {
    ObjectNode described = view.deepCopy();
    described.put("id", id).put("team_id", SlackWorkspace.TEAM).put("hash", hash());
    described.put("root_view_id", id).put("app_id", SlackWorkspace.APP);
    ObjectNode values = described.putObject("state").putObject("values");
    fields.forEach(
        (action, field) -> values.withObject("/" + blockOf(action)).set(action, field.deepCopy()));
    return described;
  }

  ObjectNode stateOf(String actionId) {
    return fields.getOrDefault(actionId, SlackReply.JSON.createObjectNode()).deepCopy();
  }

  String blockOf(String actionId) {
    for (JsonNode block : view.path("blocks")) {
      if (block.path("element").path("action_id").asText().equals(actionId)) {
        return block.path("block_id").asText();
      }
    }
    throw new IllegalArgumentException("there is no field " + actionId);
  }

  List<String> blockIds() {
    List<String> ids = new ArrayList<>();
    view.path("blocks").forEach(block -> ids.add(block.path("block_id").asText()));
    return ids;
  }

  /// Takes a chip out of a field with several choices.
  ///
  /// @param label the beginning of what the chip says
  public void drop(String actionId, String label) {
    synchronized (workspace) {
      ArrayNode left = SlackReply.JSON.createArrayNode();
      JsonNode chosen = stateOf(actionId).path("selected_options");
      for (JsonNode option : chosen) {
        if (!option.path("text").path("text").asText().startsWith(label)) {
          left.add(option);
        }
      }
      if (left.size() == chosen.size()) {
        throw new IllegalArgumentException("there is no chip " + label + " in " + chosen);
      }
      fields
          .computeIfAbsent(actionId, _ -> SlackReply.JSON.createObjectNode())
          .set("selected_options", left);
    }
  }

  /// Chooses one of a list, by what it says.
  public void choose(String actionId, String label) {
    synchronized (workspace) {
      for (JsonNode block : view.path("blocks")) {
        JsonNode element = block.path("element");
        if (element.path("action_id").asText().equals(actionId)) {
          for (JsonNode option : element.path("options")) {
            if (option.path("text").path("text").asText().equals(label)) {
              fields
                  .computeIfAbsent(actionId, _ -> SlackReply.JSON.createObjectNode())
                  .set("selected_option", option);
              return;
            }
          }
        }
      }
      throw new IllegalArgumentException("there is no choice " + label);
    }
  }

  /// Writes into a field.
  public void write(String actionId, String text) {
    synchronized (workspace) {
      fields.computeIfAbsent(actionId, _ -> SlackReply.JSON.createObjectNode()).put("value", text);
    }
  }

  /// What a person reads in it: one block a line, chips in brackets.
  public String visible() {
    synchronized (workspace) {
      List<String> lines = new ArrayList<>();
      lines.add(view.path("title").path("text").asText());
      for (JsonNode block : view.path("blocks")) {
        if (!block.path("type").asText().equals("input")) {
          lines.addAll(
              SlackView.lines(
                  new SlackMessage.Content(
                      "", SlackReply.JSON.createArrayNode().add(block), null, block)));
          continue;
        }
        StringBuilder line =
            new StringBuilder(block.path("label").path("text").asText()).append(':');
        JsonNode field = stateOf(block.path("element").path("action_id").asText());
        field
            .path("selected_options")
            .forEach(
                it -> line.append(" [").append(it.path("text").path("text").asText()).append(']'));
        if (field.has("selected_option")) {
          line.append(' ').append(field.path("selected_option").path("text").path("text").asText());
        }
        if (field.hasNonNull("value")) {
          line.append(' ').append(field.path("value").asText());
        }
        lines.add(line.toString());
      }
      return String.join("\n", lines);
    }
  }
}
