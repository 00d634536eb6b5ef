package dev.longshore.testkit.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What Slack accepts as a modal.
final class SlackViewLimits {
  static final int MAX_CHARACTERS = 250_000;

  private final List<String> problems = new ArrayList<>();

  private SlackViewLimits() {}

  /// What is wrong with a view; nothing where it is accepted.
  static List<String> check(@Nullable JsonNode view) {
    SlackViewLimits limits = new SlackViewLimits();
    if (view == null || !view.path("type").asText().equals("modal")) {
      limits.problem("must be a modal", "/view/type");
      return limits.problems;
    }
    limits.text(view.path("title"), 24, "/view/title", true);
    limits.text(view.path("submit"), 24, "/view/submit", false);
    limits.text(view.path("close"), 24, "/view/close", false);
    limits.length(view.path("private_metadata"), 3_000, "/view/private_metadata");
    limits.length(view.path("callback_id"), 255, "/view/callback_id");
    limits.blocks(view);
    return limits.problems;
  }

  private void blocks(JsonNode view) {
    JsonNode blocks = view.path("blocks");
    if (!blocks.isArray() || blocks.isEmpty() || blocks.size() > 100) {
      problem("must have 1 to 100 blocks", "/view/blocks");
    }
    boolean input = false;
    Set<String> ids = new HashSet<>();
    List<JsonNode> others = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      JsonNode block = blocks.get(i);
      String path = "/view/blocks/" + i;
      String id = block.path("block_id").asText("");
      if (!id.isEmpty() && !ids.add(id)) {
        problem("`block_id` already exists", path + "/block_id");
      }
      if (block.path("type").asText().equals("input")) {
        input = true;
        text(block.path("label"), 2_000, path + "/label", true);
        text(block.path("hint"), 2_000, path + "/hint", false);
        element(block.path("element"), path + "/element");
      } else {
        others.add(block);
      }
    }
    if (input && !view.has("submit")) {
      problem("`submit` is required when an `input` block is there", "/view/submit");
    }
    if (!others.isEmpty()) {
      SlackLimits.Refusal refusal =
          SlackLimits.check("modal", SlackReply.JSON.createArrayNode().addAll(others), null);
      if (refusal != null) {
        problems.add(refusal.error());
        problems.addAll(refusal.messages());
      }
    }
  }

  private void element(JsonNode element, String path) {
    length(element.path("action_id"), 255, path + "/action_id");
    switch (element.path("type").asText()) {
      case "plain_text_input" -> {
        int most = element.path("max_length").asInt(3_000);
        if (most < 1 || most > 3_000) {
          problem("must be 1 to 3000", path + "/max_length");
        }
        length(element.path("initial_value"), most, path + "/initial_value");
        text(element.path("placeholder"), 150, path + "/placeholder", false);
      }
      case "static_select" -> {
        options(element, path);
        if (element.has("initial_option") && !has(element, element.path("initial_option"))) {
          problem("is none of the options", path + "/initial_option");
        }
      }
      case "multi_static_select" -> {
        options(element, path);
        JsonNode initial = element.path("initial_options");
        if (element.has("initial_options") && initial.isEmpty()) {
          problem("must have at least 1 item", path + "/initial_options");
        }
        for (JsonNode option : initial) {
          if (!has(element, option)) {
            problem("is none of the options", path + "/initial_options");
          }
        }
      }
      default -> problem("unsupported type", path + "/type");
    }
  }

  private static boolean has(JsonNode element, JsonNode option) {
    for (JsonNode offered : element.path("options")) {
      if (offered.equals(option)) {
        return true;
      }
    }
    return false;
  }

  private void options(JsonNode element, String path) {
    JsonNode options = element.path("options");
    if (options.isEmpty() || options.size() > 100) {
      problem("must have 1 to 100 options", path + "/options");
    }
    Set<String> values = new HashSet<>();
    for (int i = 0; i < options.size(); i++) {
      text(options.get(i).path("text"), 75, path + "/options/" + i + "/text", true);
      length(options.get(i).path("value"), 150, path + "/options/" + i + "/value");
      if (!values.add(options.get(i).path("value").asText())) {
        problem("values must be unique", path + "/options/" + i + "/value");
      }
    }
  }

  private void text(JsonNode text, int limit, String path, boolean required) {
    if (text.isMissingNode() && !required) {
      return;
    }
    if (!text.path("type").asText().equals("plain_text")
        || text.path("text").asText("").isEmpty()) {
      problem("must be plain_text of at least 1 character", path);
    }
    length(text.path("text"), limit, path);
  }

  private void length(JsonNode text, int limit, String path) {
    if (text.asText("").length() > limit) {
      problem("must be less than " + (limit + 1) + " characters", path);
    }
  }

  private void problem(String what, String path) {
    problems.add("[ERROR] " + what + " [json-pointer:" + path + "]");
  }
}
